import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Price } from '../../../shared/kernel/money.ts';
import type { UpsideShare } from '../../../shared/pricing/upside.ts';
import { capBindsFrom, upsideOf } from '../../../shared/pricing/upside.ts';

const usd = (amount: string, per: Price['per'] = 'kg'): Price => ({
  amount: decimal(amount),
  currency: 'USD',
  per,
});
const tonnes = (amount: string) => ({ amount: decimal(amount), unit: 't' as const });

/** Lynas and JARE, 2026: the seller gives back 30 % of what is above 150 USD/kg, at most USD 10 m a calendar year. */
const terms: UpsideShare = {
  share: decimal('0.30'),
  threshold: usd('150'),
  annualCap: { amount: decimal('10000000'), currency: 'USD' },
};
const owed = (price: string, quantity = '5000', changes: Partial<UpsideShare> = {}) => {
  const upside = upsideOf({ ...terms, ...changes }, [{ price: usd(price), quantity: tonnes(quantity) }]);
  if (!upside.ok) throw new Error(upside.problem.detail);
  return {
    uncapped: formatDecimal(upside.value.uncapped.amount),
    owed: formatDecimal(upside.value.owed.amount),
    isCapped: upside.value.isCapped,
  };
};

describe('an upside share', () => {
  it('of 5000 t at 185 would be 52.5 m, and is capped at 10 m', () => {
    expect(owed('185')).toEqual({ uncapped: '52500000.00', owed: '10000000.00', isCapped: true });
  });

  it('is capped from 156.67 on', () => {
    expect(owed('156.66')).toEqual({ uncapped: '9990000.00', owed: '9990000.00', isCapped: false });
    expect(owed('156.67')).toMatchObject({ owed: '10000000.00', isCapped: true });
    expect(capBindsFrom(terms, { amount: decimal('5000000'), unit: 'kg' }, 2)).toEqual(decimal('156.67'));
  });

  it('is nothing at or below the threshold', () => {
    expect(owed('150').owed).toBe('0.00');
    expect(owed('110').owed).toBe('0.00');
  });

  it('is of each sale by itself: what is below does not make up for what is above', () => {
    const upside = upsideOf({ ...terms, annualCap: undefined }, [
      { price: usd('160'), quantity: tonnes('1') },
      { price: usd('100'), quantity: tonnes('1') },
    ]);
    expect(upside.ok && formatDecimal(upside.value.owed.amount)).toBe('3000.00');
  });

  it('takes sales in other units at what they are worth', () => {
    const inPounds = upsideOf({ ...terms, annualCap: undefined }, [
      { price: usd('74.842741050', 'lb'), quantity: { amount: decimal('1000'), unit: 'lb' } },
    ]);
    // 165.0000... USD/kg on 453.59237 kg: 0.3 × 15 × 453.59237
    expect(inPounds.ok && formatDecimal(inPounds.value.owed.amount)).toBe('2041.17');
    expect(upsideOf(terms, [{ price: usd('200', 'mtu'), quantity: tonnes('1') }])).toMatchObject({
      ok: false,
      problem: { code: 'unit_not_convertible' },
    });
    expect(
      upsideOf(terms, [{ price: { ...usd('200'), currency: 'EUR' }, quantity: tonnes('1') }]),
    ).toMatchObject({ ok: false, problem: { code: 'currency_mismatch' } });
  });

  it('of a milestone reached by MP: 30 % of what 131.50 is above 110, on 1200 t, is 7 740 000', () => {
    expect(owed('131.50', '1200', { threshold: usd('110'), annualCap: undefined }).owed).toBe('7740000.00');
  });
});
