import { lessAtMost, sumOf } from '../../kernel/arithmetic.ts';
import { compareDecimal, formatDecimal } from '../../kernel/decimal.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { hasBegun } from '../../kernel/quarter.ts';
import { fail } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import { massOf } from '../../pricing/mass.ts';
import { boundsOf, declinedIn, forceMajeureIn, scheduled, tenderedIn, toleranceOf } from '../quantities.ts';
import type { ContractState } from '../state.ts';
import type { Ground, Ruled } from './ground.ts';
import { activation, did, mustBe, mustPerform, objection, otherSide, unless } from './ground.ts';

interface OfQuarterTerms {
  readonly quarter: Quarter;
  readonly quantity: Quantity;
}

/**
 * Who holds the tolerance's option fixes the quantity of a quarter that has not begun. Errors: forbidden, contract_ended,
 * contract_suspended, conditions_open, unknown_reference, quarter_begun, quantity_exceeded (outside the tolerance),
 * invalid_state (no tolerance agreed), unit_not_convertible.
 */
export function nominate(ground: Ground, { quarter, quantity }: OfQuarterTerms): Ruled {
  const { state, product, actor } = ground;
  const mass = massOf(quantity, product);
  if (!mass.ok) return mass;
  const { tolerance } = state.terms;
  if (tolerance === undefined)
    return fail(problem('invalid_state', 'The contract has no tolerance: its quantities are fixed.'));
  const { low, high } = toleranceOf(state, quarter);
  const isOutside = compareDecimal(mass.value.amount, low) < 0 || compareDecimal(mass.value.amount, high) > 0;
  return unless(
    objection(
      mustBe(actor, tolerance.option),
      mustPerform(state),
      inSchedule(state, quarter),
      hasBegun(quarter, dateOf(actor.at))
        ? fieldProblem('quarter_begun', '/quarter', `${quarter} has begun.`)
        : undefined,
      isOutside
        ? fieldProblem(
            'quantity_exceeded',
            '/quantity/amount',
            `From ${formatDecimal(low)} to ${formatDecimal(high)} ${state.unit}.`,
          )
        : undefined,
    ),
    () => [...activation(ground), did(actor, { type: 'quantity_nominated', quarter, quantity: mass.value })],
  );
}

/**
 * The buyer says what it will not take of a quarter, so that the seller need not ship it: take-or-pay counts it as not
 * taken. Errors: forbidden, contract_ended, contract_suspended, conditions_open, unknown_reference, quantity_exceeded,
 * unit_not_convertible.
 */
export function decline(ground: Ground, terms: OfQuarterTerms, reason: string | undefined): Ruled {
  const { state, product, actor } = ground;
  const { quarter } = terms;
  const mass = massOf(terms.quantity, product);
  if (!mass.ok) return mass;
  const left = lessAtMost(
    boundsOf(state, quarter).high,
    sumOf([tenderedIn(state, quarter), declinedIn(state, quarter), forceMajeureIn(state, quarter)]),
  );
  return unless(
    objection(
      mustBe(actor, 'buyer', 'administrator'),
      mustPerform(state),
      inSchedule(state, quarter),
      compareDecimal(mass.value.amount, left) > 0
        ? fieldProblem(
            'quantity_exceeded',
            '/quantity/amount',
            `Of ${quarter}, ${formatDecimal(left)} ${state.unit} are neither under way, declined nor excused.`,
          )
        : undefined,
    ),
    () => [
      ...activation(ground),
      did(actor, {
        type: 'take_declined',
        ...{ quarter, quantity: mass.value },
        ...(reason === undefined ? {} : { reason }),
      }),
    ],
  );
}

/**
 * One side cannot deliver, or take, for what it does not answer for. It excuses once the other side or an administrator
 * acknowledges it. Errors: forbidden, contract_ended, unknown_reference, quantity_exceeded, unit_not_convertible.
 */
export function declareForceMajeure(
  { state, product, actor }: Ground,
  declaration: string,
  { quarter, quantity }: OfQuarterTerms,
  reason: string,
): Ruled {
  const mass = massOf(quantity, product);
  if (!mass.ok) return mass;
  const { role: side } = actor;
  if (side === 'administrator') return fail(mustBe(actor, 'seller', 'buyer')!);
  const declared = sumOf(
    state.declarations.filter((each) => each.quarter === quarter).map((each) => each.quantity.amount),
  );
  const left = lessAtMost(boundsOf(state, quarter).high, declared);
  return unless(
    objection(
      state.status === 'suspended' ? undefined : mustPerform(state),
      inSchedule(state, quarter),
      compareDecimal(mass.value.amount, left) > 0
        ? fieldProblem(
            'quantity_exceeded',
            '/quantity/amount',
            `At most ${formatDecimal(left)} ${state.unit} of ${quarter}.`,
          )
        : undefined,
    ),
    () => [
      did(actor, {
        type: 'force_majeure_declared',
        declaration,
        side,
        quarter,
        quantity: mass.value,
        reason,
      }),
    ],
  );
}

/** Errors: forbidden, not_found, contract_ended, invalid_state. */
export function acknowledgeForceMajeure({ state, actor }: Ground, id: string): Ruled {
  const declared = state.declarations.find(({ declaration }) => declaration === id);
  if (declared === undefined) return fail(problem('not_found', 'Nothing of that id has been declared.'));
  return unless(
    objection(
      mustBe(actor, otherSide(declared.side), 'administrator'),
      state.status === 'completed' ? problem('contract_ended', 'The contract is completed.') : undefined,
      declared.acknowledged ? problem('invalid_state', 'It is acknowledged already.') : undefined,
    ),
    () => [did(actor, { type: 'force_majeure_acknowledged', declaration: id })],
  );
}

const inSchedule = (state: ContractState, quarter: Quarter): Problem | undefined =>
  scheduled(state, quarter).units === 0n
    ? fieldProblem('unknown_reference', '/quarter', `The contract has no delivery in ${quarter}.`)
    : undefined;
