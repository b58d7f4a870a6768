import type { Quarter } from '../kernel/quarter.ts';
import type { AwardTerms } from './conclude.ts';
import { tradeReveals } from './market-view.ts';
import type { Snapshot } from './snapshot.ts';
import { quarterTrades } from './summary.ts';

/** The lowest and the highest landed price paid in a quarter, in ticks. */
export interface PriceInterval {
  readonly low: bigint;
  readonly high: bigint;
}

/**
 * What anybody may read of a clearing's prices, by quarter: nothing where nothing traded, or where so few traded that
 * the market's public view withholds it.
 */
export const publishedPrices = (
  snapshot: Snapshot,
  awards: readonly AwardTerms[],
): ReadonlyMap<Quarter, PriceInterval> =>
  new Map(
    quarterTrades(snapshot, awards)
      .filter((trade) => !tradeReveals(trade))
      .map(({ quarter, low, high }) => [quarter, { low, high }]),
  );
