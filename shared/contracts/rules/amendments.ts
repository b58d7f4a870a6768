import { isZero, lessAtMost, plus } from '../../kernel/arithmetic.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import { compareDecimal, formatDecimal } from '../../kernel/decimal.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { AmendmentChange, AmendmentTerms } from '../amendment.ts';
import type { EventBody } from '../contract-events.ts';
import { acceptedIn, boundsOf, declinedIn, scheduled, tenderedIn } from '../quantities.ts';
import type { Amendment, ContractState } from '../state.ts';
import type { Ground, Ruled } from './ground.ts';
import { did, mustBe, mustStand, objection, otherSide, unless } from './ground.ts';

/**
 * One side proposes to change what was agreed. Errors: forbidden, contract_ended, not_amendable (by what each change may
 * not do), invalid_state (another of the same side's is open).
 */
export function propose({ state, actor }: Ground, id: string, terms: AmendmentTerms): Ruled {
  const { role: side } = actor;
  if (side === 'administrator') return fail(mustBe(actor, 'seller', 'buyer')!);
  const open = state.amendments.some((each) => each.side === side && each.status === 'proposed');
  return unless(
    objection(
      standsFor(state, terms.changes),
      open
        ? problem('invalid_state', 'Your side has proposed an amendment already: withdraw it first.')
        : undefined,
      changesProblem(state, terms.changes, actor.at),
    ),
    () => [did(actor, { type: 'amendment_proposed', amendment: id, side, ...terms })],
  );
}

/** Errors: forbidden, not_found, invalid_state, contract_ended, not_amendable (it no longer fits what has happened). */
export function acceptAmendment({ state, actor }: Ground, id: string): Ruled {
  const found = openAmendment(state, id);
  if (!found.ok) return found;
  const { side, changes, reason } = found.value;
  return unless(
    objection(
      mustBe(actor, otherSide(side)),
      standsFor(state, changes),
      changesProblem(state, changes, actor.at),
    ),
    () => [
      did(actor, { type: 'amendment_accepted', amendment: id }),
      ...changes.flatMap((change) => consequence(change, actor.at, reason)),
    ],
  );
}

/** Errors: forbidden, not_found, invalid_state. */
export function rejectAmendment({ state, actor }: Ground, id: string, reason: string | undefined): Ruled {
  const found = openAmendment(state, id);
  if (!found.ok) return found;
  return unless(mustBe(actor, otherSide(found.value.side)), () => [
    did(actor, { type: 'amendment_rejected', amendment: id, ...(reason === undefined ? {} : { reason }) }),
  ]);
}

/** Errors: forbidden, not_found, invalid_state. */
export function withdrawAmendment({ state, actor }: Ground, id: string): Ruled {
  const found = openAmendment(state, id);
  if (!found.ok) return found;
  return unless(mustBe(actor, found.value.side), () => [
    did(actor, { type: 'amendment_withdrawn', amendment: id }),
  ]);
}

function openAmendment({ amendments }: ContractState, id: string): Result<Amendment> {
  const amendment = amendments.find((each) => each.id === id);
  if (amendment === undefined) return fail(problem('not_found', 'The contract has no such amendment.'));
  return amendment.status === 'proposed'
    ? ok(amendment)
    : fail(problem('invalid_state', `The amendment is ${amendment.status}.`));
}

/** A weight may turn out wrong after the end; nothing else changes then. */
const standsFor = (state: ContractState, changes: readonly AmendmentChange[]): Problem | undefined =>
  changes.every(({ kind }) => kind === 'correction' || kind === 'rejection') ? undefined : mustStand(state);

/** What a change brings about beside the amendment itself. */
function consequence(change: AmendmentChange, at: Instant, reason: string): EventBody[] {
  switch (change.kind) {
    case 'correction': {
      const { delivery, finalQuantity } = change;
      return [{ type: 'delivery_corrected', at, delivery, finalQuantity, reason }];
    }
    case 'rejection':
      return [{ type: 'delivery_rejected', at, delivery: change.delivery, ground: 'agreed', reason }];
    case 'termination':
      return [{ type: 'terminated', at, cause: 'agreed', reason }];
    default:
      return [];
  }
}

