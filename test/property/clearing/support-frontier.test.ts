import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bidOf } from '../../../shared/clearing/solver/network.ts';
import { supportWithin } from '../../../shared/clearing/support/frontier.ts';
import type { SupportedNetwork } from '../../../shared/clearing/support/support-flow.ts';
import { networkOf, networks } from '../../support/networks.ts';
import { dearRuns } from '../../support/runs.ts';
import { makeSupportOracle } from '../../support/support-oracle.ts';

/** Each network's weights as gaps; perhaps with a most for each pair, and with caps on the supply of one origin. */
const quarter = fc
  .record({
    spec: networks({ offers: 6, bids: 6, lots: 12 }),
    most: fc.option(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 })),
    capped: fc.option(fc.integer({ min: 0, max: 15 })),
  })
  .map(({ spec, most, capped }): SupportedNetwork => {
    const network = networkOf(spec);
    return {
      network,
      gap: network.pairWeight.map((weight) => weight + 1),
      ...(capped === null
        ? {}
        : { groups: [{ offers: [...spec.supply.keys()].filter((offer) => offer % 2 === 0), lots: capped }] }),
      ...(most === null
        ? {}
        : { pairLots: Float64Array.from(network.pairOffer, (_, pair) => most[pair % most.length]!) }),
    };
  });

describe('the support round', () => {
  test('serves the most lots that the budget can, at the least cost of so many, as HiGHS says', async () => {
    const oracle = await makeSupportOracle();
    fc.assert(
      fc.property(
        fc.array(quarter, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 0, max: 150 }),
        (quarters, budget) => {
          const { volume, cost } = supportWithin(BigInt(budget), quarters);
          expect({ volume: Number(volume), cost: Number(cost) }).toEqual(oracle(budget, quarters));
        },
      ),
      { numRuns: dearRuns(500, 200) },
    );
  });

  test('proves it: at what the next lot would cost no flow is worth more, and that lot is beyond the budget', () => {
    fc.assert(
      fc.property(
        fc.array(quarter, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 300 }),
        (quarters, budget) => {
          const { flows, proofs, next, volume, cost } = supportWithin(BigInt(budget), quarters);
          expect(cost <= BigInt(budget) && cost + next > BigInt(budget)).toBe(true);
          let bound = 0n;
          for (const [index, { network, gap, pairLots, groups = [] }] of quarters.entries()) {
            const { offers, bids, caps, groups: groupCosts } = proofs[index]!;
            const above = (value: bigint): bigint => (value > 0n ? value : 0n);
            const cappedAt = Array.from(network.supply, () => 0n);
            for (const [group, { offers: members }] of groups.entries())
              for (const offer of members) cappedAt[offer] = groupCosts[group]!;
            for (const [offer, lots] of network.supply.entries())
              bound += above(offers[offer]! - cappedAt[offer]!) * BigInt(lots);
            for (const [bid, lots] of network.demand.entries()) bound += (next - bids[bid]!) * BigInt(lots);
            for (const [cap, lots] of network.capLots.entries())
              bound += above(bids[network.capBid[cap]!]! - caps[cap]!) * BigInt(lots);
            for (const [group, { lots }] of groups.entries()) bound += groupCosts[group]! * BigInt(lots);
            for (const [pair, offer] of network.pairOffer.entries()) {
              const head = network.pairHead[pair]!;
              const at = head < bids.length ? bids[head]! : caps[head - bids.length]!;
              const reach = offers[offer]! + BigInt(gap[pair]!);
              if (pairLots !== undefined) bound += above(at - reach) * BigInt(pairLots[pair]!);
              else expect(at <= reach).toBe(true);
              expect(flows[index]![pair]! <= (pairLots?.[pair] ?? Infinity)).toBe(true);
              expect(bidOf(network, head)).toBeLessThan(network.demand.length);
            }
          }
          expect(bound).toBe(next * volume - cost);
        },
      ),
      { numRuns: dearRuns(3000, 1000) },
    );
  });
});
