import { layout } from './lexicographic.ts';
import { promise, type Network } from './network.ts';

/** A cycle along which one flow can move towards another. */
export interface ResidualCycle {
  /** Pairs on the cycle, and whether a lot pushed around it adds (1) or takes (−1) a lot there. */
  readonly pairs: readonly number[];
  readonly signs: readonly number[];
  /** Lots that may be pushed before an arc is where the other flow has it. */
  readonly room: number;
}

/** Lots on every arc of the market, from those on the pairs. */
export function arcFlow(network: Network, pairFlow: Float64Array): Float64Array {
  const { supply, demand, capBid, pairOffer, pairHead } = network;
  const { firstCapArc, firstUnsold, firstFilled, arcCount } = layout(network);
  const flow = new Float64Array(arcCount);
  flow.set(pairFlow);
  flow.set(supply, firstUnsold);
  for (let pair = 0; pair < pairOffer.length; pair++) {
    const lots = pairFlow[pair]!;
    if (lots === 0) continue;
    const cap = pairHead[pair]! - demand.length;
    if (cap >= 0) flow[firstCapArc + cap]! += lots;
    flow[firstUnsold + pairOffer[pair]!]! -= lots;
    flow[firstFilled + (cap < 0 ? pairHead[pair]! : capBid[cap]!)]! += lots;
  }
  return flow;
}

/**
 * Takes the way from one flow to another apart into cycles that agree in sign on every arc: any of them, each in part
 * or whole, may be pushed without leaving what both flows keep.
 */
export function cyclesBetween(network: Network, from: Float64Array, to: Float64Array): ResidualCycle[] {
  const { demand, capBid, pairOffer, pairHead } = network;
  const { firstBid, firstCapArc, firstUnsold, firstFilled, arcCount } = layout(network);
  const before = arcFlow(network, from);
  const after = arcFlow(network, to);
  const ends = (arc: number): [number, number] => {
    if (arc < firstCapArc) return [1 + pairOffer[arc]!, firstBid + pairHead[arc]!];
    if (arc < firstUnsold)
      return [firstBid + demand.length + arc - firstCapArc, firstBid + capBid[arc - firstCapArc]!];
    return arc < firstFilled ? [1 + arc - firstUnsold, 0] : [firstBid + arc - firstFilled, 0];
  };
  const left = new Map<number, number>();
  const leaving = new Map<number, number[]>();
  for (let arc = 0; arc < arcCount; arc++) {
    const change = after[arc]! - before[arc]!;
    if (change === 0) continue;
    left.set(arc, Math.abs(change));
    const node = ends(arc)[change > 0 ? 0 : 1];
    const arcs = leaving.get(node) ?? [];
    leaving.set(node, arcs);
    arcs.push(arc);
  }
  const forward = (arc: number): boolean => after[arc]! > before[arc]!;

  const cycles: ResidualCycle[] = [];
  for (const start of leaving.keys()) {
    const path: number[] = [];
    const at = new Map<number, number>();
    let node = start;
    for (;;) {
      const choices = leaving.get(node)!;
      while (choices.length > 0 && left.get(choices.at(-1)!) === 0) choices.pop();
      const arc = choices.at(-1);
      if (arc === undefined) {
        promise(path.length === 0, 'a way from flow to flow returns to where it began');
        break;
      }
      at.set(node, path.length);
      path.push(arc);
      node = ends(arc)[forward(arc) ? 1 : 0];
      const begun = at.get(node);
      if (begun === undefined) continue;
      const cycle = path.splice(begun);
      const room = cycle.reduce((least, each) => Math.min(least, left.get(each)!), Infinity);
      for (const each of cycle) {
        left.set(each, left.get(each)! - room);
        at.delete(ends(each)[forward(each) ? 0 : 1]);
      }
      const pairs = cycle.filter((each) => each < firstCapArc);
      cycles.push({ pairs, signs: pairs.map((pair) => (forward(pair) ? 1 : -1)), room });
    }
  }
  return cycles;
}
