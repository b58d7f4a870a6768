import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPairConditioned } from '../../../../shared/clearing/conditions/conditions.ts';
import { tightMarket } from '../../../../shared/clearing/conditions/tight-market.ts';
import { QuarterSolver } from '../../../../shared/clearing/quarter-solver.ts';
import { Bars } from '../../../../shared/clearing/quarters.ts';
import { bidOf } from '../../../../shared/clearing/solver/network.ts';
import { isTight } from '../../../../shared/clearing/solver/prices.ts';
import { conditionedMarkets } from '../../../support/conditioned-markets.ts';
import { runs, seenIn } from '../../../support/runs.ts';
import { settingOf } from '../../../support/told.ts';

describe('a market of the tight pairs', () => {
  test('has each pair of orders that was tight, at its weight and prices, through an origin cap as large', () => {
    let capped = 0;
    fc.assert(
      fc.property(conditionedMarkets, (builder) => {
        const setting = settingOf(builder);
        for (const base of new Set(new QuarterSolver(setting, new Bars()).solveAll(new Set()))) {
          const tight = tightMarket(base, setting.facets)!;
          /** By its two orders: what is known of each tight pair. */
          const pairsOf = (
            { offers, bids, network, headOf }: typeof base.market,
            prices: typeof tight.prices,
          ): Map<string, unknown> => {
            const pairs = new Map<string, unknown>();
            for (const [pair, row] of network.pairOffer.entries()) {
              if (!isTight(network, prices, pair)) continue;
              const head = network.pairHead[pair]!;
              const bidRow = bidOf(network, head);
              const bid = bids[bidRow]!;
              const cap = head - bids.length;
              expect(headOf[bidRow]![setting.facets.offers[offers[row]!.facet]!.origin]).toBe(head);
              if (cap >= 0) capped++;
              for (const [place, seller] of offers[row]!.members.entries())
                for (const [index, buyer] of bid.members.entries())
                  pairs.set(`${seller.rank}:${buyer.rank}`, {
                    lots: [offers[row]!.lots[place], bid.lots[index]],
                    weight: network.pairWeight[pair],
                    inside: network.pairInside[pair],
                    prices: [prices.scarcity[row], prices.scarcityLow[row], prices.scarcityHigh[row]],
                    surplus: prices.surplus[bidRow],
                    worth: prices.headWorth[head],
                    cap: cap < 0 ? undefined : network.capLots[cap]! / bid.members.length,
                    capValue: cap < 0 ? undefined : prices.capValue[cap],
                  });
            }
            return pairs;
          };
          const found = pairsOf(tight.market, tight.prices);
          expect(found).toEqual(pairsOf(base.market, base.solution.prices));
          const { network, offers, bids } = tight.market;
          expect([...network.pairOffer]).toEqual([...network.pairOffer].sort((a, b) => a - b));
          expect(network.pairLane).toHaveLength(0);
          for (const [row, { total }] of offers.entries()) expect(network.supply[row]).toBe(total);
          for (const [row, { total }] of bids.entries()) expect(network.demand[row]).toBe(total);
          let pairs = 0;
          for (const [pair, row] of network.pairOffer.entries()) {
            const sellers = offers[row]!.members;
            const buyers = bids[bidOf(network, network.pairHead[pair]!)]!.members;
            pairs += sellers.length * buyers.length;
            // Whoever may trade with an order that looks at single awards stands alone.
            if ([...sellers, ...buyers].some(isPairConditioned))
              expect([sellers.length, buyers.length]).toEqual([1, 1]);
          }
          expect(pairs, 'each pair once').toBe(found.size);
        }
      }),
      { numRuns: runs(300, 25) },
    );
    expect(capped).toBeGreaterThanOrEqual(seenIn(100));
  });
});
