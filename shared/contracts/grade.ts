import { lessAtMost, sumOf } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import type { AssayValues } from './delivery.ts';
import type { AssayTerms } from './standard-terms.ts';

type Element = AssayTerms['elements'][number];

const valueOf = (assay: AssayValues, element: string): Decimal | undefined =>
  assay.find((each) => each.element === element)?.value;

/** Digits beyond the price's own that a grade-adjusted price keeps. */
const extraDigits = 4;

/**
 * The price of a lot by what was found in it: in proportion to the grade (price × value ÷ base, as spodumene is priced:
 * 900 at 6.0 % is 825 at 5.5 %), less a penalty for each started step above an element's maximum. Rounded down, four
 * digits beyond the price's own; never below nothing.
 */
export function gradeAdjusted(price: Price, assay: AssayValues, terms: AssayTerms): Decimal {
  const penalties = sumOf(
    terms.elements.map((element) => penaltyOf(element, valueOf(assay, element.element))),
  );
  return lessAtMost(inProportion(price.amount, assay, terms), penalties);
}

function inProportion(amount: Decimal, assay: AssayValues, { grade }: AssayTerms): Decimal {
  const value = grade && valueOf(assay, grade.element);
  if (grade === undefined || value === undefined) return amount;
  const scale = amount.scale + extraDigits;
  const numerator = amount.units * value.units * tenTo(grade.base.scale) * tenTo(extraDigits);
  return trimDecimal(
    { units: divide(numerator, tenTo(value.scale) * grade.base.units, 'down'), scale },
    amount.scale,
  );
}

/** Per unit: the penalty of an element times the steps, each begun one whole, by which it exceeds its maximum. */
function penaltyOf({ maximum, penalty }: Element, value: Decimal | undefined): Decimal {
  if (maximum === undefined || penalty === undefined || value === undefined) return { units: 0n, scale: 0 };
  const excess = lessAtMost(value, maximum);
  const steps = divide(
    excess.units * tenTo(penalty.step.scale),
    tenTo(excess.scale) * penalty.step.units,
    'up',
  );
  return { units: penalty.price.amount.units * steps, scale: penalty.price.amount.scale };
}

/** The elements that lie beyond a limit at which the lot may be refused. */
export const beyondRejectLimits = (assay: AssayValues, { elements }: AssayTerms): string[] =>
  elements.flatMap(({ element, rejectBelow, rejectAbove }) => {
    const value = valueOf(assay, element);
    if (value === undefined) return [];
    const beyond =
      (rejectBelow !== undefined && compareDecimal(value, rejectBelow) < 0) ||
      (rejectAbove !== undefined && compareDecimal(value, rejectAbove) > 0);
    return beyond ? [element] : [];
  });
