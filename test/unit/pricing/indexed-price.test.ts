import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Price } from '../../../shared/kernel/money.ts';
import type { IndexedTerms } from '../../../shared/pricing/indexed-price.ts';
import { settledPrice } from '../../../shared/pricing/indexed-price.ts';
import { quotationalWindow } from '../../../shared/pricing/quotational-period.ts';
import { suspectedUnit } from '../../../shared/pricing/suspected-unit.ts';
import { aProduct } from '../../support/products.ts';

const usd = (amount: string, per: Price['per'] = 'kg'): Price => ({
  amount: decimal(amount),
  currency: 'USD',
  per,
});

const terms: IndexedTerms = {
  kind: 'indexed',
  reference: 'ndpr-europe',
  referencePrice: usd('100.00'),
  fixing: {
    series: 'ndpr-europe',
    seriesVersion: 1,
    window: { from: '2026-10-25', to: '2026-11-23' },
    price: usd('100.00'),
    pointsDigest: '0'.repeat(64),
    basis: { kind: 'primary' },
  },
  floorEffect: 'none',
  dutyRate: decimal('0'),
};
const entry = (price: string, landed = price, duties = '0.00', levy = '0.00') => ({
  price: usd(price),
  landedPrice: usd(landed),
  waterfall: { duties: decimal(duties), levy: decimal(levy) },
});
const settled = (
  reference: Price,
  {
    changes = {},
    floor,
    of = entry('112.00'),
  }: { changes?: Partial<IndexedTerms>; floor?: string; of?: ReturnType<typeof entry> } = {},
  product = aProduct(),
) => {
  const outcome = settledPrice(
    of,
    { priceTerms: { ...terms, ...changes }, floor: floor === undefined ? null : { price: usd(floor) } },
    reference,
    product,
  );
  if (!outcome.ok) return outcome.problem.code;
  const { price, duties, levy, landed, bound } = outcome.value;
  const amounts = [price.amount, duties, levy, landed.amount].map(formatDecimal);
  return [...amounts, bound].join(' ');
};

describe('an indexed price', () => {
  it('is the reference of its quarter and the premium that was sold', () => {
    expect(settled(usd('90'))).toBe('102.00 0.00 0.00 102.00 none');
    expect(settled(usd('130'))).toBe('142.00 0.00 0.00 142.00 none');
    // a premium may be a discount
    expect(settled(usd('130'), { of: entry('95.00') })).toBe('125.00 0.00 0.00 125.00 none');
  });

  it('keeps to floor and cap', () => {
    const collar = { changes: { cap: usd('120.00'), floorEffect: 'hard' as const }, floor: '110.00' };
    expect(settled(usd('90'), collar)).toBe('110.00 0.00 0.00 110.00 floor');
    expect(settled(usd('98'), collar)).toBe('110.00 0.00 0.00 110.00 none');
    expect(settled(usd('105'), collar)).toBe('117.00 0.00 0.00 117.00 none');
    expect(settled(usd('130'), collar)).toBe('120.00 0.00 0.00 120.00 cap');
  });

  it('does not keep a floor that did not act on the trade', () => {
    expect(settled(usd('90'), { floor: '110.00' })).toBe('102.00 0.00 0.00 102.00 none');
  });

  it('of a border-adjusted import falls with the reference, and the levy brings what lands up to the floor', () => {
    const levied = {
      changes: { floorEffect: 'levied' as const, dutyRate: decimal('0.037') },
      floor: '110.00',
    };
    // 72.00 + ⌈2.664⌉ duty, and 35.33 lack to 110
    expect(settled(usd('60'), levied)).toBe('72.00 2.67 35.33 110.00 none');
    expect(settled(usd('100.01'), levied)).toBe('112.01 4.15 0.00 116.16 none');
  });

  it('is as it was cleared when the reference is what it was', () => {
    const cleared = entry('112.00', '116.16', '4.16');
    expect(settled(usd('100'), { changes: { dutyRate: decimal('0.037') }, of: cleared })).toBe(
      '112.00 4.16 0.00 116.16 none',
    );
  });

  it('is rounded half to even to the tick, and never below one', () => {
    expect(settled(usd('100.005'))).toBe('112.00 0.00 0.00 112.00 none');
    expect(settled(usd('100.015'))).toBe('112.02 0.00 0.00 112.02 none');
    expect(settled(usd('1'), { of: entry('50.00') })).toBe('0.01 0.00 0.00 0.01 none');
  });

  it('converts a series in another unit than the product, and refuses what cannot be', () => {
    // 40.8233133 USD/lb is 90 USD/kg
    expect(settled(usd('40.8233133', 'lb'))).toBe('102.00 0.00 0.00 102.00 none');
    expect(settled(usd('900', 'mtu'))).toBe('unit_not_convertible');
    expect(settled(usd('900', 'mtu'), { changes: { containedFactor: decimal('1') } })).toBe(
      '102.00 0.00 0.00 102.00 none',
    );
    expect(settled({ ...usd('90'), currency: 'EUR' })).toBe('currency_mismatch');
  });

  it('keeps the factor it was concluded with, whatever the product says later', () => {
    const product = { ...aProduct(), containedFactor: decimal('0.5') };
    const changes = { containedFactor: decimal('1') };
    expect(settled(usd('900', 'mtu'), { changes }, product)).toBe('102.00 0.00 0.00 102.00 none');
  });
});

describe('a quotational period', () => {
  it('is the quarter of delivery, or whole months that end later', () => {
    expect(quotationalWindow('2027-Q1')).toEqual({ from: '2027-01-01', to: '2027-03-31' });
    expect(quotationalWindow('2027-Q1', { offset: 0, months: 1 })).toEqual({
      from: '2027-03-01',
      to: '2027-03-31',
    });
    expect(quotationalWindow('2027-Q4', { offset: 2, months: 1 })).toEqual({
      from: '2028-02-01',
      to: '2028-02-29',
    });
    expect(quotationalWindow('2027-Q4', { offset: 2, months: 3 })).toEqual({
      from: '2027-12-01',
      to: '2028-02-29',
    });
  });
});

describe('a suspected unit', () => {
  it('is named where the price would be in line in it', () => {
    expect(suspectedUnit(usd('20.5'), usd('9.50'), undefined)).toBeUndefined();
    expect(suspectedUnit(usd('20.944', 'lb'), usd('9.50', 'lb'), undefined)).toMatchObject({ unit: 'kg' });
    expect(suspectedUnit(usd('9.50'), usd('21'), undefined)).toMatchObject({ unit: 'lb' });
    expect(suspectedUnit(usd('85000'), usd('84'), undefined)).toMatchObject({ unit: 't' });
  });

  it('is told without a name where none fits, from tenfold on', () => {
    expect(suspectedUnit(usd('840'), usd('84'), undefined)).toMatchObject({
      code: 'suspected_unit',
      unit: undefined,
    });
    expect(suspectedUnit(usd('839.99'), usd('84'), undefined)).toBeUndefined();
    expect(suspectedUnit(usd('8.4'), usd('84'), undefined)).toMatchObject({ unit: undefined });
  });

  it('leaves alone a price that moved', () => {
    // ammonium paratungstate, May 2025 to January 2026
    expect(suspectedUnit(usd('1050', 'mtu'), usd('400', 'mtu'), undefined)).toBeUndefined();
  });
});
