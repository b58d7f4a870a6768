import { promise } from '../solver/network.ts';
import { dutyOf, landedReserve, priceWithin, type TradeTerms } from '../eligibility/trade-terms.ts';

/** The parts of a landed price in ticks: ask + floorUplift + scarcity + duties + levy = landed. */
export interface TickWaterfall {
  readonly ask: bigint;
  readonly floorUplift: bigint;
  readonly scarcity: bigint;
  readonly duties: bigint;
  readonly levy: bigint;
  readonly support: bigint;
  readonly landed: bigint;
}

/** What the seller is paid: ask + floorUplift + scarcity. */
export const sellerPrice = ({ ask, floorUplift, scarcity }: TickWaterfall): bigint =>
  ask + floorUplift + scarcity;

/**
 * Splits the landed price of an offer's lots, `scarcity` ticks above its landed reserve.
 *
 * The levy stands only at zero scarcity, where the seller of a border-adjusted import is paid its ask. With any
 * scarcity buyers compete for the import above the floor: the seller receives the landed price less duties, and
 * nothing is left to levy.
 */
export function waterfallOf(ask: bigint, scarcity: bigint, terms: TradeTerms): TickWaterfall {
  const reserve = landedReserve(ask, terms);
  const landed = reserve + scarcity;
  const dutyAtAsk = dutyOf(ask, terms);
  const levied = terms.effect === 'levied' && scarcity === 0n && landed > ask + dutyAtAsk;
  const price = levied ? ask : priceWithin(landed, terms);
  const levy = levied ? landed - ask - dutyAtAsk : 0n;
  const floorUplift = levied ? 0n : priceWithin(reserve, terms) - ask;
  const waterfall = {
    ask,
    floorUplift,
    scarcity: price - ask - floorUplift,
    duties: landed - price - levy,
    levy,
    support: 0n,
    landed,
  };
  promise(
    [floorUplift, waterfall.scarcity, waterfall.duties, levy].every((part) => part >= 0n),
    'no part of a price is negative',
  );
  promise(terms.effect !== 'hard' || price >= terms.floor, 'no price is below a hard floor');
  return waterfall;
}
