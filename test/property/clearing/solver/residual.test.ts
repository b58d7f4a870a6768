import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DistanceQueue } from '../../../../shared/clearing/solver/distance-queue.ts';
import { EngineFault } from '../../../../shared/clearing/solver/network.ts';
import { hubDistances } from '../../../../shared/clearing/solver/residual.ts';
import { minimiseCost, type Arcs } from '../../../../shared/clearing/solver/simplex.ts';
import { flowProblems } from '../../../support/minimum-cost.ts';
import { dearRuns } from '../../../support/runs.ts';

/** Distances from node 0 by relaxing every residual arc as often as there are nodes (Bellman and Ford). */
function plainDistances(arcs: Arcs, potential: Float64Array, backwards: boolean): number[] {
  const { tail, head, cost, flow, capacity } = arcs;
  const steps = [...cost.keys()].flatMap((arc) => {
    const reduced = cost[arc]! + potential[tail[arc]!]! - potential[head[arc]!]!;
    return [
      ...(flow[arc]! < capacity[arc]! ? [[tail[arc]!, head[arc]!, reduced] as const] : []),
      ...(flow[arc]! > 0 ? [[head[arc]!, tail[arc]!, -reduced] as const] : []),
    ];
  });
  const distance = Array.from(potential, (_, node) => (node === 0 ? 0 : Infinity));
  for (let round = 0; round < distance.length; round++)
    for (const [a, b, length] of steps) {
      const [from, to] = backwards ? [b, a] : [a, b];
      distance[to] = Math.min(distance[to]!, distance[from]! + length);
    }
  return distance;
}

describe('distances in the residual network of an optimum', () => {
  test('are the shortest from the hub and to it, and infinite where no way leads', () => {
    fc.assert(
      fc.property(flowProblems, fc.infiniteStream(fc.boolean()), ({ arcs, tree }, full) => {
        minimiseCost(arcs, tree);
        // Most nodes lose the room that joined them to the hub: some are then far from it, or not reached at all.
        const capacity = arcs.capacity.map((most, arc) =>
          full.next().value === true ? Math.max(arcs.flow[arc]!, 1) : most,
        );
        const fixed = { ...arcs, capacity };
        const { fromHub, toHub } = hubDistances(fixed, arcs.cost, tree.potential);
        expect([...fromHub]).toEqual(plainDistances(fixed, tree.potential, false));
        expect([...toHub]).toEqual(plainDistances(fixed, tree.potential, true));
      }),
      { numRuns: dearRuns(4000, 1500) },
    );
  });

  test('are not told of a flow that is not of least cost', () => {
    const arcs = (flow: number, cost: number) => ({
      ...{ tail: Int32Array.of(1), head: Int32Array.of(0) },
      ...{ cost: Float64Array.of(cost), capacity: Float64Array.of(5), flow: Float64Array.of(flow) },
    });
    const told = (flow: number, cost: number) => () =>
      hubDistances(arcs(flow, cost), Float64Array.of(cost), new Float64Array(2));
    for (const [flow, cost] of [
      [0, -1],
      [2, -1],
      [2, 1],
      [5, 1],
    ] as const)
      expect(told(flow, cost), `${flow} lots at ${cost}`).toThrow(EngineFault);
    expect([...told(0, 1)().toHub]).toEqual([0, 1]);
    expect([...told(0, 1)().fromHub]).toEqual([0, Infinity]);
    expect([...told(5, -1)().fromHub]).toEqual([0, 1]);
    expect([...told(2, 0)().fromHub]).toEqual([0, 0]);
  });
});

describe('a queue of nodes by distance', () => {
  test('gives the nearest of those that wait, whatever comes and goes meanwhile', () => {
    const moves = fc.array(fc.option(fc.nat(20), { freq: 3 }), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(moves, (list) => {
        const queue = new DistanceQueue();
        let waiting: { node: number; key: number }[] = [];
        const pop = (): void => {
          const node = queue.pop();
          if (waiting.length === 0) {
            expect(node).toBe(-1);
            return;
          }
          const nearest = Math.min(...waiting.map(({ key }) => key));
          expect(queue.distance).toBe(nearest);
          expect(waiting).toContainEqual({ node, key: nearest });
          waiting = waiting.filter((each) => each.node !== node);
        };
        for (const [node, key] of list.entries())
          if (key === null) pop();
          else {
            queue.push(node, key);
            waiting.push({ node, key });
          }
        while (waiting.length > 0) pop();
        pop();
      }),
      { numRuns: dearRuns(4000, 1500) },
    );
  });
});
