import type { SparseFlow } from './limited-flow.ts';
import { searchWithin } from './limit-search.ts';
import type { Basis } from './lexicographic.ts';
import type { Network } from './network.ts';
import { cyclesBetween, type ResidualCycle } from './residual-cycles.ts';

/** How far a flow is from the caps: lots above them, then what is lost for lots below. */
export interface Distance {
  readonly excess: number;
  readonly loss: number;
}

export const isNearer = (a: Distance, b: Distance): boolean =>
  a.excess < b.excess || (a.excess === b.excess && a.loss < b.loss);

/** The zones' caps as a whole flow meets them. */
export interface Caps {
  readonly limits: Float64Array;
  /** What a lot left free under each cap loses. */
  readonly worth: Float64Array;
}

/**
 * A whole flow that keeps every cap, made of the flows of a mixture that does: from one of them, residual cycles that
 * lead to the others are pushed as long as that brings it nearer to full caps. Every flow on the way is an optimum of
 * the relaxations that the mixture's flows are optima of. Where that does not fill the caps, a search goes on from
 * there. Undefined where no flow was found that keeps every cap.
 */
export function roundWithin(
  network: Network,
  basis: Basis,
  flows: readonly SparseFlow[],
  caps: Caps,
): Float64Array | undefined {
  const dense = flows.map((flow) => denseFlow(network, flow));
  let best: Float64Array | undefined;
  let bestDistance: Distance = { excess: 0, loss: Infinity };
  for (const start of dense) {
    const [flow, near] = approach(network, start, dense, caps);
    const distance = near.excess === 0 && near.loss === 0 ? near : searchWithin(network, basis, flow, caps);
    if (distance.excess > 0 || !isNearer(distance, bestDistance)) continue;
    best = flow;
    bestDistance = distance;
    if (distance.loss === 0) break;
  }
  return best;
}

const denseFlow = (network: Network, { pairs, lots }: SparseFlow): Float64Array => {
  const flow = new Float64Array(network.pairOffer.length);
  for (const [index, pair] of pairs.entries()) flow[pair] = lots[index]!;
  return flow;
};

function approach(
  network: Network,
  start: Float64Array,
  others: readonly Float64Array[],
  caps: Caps,
): [Float64Array, Distance] {
  const flow = start.slice();
  const use = useOf(network, flow);
  let distance = distanceOf(use, caps);
  const isThere = (): boolean => distance.excess === 0 && distance.loss === 0;
  for (let improved = true; improved && !isThere();) {
    improved = false;
    for (const other of others) {
      if (other === start && flow.every((lots, pair) => lots === other[pair])) continue;
      for (const cycle of cyclesBetween(network, flow, other)) {
        const step = stepOf(network, cycle);
        const lots = bestPush(use, step, cycle.room, caps);
        if (lots === 0) continue;
        for (const [index, pair] of cycle.pairs.entries()) flow[pair]! += lots * cycle.signs[index]!;
        for (const [limit, each] of step.entries()) use[limit]! += lots * each;
        distance = distanceOf(use, caps);
        improved = true;
      }
      if (isThere()) break;
    }
  }
  return [flow, distance];
}

/** Lots through each cap. */
export function useOf(network: Network, pairFlow: Float64Array): Float64Array {
  const { pairLane, laneLimits, limitLots } = network;
  const use = new Float64Array(limitLots.length);
  for (let pair = 0; pair < pairLane.length; pair++) {
    const lane = pairLane[pair]!;
    if (lane < 0 || pairFlow[pair] === 0) continue;
    for (const limit of laneLimits[lane]!) use[limit]! += pairFlow[pair]!;
  }
  return use;
}

/** What one lot pushed around a cycle changes in the use of each cap. */
function stepOf({ pairLane, laneLimits, limitLots }: Network, { pairs, signs }: ResidualCycle): Float64Array {
  const step = new Float64Array(limitLots.length);
  for (const [index, pair] of pairs.entries()) {
    const lane = pairLane[pair]!;
    if (lane >= 0) for (const limit of laneLimits[lane]!) step[limit]! += signs[index]!;
  }
  return step;
}

export function distanceOf(use: Float64Array, { limits, worth }: Caps): Distance {
  let excess = 0;
  let loss = 0;
  for (const [limit, lots] of use.entries()) {
    const free = limits[limit]! - lots;
    if (free < 0) excess -= free;
    else loss += free * worth[limit]!;
  }
  return { excess, loss };
}

/** How many lots to push: the distance is convex between the pushes at which some cap becomes full. */
export function bestPush(use: Float64Array, step: Float64Array, room: number, caps: Caps): number {
  let best = 0;
  let nearest = distanceOf(use, caps);
  const at = (lots: number): Distance =>
    distanceOf(
      use.map((each, limit) => each + lots * step[limit]!),
      caps,
    );
  const turns = [room];
  for (const [limit, each] of step.entries()) {
    if (each === 0) continue;
    const turn = (caps.limits[limit]! - use[limit]!) / each;
    turns.push(Math.floor(turn), Math.ceil(turn));
  }
  for (const lots of turns) {
    if (lots <= 0 || lots > room) continue;
    const distance = at(lots);
    if (!isNearer(distance, nearest)) continue;
    best = lots;
    nearest = distance;
  }
  return best;
}
