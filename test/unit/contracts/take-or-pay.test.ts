import { describe, expect, it } from 'vitest';
import type { ContractYear } from '../../../shared/contracts/take-or-pay.ts';
import { takeOrPayYear } from '../../../shared/contracts/take-or-pay.ts';
import { termsOf, text, dec } from '../../support/contracts.ts';

const usd = (amount: string) => ({ amount: dec(amount), currency: 'USD' as const, per: 't' as const });
const year = (changes: Partial<ContractYear> = {}): ContractYear => ({
  ...{ year: 2027, unit: 't', contracted: dec('1200'), taken: dec('900'), sellerShortfall: dec('50') },
  ...{ forceMajeure: dec('30'), rejected: dec('0'), price: usd('14000'), makeUp: [], carryForward: [] },
  ...changes,
});
const takeOrPay = (changes: object = {}) =>
  termsOf({ takeOrPay: { share: '0.90', makeUpYears: 3, ...changes } }).takeOrPay!;
const lot = (of: number, quantity: string, price: string, lastYear: number) => ({
  ...{ year: of, quantity: dec(quantity), price: usd(price), lastYear },
});

describe('take-or-pay of a contract year', () => {
  it('1,200 t at 90 %, 900 taken, seller 50 short, force majeure 30: excused first, 108 t for 1,512,000', () => {
    const outcome = takeOrPayYear(takeOrPay(), year());
    expect([text(outcome.minimum), text(outcome.deficiency), outcome.payment]).toEqual([
      '1008',
      '108',
      151_200_000n,
    ]);
    expect(outcome.makeUp).toEqual({ quantity: dec('108'), price: usd('14000'), lastYear: 2030 });
  });

  it('excused after the share: 100 t for 1,400,000', () => {
    const outcome = takeOrPayYear(takeOrPay({ excused: 'after' }), year());
    expect([text(outcome.deficiency), outcome.payment]).toEqual(['100', 140_000_000n]);
  });

  it('a rejected tonne excuses as one not delivered does', () => {
    const outcome = takeOrPayYear(takeOrPay(), year({ sellerShortfall: dec('30'), rejected: dec('20') }));
    expect(text(outcome.deficiency)).toBe('108');
  });

  it('costs a share of the price where the terms say so; make-up is worth what was paid', () => {
    const outcome = takeOrPayYear(takeOrPay({ deficiencyShare: '0.5' }), year());
    expect([outcome.payment, text(outcome.makeUp!.price.amount)]).toEqual([75_600_000n, '7000']);
    expect(takeOrPayYear(takeOrPay({ deficiencyShare: '0' }), year())).toMatchObject({
      ...{ payment: 0n, makeUp: undefined },
    });
    expect(takeOrPayYear(takeOrPay({ makeUpYears: 0 }), year()).makeUp).toBeUndefined();
  });

  it('beyond the year’s quantity, make-up is used up oldest first, unless it has expired, at the lower price', () => {
    const taken = year({
      ...{ year: 2029, taken: dec('1230'), sellerShortfall: dec('0'), forceMajeure: dec('0') },
      makeUp: [lot(2025, '99', '9000', 2028), lot(2026, '10', '13000', 2029), lot(2027, '15', '15000', 2030)],
    });
    const outcome = takeOrPayYear(takeOrPay({ carryForwardShare: '0.1' }), taken);
    expect(outcome.makeUpTaken.map(({ year: of, quantity }) => [of, text(quantity)])).toEqual([
      [2026, '10'],
      [2027, '15'],
    ]);
    // 10 t at 13,000 and 15 t at 14,000, the price now being below what was paid
    expect(outcome.credit).toBe(34_000_000n);
    expect(text(outcome.carriedForward)).toBe('5');
    expect(text(takeOrPayYear(takeOrPay(), taken).carriedForward)).toBe('0');
  });

  it('what was carried forward lowers the minimum, up to a share of the quantity, until it expires', () => {
    const carryForward = [
      { year: 2024, quantity: dec('500') },
      { year: 2026, quantity: dec('80') },
    ];
    const terms = { carryForwardShare: '0.05', carryForwardYears: 2 };
    const outcome = takeOrPayYear(takeOrPay(terms), year({ carryForward }));
    expect(outcome.carryForwardUsed.map(({ year: of, quantity }) => [of, text(quantity)])).toEqual([
      [2026, '60'],
    ]);
    expect([text(outcome.deficiency), outcome.payment]).toEqual(['48', 67_200_000n]);
    expect(text(takeOrPayYear(takeOrPay(), year({ carryForward })).deficiency)).toBe('108');
  });
});
