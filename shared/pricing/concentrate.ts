import type { Decimal, Rounding } from '../kernel/decimal.ts';
import { compareDecimal, decimal, divide, tenTo } from '../kernel/decimal.ts';
import type { Money, Price } from '../kernel/money.ts';
import { digitsOf, moneyOf } from '../kernel/money.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { billionths, DIGITS, ofBillionths, quantityIn } from './billionths.ts';

/**
 * What ores and concentrates are worth by what they contain. Grades are per cent by mass of the dry product; moisture is
 * per cent of the wet mass. Prices of contained units never meet prices of product mass unconverted.
 */

const PER_CENT = 100n * tenTo(DIGITS);

/** Dry mass of a wet one, half to even to the ninth digit. */
export const dryMass = ({ amount, unit }: Quantity, moisture: Decimal): Quantity => ({
  amount: ofBillionths(divide(billionths(amount) * (PER_CENT - billionths(moisture)), PER_CENT, 'half-even')),
  unit,
});

/** Metric ton units in a dry mass: dry tonnes × per cent. One is 10 kg of the oxide named (WO3). */
export function metricTonUnits(dry: Quantity, grade: Decimal): Result<Decimal> {
  const tonnes = quantityIn(dry, 't', undefined);
  return tonnes === undefined
    ? fail(fieldProblem('unit_not_convertible', '/quantity/unit', 'A dry mass is stated in product mass.'))
    : ok(ofBillionths(divide(billionths(tonnes.amount) * billionths(grade), tenTo(DIGITS), 'half-even')));
}

/** Kilograms of tungsten in metric ton units of WO3. (USGS, Minerals Yearbook: 7.93 kg W in 10 kg WO3.) */
export const tungstenIn = (units: Decimal): Quantity => ({
  amount: ofBillionths(divide(billionths(units) * billionths(decimal('7.93')), tenTo(DIGITS), 'half-even')),
  unit: 'kg contained',
});

/**
 * Value of a tungsten concentrate: units of WO3 × price per unit × share paid for, rounded down to the minor unit.
 * The price must be per mtu: one per tonne that is taken for it would be wrong eightyfold. Errors: unit_not_convertible.
 */
export function tungstenConcentrateValue(lot: {
  readonly dry: Quantity;
  readonly grade: Decimal;
  readonly price: Price;
  readonly payableShare: Decimal;
}): Result<{ readonly units: Decimal; readonly value: Money }> {
  if (lot.price.per !== 'mtu')
    return fail(
      fieldProblem('unit_not_convertible', '/price/per', 'The price of a contained unit is stated per mtu.'),
    );
  const units = metricTonUnits(lot.dry, lot.grade);
  if (!units.ok) return units;
  const { currency } = lot.price;
  const value = divide(
    billionths(units.value) *
      billionths(lot.price.amount) *
      billionths(lot.payableShare) *
      tenTo(digitsOf(currency)),
    tenTo(3 * DIGITS),
    'down',
  );
  return ok({ units: units.value, value: moneyOf(value, currency) });
}

/**
 * A price that holds at a base grade, in proportion to the grade delivered, as spodumene is sold on the 6 % index:
 * price × grade ÷ base, to the ninth digit unless told.
 */
export function proportionalPrice(
  price: Price,
  grade: Decimal,
  base: Decimal,
  rounding: Rounding = 'half-even',
  digits = DIGITS,
): Price {
  const scale = tenTo(DIGITS - digits);
  const amount =
    divide(billionths(price.amount) * billionths(grade), billionths(base) * scale, rounding) * scale;
  return { ...price, amount: ofBillionths(amount, digitsOf(price.currency)) };
}

/** The terms on which a smelter pays for a metal in concentrate; prices and charges in one currency. */
export interface SmelterTerms {
  /** Share of the grade that is paid for. */
  readonly payableShare: Decimal;
  /** Percentage points of the grade never paid for; the less of both rules is paid. */
  readonly minimumDeduction?: Decimal | undefined;
  /** Per tonne of contained metal. */
  readonly metalPrice: Decimal;
  /** Per dry tonne of concentrate. */
  readonly treatmentCharge: Decimal;
  /** Per tonne of metal paid for. */
  readonly refiningCharge: Decimal;
  /** Per dry tonne. */
  readonly penalties?: readonly Decimal[] | undefined;
}

/**
 * Value of one dry tonne of concentrate, in billionths of the currency, rounded down; may be negative, where charges
 * exceed what is paid for: payable × metal price − TC − RC × payable − Σ penalties,
 * payable = min(grade × share, grade − deduction).
 */
export function concentrateValue(grade: Decimal, terms: SmelterTerms): { payable: Decimal; value: bigint } {
  const byShare = divide(billionths(grade) * billionths(terms.payableShare), tenTo(DIGITS), 'down');
  const deduction = terms.minimumDeduction ?? decimal('0');
  const left = compareDecimal(grade, deduction) > 0 ? billionths(grade) - billionths(deduction) : 0n;
  const payable = byShare < left ? byShare : left;
  const gross = divide(payable * billionths(terms.metalPrice), PER_CENT, 'down');
  const refining = divide(payable * billionths(terms.refiningCharge), PER_CENT, 'up');
  const penalties = (terms.penalties ?? []).reduce((sum, penalty) => sum + billionths(penalty), 0n);
  return {
    payable: ofBillionths(payable),
    value: gross - billionths(terms.treatmentCharge) - refining - penalties,
  };
}
