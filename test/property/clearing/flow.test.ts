import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solveQuarter } from '../../../shared/clearing/solver/flow.ts';
import { everyFlow, totals } from '../../support/flows.ts';
import { networkOf, networks } from '../../support/networks.ts';
import { makeOracle } from '../../support/oracle.ts';
import { dearRuns, runs } from '../../support/runs.ts';

describe('the flow of a quarter', () => {
  test('agrees with HiGHS on gains, then volume, then lots from inside the zone', async () => {
    const oracle = await makeOracle();
    fc.assert(
      fc.property(networks({ offers: 8, bids: 8, lots: 20 }), (spec) => {
        const network = networkOf(spec);
        const { pairFlow, certificate } = solveQuarter(network);
        const { gains, volume, inside, sold, bought, through } = totals(network, pairFlow);
        expect({ gains, volume, inside }).toEqual(oracle(network));
        expect(certificate).toEqual({ primal: BigInt(gains), dual: BigInt(gains), volume: BigInt(volume) });
        expect(sold.every((lots, i) => lots <= network.supply[i]!)).toBe(true);
        expect(bought.every((lots, j) => lots <= network.demand[j]!)).toBe(true);
        expect(through.every((lots, k) => lots <= network.capLots[k]!)).toBe(true);
      }),
      { numRuns: dearRuns(3000, 1000) },
    );
  });

  test('fills tied orders evenly: no other optimal flow moves a lot to an order less filled', () => {
    fc.assert(
      fc.property(networks({ offers: 3, bids: 3, lots: 4 }), (spec) => {
        const network = networkOf(spec);
        const chosen = totals(network, solveQuarter(network).pairFlow);
        // A lot stands where its middle stands in its order.
        const middle = (lot: number, quantity: number) => (2 * lot - 1) / (2 * quantity);
        const unfair = (
          mine: readonly number[],
          other: readonly number[],
          quantity: Float64Array,
        ): boolean => {
          const moved = mine.flatMap((lots, order) => (lots === other[order] ? [] : [order]));
          if (moved.length !== 2) return false;
          const [less, more] =
            mine[moved[0]!]! < other[moved[0]!]! ? [moved[0]!, moved[1]!] : [moved[1]!, moved[0]!];
          if (other[less]! - mine[less]! !== 1 || mine[more]! - other[more]! !== 1) return false;
          return middle(other[less]!, quantity[less]!) < middle(mine[more]!, quantity[more]!) - 1e-9;
        };
        for (const flow of everyFlow(network)) {
          const other = totals(network, flow);
          if (
            other.gains !== chosen.gains ||
            other.volume !== chosen.volume ||
            other.inside !== chosen.inside
          )
            continue;
          expect(unfair(chosen.sold, other.sold, network.supply), 'sellers').toBe(false);
          expect(unfair(chosen.bought, other.bought, network.demand), 'buyers').toBe(false);
        }
      }),
      { numRuns: runs(2500) },
    );
  });
});
