import type { WaterfallPart } from '../../contracts/contract.ts';
import { waterfallParts } from '../../contracts/contract.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Outcome } from '../clear.ts';
import { totalOf } from '../documents/conclude.ts';
import { pricedByMarket } from '../documents/summary.ts';
import { lotsFrom } from '../book.ts';
import type { RefusalCode } from '../eligibility/refusal.ts';
import { refusalCodes } from '../eligibility/refusal.ts';
import type { Snapshot } from '../snapshot.ts';

/** What a clearing comes to: lots, and minor units of the product's currency. */
export interface Figures {
  readonly contracts: number;
  readonly lots: bigint;
  readonly quarters: readonly QuarterFigures[];
  /** Over all contracts, each part of the landed price: they add up to `landed`. */
  readonly parts: Readonly<Record<WaterfallPart, bigint>>;
  /** Demand that a rule keeps unfilled, by the code that stands first in its way. */
  readonly blocked: ReadonlyMap<RefusalCode, bigint>;
  readonly origins: ReadonlyMap<string, bigint>;
}

/** Prices in ticks, lowest and highest of the quarter's contracts, as the market made them. */
export interface QuarterFigures {
  readonly quarter: Quarter;
  readonly lots: bigint;
  readonly price: TickRange;
  readonly landedPrice: TickRange;
}
export interface TickRange {
  readonly low: bigint;
  readonly high: bigint;
}

export function figuresOf(
  snapshot: Snapshot,
  { awards, explanations }: Pick<Outcome, 'awards' | 'explanations'>,
): Figures {
  const { product } = snapshot;
  const entries = awards.flatMap(({ origin, schedule }) => schedule.map((entry) => ({ ...entry, origin })));
  const byQuarter = [...Map.groupBy(entries, ({ quarter }) => quarter)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    contracts: awards.length,
    lots: sumOf(entries.map(({ lots }) => lots)),
    quarters: byQuarter.map(([quarter, group]) => ({
      quarter,
      lots: sumOf(group.map(({ lots }) => lots)),
      price: rangeOf(pricedByMarket(group).map(({ price }) => price)),
      landedPrice: rangeOf(pricedByMarket(group).map(({ landed }) => landed)),
    })),
    parts: Object.fromEntries(
      waterfallParts.map((part) => [
        part,
        sumOf(awards.map(({ schedule }) => totalOf(schedule, part, product))),
      ]),
    ) as Record<WaterfallPart, bigint>,
    blocked: blockedDemand(snapshot, explanations),
    origins: sums(entries.map(({ origin, lots }) => [origin, lots])),
  };
}

const isRule = new Set<string>(refusalCodes);

/**
 * Each bid's unfilled lots count once, under the first code that binds it. What competition left unfilled is not
 * blocked: no rule stands in its way.
 */
function blockedDemand(
  snapshot: Snapshot,
  explanations: Outcome['explanations'],
): ReadonlyMap<RefusalCode, bigint> {
  return sums(
    snapshot.bids.flatMap(({ id }) =>
      (explanations.get(id) ?? []).flatMap(({ binding: [first], remaining }): [RefusalCode, bigint][] =>
        first !== undefined && isRule.has(first.code)
          ? [[first.code as RefusalCode, BigInt(lotsFrom(remaining, snapshot))]]
          : [],
      ),
    ),
  );
}

/** What buyers pay: landed less support. */
export const buyerCost = ({ parts }: Figures): bigint => parts.landed - parts.support;

/** What sellers are paid: ask + floor uplift + scarcity. */
export const sellerReceipts = ({ parts }: Figures): bigint => parts.ask + parts.floorUplift + parts.scarcity;

/** Shares of one in ten thousand, rounded down. */
export const shareOf = (lots: bigint, total: bigint): bigint =>
  total === 0n ? 0n : (lots * 10_000n) / total;

/**
 * Herfindahl–Hirschman index by origin: the sum of the squared percentage shares, 10 000 for a single origin.
 * Rounded down, once, from exact shares; undefined where nothing is traded.
 */
export function concentrationIndex({ origins, lots }: Figures): bigint | undefined {
  if (lots === 0n) return undefined;
  const squares = sumOf([...origins.values()].map((each) => each * each));
  return (squares * 10_000n) / (lots * lots);
}

const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

function sums<K>(entries: readonly (readonly [K, bigint])[]): Map<K, bigint> {
  const found = new Map<K, bigint>();
  for (const [key, value] of entries) found.set(key, (found.get(key) ?? 0n) + value);
  return found;
}

const rangeOf = (ticks: readonly bigint[]): TickRange => ({
  low: ticks.reduce((least, each) => (each < least ? each : least)),
  high: ticks.reduce((most, each) => (each > most ? each : most)),
});
