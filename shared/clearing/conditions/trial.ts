import type { BidEntry, OfferEntry } from '../book.ts';
import type { Rejected } from '../quarter-solver.ts';
import type { ClearedQuarter } from '../quarters.ts';
import type { Breach } from './conditions.ts';

type Order = OfferEntry | BidEntry;

/** The market without some orders; `breaches` are the conditions that could not be kept even so. */
export interface Trial {
  readonly rejected: Rejected;
  readonly gains: bigint;
  readonly volume: bigint;
  readonly quarters: readonly ClearedQuarter[];
  /** What the market without the rejected could gain if nothing else were asked. */
  readonly bound: bigint;
  /** What each order with conditions that takes part gains at the prices. */
  readonly stakes: ReadonlyMap<Order, bigint>;
  /** The orders with conditions that trade. */
  readonly traders: ReadonlySet<Order>;
  readonly breaches: readonly Breach[];
}

export function sums(quarters: readonly ClearedQuarter[]): { gains: bigint; volume: bigint } {
  let gains = 0n;
  let volume = 0n;
  for (const { solution } of quarters) {
    gains += solution.certificate.primal;
    volume += solution.certificate.volume;
  }
  return { gains, volume };
}

/** The orders with conditions that trade. */
export const tradersIn = (quarters: readonly ClearedQuarter[]): Set<Order> =>
  new Set(
    quarters
      .flatMap(({ awards }) => awards.flatMap(({ offer, bid }): Order[] => [offer, bid]))
      .filter(({ conditions }) => conditions !== undefined),
  );

/** What a market could gain if no condition were asked. */
export const boundOf = (quarters: readonly ClearedQuarter[]): bigint =>
  quarters.reduce((sum, { solution }) => sum + solution.certificate.dual, 0n);

/** More gains, then more volume, then fewer rejected. */
export function isBetter(a: Trial, b: Trial): boolean {
  const order =
    compare(a.gains, b.gains) || compare(a.volume, b.volume) || compare(b.rejected.size, a.rejected.size);
  return order > 0;
}

export const compare = <T extends bigint | number | string>(a: T, b: T): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** Names a set of orders. */
export const keyOf = (rejected: Rejected): string =>
  [...rejected]
    .map(({ rank }) => rank)
    .sort()
    .join();
