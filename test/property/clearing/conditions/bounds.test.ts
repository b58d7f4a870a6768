import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBook, type BidEntry, type OfferEntry } from '../../../../shared/clearing/book.ts';
import { NewcomerBounds, stakesOf } from '../../../../shared/clearing/conditions/acceptance-bounds.ts';
import { boundOf } from '../../../../shared/clearing/conditions/trial.ts';
import { Eligibility } from '../../../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../../../shared/clearing/eligibility/facets.ts';
import { QuarterSolver } from '../../../../shared/clearing/quarter-solver.ts';
import { Bars } from '../../../../shared/clearing/quarters.ts';
import { conditionedMarkets } from '../../../support/conditioned-markets.ts';
import { runs, seenIn } from '../../../support/runs.ts';

describe('what an order with conditions is worth to a market, read from prices alone', () => {
  test('is at least its stake where it takes part, and at most its bound where it does not', () => {
    const seen = { exactly: 0, idle: 0 };
    fc.assert(
      fc.property(conditionedMarkets, fc.nat(), (market, draw) => {
        const snapshot = market.snapshot();
        const book = readBook(snapshot);
        const facets = facetsOf(snapshot, book);
        const setting = {
          snapshot,
          book,
          facets,
          eligibility: new Eligibility(snapshot, facets, book.quarters),
        };
        const solver = new QuarterSolver(setting, new Bars());
        const whole = solver.solveAll(new Set());
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
});
