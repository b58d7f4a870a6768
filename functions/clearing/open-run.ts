import { pendingClearings, takeRequest } from '../../shared/store/clearing/clearings.ts';
import { latestOf } from '../../shared/kernel/time.ts';
import type { HeldMarket } from './held-market.ts';

/**
 * Opens the next run for the oldest request, if there is one. Its gate closes at the instant recorded here, before
 * the book is read: an order posted later is left out, whenever it is found. Never before the request: whoever asked saw
 * the product, which a computer whose clock is behind would not find.
 */
export async function openRun(market: HeldMarket): Promise<boolean> {
  const { table, clock, newSalt } = market.dependencies;
  const [request] = await pendingClearings(table, market.product);
  if (request === undefined) return false;
  const run = market.in('idle').run + 1;
  const gateClosure = latestOf(clock(), request.requestedAt);
  await market.move(
    {
      ...{ phase: 'locking', run, clearing: request.clearing, gateClosure, salt: newSalt(), takes: 1 },
      requestId: request.requestId,
    },
    ...takeRequest(request, run, gateClosure),
  );
  return true;
}
