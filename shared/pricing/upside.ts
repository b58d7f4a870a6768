import type { Decimal } from '../kernel/decimal.ts';
import { divide, tenTo } from '../kernel/decimal.ts';
import type { Money, Price } from '../kernel/money.ts';
import { digitsOf, moneyOf } from '../kernel/money.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { billionths, DIGITS, ofBillionths, pricePer, quantityIn } from './billionths.ts';

/** The seller gives back `share` of what its price exceeds `threshold`, up to `annualCap` a calendar year. */
export interface UpsideShare {
  readonly share: Decimal;
  readonly threshold: Price;
  readonly annualCap?: Money | undefined;
}

/** What was delivered at one price. */
export interface Sale {
  readonly price: Price;
  readonly quantity: Quantity;
}

export interface Upside {
  /** Without the cap. */
  readonly uncapped: Money;
  readonly owed: Money;
  readonly isCapped: boolean;
}

/**
 * What is owed of a calendar year: share × Σ max(0, price − threshold) × quantity, half to even to the minor unit, once
 * for the whole year. (The offtake of Lynas and JARE, 2026: 30 % above 150 USD/kg, at most USD 10 m.)
 * Errors: currency_mismatch, unit_not_convertible.
 */
export function upsideOf(
  { share, threshold, annualCap }: UpsideShare,
  sales: readonly Sale[],
  containedFactor?: Decimal,
): Result<Upside> {
  const { currency, per } = threshold;
  let excess = 0n;
  for (const [place, sale] of sales.entries()) {
    if (sale.price.currency !== currency || (annualCap?.currency ?? currency) !== currency)
      return fail(fieldProblem('currency_mismatch', `/${place}`, `The threshold is in ${currency}.`));
    const price = pricePer(sale.price, per, containedFactor);
    const quantity = quantityIn(sale.quantity, per, containedFactor);
    if (price === undefined || quantity === undefined)
      return fail(fieldProblem('unit_not_convertible', `/${place}`, `It cannot be stated per ${per}.`));
    const above = billionths(price.amount) - billionths(threshold.amount);
    if (above > 0n) excess += above * billionths(quantity.amount);
  }
  const uncapped = divide(
    excess * share.units * tenTo(digitsOf(currency)),
    tenTo(2 * DIGITS + share.scale),
    'half-even',
  );
  const cap = annualCap && divide(minorDigits(annualCap), tenTo(DIGITS), 'down');
  const isCapped = cap !== undefined && uncapped > cap;
  return ok({
    uncapped: moneyOf(uncapped, currency),
    owed: moneyOf(isCapped ? cap : uncapped, currency),
    isCapped,
  });
}

const minorDigits = ({ amount, currency }: Money): bigint => billionths(amount) * tenTo(digitsOf(currency));

/**
 * The least price, with so many digits, from which the annual cap leaves the seller all that is above; `undefined`
 * without a cap, or with nothing delivered. Quantity in the threshold's own unit.
 */
export function capBindsFrom(
  { share, threshold, annualCap }: UpsideShare,
  quantity: Quantity,
  digits: number,
): Decimal | undefined {
  const weight = billionths(quantity.amount) * share.units;
  if (annualCap === undefined || weight === 0n) return undefined;
  const above = divide(billionths(annualCap.amount) * tenTo(DIGITS + share.scale), weight, 'up');
  const step = tenTo(DIGITS - digits);
  const from = divide(billionths(threshold.amount) + above, step, 'up') * step;
  return ofBillionths(from, digits);
}
