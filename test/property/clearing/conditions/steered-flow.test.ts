import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { steeredFlow } from '../../../../shared/clearing/conditions/steered-flow.ts';
import type { TightMarket } from '../../../../shared/clearing/conditions/tight-market.ts';
import { useOf } from '../../../../shared/clearing/solver/limit-repair.ts';
import { solveQuarter } from '../../../../shared/clearing/solver/flow.ts';
import { isTight } from '../../../../shared/clearing/solver/prices.ts';
import { everyFlow, totals } from '../../../support/flows.ts';
import { cappedNetworks, networkOf, networks } from '../../../support/networks.ts';
import { runs, seenIn } from '../../../support/runs.ts';

const small = { offers: 3, bids: 3, lots: 3 };

/** A market reduced to its tight pairs, each of its orders a class of its own, and its gains. */
function tighten(whole: ReturnType<typeof networkOf>) {
  const { prices, certificate } = solveQuarter(whole);
  const tight = [...whole.pairOffer.keys()].filter((pair) => isTight(whole, prices, pair));
  const lanes = whole.pairLane.length > 0;
  const network = {
    ...whole,
    pairOffer: Int32Array.from(tight, (pair) => whole.pairOffer[pair]!),
    pairHead: Int32Array.from(tight, (pair) => whole.pairHead[pair]!),
    pairWeight: Float64Array.from(tight, (pair) => whole.pairWeight[pair]!),
    pairInside: Uint8Array.from(tight, (pair) => whole.pairInside[pair]!),
    pairLane: Int32Array.from(lanes ? tight : [], (pair) => whole.pairLane[pair]!),
  };
  const orders = (lots: Float64Array) => Array.from(lots, () => ({ members: [{}] }));
  const market = { network, offers: orders(whole.supply), bids: orders(whole.demand) };
  return { market: { market, prices } as unknown as TightMarket, network, gains: certificate };
}

describe('a flow of the same gains under restrictions', () => {
  test('is found where there is one, and of those has the greatest volume, then most lots from inside', () => {
    const seen = { found: 0, none: 0 };
    const draws = fc.infiniteStream(fc.nat(99));
    const markets = fc.oneof(networks(small), cappedNetworks(small, 1)).map(networkOf);
    fc.assert(
      fc.property(markets, draws, fc.boolean(), (whole, draw, evenly) => {
        const { market, network, gains } = tighten(whole);
        if (gains.primal !== gains.dual || network.pairOffer.length > 7) return;
        const chance = (percent: number): boolean => draw.next().value! < percent;
        const pairs = [...network.pairOffer.keys()];
        const forbidden = new Set(pairs.filter(() => chance(15)));
        const open = pairs.filter((pair) => !forbidden.has(pair));
        const minima = new Map(
          open.filter(() => chance(15)).map((pair) => [pair, 1 + (draw.next().value! % 2)]),
        );
        const { offers, bids } = market.market;
        const isFilled = [...offers, ...bids].map(() => chance(15));
        const filled = new Set(
          [...offers, ...bids].flatMap(({ members }, row) => (isFilled[row] === true ? [members[0]!] : [])),
        );
        const obeys = (flow: ArrayLike<number>): boolean => {
          const { sold, bought, gains: reached } = totals(network, flow);
          const use = useOf(network, Float64Array.from(flow));
          return (
            BigInt(reached) === gains.primal &&
            [...forbidden].every((pair) => flow[pair] === 0) &&
            [...minima].every(([pair, lots]) => flow[pair]! >= lots) &&
            sold.every((lots, row) => isFilled[row] !== true || lots === network.supply[row]) &&
            bought.every(
              (lots, row) => isFilled[offers.length + row] !== true || lots === network.demand[row],
            ) &&
            use.every((lots, limit) => lots <= network.limitLots[limit]!)
          );
        };
        const others = [...everyFlow(network)].filter(obeys).map((flow) => totals(network, flow));
        const flow = steeredFlow(market, { forbidden, minima, filled }, gains.primal, evenly);
        // Under a zone's cap whole lots may be missed that some flow would reach.
        if (flow !== undefined || network.limitLots.length === 0)
          expect(flow === undefined, `${others.length} flows`).toBe(others.length === 0);
        seen[flow === undefined ? 'none' : 'found']++;
        if (flow === undefined) return;
        expect(obeys(flow)).toBe(true);
        const { volume, inside, through } = totals(network, flow);
        expect(through.every((lots, cap) => lots <= network.capLots[cap]!)).toBe(true);
        if (network.limitLots.length > 0) return;
        for (const other of others)
          expect(other.volume > volume || (other.volume === volume && other.inside > inside)).toBe(false);
      }),
      { numRuns: runs(3000, 300) },
    );
    expect(Math.min(seen.found, seen.none)).toBeGreaterThanOrEqual(seenIn(300));
  });
});
