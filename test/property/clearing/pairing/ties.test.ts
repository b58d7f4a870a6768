import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PairAward } from '../../../../shared/clearing/awards/sharing.ts';
import { mostLinks, tiesOf } from '../../../../shared/clearing/pairing/ties.ts';
import type { ClearedQuarter, Setting } from '../../../../shared/clearing/quarters.ts';
import { bidOf } from '../../../../shared/clearing/solver/network.ts';
import { isTight } from '../../../../shared/clearing/solver/prices.ts';
import { aMarket } from '../../../support/market.ts';
import { markets } from '../../../support/markets.ts';
import { runs, seenIn } from '../../../support/runs.ts';
import { sharedQuarters } from '../../../support/shared-quarters.ts';
import { rampMarkets, tiedMarkets } from '../../../support/tied-markets.ts';

const anyMarket = fc.oneof(markets, rampMarkets, tiedMarkets);

/** What tells an award from others of its offer that may not take its place, and of its bid. */
function kindsOf({ facets, eligibility }: Setting, { market, solution }: ClearedQuarter) {
  const { network, offers, bids } = market;
  const { capValue } = solution.prices;
  /** Per pair of the network: its terms, and the cap with a value that it leads through. */
  const pairs = [...network.pairOffer].map((offer, pair) => {
    const head = network.pairHead[pair]!;
    const bid = bidOf(network, head);
    const terms = eligibility.terms(facets.offers[offers[offer]!.facet]!, facets.bids[bids[bid]!.facet]!);
    const limits = network.laneLimits[network.pairLane[pair] ?? -1] ?? [];
    const cap = head - bids.length;
    return {
      ...{ offer, bid, cap },
      terms: [
        terms.inside,
        terms.effect,
        terms.floor,
        terms.dutyRate.units,
        terms.dutyRate.scale,
        ...limits,
      ].join(),
      pin: cap >= 0 && capValue[cap]! > 0 ? cap : -1,
      isTight: isTight(network, solution.prices, pair),
    };
  });
  const pairOf = ({ offerClass, bidClass }: PairAward) =>
    pairs.find(({ offer, bid }) => offer === offerClass && bid === bidClass)!;
  return { pairs, pairOf };
}

describe('the ties of a cleared quarter', () => {
  test('are all tight pairs of orders that trade on those terms, with their lots, and gates where caps have no value', () => {
    let links = 0;
    let gates = 0;
    fc.assert(
      fc.property(anyMarket, (market) => {
        const { setting, quarters } = sharedQuarters(market.snapshot());
        for (const cleared of quarters) {
          const { awards, market: own } = cleared;
          const { pairs, pairOf } = kindsOf(setting, cleared);
          const ties = tiesOf(setting, cleared, awards, () => false);
          const read = [...ties.linkSeller.keys()].map((link) => {
            const seller = ties.sellers[ties.linkSeller[link]!]!;
            const buyer = ties.buyers[ties.linkBuyer[link]!]!;
            const gate = ties.gates[ties.linkGate[link]!];
            const lots = ties.lots[link]!;
            return [seller.order.rank, buyer.order.rank, gate?.most ?? 'open', lots].join(' ');
          });
          // The plain way: every offer that trades against every bid that trades, class by class.
          const expected: string[] = [];
          for (const { offer, bid, cap, terms, pin, isTight: tight } of pairs) {
            if (!tight) continue;
            const sellers = new Set(
              awards
                .filter((award) => award.offerClass === offer && pairOf(award).terms === terms)
                .map((award) => award.offer),
            );
            const buyers = new Set(
              awards
                .filter((award) => award.bidClass === bid && pairOf(award).pin === pin)
                .map((award) => award.bid),
            );
            const members = own.bids[bid]!.members.length;
            const most = cap >= 0 && pin < 0 ? own.network.capLots[cap]! / members : 'open';
            for (const seller of sellers)
              for (const buyer of buyers) {
                const lots = awards
                  .filter((award) => award.offer === seller && award.bid === buyer)
                  .reduce((sum, award) => sum + award.lots, 0);
                expected.push([seller.rank, buyer.rank, most, lots].join(' '));
              }
          }
          expect(read.sort()).toEqual(expected.sort());
          const trading = (side: 'offer' | 'bid', of: number): number =>
            new Set(awards.filter((award) => award[`${side}Class`] === of).map((award) => award[side])).size;
          const most = pairs.map(({ offer, bid, isTight: tight }) => {
            const [sellers, buyers] = [trading('offer', offer), trading('bid', bid)];
            return tight ? Math.min(sellers * buyers, 4 * (sellers + buyers)) : 0;
          });
          expect(mostLinks(cleared)).toBe(most.reduce((sum, each) => sum + each, 0));
          const sold = ties.sellers.reduce((sum, { lots }) => sum + lots, 0);
          const bought = ties.buyers.reduce((sum, { lots }) => sum + lots, 0);
          const traded = awards.reduce((sum, { lots }) => sum + lots, 0);
          expect([sold, bought, ties.lots.reduce((sum, lots) => sum + lots, 0)]).toEqual([
            traded,
            traded,
            traded,
          ]);
          links += read.length;
          gates += ties.gates.length;
        }
      }),
      { numRuns: runs(400, 12) },
    );
    expect(links).toBeGreaterThanOrEqual(seenIn(3000));
    expect(gates).toBeGreaterThanOrEqual(seenIn(30));
  });

  test('leave out what may not move', () => {
    const { setting, quarters } = sharedQuarters(
      aMarket()
        .zone()
        .floor('110.00')
        .offer('a', 'AU', '90.00', '5')
        .offer('b', 'AU', '95.00', '5')
        .bid('c', 'DE', '130.00', '10')
        .snapshot(),
    );
    const [cleared] = quarters;
    const isFixed = ({ order }: { order: { id: string } }): boolean => order.id.includes('_a0');
    const moving = cleared!.awards.filter(({ offer }) => !isFixed(offer));
    const { sellers, linkSeller } = tiesOf(setting, cleared!, moving, isFixed);
    expect([sellers.length, linkSeller.length]).toEqual([1, 1]);
    expect(
      tiesOf(setting, cleared!, cleared!.awards, isFixed).linkSeller,
      'no link of the fixed one',
    ).toHaveLength(1);
  });
});

