import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { range, sum, times, weighted, widthOf } from '../../../infra/local/sample/exact.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';

const amounts = fc.record({
  units: fc.bigInt({ min: 1n, max: 10n ** 9n }),
  scale: fc.integer({ min: 0, max: 4 }),
});

describe('exact figures', () => {
  it('add and multiply without a rest', () => {
    expect(formatDecimal(sum([decimal('0.1'), decimal('0.2'), decimal('3')]))).toBe('3.3');
    expect(formatDecimal(times(decimal('53.24'), decimal('168000')))).toBe('8944320.00');
  });

  it('average by weight, rounded down to the digits of the values', () => {
    const average = weighted([
      [decimal('118.80'), decimal('3')],
      [decimal('124.30'), decimal('4')],
    ]);
    expect(formatDecimal(average)).toBe('121.94');
  });

  it('an average lies within the range of what it averages', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amounts, amounts), { minLength: 1, maxLength: 8 }), (entries) => {
        const scale = Math.max(...entries.map(([value]) => value.scale));
        const values = entries.map(([value]): Decimal => ({
          units: value.units * 10n ** BigInt(scale - value.scale),
          scale,
        }));
        const average = weighted(values.map((value, index) => [value, entries[index]![1]]));
        const within = range(values)!;
        expect(compareDecimal(within.low, average)).toBeLessThanOrEqual(0);
        expect(compareDecimal(average, within.high)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('a range has a width, and nothing has no range', () => {
    expect(formatDecimal(widthOf({ low: decimal('121.0'), high: decimal('127.60') }))).toBe('6.60');
    expect(range([])).toBeUndefined();
  });
});
