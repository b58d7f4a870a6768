import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arcsOf } from '../../../../shared/clearing/solver/lexicographic.ts';
import { EngineFault } from '../../../../shared/clearing/solver/network.ts';
import { minimiseCost as minimise, type Arcs } from '../../../../shared/clearing/solver/simplex.ts';
import { SpanningTree } from '../../../../shared/clearing/solver/spanning-tree.ts';
import { startingTree } from '../../../../shared/clearing/solver/starting-flow.ts';
import { totals } from '../../../support/flows.ts';
import {
  balances,
  expectLeastCost,
  expectStronglyFeasible,
  expectWithinCapacity,
  flowProblems,
} from '../../../support/minimum-cost.ts';
import { networkOf, networks } from '../../../support/networks.ts';
import { dearRuns, runs } from '../../../support/runs.ts';

/** Ends soon where it would never. */
const minimiseCost = (arcs: Arcs, tree: SpanningTree): number => minimise(arcs, tree, 100_000);
const spent = ({ cost, flow }: Arcs): number => flow.reduce((sum, lots, arc) => sum + lots * cost[arc]!, 0);

describe('the network simplex', () => {
  test('moves any feasible flow to one of least cost, with a strongly feasible tree that proves it', () => {
    fc.assert(
      fc.property(flowProblems, ({ arcs, tree }) => {
        const nodes = tree.parent.length;
        const before = { balance: balances(arcs, nodes), spent: spent(arcs), flow: arcs.flow.slice() };
        const pivots = minimiseCost(arcs, tree);
        expect(balances(arcs, nodes)).toEqual(before.balance);
        expectWithinCapacity(arcs);
        expectStronglyFeasible(arcs, tree);
        expectLeastCost(arcs, tree);
        expect(spent(arcs)).toBeLessThanOrEqual(before.spent);
        if (pivots === 0) expect(arcs.flow).toEqual(before.flow);
        expect(minimiseCost(arcs, tree), 'nothing is left to do').toBe(0);
      }),
      { numRuns: dearRuns(5000, 2000) },
    );
  });

  test('begins anew where another cost left off', () => {
    fc.assert(
      fc.property(
        flowProblems,
        fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
        ({ arcs, tree }, costs) => {
          minimiseCost(arcs, tree);
          const other = { ...arcs, cost: arcs.cost.map(() => costs.next().value as number) };
          minimiseCost(other, tree);
          expectWithinCapacity(other);
          expectStronglyFeasible(other, tree);
          expectLeastCost(other, tree);
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  /** A seller and a buyer of 7 beside the hub, and arcs between them at these costs. */
  const parallel = (costs: readonly number[]) => ({
    arcs: {
      tail: Int32Array.of(...costs.map(() => 1), 1, 2),
      head: Int32Array.of(...costs.map(() => 2), 0, 0),
      cost: Float64Array.of(...costs, 0, 0),
      capacity: new Float64Array(costs.length + 2).fill(Infinity).fill(7, -1),
      flow: new Float64Array(costs.length + 2).fill(9, -2, -1),
    },
    tree: new SpanningTree(Int32Array.of(-1, 0, 0), Int32Array.of(-1, costs.length, costs.length + 1)),
  });

  test('takes the best arc of a block, which has the root of their number of them', () => {
    const others = new Array<number>(398).fill(1);
    for (const [best, pivots] of [
      [18, 1],
      [20, 2],
    ] as const) {
      const { arcs, tree } = parallel(others.with(2, -1).with(best, -5));
      expect(minimiseCost(arcs, tree)).toBe(pivots);
      expect(arcs.flow[best]).toBe(7);
    }
    const { arcs, tree } = parallel([-1, -3, -2, -4, -9, -7, -8]);
    expect(minimiseCost(arcs, tree)).toBe(1);
  });

  test('looks at least at ten arcs, and where nodes are many at an eighth of their number', () => {
    const few = parallel([-1, 1, 1, 1, 1, 1, 1, 1, 1, -5, 1, 1]);
    expect(minimiseCost(few.arcs, few.tree)).toBe(1);
    const beyond = parallel([-1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -5, 1]);
    expect(minimiseCost(beyond.arcs, beyond.tree)).toBe(2);
  });

  test('says so where the cost has no bottom, or an arc outside the tree is half full', () => {
    // There and back again earns 1 a lot, and nothing bounds how many.
    const endless = {
      tail: Int32Array.of(1, 2, 1, 2),
      head: Int32Array.of(2, 1, 0, 0),
      cost: Float64Array.of(-1, 0, 0, 0),
      capacity: Float64Array.of(Infinity, Infinity, Infinity, 7),
      flow: Float64Array.of(0, 0, 9, 0),
    };
    const spokes = new SpanningTree(Int32Array.of(-1, 0, 0), Int32Array.of(-1, 2, 3));
    expect(() => minimiseCost(endless, spokes)).toThrow(EngineFault);
    const { arcs, tree } = parallel([-1, 1]);
    arcs.capacity[1] = 5;
    arcs.flow[1] = 3;
    arcs.flow[2] = 6;
    expect(() => minimiseCost(arcs, tree)).toThrow(EngineFault);
  });
});

describe('the flow to start from', () => {
  test('serves the most gainful pairs first, equal ones in their order, and hangs all in a strongly feasible tree', () => {
    fc.assert(
      fc.property(networks({ offers: 8, bids: 8, lots: 20 }), (spec) => {
        const network = networkOf(spec);
        const arcs = arcsOf(network);
        const tree = startingTree(network, arcs);
        expectWithinCapacity(arcs);
        expectStronglyFeasible(arcs, tree);
        const node = balances(arcs, tree.parent.length);
        expect(node.slice(1)).toEqual([
          ...network.supply,
          ...Array.from({ length: network.demand.length + network.capLots.length }, () => 0),
        ]);

        const flow = Array.from(network.pairOffer, () => 0);
        const byGain = [...flow.keys()].sort(
          (a, b) => network.pairWeight[b]! - network.pairWeight[a]! || a - b,
        );
        for (const pair of byGain) {
          const { sold, bought, through } = totals(network, flow);
          const offer = network.pairOffer[pair]!;
          const cap = network.pairHead[pair]! - network.demand.length;
          const bid = cap < 0 ? network.pairHead[pair]! : network.capBid[cap]!;
          flow[pair] = Math.min(
            network.supply[offer]! - sold[offer]!,
            network.demand[bid]! - bought[bid]!,
            cap < 0 ? Infinity : network.capLots[cap]! - through[cap]!,
          );
        }
        expect([...arcs.flow.subarray(0, flow.length)]).toEqual(flow);
      }),
      { numRuns: runs(2000) },
    );
  });

  test('tells gains apart that differ by more than one in two thousand, however large', () => {
    const weights = [3, 2 ** 40, 0, 1_000_001, 1_001_000, 2 ** 40 + 2 ** 31, 7, 4];
    const network = networkOf({
      supply: [2],
      demand: weights.map(() => 1),
      pairs: weights.map((weight, bid) => ({ offer: 0, bid, weight })),
    });
    const arcs = arcsOf(network);
    startingTree(network, arcs);
    expect([...arcs.flow.subarray(0, 8)]).toEqual([0, 1, 0, 0, 0, 1, 0, 0]);
    const [most, ...rest] = weights.toSorted((a, b) => b - a);
    expect(most).toBe(2 ** 40 + 2 ** 31);
    for (const [index, weight] of rest.entries()) {
      const left = rest.slice(index);
      const one = networkOf({
        supply: [1],
        demand: left.map(() => 1),
        pairs: left.toReversed().map((each, bid) => ({ offer: 0, bid, weight: each })),
      });
      const flows = arcsOf(one);
      startingTree(one, flows);
      expect(one.pairWeight[flows.flow.indexOf(1)], 'the dearest of those left').toBe(weight);
    }
  });
});
