import type { Cleared } from './market.ts';
import { aMarket } from './market.ts';

/** A price in USD and a quantity in whole lots. */
export type Step = readonly [price: number, lots: number];

/** What a market of one undifferentiated product clears to. */
export interface Result {
  readonly cleared: Cleared;
  readonly lots: number;
  /** USD; undefined where nothing trades. Every price between clears the market alike. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  readonly price: number | undefined;
}

/** Clears asks against limits where everybody may trade with everybody, without floors, duties or caps. */
export function doubleAuction(asks: readonly Step[], limits: readonly Step[]): Result {
  const market = aMarket();
  for (const [index, [price, lots]] of asks.entries())
    market.offer(`s${index}x`, 'AU', price.toFixed(2), String(lots));
  for (const [index, [price, lots]] of limits.entries())
    market.bid(`b${index}x`, 'DE', price.toFixed(2), String(lots));
  const cleared = market.clear();
  const entries = cleared.outcome.awards.flatMap(({ schedule }) => schedule);
  const cents = (values: readonly bigint[]): number[] => [...new Set(values.map((value) => Number(value)))];
  const [low, ...otherLows] = cents(entries.map(({ interval }) => interval.low));
  const [high, ...otherHighs] = cents(entries.map(({ interval }) => interval.high));
  const [price, ...otherPrices] = cents(entries.map((entry) => entry.price));
  if (otherLows.length + otherHighs.length + otherPrices.length > 0)
    throw new Error('one product has one price');
  return {
    cleared,
    lots: Number(entries.reduce((sum, entry) => sum + entry.lots, 0n)),
    interval: low === undefined || high === undefined ? undefined : { low: low / 100, high: high / 100 },
    price: price === undefined ? undefined : price / 100,
  };
}
