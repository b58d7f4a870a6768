import type { Decimal, Rounding } from '../kernel/decimal.ts';
import { divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import { digitsOf } from '../kernel/money.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Unit } from '../kernel/unit.ts';
import { conversion } from '../kernel/unit.ts';

/**
 * Prices and masses as whole billionths: as many digits as any decimal of the wire may have, so that sums, products and
 * comparisons of what was stated are exact integers.
 */
export const DIGITS = 9;

export const billionths = ({ units, scale }: Decimal): bigint => {
  if (scale > DIGITS) throw new RangeError(`more than ${DIGITS} digits after the point`);
  return units * tenTo(DIGITS - scale);
};

/** As a decimal without needless zeros, with at least `digits` after the point. */
export const ofBillionths = (value: bigint, digits = 0): Decimal =>
  trimDecimal({ units: value, scale: DIGITS }, digits);

/**
 * The price of the same mass in another unit, to the ninth digit; `undefined` where a contained unit meets one of
 * product mass without a factor between them: USD/lb and USD/kg differ by 2.2, USD/t and USD/mtu by 80.
 */
export function pricePer(
  price: Price,
  unit: Unit,
  containedFactor: Decimal | undefined,
  rounding: Rounding = 'half-even',
): Price | undefined {
  if (price.per === unit) return price;
  const ratio = conversion(unit, price.per, containedFactor);
  if (ratio === undefined) return undefined;
  const amount = divide(billionths(price.amount) * ratio.numerator, ratio.denominator, rounding);
  return amount === 0n
    ? undefined
    : { ...price, amount: ofBillionths(amount, digitsOf(price.currency)), per: unit };
}

/** The same mass in another unit, to the ninth digit, half to even; `undefined` as for `pricePer`. */
export function quantityIn(
  quantity: Quantity,
  unit: Unit,
  containedFactor: Decimal | undefined,
): Quantity | undefined {
  if (quantity.unit === unit) return quantity;
  const ratio = conversion(quantity.unit, unit, containedFactor);
  if (ratio === undefined) return undefined;
  const amount = divide(billionths(quantity.amount) * ratio.numerator, ratio.denominator, 'half-even');
  return amount === 0n ? undefined : { amount: ofBillionths(amount), unit };
}
