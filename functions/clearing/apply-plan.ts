import type { ContractTerms } from '../../shared/contracts/chain.ts';
import { leaveBook, retireOrder } from '../../shared/store/orders/book.ts';
import type { ChunkText } from '../../shared/store/clearing/plan.ts';
import { applyChunk, planInHand, readPlan } from '../../shared/store/clearing/plan.ts';
import { concurrently } from './concurrently.ts';
import type { HeldMarket } from './held-market.ts';

/**
 * Carries out the plan that was decided, each chunk once and in order, then takes the orders it has filled off the book.
 * `decided` is the plan in the hands of the worker that decided it; any other reads it. Answers all its contracts.
 */
export async function applyPlan(
  market: HeldMarket,
  decided?: readonly ChunkText[],
): Promise<readonly ContractTerms[]> {
  const { table, clock, settings } = market.dependencies;
  const { clearing, run, plan } = market.in('applying');
  const chunks =
    decided === undefined ? await readPlan(table, clearing, plan) : planInHand(clearing, plan, decided);
  const closed = new Set<string>();
  for (const chunk of chunks) {
    if (chunk.done) continue;
    await market.proceed();
    const became = await applyChunk(table, { clearing, fence: plan.fence, run, now: clock() }, chunk);
    if (became === 'applied') for (const { id } of chunk.filled) closed.add(id);
  }
  const filled = chunks.flatMap((chunk) => chunk.filled);
  const batch = 16 * settings.concurrency;
  for (let start = 0; start < filled.length; start += batch) {
    await market.proceed();
    await concurrently(filled.slice(start, start + batch), settings.concurrency, async (order) => {
      if (!closed.has(order.id)) await close(market, order, run);
      await leaveBook(table, market.product, order.id);
    });
  }
  return chunks.flatMap(({ contracts }) => contracts);
}

/** What another worker's chunk has left with nothing is closed already, unless that worker was of an earlier version. */
async function close(
  { dependencies: { table, clock }, product }: HeldMarket,
  order: { readonly id: string; readonly version: number },
  run: number,
): Promise<void> {
  const outcome = await table.transact(retireOrder(product, order, run, clock()));
  if (outcome.done || outcome.refusals.every(({ item }) => item?.['status'] === 'filled')) return;
  throw new Error(`${order.id} is filled but cannot be retired`);
}
