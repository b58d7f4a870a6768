import type { ClearedQuarter, Setting } from '../quarters.ts';

/**
 * What a cleared quarter's flow and duals say of one lot more.
 *
 * At the sellers' best an offer's scarcity is what all others would lose with one lot less of it; at the buyers' best
 * the worth of a head is what they would lose with one lot less of its demand (left derivatives of the greatest gains:
 * Shapley and Shubik 1971). So an order that trades nothing trades at least a lot once it gains more than that, in every
 * outcome of greatest gains; at an equal gain it does where the lot is not taken from anybody, since volume decides next.
 */
export interface Margins {
  /** Lots traded, by class. */
  readonly sold: Float64Array;
  readonly bought: Float64Array;
  /** Lots through each origin cap of a bid. */
  readonly through: Float64Array;
  /** In ticks: what one lot of each class of offers costs the others. */
  readonly lotCost: Float64Array;
  /** In ticks: what one lot of demand at each head of the network's pairs costs the others. */
  readonly headCost: Float64Array;
  /**
   * The duals bound what an order can gain. They do not where the value of a zone's cap stands between gains and
   * prices, where an order's condition decides who takes part, nor where one quarter's outcome bears upon another's.
   */
  readonly speak: boolean;
}

export function marginsOf({ book, facets }: Setting, { market, solution }: ClearedQuarter): Margins {
  const { network } = market;
  const { prices, pairFlow } = solution;
  const sold = new Float64Array(market.offers.length);
  const bought = new Float64Array(market.bids.length);
  const through = new Float64Array(network.capLots.length);
  for (const [pair, lots] of pairFlow.entries()) {
    const cap = network.pairHead[pair]! - market.bids.length;
    sold[network.pairOffer[pair]!]! += lots;
    bought[cap < 0 ? network.pairHead[pair]! : network.capBid[cap]!]! += lots;
    if (cap >= 0) through[cap]! += lots;
  }
  return {
    ...{ sold, bought, through },
    lotCost: prices.scarcityHigh,
    headCost: prices.headWorth,
    speak:
      network.limitLots.length === 0 &&
      !facets.evidence.hasCovenant &&
      ![...book.offers, ...book.bids].some(({ conditions }) => conditions !== undefined),
  };
}
