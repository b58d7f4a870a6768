import { describe, expect, test } from 'vitest';
import { acceptOrders } from '../../../shared/clearing/conditions/accept-orders.ts';
import { readBook } from '../../../shared/clearing/book.ts';
import { breachesOf } from '../../../shared/clearing/conditions/conditions.ts';
import { Eligibility } from '../../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../../shared/clearing/eligibility/facets.ts';
import { QuarterSolver } from '../../../shared/clearing/quarter-solver.ts';
import { Bars } from '../../../shared/clearing/quarters.ts';
import { aMarket, kg } from '../../support/market.ts';

/** Bids that want more than there is, all of them with conditions that collide with one another. */
function collidingMarket(bids: number) {
  const market = aMarket();
  for (let index = 0; index < bids; index++) {
    market.offer(`o${index}x`, 'AU', `${70 + (index % 7)}.00`, String(3 + ((index * 5) % 11)));
    const conditions = index % 2 === 0 ? { allOrNone: true } : { minimumLot: kg(String(4 + (index % 5))) };
    market.bid(
      `b${index}x`,
      'DE',
      `${80 + ((index * 13) % 40)}.00`,
      String(5 + ((index * 7) % 13)),
      conditions,
    );
  }
  return market.snapshot();
}

function accept(size: number, limits: Parameters<typeof acceptOrders>[2]) {
  const snapshot = collidingMarket(size);
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  const setting = { snapshot, book, facets, eligibility: new Eligibility(snapshot, facets, book.quarters) };
  const solver = new QuarterSolver(setting, new Bars());
  const { quarters, rejected } = acceptOrders(setting, solver, limits);
  const breaches = breachesOf(
    book,
    quarters.map(({ awards }) => awards),
  );
  const gains = quarters.reduce((sum, { solution }) => sum + solution.certificate.primal, 0n);
  return { breaches, gains, rejected: rejected.size, solves: solver.solves };
}

describe('the search over accepted orders', () => {
  test('ends without patience too, keeps every condition, and solves no more often than orders have conditions', () => {
    const hurried = accept(30, { patience: 0, improvement: 0, sets: 0 });
    expect(hurried.breaches).toEqual([]);
    expect(hurried.rejected).toBeGreaterThan(0);
    expect(hurried.gains).toBeGreaterThan(0n);
    expect(hurried.solves).toBeLessThanOrEqual(1 + hurried.rejected);
  });

  test('gains more the more it may spend, and spends no more than it may', () => {
    const hurried = accept(30, { patience: 0, improvement: 0, sets: 0 });
    const patient = accept(30, { patience: 100, improvement: 0, sets: 0 });
    const improved = accept(30, { patience: 100, improvement: 100_000, sets: 20 });
    expect(patient.gains).toBeGreaterThan(hurried.gains);
    expect(improved.gains).toBeGreaterThanOrEqual(patient.gains);
    for (const { breaches } of [patient, improved]) expect(breaches).toEqual([]);
    // A solve counts for 500 at least; what is begun when it runs out is finished.
    expect(improved.solves - patient.solves).toBeLessThanOrEqual(100_000 / 500 + 20);
  });
});
