import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Arcs } from '../../shared/clearing/solver/simplex.ts';
import { SpanningTree } from '../../shared/clearing/solver/spanning-tree.ts';

/** What leaves each node less what enters it. */
export function balances({ tail, head, flow }: Arcs, nodes: number): number[] {
  const balance = Array.from({ length: nodes }, () => 0);
  for (const [arc, lots] of flow.entries()) {
    balance[tail[arc]!]! += lots;
    balance[head[arc]!]! -= lots;
  }
  return balance;
}

/** Fails where an arc carries less than nothing or more than it may. */
export function expectWithinCapacity({ flow, capacity }: Arcs): void {
  expect(flow.every((lots, arc) => lots >= 0 && lots <= capacity[arc]!)).toBe(true);
}

/** Fails where the tree spans something else than the arcs, or some node cannot send a lot to the root along it. */
export function expectStronglyFeasible({ tail, head, flow, capacity }: Arcs, tree: SpanningTree): void {
  expect(tree.preorder()).toHaveLength(tree.parent.length);
  for (let node = 1; node < tree.parent.length; node++) {
    const arc = tree.pred[node]!;
    expect([tail[arc]!, head[arc]!].sort()).toEqual([node, tree.parent[node]!].sort());
    expect(tail[arc] === node ? flow[arc]! < capacity[arc]! : flow[arc]! > 0, 'room to the root').toBe(true);
  }
  const inTree = new Set(tree.pred);
  for (const [arc, lots] of flow.entries())
    if (!inTree.has(arc)) expect([0, capacity[arc]!], 'outside the tree empty or full').toContain(lots);
}

/** Fails where the potentials of the tree do not prove the flow one of least cost. */
export function expectLeastCost({ tail, head, cost, flow, capacity }: Arcs, tree: SpanningTree): void {
  const { potential, pred } = tree;
  const reduced = (arc: number): number => cost[arc]! + potential[tail[arc]!]! - potential[head[arc]!]!;
  for (const arc of cost.keys()) {
    if (flow[arc]! < capacity[arc]!)
      expect(reduced(arc), 'nothing to be had by more').toBeGreaterThanOrEqual(0);
    if (flow[arc]! > 0) expect(reduced(arc), 'nothing to be had by less').toBeLessThanOrEqual(0);
  }
  for (const arc of pred.subarray(1)) expect(Math.abs(reduced(arc))).toBe(0);
}

/**
 * Random problems of least cost: every node has an arc from or to node 0 with room, and arcs lie between any of them,
 * empty or full at the start. Many costs are 0, as those of a market's caps and hub arcs are.
 */
export const flowProblems: fc.Arbitrary<{ readonly arcs: Arcs; readonly tree: SpanningTree }> = fc
  .record({
    spokes: fc.array(
      fc.record({
        outward: fc.boolean(),
        cost: fc.constantFrom(0, 0, 0, -4, 3),
        flow: fc.nat(6),
        room: fc.integer({ min: 1, max: 6 }),
      }),
      { minLength: 1, maxLength: 9, size: 'max' },
    ),
    others: fc.array(
      fc.record({
        from: fc.nat(),
        to: fc.nat(),
        cost: fc.integer({ min: -9, max: 9 }),
        capacity: fc.integer({ min: 1, max: 8 }),
        full: fc.boolean(),
      }),
      { maxLength: 30, size: 'max' },
    ),
  })
  .map(({ spokes, others }) => {
    const nodes = spokes.length + 1;
    const rows = [
      ...spokes.map(({ outward, cost, flow, room }, index) => {
        const node = index + 1;
        return outward
          ? { tail: 0, head: node, cost, flow: flow + 1, capacity: flow + room }
          : { tail: node, head: 0, cost, flow, capacity: flow + room };
      }),
      ...others.flatMap(({ from, to, cost, capacity, full }) => {
        const [tail, head] = [from % nodes, to % nodes];
        return tail === head ? [] : [{ tail, head, cost, capacity, flow: full ? capacity : 0 }];
      }),
    ];
    return {
      arcs: {
        tail: Int32Array.from(rows, ({ tail }) => tail),
        head: Int32Array.from(rows, ({ head }) => head),
        cost: Float64Array.from(rows, ({ cost }) => cost),
        capacity: Float64Array.from(rows, ({ capacity }) => capacity),
        flow: Float64Array.from(rows, ({ flow }) => flow),
      },
      tree: new SpanningTree(
        Int32Array.from({ length: nodes }, (_, node) => (node === 0 ? -1 : 0)),
        Int32Array.from({ length: nodes }, (_, node) => node - 1),
      ),
    };
  });
