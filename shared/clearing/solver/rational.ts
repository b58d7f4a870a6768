/** An exact fraction in lowest terms; the denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const lowest = (numerator: bigint, denominator: bigint): Rational => {
  const divisor = gcd(numerator < 0n ? -numerator : numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
};

/** Of two numbers that are not negative; `gcd(0, n)` is `n`. */
export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

export const whole = (numerator: bigint): Rational => ({ numerator, denominator: 1n });
export const ZERO = whole(0n);

export const minus = (a: Rational, b: Rational): Rational =>
  lowest(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator);

export const times = (a: Rational, b: Rational): Rational =>
  a.numerator === 0n || b.numerator === 0n
    ? ZERO
    : lowest(a.numerator * b.numerator, a.denominator * b.denominator);

/** `b` is not zero. */
export const over = (a: Rational, b: Rational): Rational =>
  b.numerator > 0n
    ? lowest(a.numerator * b.denominator, a.denominator * b.numerator)
    : lowest(-a.numerator * b.denominator, -a.denominator * b.numerator);

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export const compare = (a: Rational, b: Rational): number => {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** Σ `coefficients[i] · values[i]` for whole coefficients. */
export function combine(coefficients: readonly bigint[], values: readonly Rational[]): Rational {
  let numerator = 0n;
  let denominator = 1n;
  for (const [index, coefficient] of coefficients.entries()) {
    const value = values[index]!;
    if (coefficient === 0n || value.numerator === 0n) continue;
    if (value.denominator === denominator) numerator += coefficient * value.numerator;
    else {
      numerator = numerator * value.denominator + coefficient * value.numerator * denominator;
      denominator *= value.denominator;
    }
  }
  return lowest(numerator, denominator);
}

/** The nearest whole number, halves upwards. */
export function nearest({ numerator, denominator }: Rational): bigint {
  const doubled = 2n * numerator + denominator;
  const quotient = doubled / (2n * denominator);
  return doubled < 0n && quotient * 2n * denominator !== doubled ? quotient - 1n : quotient;
}

/** The least common denominator. */
export const commonDenominator = (values: readonly Rational[]): bigint =>
  values.reduce((common, { denominator }) => (common / gcd(common, denominator)) * denominator, 1n);
