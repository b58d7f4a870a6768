import { useOf } from './limit-repair.ts';
import { bidOf, laneCharges, promise, type Network } from './network.ts';
import type { Prices } from './prices.ts';

/** The proof of how good a flow is, in ticks × lots. */
export interface Certificate {
  /** Gains from trade. */
  readonly primal: bigint;
  /** What no flow exceeds, rounded down: equal to `primal`, but for lots that a zone's cap leaves free at a value. */
  readonly dual: bigint;
  /** Lots traded. */
  readonly volume: bigint;
}

/**
 * Checks in exact integers that the flow is feasible and the prices dual feasible, and returns both sides' values.
 * By weak duality, equal values prove both optimal, whatever produced them. Where a zone's cap that has a value is not
 * full, the difference is what its free lots would be worth, and no flow gains more than that beyond this one.
 */
export function certify(network: Network, pairFlow: Float64Array, prices: Prices): Certificate {
  const { supply, demand, capBid, capLots, pairOffer, pairHead, pairWeight } = network;
  const { scale, scarcity, surplus, capValue, limitValue } = prices;
  const { limitLots, pairLane } = network;
  const charges = laneCharges(network, limitValue);
  const sold = new Float64Array(supply.length);
  const bought = new Float64Array(demand.length);
  const through = new Float64Array(capLots.length);
  let primal = 0n;
  for (let pair = 0; pair < pairFlow.length; pair++) {
    const offer = pairOffer[pair]!;
    const head = pairHead[pair]!;
    const bid = bidOf(network, head);
    const cap = head - demand.length;
    const charge = limitLots.length === 0 ? 0 : (charges[pairLane[pair]!] ?? 0);
    const value = scarcity[offer]! + surplus[bid]! + (cap >= 0 ? capValue[cap]! : 0) + charge;
    const weight = scale * pairWeight[pair]!;
    promise(value >= weight, 'no pair that is not served would rather trade at the prices');
    const lots = pairFlow[pair]!;
    if (lots === 0) continue;
    promise(value === weight, 'a pair that trades likes nothing better at the prices');
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
  const use = useOf(network, pairFlow);
  side(use, limitLots, limitValue);
  for (const lots of bought) volume += BigInt(lots);
  let unused = 0n;
  for (const [limit, value] of limitValue.entries())
    if (value > 0) unused += BigInt(value) * BigInt(limitLots[limit]! - use[limit]!);
  promise(dual - BigInt(scale) * primal === unused, 'the gains equal their bound but for free lots of a cap');
  promise(capBid.length === capLots.length, 'every cap has a bid');
  return { primal, dual: dual / BigInt(scale), volume };
}
