import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arcsOf, layout } from '../../../../shared/clearing/solver/lexicographic.ts';
import { bestPush, distanceOf, isNearer } from '../../../../shared/clearing/solver/limit-repair.ts';
import type { Network } from '../../../../shared/clearing/solver/network.ts';
import { solveQuarter } from '../../../../shared/clearing/solver/flow.ts';
import { arcFlow, cyclesBetween } from '../../../../shared/clearing/solver/residual-cycles.ts';
import { startingTree } from '../../../../shared/clearing/solver/starting-flow.ts';
import { totals } from '../../../support/flows.ts';
import { networkOf, networks } from '../../../support/networks.ts';
import { runs } from '../../../support/runs.ts';

const markets = networks({ offers: 7, bids: 7, lots: 12 });
const startOf = (network: Network): Float64Array => {
  const arcs = arcsOf(network);
  startingTree(network, arcs);
  return arcs.flow.slice(0, network.pairOffer.length);
};

describe('the way from one flow of a market to another', () => {
  test('goes in cycles that agree in sign on every arc, each of which may be pushed alone, in part or whole', () => {
    fc.assert(
      fc.property(markets, fc.boolean(), (spec, back) => {
        const network = networkOf(spec);
        const [from, to] = back
          ? [solveQuarter(network).pairFlow, startOf(network)]
          : [startOf(network), solveQuarter(network).pairFlow];
        const left = to.map((lots, pair) => lots - from[pair]!);
        for (const { pairs, signs, room } of cyclesBetween(network, from, to)) {
          expect(room).toBeGreaterThan(0);
          expect(pairs.length).toBeGreaterThan(0);
          const pushed = from.slice();
          for (const [index, pair] of pairs.entries()) {
            expect(signs[index]).toBe(Math.sign(to[pair]! - from[pair]!));
            left[pair]! -= signs[index]! * room;
            pushed[pair]! += signs[index]! * room;
          }
          const { sold, bought, through } = totals(network, pushed);
          expect(pushed.every((lots) => lots >= 0)).toBe(true);
          expect(sold.every((lots, offer) => lots <= network.supply[offer]!)).toBe(true);
          expect(bought.every((lots, bid) => lots <= network.demand[bid]!)).toBe(true);
          expect(through.every((lots, cap) => lots <= network.capLots[cap]!)).toBe(true);
        }
        expect(
          left.every((lots) => lots === 0),
          'all of the way',
        ).toBe(true);
      }),
      { numRuns: runs(3000) },
    );
  });

  test('is read from lots on every arc: what is unsold, filled, and through each origin cap', () => {
    fc.assert(
      fc.property(markets, (spec) => {
        const network = networkOf(spec);
        const pairFlow = startOf(network);
        const flow = arcFlow(network, pairFlow);
        const { firstCapArc, firstUnsold, firstFilled, arcCount } = layout(network);
        const { sold, bought, through } = totals(network, pairFlow);
        expect([...flow.subarray(0, firstCapArc)]).toEqual([...pairFlow]);
        expect([...flow.subarray(firstCapArc, firstUnsold)]).toEqual(through);
        expect([...flow.subarray(firstUnsold, firstFilled)]).toEqual(
          sold.map((lots, offer) => network.supply[offer]! - lots),
        );
        expect([...flow.subarray(firstFilled, arcCount)]).toEqual(bought);
      }),
      { numRuns: runs(1000) },
    );
  });

  test('leads nowhere from a flow to itself', () => {
    const network = networkOf({ supply: [3], demand: [3], pairs: [{ offer: 0, bid: 0, weight: 1 }] });
    expect(cyclesBetween(network, Float64Array.of(2), Float64Array.of(2))).toEqual([]);
    expect(cyclesBetween(network, Float64Array.of(2), Float64Array.of(0))).toEqual([
      { pairs: [0], signs: [-1], room: 2 },
    ]);
  });
});

describe('how many lots are pushed around a cycle under the zones’ caps', () => {
  const whole = (min: number, max: number) => fc.integer({ min, max });
  const cases = fc.array(fc.tuple(whole(0, 12), whole(0, 12), fc.constantFrom(0, 1, 3), whole(-3, 3)), {
    minLength: 1,
    maxLength: 3,
  });

  test('is as many as bring it nearest to full caps: lots above them count first, then what free lots lose', () => {
    fc.assert(
      fc.property(cases, whole(1, 12), (rows, room) => {
        const [limits, use, worth, step] = [0, 1, 2, 3].map((column) =>
          Float64Array.from(rows, (row) => row[column]!),
        ) as [Float64Array, Float64Array, Float64Array, Float64Array];
        const caps = { limits, worth };
        const after = (lots: number) =>
          distanceOf(
            use.map((each, limit) => each + lots * step[limit]!),
            caps,
          );
        const lots = bestPush(use, step, room, caps);
        expect(lots >= 0 && lots <= room && Number.isInteger(lots)).toBe(true);
        for (let other = 0; other <= room; other++) expect(isNearer(after(other), after(lots))).toBe(false);
        if (lots > 0) expect(isNearer(after(lots), after(0)), 'not for nothing').toBe(true);
      }),
      { numRuns: runs(5000) },
    );
  });

  test('and that distance counts each lot above a cap once, and each free one at its worth', () => {
    const caps = { limits: Float64Array.of(5, 5, 5), worth: Float64Array.of(7, 2, 0) };
    expect(distanceOf(Float64Array.of(8, 3, 1), caps)).toEqual({ excess: 3, loss: 4 });
    expect(distanceOf(Float64Array.of(5, 5, 5), caps)).toEqual({ excess: 0, loss: 0 });
    expect(isNearer({ excess: 0, loss: 9 }, { excess: 1, loss: 0 })).toBe(true);
    expect(isNearer({ excess: 1, loss: 0 }, { excess: 0, loss: 9 })).toBe(false);
    expect(isNearer({ excess: 1, loss: 2 }, { excess: 1, loss: 3 })).toBe(true);
    expect(isNearer({ excess: 1, loss: 3 }, { excess: 1, loss: 3 })).toBe(false);
  });
});
