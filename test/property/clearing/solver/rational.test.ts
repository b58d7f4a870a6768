import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  combine,
  commonDenominator,
  compare,
  gcd,
  minus,
  nearest,
  over,
  times,
  whole,
  ZERO,
  type Rational,
} from '../../../../shared/clearing/solver/rational.ts';
import { runs } from '../../../support/runs.ts';

const part = fc.bigInt({ min: -30n, max: 30n });
const fractions = fc
  .tuple(part, fc.bigInt({ min: 1n, max: 12n }))
  .map(([numerator, denominator]) => over(whole(numerator), whole(denominator)));

const isLowest = ({ numerator, denominator }: Rational): boolean =>
  denominator > 0n && gcd(numerator < 0n ? -numerator : numerator, denominator) === 1n;
/** Of 27 720, which every denominator up to 12 divides: exact whole numbers to compare with. */
const FINE = 27_720n;
const fine = ({ numerator, denominator }: Rational): bigint => (numerator * FINE) / denominator;

describe('exact fractions', () => {
  test('are subtracted, multiplied, divided and compared exactly, in lowest terms', () => {
    fc.assert(
      fc.property(fractions, fractions, (a, b) => {
        const difference = minus(a, b);
        const product = times(a, b);
        expect([a, b, difference, product].every(isLowest)).toBe(true);
        expect(fine(difference)).toBe(fine(a) - fine(b));
        expect(product.numerator * a.denominator * b.denominator).toBe(
          a.numerator * b.numerator * product.denominator,
        );
        expect(Math.sign(compare(a, b))).toBe(Math.sign(Number(fine(a) - fine(b))));
        if (b.numerator === 0n) return;
        const quotient = over(a, b);
        expect(isLowest(quotient)).toBe(true);
        expect(times(quotient, b)).toEqual(a);
      }),
      { numRuns: runs(5000) },
    );
  });

  test('add up with whole coefficients', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(part, fractions), { maxLength: 5 }), (terms) => {
        const sum = combine(
          terms.map(([coefficient]) => coefficient),
          terms.map(([, value]) => value),
        );
        expect(isLowest(sum)).toBe(true);
        expect(fine(sum)).toBe(
          terms.reduce((all, [coefficient, value]) => all + coefficient * fine(value), 0n),
        );
      }),
      { numRuns: runs(5000) },
    );
  });

  test('are rounded to the nearest whole number, halves upwards', () => {
    fc.assert(
      fc.property(fractions, (value) => {
        const rounded = nearest(value);
        const off = 2n * (rounded * FINE - fine(value));
        expect(off > -FINE && off <= FINE).toBe(true);
      }),
      { numRuns: runs(3000) },
    );
    const half = over(whole(1n), whole(2n));
    expect([nearest(half), nearest(minus(ZERO, half)), nearest(whole(-3n))]).toEqual([1n, 0n, -3n]);
  });

  test('have a least common denominator', () => {
    const of = (...denominators: bigint[]): bigint =>
      commonDenominator(denominators.map((denominator) => ({ numerator: 1n, denominator })));
    expect([of(), of(1n), of(4n, 6n), of(2n, 3n, 5n), of(12n, 4n)]).toEqual([1n, 1n, 12n, 30n, 12n]);
  });

  test('of nothing are zero over one', () => {
    expect(times(ZERO, over(whole(1n), whole(3n)))).toEqual({ numerator: 0n, denominator: 1n });
    expect(minus(whole(2n), whole(2n))).toEqual(ZERO);
    expect(over(ZERO, whole(-7n))).toEqual(ZERO);
  });
});
