import { describe, expect, it } from 'vitest';
import { doubleAuction, type Step } from '../../support/double-auction.ts';

const ones = (prices: readonly number[]): Step[] => prices.map((price) => [price, 1]);
const gainsOf = ({ cleared }: ReturnType<typeof doubleAuction>): number =>
  Number(cleared.outcome.quarters[0]!.optimality.primal) / 100;

/**
 * The two examples of McAfee's mechanism ("A dominant strategy double auction", Journal of Economic Theory 56, 1992) in
 * erelsgl/auctions, mcafee_demo.py. It offers the price midway between the first bid and ask left out, and where that
 * is no good to the last pair gives that pair up: truth at the cost of a trade.
 */
describe('McAfee’s examples', () => {
  it('without trade reduction: the same four trades, his price 8.5 within our interval', () => {
    const result = doubleAuction(ones([1, 4, 5, 8, 11]), ones([17, 14, 13, 9, 6]));
    expect(result.lots).toBe(4);
    expect(result.interval).toEqual({ low: 8, high: 9 });
    expect((6 + 11) / 2).toBeGreaterThanOrEqual(result.interval!.low);
    expect((6 + 11) / 2).toBeLessThanOrEqual(result.interval!.high);
    expect(gainsOf(result)).toBe(35);
  });

  it('with trade reduction: his prices 9 and 8 are the ends of our interval, and we keep the fourth trade', () => {
    const result = doubleAuction(ones([1, 4, 5, 8, 13]), ones([17, 14, 13, 9, 6]));
    expect((6 + 13) / 2, 'midway is no good to the bid at 9').toBeGreaterThan(9);
    expect(result.interval).toEqual({ low: 8, high: 9 });
    expect(result.lots).toBe(4);
    expect(gainsOf(result), 'his three trades gain 34').toBe(17 + 14 + 13 - 1 - 4 - 5 + 1);
  });
});
