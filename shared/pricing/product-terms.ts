import type { Decimal, Rounding } from '../kernel/decimal.ts';
import { divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import { digitsOf } from '../kernel/money.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { conversion } from '../kernel/unit.ts';
import type { Product } from '../reference/product.ts';

/**
 * Prices in whole ticks and quantities in whole lots of a product: the integers that clearing compares.
 * Asks and floors round up to the tick, limits and quantities down; in the product's own unit there is
 * nothing to round, so a value off the tick or the lot is refused.
 */

const maximumLots = 10n ** 12n;
const maximumTicks = 10n ** 8n;

type PriceTerms = Pick<Product, 'unit' | 'currency' | 'priceTick' | 'containedFactor'>;
type QuantityTerms = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;

/** A price in ticks of the product. Errors: currency_mismatch, unit_not_convertible, off_tick. */
export function ticksOf(
  price: Price,
  product: PriceTerms,
  rounding: Rounding,
  pointer = '/price',
): Result<bigint> {
  if (price.currency !== product.currency)
    return fail(
      fieldProblem('currency_mismatch', `${pointer}/currency`, `This product trades in ${product.currency}.`),
    );
  // One product unit is `ratio` of the price's unit, so the price per product unit is price × ratio.
  const ratio = conversion(product.unit, price.per, product.containedFactor);
  if (ratio === undefined) return fail(notConvertible(`${pointer}/per`, price.per, product.unit));
  const tick = product.priceTick.amount;
  const numerator = price.amount.units * ratio.numerator * tenTo(tick.scale);
  const denominator = tenTo(price.amount.scale) * ratio.denominator * tick.units;
  if (price.per === product.unit && numerator % denominator !== 0n)
    return fail(
      fieldProblem(
        'off_tick',
        `${pointer}/amount`,
        `Prices of this product are multiples of its price tick.`,
      ),
    );
  const ticks = divide(numerator, denominator, rounding);
  if (ticks === 0n || ticks > maximumTicks)
    return fail(fieldProblem('off_tick', `${pointer}/amount`, 'The price is out of range for this product.'));
  return ok(ticks);
}

/** A quantity in lots of the product, rounded down unless told. Errors: unit_not_convertible, off_lot. */
export function lotsOf(
  quantity: Quantity,
  product: QuantityTerms,
  pointer = '/quantity',
  rounding: Rounding = 'down',
): Result<bigint> {
  const ratio = conversion(quantity.unit, product.unit, product.containedFactor);
  if (ratio === undefined) return fail(notConvertible(`${pointer}/unit`, quantity.unit, product.unit));
  const lot = product.lot.amount;
  const numerator = quantity.amount.units * ratio.numerator * tenTo(lot.scale);
  const denominator = tenTo(quantity.amount.scale) * ratio.denominator * lot.units;
  if (quantity.unit === product.unit && numerator % denominator !== 0n)
    return fail(
      fieldProblem('off_lot', `${pointer}/amount`, 'Quantities of this product are multiples of its lot.'),
    );
  const lots = divide(numerator, denominator, rounding);
  if (lots === 0n || lots > maximumLots)
    return fail(
      fieldProblem('off_lot', `${pointer}/amount`, 'The quantity is out of range for this product.'),
    );
  return ok(lots);
}

/** Digits that a price is written with: those of the tick, and never fewer than the currency's own. */
const priceScale = (product: PriceTerms): number =>
  Math.max(product.priceTick.amount.scale, digitsOf(product.currency));

/** A whole number of ticks (zero allowed) as an amount in the product's currency per unit. */
export function amountOfTicks(ticks: bigint, product: PriceTerms): Decimal {
  const tick = product.priceTick.amount;
  return { units: ticks * tick.units * tenTo(priceScale(product) - tick.scale), scale: priceScale(product) };
}

/** A price from whole ticks, in the product's own currency and unit. */
export const priceOf = (ticks: bigint, product: PriceTerms): Price => ({
  amount: amountOfTicks(ticks, product),
  currency: product.currency,
  per: product.unit,
});

/** A quantity from whole lots (zero allowed), in the product's own unit. */
export const quantityOf = (lots: bigint, product: QuantityTerms): Quantity => ({
  amount: trimDecimal({ units: lots * product.lot.amount.units, scale: product.lot.amount.scale }),
  unit: product.unit,
});

/**
 * A price in the product's own unit, on its tick: as it was written where it is in that unit already, else converted
 * and rounded. Errors: those of `ticksOf`.
 */
export function ownPrice(price: Price, product: PriceTerms, rounding: Rounding): Result<Price> {
  const ticks = ticksOf(price, product, rounding);
  if (!ticks.ok) return ticks;
  return ok(price.per === product.unit ? price : priceOf(ticks.value, product));
}

/** A quantity, of which there are so many lots, in the product's own unit: as written where it is in that already. */
export const ownQuantity = (written: Quantity, lots: bigint, product: QuantityTerms): Quantity =>
  written.unit === product.unit ? written : quantityOf(lots, product);

/** Exact minor units of `lots` at `ticks`; whole because tick × lot is a whole minor unit. */
export function minorUnitsOf(ticks: bigint, lots: bigint, product: PriceTerms & QuantityTerms): bigint {
  const tick = product.priceTick.amount;
  const lot = product.lot.amount;
  const numerator = ticks * lots * tick.units * lot.units * tenTo(digitsOf(product.currency));
  const denominator = tenTo(tick.scale + lot.scale);
  if (numerator % denominator !== 0n) throw new Error('tick × lot is not a whole minor unit');
  return numerator / denominator;
}

export const notConvertible = (pointer: string, from: string, to: string) =>
  fieldProblem(
    'unit_not_convertible',
    pointer,
    `${from} cannot be converted to ${to} for this product: it has no contained factor.`,
  );
