import type { Metrics } from '../lambda/metrics.ts';
import type { ApiContext } from './answer.ts';

const posts = new Set(['postOffer', 'postBid', 'openPool']);
const withdrawals = new Set(['withdrawOffer', 'withdrawBid']);

/** What an answer that is about to be sent adds to the metrics. */
export function measureAnswer(metrics: Metrics, context: ApiContext, milliseconds: number): void {
  const { status, headers } = context.res;
  metrics.record('Requests', 1);
  metrics.record('RequestTime', milliseconds);
  if (status >= 500) metrics.record('ServerErrors', 1);
  else if (status >= 400) metrics.record('ClientErrors', 1);
  if (status === 429) metrics.record('RateLimited', 1);
  const problem = context.get('problem');
  if (problem !== undefined) metrics.record('Refusals', 1, { code: problem });
  const operation = context.get('operation') ?? '';
  if (status >= 300 || headers.has('Idempotency-Replayed')) return;
  if (posts.has(operation)) metrics.record('OrdersPosted', 1);
  if (withdrawals.has(operation)) metrics.record('OrdersWithdrawn', 1);
}