describe('a gate', () => {
  test('lets into each of several like bids its own part of what their origin cap does', () => {
    const { setting, quarters } = sharedQuarters(
      aMarket()
        .zone()
        .floor('110.00')
        .offer('a', 'AU', '90.00', '12')
        .offer('b', 'US', '90.00', '14')
        .bid('c', 'DE', '130.00', '20', { maxOriginShare: '0.5' })
        .bid('d', 'DE', '130.00', '20', { maxOriginShare: '0.5' })
        .snapshot(),
    );
    const { gates } = tiesOf(setting, quarters[0]!, quarters[0]!.awards, () => false);
    expect(gates.map(({ most }) => most)).toEqual([10, 10, 10, 10]);
    expect(gates.map(({ buyer }) => buyer).sort()).toEqual([0, 0, 1, 1]);
  });
});

describe('of many alike', () => {
  /** As many sellers and buyers of unlike sizes, all of them tied with each other. */
  const many = (count: number) => {
    const market = aMarket().zone().floor('110.00');
    for (let index = 0; index < count; index++)
      market
        .offer(`o${index}x`, 'AU', '90.00', String(10 + 3 * index))
        .bid(`b${index}x`, 'DE', '130.00', String(11 + 3 * ((index * 7) % count)));
    return sharedQuarters(market.snapshot());
  };

  test('each is linked to the four about its own size, and to whom it serves', () => {
    const { setting, quarters } = many(24);
    const { awards } = quarters[0]!;
    const ties = tiesOf(setting, quarters[0]!, awards, () => false);
    const sizes = ties.buyers.map(({ lots }) => lots).sort((a, b) => a - b);
    for (const [seller, { order, lots }] of ties.sellers.entries()) {
      const linked = [...ties.linkBuyer].filter((_, link) => ties.linkSeller[link] === seller);
      const served = new Set(awards.filter(({ offer }) => offer === order).map(({ bid }) => bid));
      const smaller = sizes.filter((size) => size < lots).length;
      const from = Math.max(0, Math.min(smaller - 2, sizes.length - 4));
      const near = linked.filter((buyer) => !served.has(ties.buyers[buyer]!.order));
      for (const buyer of near) expect(sizes.slice(from, from + 4)).toContain(ties.buyers[buyer]!.lots);
      for (const size of sizes.slice(from, from + 4))
        expect(linked.map((buyer) => ties.buyers[buyer]!.lots)).toContain(size);
      for (const bid of served) expect(linked.map((buyer) => ties.buyers[buyer]!.order)).toContain(bid);
      expect(new Set(linked).size).toBe(linked.length);
    }
  });

  test('links are counted before they are made: four to each where they are many, every pair where few', () => {
    expect(mostLinks(many(24).quarters[0]!)).toBe(4 * 48);
    expect(mostLinks(many(5).quarters[0]!)).toBe(25);
    expect(mostLinks(many(8).quarters[0]!)).toBe(64);
  });
});
