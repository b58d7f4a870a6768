import { divide, tenTo } from '../kernel/decimal.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { must } from '../kernel/result.ts';
import type { LotsByQuarter } from '../orders/delivery.ts';
import type { Product } from '../reference/product.ts';
import { stepsOf, stepsOfLots } from './steps.ts';
import type { StockpileProduct } from './stockpile.ts';

/**
 * The most lots that a stockpile may buy for one quarter: three months of its pace, each a share of a twelfth of the
 * declared annual use; rounded down to the lot. Stockpiles that are built up all at once make the shortage they are
 * meant for (CETEx, 2024).
 */
export function paceLimit(
  { annualUse, paceShare }: Pick<StockpileProduct, 'annualUse' | 'paceShare'>,
  product: Product,
): bigint {
  const annual = must(stepsOf(annualUse.quantity, product));
  const ofQuarter = 4n * tenTo(paceShare.scale) * stepsOfLots(1n, product);
  return divide(annual * paceShare.units, ofQuarter, 'down');
}

/** The first quarters, at most ten, in which bids taken together ask for more than the limit. */
export function beyondPace(bids: readonly LotsByQuarter[], limit: bigint): Quarter[] {
  const sums = new Map<Quarter, bigint>();
  for (const bid of bids)
    for (const [quarter, lots] of bid) sums.set(quarter, (sums.get(quarter) ?? 0n) + lots);
  return [...sums]
    .filter(([, lots]) => lots > limit)
    .map(([quarter]) => quarter)
    .sort()
    .slice(0, 10);
}
