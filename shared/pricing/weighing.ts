import { divide } from '../kernel/decimal.ts';
import { billionths } from './billionths.ts';
import type { PricePoint } from './reference-price.ts';

/** A point's price and the quantity it weighs with, in billionths of the series' own units. */
export interface Weighed {
  readonly point: PricePoint;
  readonly price: bigint;
  readonly quantity: bigint;
}

export const weigh = (point: PricePoint): Weighed => ({
  point,
  price: billionths(point.price.amount),
  quantity: billionths(point.quantity.amount),
});

export const quantityOfAll = (points: readonly Weighed[]): bigint =>
  points.reduce((sum, { quantity }) => sum + quantity, 0n);

/** The least price at or below which half of the quantity lies. */
export function weightedMedian(points: readonly Weighed[]): bigint {
  const total = quantityOfAll(points);
  let below = 0n;
  for (const { price, quantity } of [...points].sort((a, b) => (a.price < b.price ? -1 : 1))) {
    below += quantity;
    if (2n * below >= total) return price;
  }
  throw new RangeError('weightedMedian: no points');
}

/** Σ price × quantity ÷ Σ quantity, half to even to the billionth. */
export const weightedMean = (points: readonly Weighed[]): bigint =>
  divide(
    points.reduce((sum, { price, quantity }) => sum + price * quantity, 0n),
    quantityOfAll(points),
    'half-even',
  );
