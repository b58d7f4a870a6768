import { layout, type Basis } from './lexicographic.ts';
import { bidOf, laneCharges, type Network } from './network.ts';
import { hubDistances } from './residual.ts';

/** Equilibrium values per lot, in whole parts of a tick: `1 / scale` ticks. */
export interface Prices {
  /** 1 unless the value of a zone's cap is a fraction of a tick. */
  readonly scale: number;
  /** What each offer earns above its landed reserve: midway, and at the buyers' best and the sellers' best. */
  readonly scarcity: Float64Array;
  readonly scarcityLow: Float64Array;
  readonly scarcityHigh: Float64Array;
  /** What each bid keeps below its limit. */
  readonly surplus: Float64Array;
  /** What one more lot through each origin cap would be worth to its bid. */
  readonly capValue: Float64Array;
  /** What one more lot through each zone's cap would be worth; buyers pay it, sellers receive it. */
  readonly limitValue: Float64Array;
  /** What all others would lose with one lot less of demand at each head of a pair: its surplus at the buyers' best. */
  readonly headWorth: Float64Array;
}

/**
 * Prices from the duals of the gains alone. Optimal duals form a lattice (Shapley and Shubik 1971): the shortest
 * paths from the hub over the residual network are the sellers' best, those to the hub the buyers' best. Offers'
 * and bids' potentials taken with one orientation obey difference constraints, which the floored midpoint of two
 * solutions obeys again: it is an equilibrium in whole ticks.
 *
 * Any optimal dual fits any optimal flow, so the flow may be any of greatest gains; the tree is that of the
 * lexicographic solution, whose potentials at the gains alone are one optimal dual to start from.
 */
export function equilibriumPrices(network: Network, basis: Basis): Prices {
  const { arcs, tree } = basis;
  const { firstBid } = layout(network);
  const { scale, value: limitValue } = basis.multipliers ?? { scale: 1, value: new Float64Array(0) };
  const cost = new Float64Array(arcs.cost.length);
  network.pairWeight.forEach((weight, pair) => {
    cost[pair] = -scale * weight;
  });
  if (network.limitLots.length > 0) chargeLanes(network, limitValue, cost);
  tree.computePotentials(arcs, cost);
  const start = tree.potential;
  const { fromHub, toHub } = hubDistances(arcs, cost, start);
  // A node that the hub cannot reach trades nothing; as far as the farthest, it breaks no constraint.
  const farthest = fromHub.reduce(
    (most, distance) => (distance < Infinity ? Math.max(most, distance) : most),
    0,
  );
  const high = start.map((potential, node) => potential + Math.min(fromHub[node]!, farthest));
  const low = start.map((potential, node) => potential - toHub[node]!);
  const middle = low.map((value, node) => Math.floor((value + high[node]!) / 2));

  const bids = network.demand.length;
  const surplus = middle.subarray(firstBid, firstBid + bids).map((potential) => Math.max(-potential, 0));
  const caps = middle.subarray(firstBid + bids);
  return {
    scale,
    limitValue,
    scarcity: middle.slice(1, firstBid),
    scarcityLow: low.slice(1, firstBid),
    scarcityHigh: high.slice(1, firstBid),
    surplus,
    capValue: caps.map((potential, cap) => Math.max(-potential - surplus[network.capBid[cap]!]!, 0)),
    headWorth: low.subarray(firstBid).map((potential) => Math.max(-potential, 0)),
  };
}

/**
 * Whole ticks of the landed price above the landed reserve, for an offer with `scarcity` on a lane: with what the
 * zones' caps are worth there. Rounded down once, over both: a bid that keeps the rest of the tick breaks no
 * inequality.
 */
export function premium(network: Network, prices: Prices, scarcity: number, lane: number): bigint {
  const limits = network.laneLimits[lane] ?? [];
  const value = limits.reduce((sum, limit) => sum + BigInt(prices.limitValue[limit]!), BigInt(scarcity));
  return value / BigInt(prices.scale);
}

/** The value of a pair to those who would trade, in the prices' own unit, is all that it could gain. */
export function isTight(network: Network, prices: Prices, pair: number): boolean {
  const { scale, scarcity, surplus, capValue, limitValue } = prices;
  const head = network.pairHead[pair]!;
  const cap = head - network.demand.length;
  let value = scarcity[network.pairOffer[pair]!]! + surplus[bidOf(network, head)]!;
  if (cap >= 0) value += capValue[cap]!;
  for (const limit of network.laneLimits[network.pairLane[pair] ?? -1] ?? []) value += limitValue[limit]!;
  return value === network.pairWeight[pair]! * scale;
}

/** Adds to each pair's cost what the caps that it counts against charge for a lot. */
function chargeLanes(network: Network, limitValue: Float64Array, cost: Float64Array): void {
  const charges = laneCharges(network, limitValue);
  for (const [pair, lane] of network.pairLane.entries()) if (lane >= 0) cost[pair]! += charges[lane]!;
}
