import type { Quarter } from '../../kernel/quarter.ts';
import { quarterNumber } from '../../kernel/quarter.ts';
import type { ConditionCode } from '../../orders/conditions.ts';
import { priceOf, quantityOf } from '../../pricing/product-terms.ts';
import type { ConditionReason } from './condition-reason.ts';
import type { DroppableTerm, WouldNeed } from './explanation.ts';
import type { NearMiss, Order } from './near-miss.ts';
import type { PublicDepth } from '../documents/published.ts';
import type { Setting } from '../quarters.ts';
import type { Told } from './quarter-view.ts';
import type { Retrials } from './retrials.ts';

/** An order in a quarter in which it was not filled. */
export interface Unfilled {
  readonly order: Order;
  readonly quarter: Quarter;
  readonly awarded: number;
  readonly condition: ConditionReason | undefined;
  readonly told: Told | undefined;
}

/** Most other quarters that are tried for one order and quarter. */
const MOST_QUARTERS = 2;

/**
 * Near misses of which the duals could not say that they would have been enough, settled by clearing the market again, and
 * those that only this can find: other prices for an order filled in part, a condition or a cap of its own dropped, a lesser
 * quantity, another quarter, a lower level of what a bid requires itself. Every question is put in public figures and the
 * order's own, as in {@link Cure}; one that is answered with no is not told.
 */
export function settled(
  setting: Setting,
  retrials: Retrials,
  depth: PublicDepth,
  unfilled: Unfilled,
  misses: readonly NearMiss[],
): NearMiss[] {
  const { order, quarter, awarded } = unfilled;
  const isEnough = (need: WouldNeed): boolean => {
    const lots = retrials.awarded(order, quarter, need);
    if (lots === undefined) return false;
    const at = need.quarters?.[0] ?? quarter;
    const before = at === quarter ? awarded : depth.awarded(order.id, at);
    return (lots.get(at) ?? 0) > before;
  };
  const first = misses.map((miss): NearMiss => {
    const { certain, ...need } = miss.wouldNeed;
    return certain === false && miss.own && isEnough(need) ? { ...miss, wouldNeed: need } : miss;
  });
  const finer = first.map((miss) => withLevel(setting, unfilled, miss, isEnough));
  if (finer.some(isCertain)) return finer;
  for (const { code, wouldNeed } of questionsOf(setting, depth, unfilled))
    if (isEnough(wouldNeed)) {
      const others = finer.filter((miss) => miss.code !== code || Object.keys(miss.wouldNeed).length > 0);
      return [...others, { code, wouldNeed, own: true }];
    }
  return finer;
}

const isCertain = ({ wouldNeed, own }: NearMiss): boolean =>
  own && Object.keys(wouldNeed).length > 0 && wouldNeed.certain !== false;

const termOf = {
  minimum_lot: 'minimumLot',
  all_or_none: 'allOrNone',
  minimum_quarters: 'minimumQuarters',
} as const satisfies Record<ConditionCode, DroppableTerm>;

/** What is asked about an order that nothing else explains, the gentlest change first. */
function questionsOf(
  { snapshot: { product } }: Setting,
  depth: PublicDepth,
  { order, quarter, condition, told }: Unfilled,
): Pick<NearMiss, 'code' | 'wouldNeed'>[] {
  const side = 'site' in order ? 'offer' : 'bid';
  const there = depth.against(side, quarter);
  if (condition !== undefined) {
    const { code } = condition;
    const asked = order.remaining.find((entry) => entry.quarter === quarter)?.quantity.amount;
    const quantity = there === undefined ? undefined : quantityOf(there, product);
    const lesser =
      quantity !== undefined &&
      asked !== undefined &&
      there !== 0n &&
      quantity.amount.units * 10n ** BigInt(asked.scale) < asked.units * 10n ** BigInt(quantity.amount.scale);
    return [
      ...(lesser ? [{ code, wouldNeed: { quantity } }] : []),
      { code, wouldNeed: { without: [termOf[code]] } },
    ];
  }
  const [code] = told?.binding ?? [];
  if (told === undefined || code === undefined || code === 'not_delivered') return [];
  if (code === 'window_mismatch')
    return depth
      .quartersAgainst(side)
      .filter((other) => other !== quarter)
      .sort((a, b) => distance(a, quarter) - distance(b, quarter) || (a < b ? -1 : 1))
      .slice(0, MOST_QUARTERS)
      .map((other) => ({ code, wouldNeed: { quarters: [other] } }));
  const price = told.price === undefined ? undefined : priceOf(told.price, product);
  const capped = told.binding.includes('concentration_limit') && 'maxOriginShare' in order;
  return [
    ...(price === undefined ? [] : [{ code, wouldNeed: side === 'bid' ? { limit: price } : { ask: price } }]),
    ...(capped
      ? [{ code: 'concentration_limit' as const, wouldNeed: { without: ['maxOriginShare' as const] } }]
      : []),
    ...(['minimum_lot', 'minimum_quarters'] as const)
      .filter((kept) => told.binding.includes(kept) && order[termOf[kept]] !== undefined)
      .map((kept) => ({ code: kept, wouldNeed: { without: [termOf[kept]] } })),
  ];
}

const distance = (a: Quarter, b: Quarter): number => Math.abs(quarterNumber(a) - quarterNumber(b));

/**
 * Instead of a requirement of its own that a bid would have to drop, its next lower level, where that was enough. Not the one
 * after it: how far below an offer's certificate lies is not the bid's to know.
 */
function withLevel(
  { snapshot }: Setting,
  { order }: Unfilled,
  miss: NearMiss,
  isEnough: (need: WouldNeed) => boolean,
): NearMiss {
  const { without, certificates, also } = miss.wouldNeed;
  if (!isCertain(miss) || also !== undefined || without?.join() !== 'requires' || !('requires' in order))
    return miss;
  const [only, ...others] = certificates ?? [];
  const [asked] = only?.anyOf ?? [];
  if (asked?.level === undefined || others.length > 0) return miss;
  const levels = snapshot.schemes.find(({ id }) => id === asked.scheme)?.levels ?? [];
  const level = levels[levels.indexOf(asked.level) - 1];
  if (level === undefined) return miss;
  const wouldNeed = { certificates, levels: [{ scheme: asked.scheme, level }] };
  return isEnough(wouldNeed) ? { ...miss, wouldNeed } : miss;
}
