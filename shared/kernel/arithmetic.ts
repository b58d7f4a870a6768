import type { Decimal, Rounding } from './decimal.ts';
import { compareDecimal, divide, tenTo, trimDecimal } from './decimal.ts';

/** Exact sums and products of decimals: nothing here rounds, except `atScale`, which is told how. */

export const zero: Decimal = { units: 0n, scale: 0 };

const aligned = (a: Decimal, b: Decimal): readonly [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * tenTo(scale - a.scale), b.units * tenTo(scale - b.scale), scale];
};

export function plus(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = aligned(a, b);
  return { units: left + right, scale };
}

/** May be negative. */
export function minus(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = aligned(a, b);
  return { units: left - right, scale };
}

export const times = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
});

export const least = (a: Decimal, b: Decimal): Decimal => (compareDecimal(a, b) <= 0 ? a : b);
export const most = (a: Decimal, b: Decimal): Decimal => (compareDecimal(a, b) >= 0 ? a : b);

/** The difference, or nothing where there is none left. */
export const lessAtMost = (a: Decimal, b: Decimal): Decimal => most(zero, minus(a, b));

export const sumOf = (values: Iterable<Decimal>): Decimal => [...values].reduce(plus, zero);

export const isZero = ({ units }: Decimal): boolean => units === 0n;

/** With at most `scale` digits after the point, rounded as told; a non-negative value. */
export const atScale = (value: Decimal, scale: number, rounding: Rounding): Decimal =>
  value.scale <= scale
    ? trimDecimal(value)
    : trimDecimal({ units: divide(value.units, tenTo(value.scale - scale), rounding), scale });
