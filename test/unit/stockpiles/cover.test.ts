import { describe, expect, it } from 'vitest';
import { times } from '../../../shared/kernel/arithmetic.ts';
import { decimal, divide, formatDecimal, tenTo } from '../../../shared/kernel/decimal.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { must } from '../../../shared/kernel/result.ts';
import type { Unit } from '../../../shared/kernel/unit.ts';
import { daysOfCover, dailyUse, deficit, targetQuantity } from '../../../shared/stockpiles/cover.ts';

const mass = (amount: string, unit: Unit = 't') => ({ amount: decimal(amount), unit });
const tonnes = { unit: 't' as const, lot: mass('1') };
const rules = (annual: string, targetDays = 100, unit: Unit = 't') => ({
  ...{ targetDays, annualUse: { quantity: mass(annual, unit), year: 2025, source: 'USGS MCS 2026' } },
});
/** Half to even, to so many digits. */
const rounded = ({ units, scale }: Decimal, digits: number): string =>
  formatDecimal(
    scale <= digits
      ? { units: units * tenTo(digits - scale), scale: digits }
      : { units: divide(units, tenTo(scale - digits), 'half-even'), scale: digits },
  );

describe('cover', () => {
  it('T7: 1,600 t of cobalt cover 60.8 days of 9,600 t a year, or 77.0 of its net imports at 79 %', () => {
    expect(rounded(must(daysOfCover(mass('1600'), rules('9600'), tonnes)), 1)).toBe('60.8');
    const netImports = formatDecimal(times(decimal('9600'), decimal('0.79')));
    expect(rounded(must(daysOfCover(mass('1600'), rules(netImports), tonnes)), 1)).toBe('77.0');
  });

  it('T7: 100 days of it are 2,630.1 t, of which 1,030.1 t are missing', () => {
    expect(rounded(must(targetQuantity(rules('9600'), tonnes)).amount, 1)).toBe('2630.1');
    expect(rounded(must(deficit(mass('1600'), rules('9600'), tonnes)).amount, 1)).toBe('1030.1');
  });

  it('T7b: 180 days of 19 t of gallium are 9.370 t', () => {
    expect(rounded(must(targetQuantity(rules('19', 180), tonnes)).amount, 3)).toBe('9.370');
  });

  it('states days rounded down, targets rounded up, and use in another unit alike', () => {
    expect(formatDecimal(must(daysOfCover(mass('1600'), rules('9600'), tonnes)))).toBe('60.8333');
    expect(formatDecimal(must(targetQuantity(rules('9600'), tonnes)).amount)).toBe('2630.136987');
    expect(must(targetQuantity(rules('9600000', 100, 'kg'), tonnes))).toEqual(
      must(targetQuantity(rules('9600'), tonnes)),
    );
    expect(must(dailyUse(rules('365'), tonnes))).toEqual(mass('1'));
  });

  it('is nothing without stock, and misses nothing beyond its target', () => {
    expect(formatDecimal(must(daysOfCover(mass('0'), rules('9600'), tonnes)))).toBe('0');
    expect(formatDecimal(must(deficit(mass('2630.136987'), rules('9600'), tonnes)).amount)).toBe('0');
    expect(formatDecimal(must(deficit(mass('2630.136986'), rules('9600'), tonnes)).amount)).toBe('0.000001');
  });
});
