import type { Context } from 'hono';
import type { Problem } from '../../shared/kernel/problem.ts';
import { problem } from '../../shared/kernel/problem.ts';
import type { RecordedAnswer } from '../../shared/store/service/idempotency.ts';
import { problemDetails, problemTable } from '../../shared/wire/problem-details.ts';

/** What middleware and the log know about a request. */
export interface Variables {
  requestId: string;
  operation?: string;
  /** What the request is about or has brought about, by its path: ids and no more. */
  resource?: string;
  organisation?: string;
  problem?: string;
  /** Requests that the organisation may still make at once, where a limit is set. */
  left?: number;
}
export interface Env {
  Bindings: { requestContext?: { requestId?: string; path?: string }; event?: { path?: string } };
  Variables: Variables;
}
export type ApiContext = Context<Env>;

/** A problem as its answer: application/problem+json. */
export function refuse(
  context: ApiContext,
  refusal: Problem,
  options: { status?: number | undefined; headers?: Record<string, string> } = {},
): Response {
  context.set('problem', refusal.code);
  const status = options.status ?? problemTable[refusal.code].status;
  return new Response(JSON.stringify(problemDetails(refusal, context.get('requestId'), status)), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...options.headers },
  });
}

/** The path is known, the method is not one of its own. */
export const refuseMethod = (context: ApiContext, ...methods: readonly string[]): Response =>
  refuse(context, problem('method_not_allowed', `Here one can ${methods.join(', ')}.`), {
    headers: { Allow: methods.join(', ') },
  });

/** Sends an answer; paths in it are put behind the prefix the gateway serves under. */
export function send(
  context: ApiContext,
  answer: RecordedAnswer,
  more: Record<string, string> = {},
): Response {
  const headers = new Headers({ ...answer.headers, ...more });
  const location = headers.get('Location');
  if (location?.startsWith('/') === true) headers.set('Location', basePath(context) + location);
  if (answer.body !== '') headers.set('Content-Type', 'application/json');
  return new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers });
}

/** The stage's part of the path, which API Gateway takes away before the function sees the rest. */
export function basePath(context: ApiContext): string {
  // Not every host brings bindings, whatever the type says.
  const bindings = context.env as Env['Bindings'] | undefined;
  const outer = bindings?.requestContext?.path;
  const inner = bindings?.event?.path;
  return outer !== undefined && inner !== undefined && outer.endsWith(inner)
    ? outer.slice(0, outer.length - inner.length)
    : '';
}
