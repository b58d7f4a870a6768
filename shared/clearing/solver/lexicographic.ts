import { exactSum, type LimitedFlow, type Multipliers, type SparseFlow } from './limited-flow.ts';
import { MarketTooLarge, type Network } from './network.ts';
import { minimiseCost, type Arcs } from './simplex.ts';
import type { SpanningTree } from './spanning-tree.ts';
import { startingTree } from './starting-flow.ts';

/**
 * A market's flow and the basis that proves it best. Node 0 is the hub, then come the offers, the bids, the origin
 * caps; arcs are the pairs, then cap → bid, offer → hub (what stays unsold), bid → hub (what is filled).
 */
export interface Basis {
  readonly arcs: Arcs;
  readonly tree: SpanningTree;
  /** What one more lot through each zone's cap is worth, where the caps were kept. */
  readonly multipliers: Multipliers | undefined;
}

/** Where each kind of node and arc begins in a {@link Basis}. */
export function layout(network: Network): {
  firstBid: number;
  nodes: number;
  firstCapArc: number;
  firstUnsold: number;
  firstFilled: number;
  arcCount: number;
} {
  const firstBid = 1 + network.supply.length;
  const firstCapArc = network.pairOffer.length;
  const firstUnsold = firstCapArc + network.capLots.length;
  const firstFilled = firstUnsold + network.supply.length;
  return {
    firstBid,
    nodes: firstBid + network.demand.length + network.capLots.length,
    firstCapArc,
    firstUnsold,
    firstFilled,
    arcCount: firstFilled + network.demand.length,
  };
}

/**
 * What one lot of volume weighs against one lot from inside the zone, so that a single sum orders flows of equal gains
 * by volume, then lots from inside.
 *
 * An improvement is a simple cycle of the residual network. It visits no offer and no head of a pair twice, so it
 * takes on at most `n` pairs and drops at most `n`, where `n` is the lesser of the two numbers: the lots from
 * inside change by at most `n` per unit pushed.
 */
export function volumeWeight(network: Network): number {
  return Math.min(network.supply.length, network.demand.length + network.capLots.length) + 2;
}

/**
 * The flow of greatest gains from trade; among those of greatest volume; among those with most lots from inside
 * the zone. With `limited` the same within the zones' caps, as flows that a mixture can be made of: one of them may
 * exceed a cap.
 *
 * @throws {MarketTooLarge} where a potential could leave the range of exact integers.
 */
export function solveLexicographic(network: Network, limited?: LimitedFlow): Basis {
  const arcs = arcsOf(network);
  const { nodes } = layout(network);
  let dearest = 0;
  for (const cost of arcs.cost) dearest = Math.max(dearest, -cost);
  if (nodes * dearest >= Number.MAX_SAFE_INTEGER) {
    throw new MarketTooLarge(`${nodes} nodes with weights up to ${dearest} exceed exact arithmetic`);
  }
  const tree = startingTree(network, arcs);
  if (limited === undefined) {
    minimiseCost(arcs, tree);
    const refined = { ...arcs, cost: refinedCost(network, arcs, tree) };
    minimiseCost(refined, tree);
    return { arcs: refined, tree, multipliers: undefined };
  }
  const pairOf = (arc: number): number => arc;
  const costOf = overPairs(arcs.cost.slice());
  const multipliers = limited.minimise({ arcs, tree, pairOf, costOf });
  const refined = { ...arcs, cost: refinedCost(network, arcs, tree) };
  limited.minimise({ arcs: refined, tree, pairOf, costOf: overPairs(refined.cost.slice()) });
  return { arcs: refined, tree, multipliers };
}

const overPairs =
  (cost: Float64Array) =>
  ({ pairs, lots }: SparseFlow): bigint =>
    exactSum(
      Float64Array.from(pairs, (pair) => cost[pair]!),
      lots,
    );

/**
 * The cost that orders flows of equal gains. Those differ on tight arcs only (complementary slackness), so every
 * other arc must stay as it is: infinitely dear to take up where it is empty, to give up where it is full. Two costs
 * in turn instead of one weighted sum: no bid's limit, however wild, can take the sum out of the exact integers.
 */
function refinedCost(network: Network, arcs: Arcs, tree: SpanningTree): Float64Array {
  const { tail, head, flow } = arcs;
  const { potential } = tree;
  const perLot = volumeWeight(network);
  const refined = new Float64Array(arcs.cost.length);
  for (let arc = 0; arc < refined.length; arc++) {
    if (arcs.cost[arc]! + potential[tail[arc]!]! - potential[head[arc]!]! !== 0)
      refined[arc] = flow[arc] === 0 ? Infinity : -Infinity;
    else if (arc < network.pairOffer.length) refined[arc] = -(perLot + network.pairInside[arc]!);
  }
  return refined;
}

/** The market as arcs, nothing flowing yet: see {@link Basis}. */
export function arcsOf(network: Network): Arcs {
  const { supply, demand, capBid, capLots, pairOffer, pairHead, pairWeight } = network;
  const { firstBid, firstCapArc, firstUnsold, firstFilled, arcCount } = layout(network);
  const tail = new Int32Array(arcCount);
  const head = new Int32Array(arcCount);
  const cost = new Float64Array(arcCount);
  const capacity = new Float64Array(arcCount).fill(Infinity);
  for (let pair = 0; pair < pairOffer.length; pair++) {
    tail[pair] = 1 + pairOffer[pair]!;
    head[pair] = firstBid + pairHead[pair]!;
    cost[pair] = -pairWeight[pair]!;
  }
  capLots.forEach((lots, cap) => {
    const arc = firstCapArc + cap;
    tail[arc] = firstBid + demand.length + cap;
    head[arc] = firstBid + capBid[cap]!;
    capacity[arc] = lots;
  });
  supply.forEach((_, offer) => {
    tail[firstUnsold + offer] = 1 + offer;
  });
  demand.forEach((lots, bid) => {
    tail[firstFilled + bid] = firstBid + bid;
    capacity[firstFilled + bid] = lots;
  });
  return { tail, head, cost, capacity, flow: new Float64Array(arcCount) };
}
