import * as fc from 'fast-check';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { clear } from '../../../shared/clearing/clear.ts';
import type { QuarterExplanation, WouldNeed } from '../../../shared/clearing/explanation/explanation.ts';
import { tradeReveals } from '../../../shared/clearing/documents/market-view.ts';
import { snapshotSchema, type SnapshotJson } from '../../../shared/clearing/snapshot.ts';
import { marketFigures } from '../../../shared/clearing/documents/summary.ts';
import { formatDecimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import { curedMarket } from '../../support/cures.ts';
import { price, type MarketBuilder } from '../../support/market.ts';
import { contestedMarkets, markets } from '../../support/markets.ts';
import { dearRuns, seenIn } from '../../support/runs.ts';

const snapshotOf = (market: SnapshotJson) => z.decode(snapshotSchema, market);
const clearingOf = (market: SnapshotJson) => must(clear(snapshotOf(market)));
const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));

/** Checks every certain cure of every order; answers how often each kind of it was told. */
function checkCures(builder: MarketBuilder, told: Map<string, number>): void {
  const market = builder.json();
  const { explanations } = clearingOf(market);
  for (const [order, quarters] of explanations)
    for (const { quarter, nearMisses } of quarters)
      for (const { code, wouldNeed } of nearMisses) {
        if (Object.keys(wouldNeed).length === 0 || wouldNeed.certain === false) continue;
        for (const kind of Object.keys(wouldNeed)) told.set(kind, (told.get(kind) ?? 0) + 1);
        const at = wouldNeed.quarters?.[0] ?? quarter;
        const lotsIn = (list: readonly QuarterExplanation[]) =>
          list.find((each) => each.quarter === at)?.awarded.amount.units ?? 0n;
        const after = clearingOf(curedMarket(market, order, quarter, wouldNeed)).explanations.get(order)!;
        expect(lotsIn(after), `${order} in ${quarter}, ${code}: ${text(wouldNeed)}`).toBeGreaterThan(
          lotsIn(quarters),
        );
      }
}

/** Every kind of cure was told; of the fewer examples that are tried usually, so many kinds. */
function expectTold(told: ReadonlyMap<string, number>, kinds: readonly string[], usually: number): void {
  const seen = kinds.filter((kind) => (told.get(kind) ?? 0) >= seenIn(6, 1));
  expect(seen.length, seen.join()).toBeGreaterThanOrEqual(seenIn(kinds.length, usually));
}

describe('what an explanation says would have been enough', () => {
  test('is: with that one change alone the order trades more in the quarter', () => {
    const told = new Map<string, number>();
    fc.assert(
      fc.property(markets, (market) => {
        checkCures(market, told);
      }),
      { numRuns: dearRuns(100, 25) },
    );
    expectTold(told, ['floor', 'ask', 'certificates', 'delivery', 'origins', 'without', 'also'], 3);
  });

  test('is where prices are public and close: a tick beyond the public price wins', () => {
    const told = new Map<string, number>();
    fc.assert(
      fc.property(contestedMarkets, (market) => {
        checkCures(market, told);
      }),
      { numRuns: dearRuns(120, 30) },
    );
    expectTold(told, ['limit', 'ask', 'floor', 'also'], 2);
  });
});

/** What anybody may know of the market, and an order of its own part. */
function knownTo(market: SnapshotJson, order: string) {
  const snapshot = snapshotOf(market);
  const outcome = clearingOf(market);
  const figures = marketFigures(snapshot, outcome.awards);
  const [trade] = figures.quarters;
  const open = trade !== undefined && !tradeReveals(trade);
  const [explanation] = outcome.explanations.get(order)!;
  return {
    explanation: explanation!,
    sentence: outcome.sentences.get(order)!,
    prices: open ? trade.landedPrice : undefined,
    own: text(
      outcome.awards
        .filter(({ offer, bid }) => offer === order || bid === order)
        .map(({ schedule: [entry] }) => [entry!.lots, order.startsWith('off') ? entry!.price : entry!.landed])
        .sort(),
    ),
    published: text([figures.depth, open ? trade : []]),
  };
}

/** Which questions about public figures were answered with yes, without the figures. */
const answers = ({ binding, nearMisses }: QuarterExplanation): string =>
  text([
    binding.map(({ code }) => code),
    nearMisses.map(({ code, wouldNeed }) => [
      code,
      Object.keys(wouldNeed),
      wouldNeed.also,
      wouldNeed.certain,
    ]),
  ]);

describe('another order’s hidden price', () => {
  test('moves nothing in an explanation while codes, awards and public figures stay, and never appears in it', () => {
    let compared = 0;
    let figures = 0;
    fc.assert(
      fc.property(contestedMarkets, fc.nat(), fc.nat(), fc.nat(), (builder, victimAt, rivalAt, from) => {
        const market = builder.json();
        const orders = [...market.offers, ...market.bids];
        const victim = orders[victimAt % orders.length]!;
        const rival = orders[rivalAt % orders.length]!;
        if (victim.id === rival.id) return;
        const seen = new Map<string, string>();
        for (let step = 0; step < 8; step++) {
          const amount = ((9_990 + ((from + step) % 22)) / 100).toFixed(2);
          const repriced = <Order extends { id: string }>(order: Order): Order =>
            order.id === rival.id ? { ...order, price: price(amount) } : order;
          const known = knownTo(
            { ...market, offers: market.offers.map(repriced), bids: market.bids.map(repriced) },
            victim.id,
          );
          figures += checkFigures(market, victim.id, known);
          const key = [known.published, known.own, answers(known.explanation)].join('\n');
          const whole = text([known.explanation, known.sentence]);
          const before = seen.get(key);
          if (before !== undefined) {
            compared++;
            expect(whole).toBe(before);
          }
          seen.set(key, whole);
        }
      }),
      { numRuns: dearRuns(100, 25) },
    );
    expect(compared).toBeGreaterThanOrEqual(seenIn(150, 15));
    expect(figures, 'prices told').toBeGreaterThanOrEqual(seenIn(25, 1));
  });
});

/** Every price that is told is public: the floor, or a tick beyond the prices paid. */
function checkFigures(
  market: SnapshotJson,
  order: string,
  { explanation, prices }: Pick<ReturnType<typeof knownTo>, 'explanation' | 'prices'>,
): number {
  const cents = (amount: { units: bigint; scale: number }): number => Number(formatDecimal(amount)) * 100;
  const floors = market.floors.map(({ price: { amount } }) => Number(amount) * 100);
  const near = prices === undefined ? [] : [cents(prices.low.amount) - 1, cents(prices.high.amount) + 1];
  const told = explanation.nearMisses.flatMap(({ wouldNeed }: { wouldNeed: WouldNeed }) =>
    [wouldNeed.limit, wouldNeed.ask, wouldNeed.floor].filter((each) => each !== undefined),
  );
  for (const { amount } of told) {
    const value = cents(amount);
    // A duty of 0.03 % takes at most four ticks off a landed price here.
    const taken = order.startsWith('off') ? 4 : 0;
    expect(
      [...floors, ...near].some((each) => Math.round(each - value) >= 0 && Math.round(each - value) <= taken),
      `${order}: ${value} of ${text([floors, near])}`,
    ).toBe(true);
  }
  return told.length;
}
