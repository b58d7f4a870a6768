import { isZero, least, lessAtMost, plus, sumOf, zero } from '../../kernel/arithmetic.ts';
import { compareDecimal, formatDecimal } from '../../kernel/decimal.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import { yearOf } from '../../kernel/quarter.ts';
import { fail } from '../../kernel/result.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import { dryMass, massOf } from '../../pricing/mass.ts';
import type { EventBody } from '../contract-events.ts';
import type { Delivery, DeliveryNotice, DeliveryReceipt } from '../delivery.ts';
import { beyondRejectLimits } from '../grade.ts';
import { standingIn } from '../make-up.ts';
import {
  acceptedIn,
  boundsOf,
  declinedIn,
  forceMajeureIn,
  isLive,
  scheduled,
  tenderedIn,
} from '../quantities.ts';
import type { ContractState } from '../state.ts';
import type { Ground, Ruled } from './ground.ts';
import { activation, deliveryOf, did, mustBe, mustBeIn, mustPerform, objection, unless } from './ground.ts';

/**
 * The seller has shipped. Errors: forbidden, contract_ended, contract_suspended, conditions_open, invalid_request (a date
 * to come), unknown_reference (a quarter without quantity), quantity_exceeded, make_up_unavailable, unit_not_convertible.
 */
export function notice(ground: Ground, id: string, terms: DeliveryNotice): Ruled {
  const { state, product, actor } = ground;
  const mass = massOf(terms.quantity, product);
  if (!mass.ok) return mass;
  return unless(
    objection(
      mustBe(actor, 'seller'),
      mustPerform(state),
      terms.shippedOn > dateOf(actor.at)
        ? fieldProblem('invalid_request', '/shippedOn', 'That day is still to come.')
        : undefined,
      terms.makeUp === true
        ? makeUpObjection(state, terms, mass.value)
        : quantityObjection(state, terms, mass.value),
    ),
    () => [
      ...activation(ground),
      did(actor, { type: 'delivery_noticed', delivery: id, notice: terms, quantity: mass.value }),
    ],
  );
}

function quantityObjection(
  state: ContractState,
  { quarter }: DeliveryNotice,
  { amount, unit }: Quantity,
): Problem | undefined {
  if (isZero(scheduled(state, quarter)))
    return fieldProblem('unknown_reference', '/quarter', `The contract has no delivery in ${quarter}.`);
  const used = plus(tenderedIn(state, quarter), declinedIn(state, quarter));
  const left = lessAtMost(boundsOf(state, quarter).high, used);
  return compareDecimal(amount, left) > 0
    ? fieldProblem(
        'quantity_exceeded',
        '/quantity/amount',
        `Of ${quarter}, ${formatDecimal(left)} ${unit} may still be delivered.`,
      )
    : undefined;
}

/** Make-up comes on top of the quarter's own quantity, from what earlier years have paid for. */
function makeUpObjection(
  state: ContractState,
  { quarter }: DeliveryNotice,
  { amount, unit }: Quantity,
): Problem | undefined {
  const own = plus(tenderedIn(state, quarter), forceMajeureIn(state, quarter));
  if (compareDecimal(own, boundsOf(state, quarter).low) < 0)
    return problem('make_up_unavailable', `The quantity of ${quarter} itself goes before make-up.`);
  const underway = state.deliveries.filter(
    (delivery) => delivery.notice.makeUp === true && isLive(delivery) && delivery.status !== 'accepted',
  );
  const left = lessAtMost(
    sumOf(standingIn(state.makeUp, yearOf(quarter)).map(({ quantity }) => quantity)),
    sumOf(underway.map(({ provisionalQuantity }) => provisionalQuantity.amount)),
  );
  return compareDecimal(amount, left) > 0
    ? fieldProblem(
        'make_up_unavailable',
        '/quantity/amount',
        `${formatDecimal(left)} ${unit} of earlier years' make-up may still be delivered.`,
      )
    : undefined;
}

/** It will not arrive, or was noticed by mistake. Errors: forbidden, not_found, invalid_state. */
export function withdraw({ state, actor }: Ground, id: string, reason: string): Ruled {
  const found = deliveryOf(state, id);
  if (!found.ok) return found;
  return unless(objection(mustBe(actor, 'seller'), mustBeIn(found.value, 'noticed')), () => [
    did(actor, { type: 'delivery_withdrawn', delivery: id, reason }),
  ]);
}

/**
 * It has arrived and been weighed. An administrator records it where the buyer will not. Errors: forbidden, not_found,
 * invalid_state, invalid_request (dates), unit_not_convertible.
 */
export function receive({ state, product, actor }: Ground, id: string, receipt: DeliveryReceipt): Ruled {
  const found = deliveryOf(state, id);
  if (!found.ok) return found;
  const wet = massOf(receipt.quantity, product);
  if (!wet.ok) return wet;
  const amount = dryMass(wet.value.amount, receipt.moisture ?? zero, product.unit);
  const today = dateOf(actor.at);
  return unless(
    objection(
      mustBe(actor, 'buyer', 'administrator'),
      mustBeIn(found.value, 'noticed'),
      receipt.receivedOn < found.value.notice.shippedOn || receipt.receivedOn > today
        ? fieldProblem('invalid_request', '/receivedOn', 'From the day it was shipped, until today.')
        : undefined,
      isZero(amount)
        ? fieldProblem('invalid_request', '/quantity/amount', 'Nothing dry is left.')
        : undefined,
    ),
    () => [
      did(actor, {
        type: 'delivery_received',
        delivery: id,
        receipt,
        quantity: { amount, unit: product.unit },
      }),
    ],
  );
}

