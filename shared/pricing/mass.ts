import { atScale } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Unit } from '../kernel/unit.ts';
import { conversion } from '../kernel/unit.ts';
import type { Product } from '../reference/product.ts';
import { notConvertible } from './product-terms.ts';

/** Digits that a weighed mass is kept with: to the gram in metric units, to a millionth of the unit in the others. */
export const weighingDigits: Readonly<Record<Unit, number>> = {
  g: 0,
  kg: 3,
  t: 6,
  lb: 6,
  mtu: 6,
  'kg contained': 3,
};

/** What was weighed, in the product's own unit; rounded down: nobody pays for a gram that may not be there. */
export function massOf(
  quantity: Quantity,
  product: Pick<Product, 'unit' | 'containedFactor'>,
  pointer = '/quantity',
): Result<Quantity> {
  const ratio = conversion(quantity.unit, product.unit, product.containedFactor);
  if (ratio === undefined) return fail(notConvertible(`${pointer}/unit`, quantity.unit, product.unit));
  const scale = weighingDigits[product.unit];
  const units = divide(
    quantity.amount.units * ratio.numerator * tenTo(scale),
    tenTo(quantity.amount.scale) * ratio.denominator,
    'down',
  );
  return units === 0n
    ? fail(fieldProblem('invalid_request', `${pointer}/amount`, 'Less than can be weighed.'))
    : ok({ amount: trimDecimal({ units, scale }), unit: product.unit });
}

/** A mass in a unit, rounded down to what is weighed in it. */
export const weighed = (amount: Decimal, unit: Unit): Decimal =>
  atScale(amount, weighingDigits[unit], 'down');

/** What is left of a wet mass without its moisture (per cent of the wet mass), rounded down. */
export const dryMass = (wet: Decimal, moisture: Decimal, unit: Unit): Decimal =>
  weighed(
    {
      units: wet.units * (100n * tenTo(moisture.scale) - moisture.units),
      scale: wet.scale + moisture.scale + 2,
    },
    unit,
  );
