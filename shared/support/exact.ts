import type { Decimal } from '../kernel/decimal.ts';
import { divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Currency, Price } from '../kernel/money.ts';
import { digitsOf } from '../kernel/money.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { conversion } from '../kernel/unit.ts';
import type { Product } from '../reference/product.ts';

/*
 * Prices and masses as whole billionths of the product's own unit: as many digits as any of them may have, so that
 * sums, differences and the lesser of two are exact, and the only division is the last one, to minor units.
 */

const DIGITS = 9;
export type Billionths = bigint;

export function billionths({ units, scale }: Decimal): Billionths {
  if (scale > DIGITS) throw new RangeError(`more than ${DIGITS} digits after the point`);
  return units * tenTo(DIGITS - scale);
}

/** As a decimal with at least `digits` after the point. */
export const ofBillionths = (value: Billionths, digits = 0): Decimal =>
  trimDecimal({ units: value, scale: DIGITS }, digits);

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
  if (price.currency !== product.currency)
    return fail(
      fieldProblem('currency_mismatch', '/reference', `This product trades in ${product.currency}.`),
    );
  const ratio = conversion(product.unit, price.per, product.containedFactor);
  if (ratio === undefined)
    return fail(
      fieldProblem(
        'unit_not_convertible',
        '/reference',
        `A price per ${price.per} cannot be compared with one per ${product.unit} of this product.`,
      ),
    );
  return ok(divide(billionths(price.amount) * ratio.numerator, ratio.denominator, 'up'));
}

export const least = (...values: readonly bigint[]): bigint =>
  values.reduce((lowest, value) => (value < lowest ? value : lowest));

/** The value, or zero where it is negative. */
export const atLeastZero = (value: bigint): bigint => (value > 0n ? value : 0n);
