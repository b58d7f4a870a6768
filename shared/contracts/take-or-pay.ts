import { atScale, isZero, least, lessAtMost, minus, sumOf, times } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import { digitsOf } from '../kernel/money.ts';
import type { Unit } from '../kernel/unit.ts';
import { weighed } from '../pricing/mass.ts';
import type { Contract } from './contract.ts';
import { stateOf } from './life.ts';
import { drawFrom, standingIn } from './make-up.ts';
import type { Performance } from './quantities.ts';
import { performanceOf } from './quantities.ts';
import type { StandardTermsTerms, TakeOrPay } from './standard-terms.ts';
import type { CarriedLot, MakeUpDraw, MakeUpLot } from './state.ts';

/** What take-or-pay looks at in one contract year. Quantities in the product's own unit. */
export interface ContractYear {
  readonly year: number;
  readonly unit: Unit;
  readonly contracted: Decimal;
  /** Accepted of the year's own quantity. */
  readonly taken: Decimal;
  readonly sellerShortfall: Decimal;
  readonly forceMajeure: Decimal;
  /** With what is tendered and not decided yet: the buyer is not charged for what is still being looked at. */
  readonly rejected: Decimal;
  /** The year's mean contract price per unit. */
  readonly price: Price;
  /** Of earlier years. */
  readonly makeUp: readonly MakeUpLot[];
  readonly carryForward: readonly CarriedLot[];
}

/** Money in minor units of the price's currency. */
export interface TakeOrPayOutcome {
  /** What had to be taken or paid for, before earlier years' carry-forward. */
  readonly minimum: Decimal;
  readonly carryForwardUsed: readonly CarriedLot[];
  readonly deficiency: Decimal;
  /** Owed by the buyer; rounded down to the minor unit. */
  readonly payment: bigint;
  /** What the buyer paid for and may still take. */
  readonly makeUp: Omit<MakeUpLot, 'year'> | undefined;
  /** Of earlier years' make-up, used up by what was taken beyond the year's own quantity. */
  readonly makeUpTaken: readonly MakeUpDraw[];
  /** Owed to the buyer, who paid for that part once before: of the two prices the lower; rounded down. */
  readonly credit: bigint;
  /** Taken beyond the year's own quantity and never paid before: lowers later years' minimum. */
  readonly carriedForward: Decimal;
}

/**
 * Take-or-pay of one contract year. With `excused: 'before'` (usual): share × (contracted − shortfall − force majeure −
 * rejected); with `'after'`: share × contracted, less all three. What was taken beyond the contracted quantity first
 * uses up make-up, oldest first; the rest is carried forward.
 */
export function takeOrPayYear(terms: TakeOrPay, year: ContractYear): TakeOrPayOutcome {
  const { contracted, taken, price, unit } = year;
  const excused = sumOf([year.sellerShortfall, year.forceMajeure, year.rejected]);
  const minimum = weighed(
    terms.excused === 'before'
      ? times(terms.share, lessAtMost(contracted, excused))
      : lessAtMost(times(terms.share, contracted), excused),
    unit,
  );
  const shortOf = lessAtMost(minimum, taken);
  const { drawn: carryForwardUsed } = drawFrom(
    usableCarry(terms, year),
    least(shortOf, carryLimit(terms, year)),
  );
  const deficiency = minus(shortOf, sumOf(carryForwardUsed.map(({ quantity }) => quantity)));
  const paid = deficiencyPrice(terms, price);

  const beyond = lessAtMost(taken, contracted);
  const { drawn, over } = drawFrom(standingIn(year.makeUp, year.year), beyond);
  return {
    minimum,
    carryForwardUsed,
    deficiency,
    payment: minorUnits(times(deficiency, paid.amount), price),
    makeUp:
      isZero(deficiency) || isZero(paid.amount) || terms.makeUpYears === 0
        ? undefined
        : { quantity: deficiency, price: paid, lastYear: year.year + terms.makeUpYears },
    makeUpTaken: drawn.map(({ year: of, quantity, price: then }) => ({ year: of, quantity, price: then })),
    credit: minorUnits(
      sumOf(drawn.map((lot) => times(lot.quantity, least(lot.price.amount, price.amount)))),
      price,
    ),
    carriedForward: terms.carryForwardShare === undefined ? { units: 0n, scale: 0 } : over,
  };
}

/** What a kilogram not taken costs; rounded down to as many digits as a price may have. */
const deficiencyPrice = ({ deficiencyShare }: TakeOrPay, price: Price): Price =>
  deficiencyShare === undefined
    ? price
    : { ...price, amount: atScale(times(price.amount, deficiencyShare), 9, 'down') };

const usableCarry = (terms: TakeOrPay, { carryForward, year }: ContractYear): CarriedLot[] =>
  carryForward.filter(
    (lot) => lot.year < year && year <= lot.year + (terms.carryForwardYears ?? terms.makeUpYears),
  );

const carryLimit = ({ carryForwardShare }: TakeOrPay, { contracted, unit }: ContractYear): Decimal =>
  carryForwardShare === undefined
    ? { units: 0n, scale: 0 }
    : weighed(times(carryForwardShare, contracted), unit);

const minorUnits = (amount: Decimal, { currency }: Price): bigint => {
  const { units, scale } = atScale(amount, digitsOf(currency), 'down');
  return units * 10n ** BigInt(digitsOf(currency) - scale);
};

/**
 * The same for a contract as it stands: what earlier settlements of this very year did is left out, so that a year is
 * settled anew as if for the first time. Nothing where the contract has no take-or-pay.
 */
export function takeOrPayOf(
  contract: Contract,
  standardTerms: StandardTermsTerms,
  year: number,
  price: Price,
): TakeOrPayOutcome | undefined {
  const events = contract.events.filter((event) => event.type !== 'year_settled' || event.year !== year);
  const state = stateOf({ ...contract, events }, standardTerms);
  // An amendment acts on contract years that had not ended when it was accepted.
  const then = events.filter(({ at }) => at < `${year + 1}-01-01`);
  const { takeOrPay } = stateOf({ ...contract, events: then }, standardTerms).terms;
  if (takeOrPay === undefined) return undefined;
  const performance: Performance = performanceOf(state, year);
  return takeOrPayYear(takeOrPay, {
    ...{ year, price, unit: state.unit, makeUp: state.makeUp, carryForward: state.carryForward },
    contracted: performance.contracted,
    taken: performance.accepted,
    sellerShortfall: performance.shortfall,
    forceMajeure: performance.forceMajeure,
    rejected: sumOf([performance.rejected, performance.pending]),
  });
}
