import { describe, expect, it } from 'vitest';
import { doubleAuction, type Step } from '../../support/double-auction.ts';

/**
 * Quantities and prices that GridLAB-D's own tests of its double auction expect (gridlab-d/gridlab-d,
 * market/autotest). Its price is the marginal order's, or midway where quantities match: one point of the interval.
 */
describe('GridLAB-D, one seller and two buyers (test_market_auction_clearing_6_morebuyers)', () => {
  const cases: readonly {
    readonly about: string;
    readonly limits: readonly Step[];
    readonly ask: Step;
    readonly price: number;
    readonly lots: number;
  }[] = [
    {
      about: 'same limits, supply just enough',
      limits: [
        [40, 12],
        [40, 16],
      ],
      ask: [30, 28],
      price: 35,
      lots: 28,
    },
    {
      about: 'different limits, enough supply',
      limits: [
        [50, 10],
        [40, 10],
      ],
      ask: [30, 24],
      price: 30,
      lots: 20,
    },
    {
      about: 'same limits, too little supply',
      limits: [
        [40, 10],
        [40, 6],
      ],
      ask: [30, 8],
      price: 40,
      lots: 8,
    },
    {
      about: 'different limits, too little supply',
      limits: [
        [45, 6],
        [40, 6],
      ],
      ask: [30, 10],
      price: 40,
      lots: 10,
    },
    {
      about: 'equal bids, too little supply',
      limits: [
        [40, 11],
        [40, 11],
      ],
      ask: [30, 16],
      price: 40,
      lots: 16,
    },
    {
      about: 'equal bids, enough supply',
      limits: [
        [40, 8],
        [40, 8],
      ],
      ask: [30, 20],
      price: 30,
      lots: 16,
    },
    {
      about: 'ask at the limits, enough supply',
      limits: [
        [40, 8],
        [40, 8],
      ],
      ask: [40, 20],
      price: 40,
      lots: 16,
    },
    {
      about: 'ask below the limits',
      limits: [
        [40, 8],
        [40, 8],
      ],
      ask: [35, 24],
      price: 35,
      lots: 16,
    },
    {
      about: 'ask at the limits, too little supply',
      limits: [
        [40, 8],
        [40, 8],
      ],
      ask: [40, 12],
      price: 40,
      lots: 12,
    },
    {
      about: 'only one limit above the ask',
      limits: [
        [50, 8],
        [40, 8],
      ],
      ask: [45, 20],
      price: 45,
      lots: 8,
    },
  ]; // In half MWh, so that 5.5 is a whole number of lots.

  it.each(cases)('$about: $lots lots at $price', ({ limits, ask, price, lots }) => {
    const result = doubleAuction([ask], limits);
    expect(result.lots).toBe(lots);
    expect(result.interval!.low).toBeLessThanOrEqual(price);
    expect(result.interval!.high).toBeGreaterThanOrEqual(price);
  });
});

describe('GridLAB-D, a large unbalanced market', () => {
  const upTo = (count: number, step: (index: number) => Step): Step[] =>
    Array.from({ length: count }, (_, index) => step(index));

  it('with a marginal buyer trades 50 at 51, the last of them at no gain (…_large_unbalanced_marginal_buyer)', () => {
    const limits = upTo(100, (index): Step => [100 - index, 100 - index === 51 ? 2 : 1]);
    const asks = upTo(150, (index): Step => [2 + index, 1]);
    const result = doubleAuction(asks, limits);
    expect(result.lots).toBe(50);
    expect(result.interval).toEqual({ low: 51, high: 51 });
    expect(result.price).toBe(51);
  });
});

describe('GridLAB-D, prices beside the next order left out (test_markets_auction_cases_4_and_5)', () => {
  it('are just above the second limit, or just below the second ask: just within the interval', () => {
    const first = doubleAuction(
      [
        [10, 1],
        [30, 1],
      ],
      [
        [25, 1],
        [20, 1],
      ],
    );
    expect([first.lots, first.interval]).toEqual([1, { low: 20, high: 25 }]);
    expect(20.0001 > first.interval!.low && 20.0001 < first.interval!.high).toBe(true);
    const second = doubleAuction(
      [
        [15, 1],
        [20, 1],
      ],
      [
        [30, 1],
        [10, 1],
      ],
    );
    expect([second.lots, second.interval]).toEqual([1, { low: 15, high: 20 }]);
    expect(19.9999 > second.interval!.low && 19.9999 < second.interval!.high).toBe(true);
  });
});
