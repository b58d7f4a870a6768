import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { awardsOf } from '../../../shared/clearing/awards/award.ts';
import { clear } from '../../../shared/clearing/clear.ts';
import { useOf } from '../../../shared/clearing/solver/limit-repair.ts';
import { pairThrough } from '../../../shared/clearing/pairing/pairing.ts';
import type { ClearedQuarter, Setting } from '../../../shared/clearing/quarters.ts';
import { must } from '../../../shared/kernel/result.ts';
import { loadHighs } from '../../support/highs.ts';
import { markets } from '../../support/markets.ts';
import { naiveQuarter } from '../../support/naive-market.ts';
import { dearRuns, isWhole, seenIn } from '../../support/runs.ts';
import { rampMarkets, tiedMarkets } from '../../support/tied-markets.ts';
import { sharedQuarters } from '../../support/shared-quarters.ts';

const anyMarket = fc.oneof(markets, rampMarkets, tiedMarkets);

/** What each order trades, receives and pays in each quarter, and what the public purse gets. */
function ledger(setting: Setting, quarters: readonly ClearedQuarter[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  const add = (key: string, value: bigint): void => {
    sums[key] = (sums[key] ?? 0n) + value;
  };
  for (const { offer, bid, schedule } of awardsOf(setting, quarters))
    for (const { quarter, lots, price, landed, waterfall } of schedule) {
      add(`${offer} sells in ${quarter}`, lots);
      add(`${offer} is paid in ${quarter}`, lots * price);
      add(`${bid} takes in ${quarter}`, lots);
      add(`${bid} pays in ${quarter}`, lots * landed);
      add(`levies in ${quarter}`, lots * waterfall.levy);
      add(`duties in ${quarter}`, lots * waterfall.duties);
    }
  return sums;
}

const pairsIn = (quarters: readonly ClearedQuarter[]): number =>
  new Set(
    quarters.flatMap(({ awards }) => awards.map(({ offer, bid }) => `${offer.order.id}:${bid.order.id}`)),
  ).size;

describe('the pairing of a run', () => {
  test('changes nothing that any order or the purse gets in any quarter, and never makes more pairs', () => {
    let fewer = 0;
    let capped = 0;
    fc.assert(
      fc.property(anyMarket, (market) => {
        const { setting, quarters } = sharedQuarters(market.snapshot());
        const paired = pairThrough(setting, quarters);
        expect(ledger(setting, paired)).toEqual(ledger(setting, quarters));
        expect(pairsIn(paired)).toBeLessThanOrEqual(pairsIn(quarters));
        if (pairsIn(paired) < pairsIn(quarters)) fewer++;
        for (const [index, { market: own, solution }] of paired.entries()) {
          const use = useOf(own.network, solution.pairFlow);
          expect(use, 'of the zones’ caps').toEqual(useOf(own.network, quarters[index]!.solution.pairFlow));
          if (use.some((lots) => lots > 0)) capped++;
        }
        for (const { awards } of paired)
          expect(new Set(awards.map(({ offer, bid }) => `${offer.order.id}:${bid.order.id}`)).size).toBe(
            awards.length,
          );
      }),
      { numRuns: dearRuns(1000, 200) },
    );
    expect(fewer).toBeGreaterThanOrEqual(seenIn(100, 12));
    expect(capped, 'quarters under a zone’s cap').toBeGreaterThanOrEqual(seenIn(50, 3));
  });

  test('stays on eligible pairs, within origin caps, at equal gains and equally many lots from inside', () => {
    fc.assert(
      fc.property(anyMarket, (market) => {
        const snapshot = market.snapshot();
        const { setting, quarters } = sharedQuarters(snapshot);
        for (const [index, { awards, solution, market: own }] of pairThrough(setting, quarters).entries()) {
          const { offers, bids, network } = naiveQuarter(snapshot, setting.book.quarters[index]!);
          const place = (orders: readonly { id: string }[], id: string) =>
            orders.findIndex((order) => order.id === id);
          const through = network.capLots.map(() => 0);
          let gains = 0;
          let inside = 0;
          for (const { offer, bid, lots } of awards) {
            const pair = [...network.pairOffer.keys()].find((each) => {
              const head = network.pairHead[each]!;
              const to = head < bids.length ? head : network.capBid[head - bids.length]!;
              return (
                network.pairOffer[each] === place(offers, offer.order.id) && to === place(bids, bid.order.id)
              );
            });
            expect(pair, 'an eligible pair').toBeDefined();
            gains += lots * network.pairWeight[pair!]!;
            inside += lots * network.pairInside[pair!]!;
            const cap = network.pairHead[pair!]! - bids.length;
            if (cap >= 0) through[cap]! += lots;
          }
          expect(BigInt(gains)).toBe(solution.certificate.primal);
          const shared = [...solution.pairFlow].reduce(
            (sum, lots, pair) => sum + lots * own.network.pairInside[pair]!,
            0,
          );
          expect(inside).toBe(shared);
          expect(through.every((lots, cap) => lots <= network.capLots[cap]!)).toBe(true);
        }
      }),
      { numRuns: dearRuns(500, 100) },
    );
  });

  test('has no more awards below a minimum than before in any quarter, and fewer where it can', () => {
    let before = 0;
    let after = 0;
    fc.assert(
      fc.property(anyMarket, fc.integer({ min: 2, max: 8 }), (market, minimum) => {
        const { setting, quarters } = sharedQuarters(market.snapshot());
        const paired = pairThrough(setting, quarters, () => minimum);
        const short = ({ awards }: ClearedQuarter): number =>
          awards.filter(({ lots }) => lots < minimum).length;
        for (const [index, quarter] of quarters.entries()) {
          expect(short(paired[index]!)).toBeLessThanOrEqual(short(quarter));
          before += short(quarter);
          after += short(paired[index]!);
        }
      }),
      { numRuns: dearRuns(500, 150) },
    );
    expect(before - after).toBeGreaterThanOrEqual(seenIn(0.05 * before));
  });

  test('gives equal quarters equal pairs', () => {
    let equals = 0;
    fc.assert(
      fc.property(anyMarket, (market) => {
        const snapshot = market.snapshot();
        const { proof } = must(clear(snapshot));
        const seen = new Map<string, unknown>();
        for (const { quarter, flows } of proof) {
          const { network, offers, bids } = naiveQuarter(snapshot, quarter);
          const key = JSON.stringify([
            ...[network.supply, network.demand, network.capBid, network.capLots, network.pairOffer].map(
              String,
            ),
            ...[network.pairHead, network.pairWeight, network.pairInside].map(String),
            [...offers, ...bids].map(({ id }) => id),
          ]);
          if (seen.has(key)) {
            expect(flows).toEqual(seen.get(key));
            equals++;
          }
          seen.set(key, flows);
        }
      }),
      { numRuns: dearRuns(500, 150) },
    );
    expect(equals).toBeGreaterThanOrEqual(seenIn(20, 4));
  });

  test('of one quarter has few pairs more than the fewest possible, by HiGHS', async () => {
    const highs = await loadHighs();
    let ours = 0;
    let fewest = 0;
    let before = 0;
    fc.assert(
      fc.property(tiedMarkets, (market) => {
        const snapshot = market.snapshot();
        const { setting, quarters } = sharedQuarters(snapshot);
        for (const [index, cleared] of quarters.slice(0, 1).entries()) {
          const [paired] = pairThrough(
            { ...setting, book: { ...setting.book, quarters: [setting.book.quarters[index]!] } },
            [cleared],
          );
          const { offers, bids, network } = naiveQuarter(snapshot, setting.book.quarters[index]!);
          if (cleared.awards.length === 0) continue;
          const lotsOf = (id: string) =>
            cleared.awards
              .filter(({ offer, bid }) => offer.order.id === id || bid.order.id === id)
              .reduce((sum, { lots }) => sum + lots, 0);
          const pairs = [...network.pairOffer.keys()];
          const bidAt = (pair: number) => {
            const head = network.pairHead[pair]!;
            return head < bids.length ? head : network.capBid[head - bids.length]!;
          };
          const sum = (list: readonly number[], of: (pair: number) => number = () => 1) =>
            list.map((pair) => `+ ${of(pair)} x${pair}`).join(' ');
          const row = (list: readonly number[], sense: string, value: number) =>
            list.length === 0 ? '' : ` ${sum(list)} ${sense} ${value}\n`;
          const inside = pairs.filter((pair) => network.pairInside[pair] === 1);
          const insideLots = [...cleared.solution.pairFlow].reduce(
            (lots, flow, pair) => lots + flow * cleared.market.network.pairInside[pair]!,
            0,
          );
          const answer = highs.solve(
            `Minimize\n obj: ${pairs.map((pair) => `+ y${pair}`).join(' ')}\nSubject To\n` +
              offers
                .map(({ id }, i) =>
                  row(
                    pairs.filter((pair) => network.pairOffer[pair] === i),
                    '=',
                    lotsOf(id),
                  ),
                )
                .join('') +
              bids
                .map(({ id }, j) =>
                  row(
                    pairs.filter((pair) => bidAt(pair) === j),
                    '=',
                    lotsOf(id),
                  ),
                )
                .join('') +
              [...network.capLots]
                .map((most, cap) =>
                  row(
                    pairs.filter((pair) => network.pairHead[pair] === bids.length + cap),
                    '<=',
                    most,
                  ),
                )
                .join('') +
              row(inside, '=', insideLots) +
              ` ${sum(pairs, (pair) => network.pairWeight[pair]!)} = ${cleared.solution.certificate.primal}\n` +
              pairs.map((pair) => ` x${pair} - 24 y${pair} <= 0\n`).join('') +
              `Binary\n${pairs.map((pair) => ` y${pair}`).join('\n')}\nEnd\n`,
            { output_flag: false },
          );
          expect(answer.Status).toBe('Optimal');
          const least = Math.round(answer.ObjectiveValue);
          expect(paired!.awards.length).toBeGreaterThanOrEqual(least);
          ours += paired!.awards.length;
          fewest += least;
          before += cleared.awards.length;
        }
      }),
      { numRuns: dearRuns(150, 30), seed: 20_270_101 },
    );
    // Both are means, of a fixed sample, so that what is asserted is what was measured.
    if (!isWhole) return;
    expect(before, 'without the stage').toBeGreaterThanOrEqual(1.08 * fewest);
    expect(ours / fewest).toBeLessThan(1.05);
  });
});
