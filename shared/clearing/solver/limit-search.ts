import type { Caps } from './limit-repair.ts';
import { bestPush, distanceOf, isNearer, useOf, type Distance } from './limit-repair.ts';
import { layout, type Basis } from './lexicographic.ts';
import type { Network } from './network.ts';
import { arcFlow } from './residual-cycles.ts';

/** How many steps a search may look at in all, and how far from where it began it may take the use of a cap. */
const BUDGET = 200_000;
const FARTHEST = 3;

/** A residual arc: where it leads, and what a lot on it changes in the use of each cap. */
interface Step {
  readonly arc: number;
  readonly sign: 1 | -1;
  readonly from: number;
  readonly to: number;
  readonly limits: readonly number[];
}

interface Visit {
  readonly step: Step;
  readonly before: Visit | undefined;
  readonly change: readonly number[];
}

/**
 * Looks for closed walks of residual arcs without loss to the gains at the prices that bring a flow nearer to full
 * caps, where the flows of the mixture do not lead there: breadth first over nodes and changes of use, within a
 * budget. Changes `pairFlow`; answers how far it still is.
 */
export function searchWithin(network: Network, basis: Basis, pairFlow: Float64Array, caps: Caps): Distance {
  let budget = BUDGET;
  for (;;) {
    const use = useOf(network, pairFlow);
    const distance = distanceOf(use, caps);
    if (distance.excess === 0 && distance.loss === 0) return distance;
    const flow = arcFlow(network, pairFlow);
    const leaving = residual(network, basis, flow);
    let walk: readonly Step[] | undefined;
    for (const first of leaving.flat()) {
      if (first.limits.length === 0) continue;
      [walk, budget] = closedWalk(leaving, first, use, distance, caps, flow, basis, budget);
      if (walk !== undefined || budget <= 0) break;
    }
    if (walk === undefined) return distance;
    const room = roomOn(walk, flow, basis);
    const change = new Float64Array(use.length);
    for (const { sign, limits } of walk) for (const limit of limits) change[limit]! += sign;
    const lots = bestPush(use, change, room, caps);
    for (const { arc, sign } of walk) if (arc < pairFlow.length) pairFlow[arc]! += sign * lots;
  }
}

/** Residual arcs at which the gains lose nothing, by the node that they leave. */
function residual(network: Network, { arcs }: Basis, flow: Float64Array): Step[][] {
  const { pairLane, laneLimits } = network;
  const leaving = Array.from({ length: layout(network).nodes }, (): Step[] => []);
  for (const [arc, cost] of arcs.cost.entries()) {
    if (!Number.isFinite(cost)) continue;
    const from = arcs.tail[arc]!;
    const to = arcs.head[arc]!;
    const limits = laneLimits[pairLane[arc] ?? -1] ?? [];
    if (flow[arc]! < arcs.capacity[arc]!) leaving[from]!.push({ arc, sign: 1, from, to, limits });
    if (flow[arc]! > 0) leaving[to]!.push({ arc, sign: -1, from: to, to: from, limits });
  }
  return leaving;
}

function closedWalk(
  leaving: readonly (readonly Step[])[],
  first: Step,
  use: Float64Array,
  distance: Distance,
  caps: Caps,
  flow: Float64Array,
  basis: Basis,
  budget: number,
): [readonly Step[] | undefined, number] {
  const changed = (change: readonly number[], { sign, limits }: Step): readonly number[] =>
    limits.length === 0 ? change : change.map((each, limit) => (limits.includes(limit) ? each + sign : each));
  const nothing = Array.from(use, () => 0);
  const begin: Visit = { step: first, before: undefined, change: changed(nothing, first) };
  const seen = new Set([`${first.to}:${begin.change.join()}`]);
  let queue: Visit[] = [begin];
  while (queue.length > 0 && budget > 0) {
    const next: Visit[] = [];
    for (const visit of queue) {
      for (const step of leaving[visit.step.to]!) {
        if (--budget <= 0) return [undefined, budget];
        if (step.arc === visit.step.arc) continue;
        const change = changed(visit.change, step);
        if (change.some((each) => Math.abs(each) > FARTHEST)) continue;
        const here: Visit = { step, before: visit, change };
        if (step.to === first.from) {
          const there = distanceOf(
            use.map((each, limit) => each + change[limit]!),
            caps,
          );
          const walk = stepsTo(here);
          if (isNearer(there, distance) && roomOn(walk, flow, basis) >= 1) return [walk, budget];
        }
        const key = `${step.to}:${change.join()}`;
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(here);
      }
    }
    queue = next;
  }
  return [undefined, budget];
}

function stepsTo(last: Visit): Step[] {
  const steps: Step[] = [];
  for (let visit: Visit | undefined = last; visit !== undefined; visit = visit.before) steps.push(visit.step);
  return steps.reverse();
}

/** How many lots may be pushed along a walk, which may pass an arc more than once. */
function roomOn(walk: readonly Step[], flow: Float64Array, { arcs }: Basis): number {
  const passes = new Map<number, number>();
  for (const { arc, sign } of walk) passes.set(arc, (passes.get(arc) ?? 0) + sign);
  let room = Infinity;
  for (const [arc, net] of passes) {
    if (net > 0) room = Math.min(room, Math.floor((arcs.capacity[arc]! - flow[arc]!) / net));
    if (net < 0) room = Math.min(room, Math.floor(flow[arc]! / -net));
  }
  return room;
}
