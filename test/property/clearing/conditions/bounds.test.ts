import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBook, type BidEntry, type OfferEntry } from '../../../../shared/clearing/book.ts';
import { NewcomerBounds, stakesOf } from '../../../../shared/clearing/conditions/acceptance-bounds.ts';
import { boundOf } from '../../../../shared/clearing/conditions/trial.ts';
import { Eligibility } from '../../../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../../../shared/clearing/eligibility/facets.ts';
import { QuarterSolver } from '../../../../shared/clearing/quarter-solver.ts';
import { Bars } from '../../../../shared/clearing/quarters.ts';
import type { Snapshot } from '../../../../shared/clearing/snapshot.ts';
import { conditionedMarkets } from '../../../support/conditioned-markets.ts';
import { aMarket, type MarketBuilder } from '../../../support/market.ts';
import { runs, seenIn } from '../../../support/runs.ts';

function solved(snapshot: Snapshot) {
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  const setting = { snapshot, book, facets, eligibility: new Eligibility(snapshot, facets, book.quarters) };
  const solver = new QuarterSolver(setting, new Bars());
  return { book, facets, solver, whole: solver.solveAll(new Set()) };
}

describe('what an order with conditions is worth to a market, read from prices alone', () => {
  test('is at least its stake where it takes part, and at most its bound where it does not', () => {
    const seen = { exactly: 0, idle: 0 };
    fc.assert(
      fc.property(conditionedMarkets, fc.nat(), (market, draw) => {
        const snapshot = market.snapshot();
        const { book, facets, solver, whole } = solved(snapshot);
        const stakes = stakesOf(whole);
        const bounds = new NewcomerBounds(facets, whole);
        const conditioned = [...book.offers, ...book.bids].filter(
          ({ conditions }) => conditions !== undefined,
        );
        for (const entry of stakes.keys()) expect(conditioned).toContain(entry);
        const without = (orders: readonly (OfferEntry | BidEntry)[]) => solver.solveAll(new Set(orders));
        for (const [index, entry] of conditioned.entries()) {
          expect(boundOf(whole) - boundOf(without([entry]))).toBeGreaterThanOrEqual(stakes.get(entry) ?? 0n);
          // Others may be out as well.
          const out = conditioned.filter((other, place) => other === entry || ((draw >> place) & 1) === 1);
          const less = without(out);
          const gained = boundOf(without(out.filter((other) => other !== entry))) - boundOf(less);
          const most = bounds.of([entry], less).get(entry);
          expect(gained, `order ${index}`).toBeLessThanOrEqual(most ?? 0n);
          if (most === undefined) seen.idle++;
          else if (most === gained) seen.exactly++;
        }
      }),
      { numRuns: runs(400, 12) },
    );
    expect(seen.exactly).toBeGreaterThanOrEqual(seenIn(20));
    expect(seen.idle).toBeGreaterThanOrEqual(seenIn(100));
  });

  const whole = { allOrNone: true };
  const name = ({ order }: OfferEntry | BidEntry): string => order.id.slice(4).replace(/0+$/, '');

  test('the stake is what it earns above its reserve or keeps below its limit, origin caps counted', () => {
    const stakes = (market: MarketBuilder) =>
      [...stakesOf(solved(market.snapshot()).whole)].map(([entry, stake]) => [name(entry), stake]);
    const two = { '2027-Q1': '10', '2027-Q2': '20' };
    expect(stakes(aMarket().offer('a', 'AU', '80.00', two, whole).bid('b', 'DE', '120.00', '30'))).toEqual([
      ['a', 10n * 4000n],
    ]);
    expect(
      stakes(
        aMarket()
          .offer('a', 'AU', '80.00', two, whole)
          .bid('b', 'DE', '120.00', { '2027-Q1': '30', '2027-Q2': '30' }),
      ),
    ).toEqual([['a', 30n * 4000n]]);
    expect(stakes(aMarket().offer('a', 'AU', '80.00', '30').bid('b', 'DE', '120.00', '10', whole))).toEqual([
      ['b', 10n * 4000n],
    ]);
    const capped = { ...whole, maxOriginShare: '0.5' };
    expect(stakes(aMarket().offer('a', 'AU', '80.00', '30').bid('b', 'DE', '120.00', '20', capped))).toEqual([
      ['b', 10n * 4000n],
    ]);
  });

  test('the bound is what its best partner would leave it at the prices without it', () => {
    const bounds = (market: MarketBuilder) => {
      const { book, facets, solver, whole: all } = solved(market.snapshot());
      const out = [...book.offers, ...book.bids].filter(({ conditions }) => conditions !== undefined);
      const newcomers = new NewcomerBounds(facets, all);
      const less = solver.solveAll(new Set(out));
      const found = newcomers.of(out, less);
      const { looked } = newcomers;
      newcomers.of(out, less);
      expect(looked, 'pairs are looked at').toBeGreaterThan(0);
      expect(newcomers.looked, 'once').toBe(looked);
      return Object.fromEntries([...found].map(([entry, most]) => [name(entry), most]));
    };
    // One seller and one buyer of ten halve 30 a lot between them; a cheaper seller would win 25 from the buyer.
    const seller = () => aMarket().offer('c', 'AU', '90.00', '10').offer('a', 'AU', '80.00', '10', whole);
    expect(bounds(seller().bid('b', 'DE', '120.00', '10'))).toEqual({ a: 10n * 2500n });
    expect(bounds(seller().bid('b', 'DE', '120.00', '20', { maxOriginShare: '0.5' }))).toEqual({
      a: 10n * 2500n,
    });
    expect(bounds(seller().bid('b', 'DE', '120.00', '30'))).toEqual({ a: 10n * 4000n });
    // Between 100 and 80 a lot goes at 90; who would pay 120 keeps 30 a lot of that, and who would pay 85 nothing.
    const buyers = aMarket()
      .offer('s', 'AU', '80.00', '10')
      .bid('e', 'DE', '100.00', '10')
      .bid('d', 'DE', '120.00', '7', whole)
      .bid('f', 'DE', '85.00', '7', whole);
    expect(bounds(buyers)).toEqual({ d: 7n * 3000n, f: undefined });
  });
});
