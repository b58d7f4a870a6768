import { divide, tenTo } from '../kernel/decimal.ts';
import type { Currency, Price } from '../kernel/money.ts';
import { digitsOf } from '../kernel/money.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import { billionths, DIGITS } from '../pricing/billionths.ts';
import { referencePerUnit } from '../pricing/indexed-price.ts';
import type { Product } from '../reference/product.ts';

/** A price or a mass per the product's own unit, so that the only division is the last one, to minor units. */
export type Billionths = bigint;

/** Minor units of `quantity` at `price`, rounded down: neither side pays more than is owed. */
export const moneyFor = (price: Billionths, quantity: Billionths, currency: Currency): bigint =>
  divide(price * quantity * tenTo(digitsOf(currency)), tenTo(2 * DIGITS), 'down');

/**
 * A reference price per unit of the product, rounded up to the billionth: the gap to it is never overstated.
 * Errors: currency_mismatch, unit_not_convertible.
 */
export function perProductUnit(
  price: Price,
  product: Pick<Product, 'unit' | 'currency' | 'containedFactor'>,
): Result<Billionths> {
  const own = referencePerUnit(price, product, product.containedFactor, 'up');
  return own.ok ? ok(billionths(own.value.amount)) : own;
}

export const least = (...values: readonly bigint[]): bigint =>
  values.reduce((lowest, value) => (value < lowest ? value : lowest));

/** The value, or zero where it is negative. */
export const atLeastZero = (value: bigint): bigint => (value > 0n ? value : 0n);
