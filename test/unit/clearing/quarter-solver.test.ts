import { describe, expect, it } from 'vitest';
import { readBook } from '../../../shared/clearing/book.ts';
import { Eligibility } from '../../../shared/clearing/eligibility/eligibility.ts';
import { facetsOf } from '../../../shared/clearing/eligibility/facets.ts';
import { marketKey, QuarterSolver } from '../../../shared/clearing/quarter-solver.ts';
import { Bars } from '../../../shared/clearing/quarters.ts';
import { aMarket, type Amounts, type MarketBuilder } from '../../support/market.ts';

const both: Amounts = { '2027-Q1': '10', '2027-Q2': '10' };

function settingOf(market: MarketBuilder) {
  const snapshot = market.snapshot();
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  return { snapshot, book, facets, eligibility: new Eligibility(snapshot, facets, book.quarters) };
}

/** Whether two quarters of a market are one to the solver. */
const areAlike = (market: MarketBuilder): boolean => {
  const setting = settingOf(market);
  return marketKey(setting, 0) === marketKey(setting, 1);
};

describe('quarters that nothing tells apart', () => {
  const plain = (bid: object = {}, lots: Amounts = both) =>
    aMarket()
      .zone({ maxOriginShare: '0.5' })
      .consumption(['2027-Q1', '2027-Q2'], '100')
      .offer('a', 'CL', '80.00', both)
      .bid('b', 'DE', '120.00', lots, bid);
  const amount = (quarter: string, lots: string) => ({
    quarter,
    quantity: { amount: lots, unit: 'kg' as const },
  });

  it('are alike by quantities, caps, contracts, consumption and what conditions see', () => {
    expect(areAlike(plain())).toBe(true);
    expect(areAlike(plain({}, { '2027-Q1': '10', '2027-Q2': '9' }))).toBe(false);
    expect(areAlike(plain().offer('c', 'AU', '70.00', { '2027-Q1': '5', '2027-Q2': '6' }))).toBe(false);
    expect(areAlike(plain({ maxOriginShare: '0.5' }))).toBe(true);
    expect(
      areAlike(
        plain({ maxOriginShare: '0.5', requested: [amount('2027-Q1', '10'), amount('2027-Q2', '20')] }),
      ),
    ).toBe(false);
    const contracted = (origin: string, lots: string) => ({ origin, ...amount('2027-Q2', lots) });
    expect(areAlike(plain({ maxOriginShare: '0.5', contractedByOrigin: [contracted('CL', '2')] }))).toBe(
      false,
    );
    expect(areAlike(plain().contracted('CL', 'DE', '2027-Q1', '7'))).toBe(false);
    expect(
      areAlike(plain().contracted('CL', 'DE', '2027-Q1', '7').contracted('CL', 'DE', '2027-Q2', '7')),
    ).toBe(true);
    expect(
      areAlike(plain().contracted('CL', 'DE', '2027-Q1', '7').contracted('CL', 'JP', '2027-Q2', '7')),
    ).toBe(false);
    const uneven = aMarket()
      .zone({ maxOriginShare: '0.5' })
      .offer('a', 'CL', '80.00', both)
      .bid('b', 'DE', '120.00', both);
    expect(areAlike(uneven.consumption('2027-Q1', '100').consumption('2027-Q2', '90'))).toBe(false);
    const three = { ...both, '2027-Q3': '10' };
    expect(areAlike(plain({ minimumQuarters: 2 }, three))).toBe(false);
    expect(areAlike(plain({}, three))).toBe(true);
  });

  it('are solved once, and again only without orders that were in them', () => {
    const setting = settingOf(
      plain().offer('late', 'AU', '70.00', { '2027-Q3': '4' }).bid('c', 'DE', '110.00', both),
    );
    const solver = new QuarterSolver(setting, new Bars());
    const [first, second, third] = solver.solveAll(new Set());
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(solver.solves).toBe(2);
    // One offer, two bids and two pairs; the late offer alone.
    expect(solver.effort).toBe(5 + 1);
    const { offers, bids } = setting.book;
    const late = offers.find(({ firstQuarter }) => firstQuarter === 2)!;
    expect(solver.solve(0, new Set([late])), 'who was not there is not missed').toBe(first);
    const [x, y] = bids;
    const without = solver.solve(0, new Set([x!, y!]));
    expect(without.awards).toEqual([]);
    expect(solver.solve(1, new Set([y!, x!])), 'in whatever order they are named').toBe(without);
    expect(solver.solves).toBe(3);
  });
});
