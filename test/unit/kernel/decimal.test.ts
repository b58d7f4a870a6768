import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  compareDecimal,
  decimal,
  decimalCodec,
  divide,
  formatDecimal,
  parseDecimal,
  shareCodec,
  trimDecimal,
} from '../../../shared/kernel/decimal.ts';

describe('decimals', () => {
  it('are answered with the digits they were written with', () => {
    for (const text of ['0', '110', '110.00', '0.001', '999999999999999.123456789'])
      expect(formatDecimal(decimal(text))).toBe(text);
  });

  it('refuse signs, exponents, blanks, leading zeros, words and numbers too long to be meant', () => {
    for (const text of [
      '',
      '-1',
      '+1',
      '1e3',
      ' 1',
      '01',
      '.5',
      '1.',
      'NaN',
      '1'.repeat(16),
      '0.0000000001',
      '１',
    ])
      expect(parseDecimal(text)).toBeUndefined();
  });

  it('compare by value, not by how they are written', () => {
    expect(compareDecimal(decimal('110.0'), decimal('110.000'))).toBe(0);
    expect(compareDecimal(decimal('109.99'), decimal('110'))).toBe(-1);
    expect(compareDecimal(decimal('2'), decimal('1.999'))).toBe(1);
  });

  it('lose only the zeros they may lose', () => {
    expect(formatDecimal(trimDecimal(decimal('97.500')))).toBe('97.5');
    expect(formatDecimal(trimDecimal(decimal('97.000'), 2))).toBe('97.00');
    expect(formatDecimal(trimDecimal(decimal('97'), 2))).toBe('97.00');
  });

  it('never travel as JSON numbers', () => {
    expect(z.safeDecode(decimalCodec, 110 as unknown as string).success).toBe(false);
    expect(z.encode(decimalCodec, decimal('110.00'))).toBe('110.00');
  });

  it('bound a share by one', () => {
    expect(z.safeDecode(shareCodec, '1.000').success).toBe(true);
    expect(z.safeDecode(shareCodec, '1.001').success).toBe(false);
  });
});

describe('divide', () => {
  it('rounds the way its caller names', () => {
    expect(divide(7n, 2n, 'down')).toBe(3n);
    expect(divide(7n, 2n, 'up')).toBe(4n);
    expect(divide(8n, 2n, 'up')).toBe(4n);
  });

  it('is not defined for what never occurs', () => {
    expect(() => divide(-1n, 2n, 'down')).toThrow(RangeError);
    expect(() => divide(1n, 0n, 'down')).toThrow(RangeError);
  });
});
