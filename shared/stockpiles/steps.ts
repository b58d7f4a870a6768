import { divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Rounding } from '../kernel/decimal.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, must, ok } from '../kernel/result.ts';
import { conversion } from '../kernel/unit.ts';
import { weighingDigits } from '../pricing/mass.ts';
import { notConvertible } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';

/*
 * Stock is counted in whole steps of the product's own unit: the least that is weighed of it (a gram, in metric units), or
 * finer where its lot is. What is traded is whole lots; what arrives is what the scales say. In steps both are integers,
 * so that nothing is lost between them.
 */

type Measured = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;

/** Digits after the point of one step. */
const stepScale = ({ unit, lot }: Measured): number => Math.max(weighingDigits[unit], lot.amount.scale);

/**
 * A mass in steps. In the product's own unit there is nothing to round: what is finer than a step is refused. Errors:
 * unit_not_convertible, off_lot.
 */
export function stepsOf(
  quantity: Quantity,
  product: Measured,
  pointer = '/quantity',
  rounding: Rounding = 'down',
): Result<bigint> {
  const ratio = conversion(quantity.unit, product.unit, product.containedFactor);
  if (ratio === undefined) return fail(notConvertible(`${pointer}/unit`, quantity.unit, product.unit));
  const numerator = quantity.amount.units * ratio.numerator * tenTo(stepScale(product));
  const denominator = tenTo(quantity.amount.scale) * ratio.denominator;
  if (quantity.unit === product.unit && numerator % denominator !== 0n)
    return fail(fieldProblem('off_lot', `${pointer}/amount`, 'Finer than this product is weighed.'));
  const steps = divide(numerator, denominator, rounding);
  return steps === 0n
    ? fail(fieldProblem('off_lot', `${pointer}/amount`, 'Less than this product is weighed to.'))
    : ok(steps);
}

/** So many steps (zero allowed), in the product's own unit. */
export const massOfSteps = (steps: bigint, product: Measured): Quantity => ({
  amount: trimDecimal({ units: steps, scale: stepScale(product) }),
  unit: product.unit,
});

/** Whole lots in steps. */
export const stepsOfLots = (lots: bigint, product: Measured): bigint =>
  lots * product.lot.amount.units * tenTo(stepScale(product) - product.lot.amount.scale);

/** The steps of a mass that is the product's own and may be zero: one that was counted in steps before. */
export const wholeSteps = ({ amount, unit }: Quantity, product: Measured): bigint =>
  amount.units === 0n ? 0n : must(stepsOf({ amount, unit }, product));
