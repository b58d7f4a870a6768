import * as fc from 'fast-check';

import { describe, expect, test } from 'vitest';
import { solveQuarter } from '../../../shared/clearing/solver/flow.ts';
import { bidOf } from '../../../shared/clearing/solver/network.ts';
import { isTight, premium } from '../../../shared/clearing/solver/prices.ts';
import { totals } from '../../support/flows.ts';
import { makeOptimiser } from '../../support/highs.ts';
import { networkOf, networks } from '../../support/networks.ts';
import { dearRuns, runs, seenIn } from '../../support/runs.ts';

describe('the prices of a quarter', () => {
  test('are an equilibrium: every order gets what it likes best at them', () => {
    fc.assert(
      fc.property(networks({ offers: 8, bids: 8, lots: 20 }), (spec) => {
        const network = networkOf(spec);
        const { pairFlow, prices } = solveQuarter(network);
        const { scarcity, surplus } = prices;
        const { sold, bought, through } = totals(network, pairFlow);
        for (const [offer, value] of scarcity.entries()) {
          expect(value).toBeGreaterThanOrEqual(prices.scarcityLow[offer]!);
          expect(value).toBeLessThanOrEqual(prices.scarcityHigh[offer]!);
          expect(Number.isInteger(value)).toBe(true);
          if (value > 0)
            expect(sold[offer], 'an offer with scarcity is sold out').toBe(network.supply[offer]);
        }
        for (const [bid, value] of surplus.entries())
          if (value > 0) expect(bought[bid], 'a bid with surplus is filled').toBe(network.demand[bid]);
        const margin = (pair: number) => network.pairWeight[pair]! - scarcity[network.pairOffer[pair]!]!;
        for (const [pair, head] of network.pairHead.entries()) {
          const bid = bidOf(network, head);
          if (pairFlow[pair]! > 0) expect(margin(pair), 'nobody loses').toBeGreaterThanOrEqual(surplus[bid]!);
          const cap = head - network.demand.length;
          const capped = cap >= 0 && through[cap] === network.capLots[cap];
          if (!capped) expect(margin(pair), 'nothing better is to be had').toBeLessThanOrEqual(surplus[bid]!);
        }
      }),
      { numRuns: dearRuns(3000, 1000) },
    );
  });

  test('reach from the least to the greatest scarcity of any optimal dual, by HiGHS', async () => {
    const optimum = await makeOptimiser();
    fc.assert(
      fc.property(networks({ offers: 4, bids: 4, lots: 8 }), (spec) => {
        const network = networkOf(spec);
        if (network.pairOffer.length === 0) return;
        const { pairFlow, prices, certificate } = solveQuarter(network);
        const variables = [
          ...[...network.supply].map((lots, i) => `+ ${lots} s${i}`),
          ...[...network.demand].map((lots, j) => `+ ${lots} b${j}`),
          ...[...network.capLots].map((lots, k) => `+ ${lots} m${k}`),
        ].join(' ');
        const rows = [...network.pairOffer.entries()].map(([pair, offer]) => {
          const head = network.pairHead[pair]!;
          const cap = head >= network.demand.length ? ` + m${head - network.demand.length}` : '';
          return ` p${pair}: s${offer} + b${bidOf(network, head)}${cap} >= ${network.pairWeight[pair]!}`;
        });
        const { sold } = totals(network, pairFlow);
        for (const [offer, lots] of sold.entries()) {
          if (lots === 0) continue;
          const extreme = (sense: string) =>
            optimum(
              `${sense}\n obj: s${offer}\nSubject To\n total: ${variables} = ${certificate.dual}\n${rows.join('\n')}`,
            );
          expect(prices.scarcityLow[offer]).toBeCloseTo(extreme('Minimize'), 6);
          expect(prices.scarcityHigh[offer]).toBeCloseTo(extreme('Maximize'), 6);
        }
      }),
      { numRuns: dearRuns(500, 200, 10) },
    );
  });

  test('give each head of a pair what all would lose with one lot less of demand there', () => {
    fc.assert(
      fc.property(networks({ offers: 5, bids: 5, lots: 8 }), (spec) => {
        const network = networkOf(spec);
        const { prices, certificate } = solveQuarter(network);
        const bids = network.demand.length;
        for (let head = 0; head < bids + network.capLots.length; head++) {
          const bid = bidOf(network, head);
          const cap = head - bids;
          if (network.demand[bid] === 1 || network.capLots[cap] === 1) continue;
          const less = {
            ...network,
            demand: network.demand.with(bid, network.demand[bid]! - 1),
            capLots: cap < 0 ? network.capLots : network.capLots.with(cap, network.capLots[cap]! - 1),
          };
          const lost = certificate.primal - solveQuarter(less).certificate.primal;
          expect(BigInt(prices.headWorth[head]!), `head ${head} of ${bids} bids`).toBe(lost);
        }
      }),
      { numRuns: runs(1000, 10) },
    );
  });

  test('make tight what trades, and of the rest exactly what would lose nothing by it', () => {
    let tight = 0;
    fc.assert(
      fc.property(networks({ offers: 6, bids: 6, lots: 12 }), (spec) => {
        const network = networkOf(spec);
        const { pairFlow, prices } = solveQuarter(network);
        const { scarcity, surplus, capValue } = prices;
        for (const [pair, offer] of network.pairOffer.entries()) {
          const head = network.pairHead[pair]!;
          const value =
            scarcity[offer]! + surplus[bidOf(network, head)]! + (capValue[head - surplus.length] ?? 0);
          expect(isTight(network, prices, pair)).toBe(value === network.pairWeight[pair]!);
          if (pairFlow[pair]! > 0) expect(isTight(network, prices, pair)).toBe(true);
          else if (isTight(network, prices, pair)) tight++;
        }
      }),
      { numRuns: runs(1000, 10) },
    );
    expect(tight).toBeGreaterThanOrEqual(seenIn(1000));
  });

  test('of a zone’s cap count in whole ticks of the landed price, rounded down once with the scarcity', () => {
    const network = networkOf({
      supply: [5],
      demand: [5],
      limits: [4, 2],
      pairs: [{ offer: 0, bid: 0, weight: 10, limits: [0, 1] }],
    });
    const { prices } = solveQuarter(network);
    const of = (scale: number, scarcity: number, ...limitValue: number[]): bigint =>
      premium(network, { ...prices, scale, limitValue: Float64Array.from(limitValue) }, scarcity, 0);
    expect([of(1, 2, 3, 0), of(2, 1, 2, 0), of(2, 1, 1, 1), of(3, 4, 3, 1)]).toEqual([5n, 1n, 1n, 2n]);
    expect(premium(network, prices, 7, -1), 'of a pair that no cap counts').toBe(7n);
  });

  test('lie midway, rounded down to the tick', () => {
    const network = networkOf({
      supply: [5],
      demand: [5, 5],
      pairs: [
        { offer: 0, bid: 0, weight: 10 },
        { offer: 0, bid: 1, weight: 3 },
      ],
    });
    const { prices } = solveQuarter(network);
    expect([...prices.scarcityLow, ...prices.scarcityHigh]).toEqual([3, 10]);
    expect(prices.scarcity[0]).toBe(6);
    expect([...prices.surplus]).toEqual([4, 0]);
  });
});
