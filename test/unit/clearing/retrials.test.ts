import { describe, expect, it } from 'vitest';
import { Retrials } from '../../../shared/clearing/explanation/retrials.ts';
import { clearQuarters } from '../../../shared/clearing/quarters.ts';
import { priceOf } from '../../../shared/pricing/product-terms.ts';
import { aMarket } from '../../support/market.ts';
import { settingOf } from '../../support/told.ts';

const both = { '2027-Q1': '10', '2027-Q2': '4' };
const setting = settingOf(
  aMarket()
    .offer('o', 'AU', '90.00', both)
    .bid('b', 'DE', '80.00', { '2027-Q1': '6', '2027-Q2': '6' })
    .bid('c', 'DE', '100.00', { '2027-Q1': '3' }),
);
const { product, bids } = setting.snapshot;
const cleared = clearQuarters(setting);
const retrials = (effort = cleared.effort) => new Retrials(setting, { ...cleared, effort });
const [b] = bids;
const limit = (ticks: bigint) => ({ limit: priceOf(ticks, product) });

describe('the market cleared again with one order changed', () => {
  it('says what that order would have been awarded, by quarter', () => {
    const awarded = (ticks: bigint) => retrials().awarded(b!, '2027-Q1', limit(ticks));
    expect(awarded(9500n)).toEqual(
      new Map([
        ['2027-Q1', 6],
        ['2027-Q2', 4],
      ]),
    );
    expect(awarded(8999n)).toEqual(new Map());
  });

  it('is cleared once for a change of the whole order, and for each quarter where only that one changes', () => {
    const each = retrials();
    const first = each.awarded(b!, '2027-Q1', limit(9500n));
    expect(each.awarded(b!, '2027-Q2', limit(9500n))).toBe(first);
    expect(each.awarded(b!, '2027-Q1', limit(9600n))).not.toBe(first);
    for (const need of [{ quarters: ['2027-Q3'] }, { quantity: b!.remaining[0]!.quantity }])
      expect(each.awarded(b!, '2027-Q2', need)).not.toBe(each.awarded(b!, '2027-Q1', need));
    expect(each.awarded(bids[1]!, '2027-Q1', limit(9500n))).not.toBe(first);
  });

  it('is cleared 24 times at most, and what is known stays known', () => {
    const each = retrials();
    const answers = Array.from({ length: 26 }, (_, index) =>
      each.awarded(b!, '2027-Q1', limit(9500n + BigInt(index))),
    );
    expect(answers.map((answer) => answer !== undefined).lastIndexOf(true)).toBe(23);
    expect(each.awarded(b!, '2027-Q1', limit(9500n))).toBe(answers[0]);
  });

  it('costs no more than so much effort in all', () => {
    const times = (effort: number) => {
      const each = retrials(effort);
      let count = 0;
      while (each.awarded(b!, '2027-Q1', limit(9500n + BigInt(count))) !== undefined) count++;
      return count;
    };
    // Each costs 500 more than clearing did; 300,000 are there.
    expect([times(99_500), times(99_501), times(299_500), times(299_501)]).toEqual([3, 2, 1, 0]);
  });
});
