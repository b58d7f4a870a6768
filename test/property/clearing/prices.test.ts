import * as fc from 'fast-check';

import { describe, expect, test } from 'vitest';
import { solveQuarter } from '../../../shared/clearing/solver/flow.ts';
import { bidOf } from '../../../shared/clearing/solver/network.ts';
import { totals } from '../../support/flows.ts';
import { loadHighs } from '../../support/highs.ts';
import { networkOf, networks } from '../../support/networks.ts';
import { runs } from '../../support/runs.ts';

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
      { numRuns: runs(3000) },
    );
  });

  test('reach from the least to the greatest scarcity of any optimal dual, by HiGHS', async () => {
    const highs = await loadHighs();
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
            highs.solve(
              `${sense}\n obj: s${offer}\nSubject To\n total: ${variables} = ${certificate.dual}\n${rows.join('\n')}\nEnd\n`,
              { output_flag: false },
            ).ObjectiveValue;
          expect(prices.scarcityLow[offer]).toBeCloseTo(extreme('Minimize'), 6);
          expect(prices.scarcityHigh[offer]).toBeCloseTo(extreme('Maximize'), 6);
        }
      }),
      { numRuns: runs(500) },
    );
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
