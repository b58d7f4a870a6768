import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveLexicographic } from '../../../../shared/clearing/solver/lexicographic.ts';
import {
  distanceOf,
  isNearer,
  roundWithin,
  useOf,
  type Distance,
} from '../../../../shared/clearing/solver/limit-repair.ts';
import { searchWithin } from '../../../../shared/clearing/solver/limit-search.ts';
import { LimitedFlow } from '../../../../shared/clearing/solver/limited-flow.ts';
import type { Network } from '../../../../shared/clearing/solver/network.ts';
import { arcFlow } from '../../../../shared/clearing/solver/residual-cycles.ts';
import { everyFlow } from '../../../support/flows.ts';
import { cappedNetworks, networkOf, wildNetworks } from '../../../support/networks.ts';
import { dearRuns, seenIn } from '../../../support/runs.ts';

const small = fc
  .oneof(wildNetworks({ offers: 3, bids: 3, lots: 2 }, 2), cappedNetworks({ offers: 3, bids: 3, lots: 3 }, 2))
  .map(networkOf)
  .filter((network) => network.pairOffer.length <= 7 && relaxed(network).flows.length > 1);

/** A market solved within its caps as far as the mixture of flows, none of which need keep them. */
function relaxed(network: Network) {
  const limited = new LimitedFlow(network, Array.from(network.limitLots, BigInt));
  const basis = solveLexicographic(network, limited);
  const worth = basis.multipliers!.value.slice();
  const caps = { limits: network.limitLots, worth };
  return { basis, caps, flows: limited.mixture() };
}

/** The nearest to full caps of all flows that leave alone what the gains at the prices rest on. */
function nearestOf(
  network: Network,
  { basis, caps }: ReturnType<typeof relaxed>,
  start: Float64Array,
): Distance {
  const fixed = [...basis.arcs.cost.entries()].flatMap(([arc, cost]) => (Number.isFinite(cost) ? [] : [arc]));
  const before = arcFlow(network, start);
  let best = distanceOf(useOf(network, start), caps);
  for (const flow of everyFlow(network)) {
    const lots = arcFlow(network, Float64Array.from(flow));
    if (fixed.some((arc) => lots[arc] !== before[arc])) continue;
    const distance = distanceOf(useOf(network, Float64Array.from(flow)), caps);
    if (isNearer(distance, best)) best = distance;
  }
  return best;
}

describe('the search for full caps', () => {
  test('from any flow of the mixture comes as near as any flow without loss to the gains', () => {
    let moved = 0;
    fc.assert(
      fc.property(small, (network) => {
        const market = relaxed(network);
        for (const { pairs, lots } of market.flows) {
          const flow = new Float64Array(network.pairOffer.length);
          for (const [index, pair] of pairs.entries()) flow[pair] = lots[index]!;
          const start = flow.slice();
          const before = arcFlow(network, start);
          const distance = searchWithin(network, market.basis, flow, market.caps);
          expect(distance).toEqual(distanceOf(useOf(network, flow), market.caps));
          const after = arcFlow(network, flow);
          for (const [arc, each] of after.entries()) {
            expect(each >= 0 && each <= market.basis.arcs.capacity[arc]!).toBe(true);
            if (!Number.isFinite(market.basis.arcs.cost[arc])) expect(each).toBe(before[arc]);
          }
          if (after.some((each, arc) => each !== before[arc])) moved++;
          expect(isNearer(nearestOf(network, market, start), distance)).toBe(false);
        }
      }),
      { numRuns: dearRuns(600, 200, 20) },
    );
    expect(moved).toBeGreaterThanOrEqual(seenIn(100, 30));
  });

  test('ends in a whole flow within every cap where the mixture rounds to one, its free lots as few as any', () => {
    let rounded = 0;
    fc.assert(
      fc.property(small, (network) => {
        const market = relaxed(network);
        const flow = roundWithin(network, market.basis, market.flows, market.caps);
        if (flow === undefined) return;
        const distance = distanceOf(useOf(network, flow), market.caps);
        expect(distance.excess).toBe(0);
        expect(isNearer(nearestOf(network, market, flow), distance)).toBe(false);
        rounded++;
      }),
      { numRuns: dearRuns(600, 200, 20) },
    );
    expect(rounded).toBeGreaterThanOrEqual(seenIn(400, 120));
  });
});
