import type { ContractTerms } from '../../shared/contracts/chain.ts';
import { retireOrder } from '../../shared/store/book.ts';
import type { ChunkText } from '../../shared/store/plan.ts';
import { applyChunk, planInHand, readPlan } from '../../shared/store/plan.ts';
import { concurrently } from './concurrently.ts';
import type { HeldMarket } from './held-market.ts';

/**
 * Carries out the plan that was decided, each chunk once and in order, then retires the orders it has filled.
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
  return chunks.flatMap(({ contracts }) => contracts);
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
