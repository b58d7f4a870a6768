import { retireOrder } from '../../shared/store/book.ts';
import { applyChunk, readPlan } from '../../shared/store/plan.ts';
import { concurrently } from './concurrently.ts';
import type { HeldMarket } from './held-market.ts';

/** Carries out the plan that was decided, each chunk once and in order, then retires the orders it has filled. */
export async function applyPlan(market: HeldMarket): Promise<void> {
  const { table, clock, settings } = market.dependencies;
  const { clearing, run, plan } = market.in('applying');
  const chunks = await readPlan(table, clearing, plan);
  for (const chunk of chunks) {
    if (chunk.done) continue;
    await market.proceed();
    await applyChunk(table, { clearing, fence: plan.fence, run, now: clock() }, chunk);
  }
  const filled = chunks.flatMap((chunk) => chunk.filled);
  const batch = 16 * settings.concurrency;
  for (let start = 0; start < filled.length; start += batch) {
    await market.proceed();
    await concurrently(filled.slice(start, start + batch), settings.concurrency, (order) =>
      retire(market, order, run),
    );
  }
}

async function retire(
  { dependencies: { table, clock }, product }: HeldMarket,
  order: { readonly id: string; readonly version: number },
  run: number,
): Promise<void> {
  const outcome = await table.transact(retireOrder(product, order, run, clock()));
  if (outcome.done || outcome.refusals.every(({ item }) => item?.['status'] === 'filled')) return;
  throw new Error(`${order.id} is filled but cannot be retired`);
}
