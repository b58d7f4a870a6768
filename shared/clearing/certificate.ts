import { bidOf, promise, type Network } from './network.ts';
import type { Prices } from './prices.ts';

/** The proof that a flow is of greatest gains: `primal` and `dual` are equal, in ticks × lots. */
export interface Certificate {
  readonly primal: bigint;
  readonly dual: bigint;
  /** Lots traded. */
  readonly volume: bigint;
}

/**
 * Checks in exact integers that the flow is feasible and the prices dual feasible, and returns both sides' values.
 * By weak duality, equal values prove both optimal, whatever produced them.
 */
export function certify(network: Network, pairFlow: Float64Array, prices: Prices): Certificate {
  const { supply, demand, capBid, capLots, pairOffer, pairHead, pairWeight } = network;
  const { scarcity, surplus, capValue } = prices;
  const sold = new Float64Array(supply.length);
  const bought = new Float64Array(demand.length);
  const through = new Float64Array(capLots.length);
  let primal = 0n;
  for (let pair = 0; pair < pairFlow.length; pair++) {
    const offer = pairOffer[pair]!;
    const head = pairHead[pair]!;
    const bid = bidOf(network, head);
    const cap = head - demand.length;
    const value = scarcity[offer]! + surplus[bid]! + (cap >= 0 ? capValue[cap]! : 0);
    promise(value >= pairWeight[pair]!, 'no pair that is not served would rather trade at the prices');
    const lots = pairFlow[pair]!;
    if (lots === 0) continue;
    promise(Number.isInteger(lots) && lots > 0, 'a flow is a whole number of lots');
    sold[offer]! += lots;
    bought[bid]! += lots;
    if (cap >= 0) through[cap]! += lots;
    primal += BigInt(lots) * BigInt(pairWeight[pair]!);
  }
  let dual = 0n;
  let volume = 0n;
  const side = (used: Float64Array, bound: Float64Array, price: Float64Array): void => {
    for (let row = 0; row < bound.length; row++) {
      promise(used[row]! <= bound[row]!, 'nobody trades more than it asked for');
      promise(price[row]! >= 0, 'no dual is negative');
      if (price[row]! > 0) dual += BigInt(price[row]!) * BigInt(bound[row]!);
    }
  };
  side(sold, supply, scarcity);
  side(bought, demand, surplus);
  side(through, capLots, capValue);
  for (const lots of bought) volume += BigInt(lots);
  promise(primal === dual, 'the gains equal their bound');
  promise(capBid.length === capLots.length, 'every cap has a bid');
  return { primal, dual, volume };
}