/** What the certificates of a delivery leave unshown, as of the day it was shipped. */
export interface Lapse {
  /** Of those that the contract relies on, the ones that no longer count. */
  readonly certificates: readonly string[];
  readonly lapses: readonly { readonly requirement: string; readonly code: string }[];
}

/**
 * The buyer takes it, or an administrator decides that it counts as taken. What exceeds the contract is left out of the
 * final quantity. With a lapse of certificates the delivery is blocked instead, until it is cured: then accepting it
 * again says so. Errors: forbidden, not_found, invalid_state, assay_open, quantity_exceeded.
 */
export function accept(ground: Ground, id: string, lapse: Lapse | undefined): Ruled {
  const { state, actor } = ground;
  const found = deliveryOf(state, id);
  if (!found.ok) return found;
  const delivery = found.value;
  const room = roomFor(state, delivery);
  return unless(
    objection(
      mustBe(actor, 'buyer', 'administrator'),
      mustBeIn(delivery, 'received', 'assayed', 'blocked'),
      assayObjection(state, delivery),
      isZero(room)
        ? problem('quantity_exceeded', 'All that the contract delivers in that quarter has been accepted.')
        : undefined,
    ),
    () => (lapse === undefined ? acceptance(ground, delivery) : blocking(ground, delivery, lapse)),
  );
}

const acceptance = ({ state, actor }: Ground, delivery: Delivery): EventBody[] => [
  ...(delivery.blockedBy === undefined
    ? []
    : [did(actor, { type: 'delivery_cured', delivery: delivery.id })]),
  did(actor, {
    type: 'delivery_accepted',
    delivery: delivery.id,
    finalQuantity: {
      amount: least(delivery.provisionalQuantity.amount, roomFor(state, delivery)),
      unit: state.unit,
    },
  }),
];

const blocking = ({ state, actor }: Ground, delivery: Delivery, lapse: Lapse): EventBody[] => [
  did(actor, {
    type: 'delivery_blocked',
    delivery: delivery.id,
    certificates: [...lapse.certificates],
    lapses: lapse.lapses.map((each) => ({ ...each })),
    cureUntil: delivery.cureUntil ?? addDays(dateOf(actor.at), state.terms.cureDays),
  }),
];

/** What may still be accepted in the delivery's quarter, or of make-up. */
const roomFor = (state: ContractState, { quarter, notice: { makeUp } }: Delivery) =>
  makeUp === true
    ? sumOf(standingIn(state.makeUp, yearOf(quarter)).map(({ quantity }) => quantity))
    : lessAtMost(boundsOf(state, quarter).high, acceptedIn(state, quarter, false));

const assayObjection = (
  { terms }: ContractState,
  { assays: { settled, disputed } }: Delivery,
): Problem | undefined =>
  terms.assay !== undefined && (settled === undefined || disputed.length > 0)
    ? problem('assay_open', 'Both sides, or the umpire, have yet to settle what the delivery contains.')
    : undefined;

/**
 * The buyer refuses it for good: an element beyond its reject limit, or certificates not cured in time; an administrator
 * decides on what no measurement does. Both sides together do it by an amendment. Errors: forbidden, not_found,
 * invalid_state, assay_open, no_ground, cure_period_running.
 */
export function reject({ state, actor }: Ground, id: string, reason: string): Ruled {
  const found = deliveryOf(state, id);
  if (!found.ok) return found;
  const delivery = found.value;
  const wrong = objection(
    mustBe(actor, 'buyer', 'administrator'),
    mustBeIn(delivery, 'received', 'assayed', 'blocked'),
  );
  if (wrong !== undefined) return fail(wrong);
  const rejected = (ground: 'assay' | 'certificate' | 'authority'): EventBody =>
    did(actor, { type: 'delivery_rejected', delivery: id, ground, reason });
  const { assays, cureUntil } = delivery;
  const isBeyond =
    state.terms.assay !== undefined &&
    assays.settled !== undefined &&
    beyondRejectLimits(assays.settled, state.terms.assay).length > 0;
  if (isBeyond) return unless(undefined, () => [rejected('assay')]);
  if (actor.role === 'administrator') return unless(undefined, () => [rejected('authority')]);
  if (cureUntil === undefined)
    return fail(
      assayObjection(state, delivery) ??
        problem(
          'no_ground',
          'No settled element lies beyond its reject limit, and no certificate has lapsed. Propose an amendment.',
        ),
    );
  return unless(
    dateOf(actor.at) <= cureUntil
      ? problem('cure_period_running', `The certificates may be cured until ${cureUntil}.`)
      : undefined,
    () => [rejected('certificate')],
  );
}
