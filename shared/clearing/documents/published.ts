import type { Quarter } from '../../kernel/quarter.ts';
import type { AwardTerms } from './conclude.ts';
import { depthOf } from './depth.ts';
import type { Told } from './judge-run.ts';
import { sideReveals, tradeReveals } from './market-view.ts';
import type { Snapshot } from '../snapshot.ts';
import { quarterTrades } from './summary.ts';

/** The lowest and the highest landed price paid in a quarter, in ticks. */
export interface PriceInterval {
  readonly low: bigint;
  readonly high: bigint;
}

/**
 * What anybody may read of a clearing's own prices, support left aside, by quarter: nothing where nothing traded, or where so few traded that
 * the market's public view withholds it.
 */
export const publishedPrices = (
  snapshot: Snapshot,
  awards: readonly AwardTerms[],
): ReadonlyMap<Quarter, PriceInterval> =>
  new Map(
    quarterTrades(
      snapshot,
      awards.filter(({ programme }) => programme === undefined),
    )
      .filter((trade) => !tradeReveals(trade))
      .map(({ quarter, low, high }) => [quarter, { low, high }]),
  );

/** What anybody may read of the book at gate closure, and what each order was awarded. */
export interface PublicDepth {
  /** Lots of the side opposite to an order's in a quarter; undefined where that is withheld. */
  against(side: 'offer' | 'bid', quarter: Quarter): bigint | undefined;
  /** Quarters in which there is anything of the side opposite to an order's. */
  quartersAgainst(side: 'offer' | 'bid'): Quarter[];
  awarded(order: string, quarter: Quarter): number;
}

/** @param told where given, what is shown beside all that earlier runs have shown. */
export function publishedDepth(
  snapshot: Snapshot,
  awards: readonly AwardTerms[],
  told?: Pick<Told, 'supply' | 'demand'>,
): PublicDepth {
  const depth = new Map(depthOf(snapshot, awards).map((entry) => [entry.quarter, entry]));
  const opposite = (side: 'offer' | 'bid', quarter: Quarter) =>
    side === 'offer' ? depth.get(quarter)?.demand : depth.get(quarter)?.supply;
  const lots = new Map<string, number>();
  for (const { offer, bid, schedule } of awards)
    for (const entry of schedule)
      for (const order of [offer, bid]) {
        const key = `${order} ${entry.quarter}`;
        lots.set(key, (lots.get(key) ?? 0) + Number(entry.lots));
      }
  return {
    against(side, quarter) {
      const figure = opposite(side, quarter);
      if (told !== undefined && !told[side === 'offer' ? 'demand' : 'supply'].has(quarter)) return undefined;
      return figure === undefined || sideReveals(figure) ? undefined : figure.lots;
    },
    quartersAgainst: (side) =>
      [...depth.keys()].filter((quarter) => (opposite(side, quarter)?.lots ?? 0n) > 0n),
    awarded: (order, quarter) => lots.get(`${order} ${quarter}`) ?? 0,
  };
}
