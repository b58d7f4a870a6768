import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, divide, tenTo } from '../../../shared/kernel/decimal.ts';

/** Sums, averages and ranges of exact figures, for showing what a market did. */

export interface Range {
  readonly low: Decimal;
  readonly high: Decimal;
}

export const zero: Decimal = { units: 0n, scale: 0 };

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: a.units * tenTo(scale - a.scale) + b.units * tenTo(scale - b.scale), scale };
}
export const sum = (values: readonly Decimal[]): Decimal => values.reduce(add, zero);
export const times = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
});

/** The average of values by weight, in the digits of the values, rounded down. */
export function weighted(entries: readonly (readonly [value: Decimal, weight: Decimal])[]): Decimal {
  const scale = Math.max(...entries.map(([value]) => value.scale));
  const total = sum(entries.map(([value, weight]) => times(value, weight)));
  const weight = sum(entries.map(([, quantity]) => quantity));
  return {
    units: divide(
      total.units * tenTo(weight.scale) * tenTo(scale),
      weight.units * tenTo(total.scale),
      'down',
    ),
    scale,
  };
}

export function range(values: readonly Decimal[]): Range | undefined {
  const sorted = values.toSorted(compareDecimal);
  const [low] = sorted;
  const high = sorted.at(-1);
  return low === undefined || high === undefined ? undefined : { low, high };
}

export function widthOf({ low, high }: Range): Decimal {
  const scale = Math.max(low.scale, high.scale);
  return {
    units: high.units * tenTo(scale - high.scale) - low.units * tenTo(scale - low.scale),
    scale,
  };
}