const subjectOf = (change: AmendmentChange): string =>
  'quarter' in change
    ? `quantity of ${change.quarter}`
    : 'delivery' in change
      ? change.delivery
      : 'condition' in change
        ? change.condition
        : change.kind;

function changesProblem(
  state: ContractState,
  changes: readonly AmendmentChange[],
  at: Instant,
): Problem | undefined {
  const subjects = changes.map(subjectOf);
  const twice = subjects.findIndex((subject, index) => subjects.indexOf(subject) !== index);
  if (twice >= 0) return refused(twice, `The amendment changes ${subjects[twice] ?? ''} twice.`);
  for (const [index, change] of changes.entries()) {
    const wrong = changeProblem(state, change, at);
    if (wrong !== undefined) return refused(index, wrong);
  }
  const emptied = changes.filter((change) => change.kind === 'quantity' && isZero(change.quantity.amount));
  return emptied.length > 0 && emptied.length >= state.schedule.length
    ? problem('not_amendable', 'Nothing would be left to deliver: terminate the contract instead.')
    : undefined;
}

const roomIn = (state: ContractState, quarter: Quarter): Decimal =>
  lessAtMost(boundsOf(state, quarter).high, acceptedIn(state, quarter, false));

const refused = (index: number, detail: string): Problem =>
  fieldProblem('not_amendable', `/changes/${index}`, detail);

/** Why a change cannot be made, in words. */
function changeProblem(state: ContractState, change: AmendmentChange, at: Instant): string | undefined {
  switch (change.kind) {
    case 'quantity': {
      const { quarter, quantity } = change;
      const agreed = scheduled(state, quarter);
      const used = plus(tenderedIn(state, quarter), declinedIn(state, quarter));
      if (isZero(agreed)) return `The contract has no delivery in ${quarter}.`;
      if (state.settled.has(quarter)) return `${quarter} has been settled.`;
      if (quantity.unit !== state.unit) return `Quantities of this contract are in ${state.unit}.`;
      if (compareDecimal(quantity.amount, agreed) > 0)
        return `More than the ${formatDecimal(agreed)} ${state.unit} that it has now: an amendment only lowers a quantity. Post an order.`;
      return compareDecimal(quantity.amount, used) < 0
        ? `${formatDecimal(used)} ${state.unit} of ${quarter} are delivered, under way or declined.`
        : undefined;
    }
    case 'longstop': {
      const condition = state.conditions.find(({ id }) => id === change.condition);
      if (condition?.state !== 'open') return 'There is no such open condition.';
      return change.longstop < dateOf(at) ? 'The longstop date would have passed.' : undefined;
    }
    case 'correction': {
      const delivery = state.deliveries.find(({ id }) => id === change.delivery);
      const { amount, unit } = change.finalQuantity;
      if (delivery?.finalQuantity === undefined)
        return 'Only an accepted delivery has a final quantity to correct.';
      if (unit !== state.unit) return `Quantities of this contract are in ${state.unit}.`;
      const present = delivery.finalQuantity.amount;
      const most = delivery.notice.makeUp === true ? present : plus(present, roomIn(state, delivery.quarter));
      return compareDecimal(amount, most) > 0
        ? `More than the ${formatDecimal(most)} ${unit} that the contract has for it.`
        : undefined;
    }
    case 'rejection': {
      const status = state.deliveries.find(({ id }) => id === change.delivery)?.status;
      return status !== undefined && ['noticed', 'received', 'assayed', 'blocked'].includes(status)
        ? undefined
        : 'There is no such delivery still to be decided on.';
    }
    default:
      return undefined;
  }
}
