import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Price } from '../../../shared/kernel/money.ts';
import { pricePer, quantityIn } from '../../../shared/pricing/billionths.ts';
import {
  concentrateValue,
  dryMass,
  metricTonUnits,
  proportionalPrice,
  tungstenConcentrateValue,
  tungstenIn,
} from '../../../shared/pricing/concentrate.ts';

const usd = (amount: string, per: Price['per']): Price => ({ amount: decimal(amount), currency: 'USD', per });
const quantity = (amount: string, unit: Price['per']) => ({ amount: decimal(amount), unit });

describe('a tungsten concentrate', () => {
  const lot = {
    dry: quantity('20', 't'),
    grade: decimal('65'),
    price: usd('1050', 'mtu'),
    payableShare: decimal('0.80'),
  };

  it('is worth its units of WO3: 20 dry tonnes at 65 % are 1300 mtu, 1 092 000 USD at 80 % of 1050', () => {
    const value = tungstenConcentrateValue(lot);
    expect(value.ok && formatDecimal(value.value.units)).toBe('1300');
    expect(value.ok && formatDecimal(value.value.value.amount)).toBe('1092000.00');
    expect(formatDecimal(tungstenIn(decimal('1300')).amount)).toBe('10309');
  });

  it('is the same lot in kilograms', () => {
    expect(tungstenConcentrateValue({ ...lot, dry: quantity('20000', 'kg') })).toEqual(
      tungstenConcentrateValue(lot),
    );
  });

  it('does not take a price per tonne for one per unit, nor contained mass for dry mass', () => {
    expect(tungstenConcentrateValue({ ...lot, price: usd('1050', 't') })).toMatchObject({
      ok: false,
      problem: { code: 'unit_not_convertible' },
    });
    expect(metricTonUnits(quantity('20', 'mtu'), decimal('65')).ok).toBe(false);
  });
});

describe('a price at a base grade', () => {
  it('is in proportion to the grade: spodumene of 5.5 % on the 6 % index of 900 is 825', () => {
    expect(formatDecimal(proportionalPrice(usd('900', 't'), decimal('5.5'), decimal('6.0')).amount)).toBe(
      '825.00',
    );
  });

  it('rounds half to even, where it must', () => {
    const third = (rounding?: 'up' | 'down' | 'half-even') =>
      formatDecimal(proportionalPrice(usd('100', 't'), decimal('5'), decimal('6'), rounding, 2).amount);
    expect([third(), third('down'), third('up')]).toEqual(['83.33', '83.33', '83.34']);
  });
});

describe('a smelter', () => {
  const terms = {
    payableShare: decimal('0.965'),
    metalPrice: decimal('9000'),
    treatmentCharge: decimal('80'),
    refiningCharge: decimal('170'),
  };
  const valueOf = (grade: string, changes: object = {}) =>
    concentrateValue(decimal(grade), { ...terms, ...changes });

  it('pays for a share of the grade, less charges', () => {
    // 28 % × 0.965 = 27.02 % paid; 270.2 kg × 9 = 2431.80; − 80 − 0.2702 × 170 = 45.934
    expect(formatDecimal(valueOf('28').payable)).toBe('27.02');
    expect(valueOf('28').value).toBe(2_305_866_000_000n);
  });

  it('pays for the grade less its deduction where that is less', () => {
    expect(formatDecimal(valueOf('20', { minimumDeduction: decimal('1') }).payable)).toBe('19');
    expect(valueOf('0.5', { minimumDeduction: decimal('1') }).payable).toEqual(decimal('0'));
  });

  it('takes penalties off, and may be owed money', () => {
    expect(valueOf('28').value - valueOf('28', { penalties: [decimal('3'), decimal('2.5')] }).value).toBe(
      5_500_000_000n,
    );
    expect(valueOf('0').value).toBe(-80_000_000_000n);
  });
});

describe('units', () => {
  it('a dry mass is the wet one less its moisture', () => {
    expect(formatDecimal(dryMass(quantity('21.5', 't'), decimal('7')).amount)).toBe('19.995');
  });

  it('antimony at 9.50 USD/lb is 20.943914908 USD/kg, not 9.50', () => {
    expect(formatDecimal(pricePer(usd('9.50', 'lb'), 'kg', undefined)!.amount)).toBe('20.943914908');
  });

  it('tungsten at 250 USD/mtu is 31.53 USD per kg W with the factor of tungsten in WO3, and nothing without', () => {
    expect(pricePer(usd('250', 'mtu'), 'kg', undefined)).toBeUndefined();
    // an mtu holds 10 kg of WO3; the product is tungsten metal, of which 1 kg is made of 1.261 kg WO3
    expect(formatDecimal(pricePer(usd('250', 'mtu'), 'kg', decimal('1.261'))!.amount)).toBe('31.525');
  });

  it('masses convert alike', () => {
    expect(formatDecimal(quantityIn(quantity('1', 'lb'), 'kg', undefined)!.amount)).toBe('0.45359237');
    expect(quantityIn(quantity('1', 'kg contained'), 'kg', undefined)).toBeUndefined();
  });
});
