import { describe, expect, test } from 'vitest';
import { aMarket, kg } from '../../support/market.ts';

const both = { '2027-Q1': '10', '2027-Q2': '10' };
const gaps = (market: ReturnType<typeof aMarket>) =>
  market.clear().outcome.quarters.map(({ optimality }) => optimality.gap);

describe('all or none', () => {
  test('an order that can only be filled in part is rejected, and the others clear as if it were not there', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', '6')
      .bid('whole', 'DE', '120.00', '10', { allOrNone: true })
      .bid('part', 'DE', '100.00', '10')
      .clear();
    expect(cleared.trades()).toEqual({ 'a→part': 6 });
    expect(cleared.binding('bid', 'whole')).toEqual(['all_or_none']);
    expect(cleared.explanationOf('bid', 'whole')[0]!.binding[0]!.detail).toMatch(/paradox/);
    expect(cleared.outcome.rejected).toEqual([{ order: 'bid_whole000000000000000', code: 'all_or_none' }]);
    expect(cleared.outcome.quarters[0]!.optimality).toEqual({
      primal: 6n * 2000n,
      dual: 6n * 4000n,
      gap: 6n * 2000n,
    });
    expect(cleared.outcome.proof[0]!.bound).not.toBeNull();
  });

  test('a tie is filled so that all of the order is in, at no loss', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', '10', { allOrNone: true })
      .offer('b', 'AU', '80.00', '10')
      .bid('x', 'DE', '120.00', '10')
      .clear();
    expect(cleared.trades()).toEqual({ 'a→x': 10 });
    expect(cleared.outcome.rejected).toEqual([]);
    expect(cleared.outcome.quarters[0]!.optimality.gap).toBe(0n);
  });

  test('holds over all quarters of the order', () => {
    const market = aMarket()
      .offer('a', 'AU', '80.00', { '2027-Q1': '10', '2027-Q2': '9' })
      .bid('x', 'DE', '120.00', both, { allOrNone: true });
    expect(market.clear().trades()).toEqual({});
    expect(
      market
        .clear()
        .explanationOf('bid', 'x')
        .map(({ binding }) => binding[0]!.code),
    ).toEqual(['all_or_none', 'all_or_none']);
  });

  test('an order that loses nothing by it is not called paradoxical', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', '10', { allOrNone: true })
      .bid('x', 'DE', '80.00', '6')
      .clear();
    expect(cleared.trades()).toEqual({});
    expect(cleared.explanationOf('off', 'a')[0]!.binding[0]!.detail).not.toMatch(/paradox/);
    expect(
      gaps(aMarket().offer('a', 'AU', '80.00', '10', { allOrNone: true }).bid('x', 'DE', '80.00', '6')),
    ).toEqual([0n]);
  });
});

describe('a minimum lot', () => {
  test('ties are not filled evenly where that would leave awards below it', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', '10', { minimumLot: kg('6') })
      .offer('b', 'AU', '80.00', '10', { minimumLot: kg('6') })
      .bid('x', 'DE', '120.00', '10')
      .clear();
    expect(Object.values(cleared.trades())).toEqual([10]);
    expect(cleared.outcome.rejected).toEqual([]);
  });

  test('an offer serves those of a class of bids that are large enough', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', '10', { minimumLot: kg('5') })
      .offer('b', 'AU', '80.00', '4')
      .bid('small', 'DE', '120.00', '4')
      .bid('large', 'DE', '120.00', '10')
      .clear();
    expect(cleared.trades()).toEqual({ 'a→large': 10, 'b→small': 4 });
  });

  test('what is left below it trades no more, and that is said', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', '4', { minimumLot: kg('5') })
      .bid('x', 'DE', '120.00', '10')
      .clear();
    expect(cleared.trades()).toEqual({});
    expect(cleared.binding('off', 'a')).toEqual(['minimum_lot']);
    expect(cleared.explanationOf('off', 'a')[0]!.binding[0]!.detail).toMatch(/what is left/i);
  });
});

describe('minimum quarters', () => {
  test('two quarters in a row against an offer of one: nothing, and that is why', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', '10')
      .bid('x', 'DE', '120.00', both, { minimumQuarters: 2 })
      .clear();
    expect(cleared.trades()).toEqual({});
    expect(cleared.binding('bid', 'x')).toEqual(['minimum_quarters']);
  });

  test('the same seller is kept through the quarters where several would do', () => {
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', { '2027-Q1': '10', '2027-Q2': '3' })
      .offer('b', 'AU', '80.00', { '2027-Q1': '3', '2027-Q2': '10' })
      .offer('c', 'AU', '80.00', both)
      .bid('x', 'DE', '120.00', both, { minimumQuarters: 2 })
      .clear();
    expect(cleared.outcome.rejected).toEqual([]);
    for (const { schedule } of cleared.outcome.awards) expect(schedule).toHaveLength(2);
  });

  test('quarters that only follow each other in the book are not consecutive', () => {
    const apart = { '2027-Q1': '10', '2027-Q3': '10' };
    const cleared = aMarket()
      .offer('a', 'AU', '80.00', apart)
      .bid('x', 'DE', '120.00', apart, { minimumQuarters: 2 })
      .clear();
    expect(cleared.trades()).toEqual({});
    expect(cleared.binding('bid', 'x')).toEqual(['minimum_quarters']);
  });
});
