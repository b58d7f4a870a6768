import { lessAtMost } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import type { Product } from '../reference/product.ts';
import type { StockpileProduct } from './stockpile.ts';
import { massOfSteps, stepsOf } from './steps.ts';

/**
 * Days of cover = available ÷ daily use; daily use = declared annual use ÷ 365, on the declared basis (consumption, or net
 * imports). A year has 365 days, leap years too. Target = target days × daily use; deficit = what is missing of it.
 */

const daysOfYear = 365n;

/** Digits that days of cover are stated with. */
const daysScale = 4;

type Measured = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;

/** Declared use of a year, in steps; another unit is converted, rounded up: cover is never flattered. */
const annualSteps = ({ annualUse }: Pick<StockpileProduct, 'annualUse'>, product: Measured): Result<bigint> =>
  stepsOf(annualUse.quantity, product, '/annualUse/quantity', 'up');

/** Of one day, rounded up to what is weighed. Errors: unit_not_convertible, off_lot. */
export function dailyUse(rules: Pick<StockpileProduct, 'annualUse'>, product: Measured): Result<Quantity> {
  const annual = annualSteps(rules, product);
  return annual.ok ? ok(massOfSteps(divide(annual.value, daysOfYear, 'up'), product)) : annual;
}

/** Days that a mass (zero allowed) covers, rounded down to the ten-thousandth. Errors: unit_not_convertible, off_lot. */
export function daysOfCover(
  available: Quantity,
  rules: Pick<StockpileProduct, 'annualUse'>,
  product: Measured,
): Result<Decimal> {
  const annual = annualSteps(rules, product);
  if (!annual.ok) return annual;
  if (available.amount.units === 0n) return ok({ units: 0n, scale: 0 });
  const steps = stepsOf(available, product);
  if (!steps.ok) return steps;
  return ok(
    trimDecimal({
      units: divide(steps.value * daysOfYear * tenTo(daysScale), annual.value, 'down'),
      scale: daysScale,
    }),
  );
}

/** What the target days come to, rounded up to what is weighed. Errors: unit_not_convertible, off_lot. */
export function targetQuantity(
  rules: Pick<StockpileProduct, 'annualUse' | 'targetDays'>,
  product: Measured,
): Result<Quantity> {
  const annual = annualSteps(rules, product);
  if (!annual.ok) return annual;
  const steps = divide(annual.value * BigInt(rules.targetDays), daysOfYear, 'up');
  return ok(massOfSteps(steps, product));
}

/** What is missing of the target; nothing where there is enough. Errors: unit_not_convertible, off_lot. */
export function deficit(
  available: Quantity,
  rules: Pick<StockpileProduct, 'annualUse' | 'targetDays'>,
  product: Measured,
): Result<Quantity> {
  const target = targetQuantity(rules, product);
  if (!target.ok) return target;
  return ok({ amount: lessAtMost(target.value.amount, available.amount), unit: product.unit });
}
