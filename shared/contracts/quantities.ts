import { lessAtMost, least, minus, most, plus, sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf, quarterFromNumber, quarterNumber, yearOf } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays } from '../kernel/time.ts';
import { weighed } from '../pricing/mass.ts';
import type { Delivery } from './delivery.ts';
import type { ContractState, OfQuarter } from './state.ts';

/** What of a contract was contracted, tendered, taken, refused and excused: in the product's own unit, dry. */

const one: Decimal = { units: 1n, scale: 0 };

/** Neither rejected nor withdrawn. */
export const isLive = ({ status }: Delivery): boolean => status !== 'rejected' && status !== 'withdrawn';

const ofQuarter = (list: readonly OfQuarter[], quarter: Quarter): Decimal =>
  sumOf(list.filter((each) => each.quarter === quarter).map(({ quantity }) => quantity.amount));

const weightOf = ({ finalQuantity, provisionalQuantity }: Delivery): Decimal =>
  (finalQuantity ?? provisionalQuantity).amount;

/** The quarter's own deliveries, make-up left out. */
const ownDeliveries = ({ deliveries }: ContractState, quarter: Quarter): Delivery[] =>
  deliveries.filter((delivery) => delivery.quarter === quarter && delivery.notice.makeUp !== true);

const massOf = (deliveries: readonly Delivery[]): Decimal => sumOf(deliveries.map(weightOf));

/** The quarter's quantity as agreed; nothing where the schedule has none. */
export const scheduled = ({ schedule }: ContractState, quarter: Quarter): Decimal =>
  schedule.find((entry) => entry.quarter === quarter)?.quantity.amount ?? zero;

/**
 * The least and the most that may be delivered in a quarter: what the holder of the tolerance's option has nominated;
 * else, if the option is the seller's, the whole range, which it uses by delivering; else the quantity as agreed.
 */
export function boundsOf(state: ContractState, quarter: Quarter): { low: Decimal; high: Decimal } {
  const nominated = state.nominations.findLast((each) => each.quarter === quarter);
  if (nominated !== undefined) return { low: nominated.quantity.amount, high: nominated.quantity.amount };
  const { tolerance } = state.terms;
  return tolerance?.option === 'seller'
    ? toleranceOf(state, quarter)
    : { low: scheduled(state, quarter), high: scheduled(state, quarter) };
}

/** Within what the option may be used. */
export function toleranceOf(state: ContractState, quarter: Quarter): { low: Decimal; high: Decimal } {
  const quantity = scheduled(state, quarter);
  const share = state.terms.tolerance?.share ?? zero;
  return {
    low: weighed(times(quantity, minus(one, share)), state.unit),
    high: weighed(times(quantity, plus(one, share)), state.unit),
  };
}

/** Accepted in a quarter: what is settled. `makeUp`: of these, or the others. */
export function acceptedIn(state: ContractState, quarter: Quarter, makeUp?: boolean): Decimal {
  return massOf(
    state.deliveries.filter(
      (delivery) =>
        delivery.quarter === quarter &&
        delivery.status === 'accepted' &&
        (makeUp === undefined || (delivery.notice.makeUp === true) === makeUp),
    ),
  );
}

/** What is accepted of a quarter, make-up included. */
export const quantityDelivered = (state: ContractState, quarter: Quarter): Decimal =>
  acceptedIn(state, quarter);

/** Noticed and neither withdrawn nor rejected, make-up left out. */
export const tenderedIn = (state: ContractState, quarter: Quarter): Decimal =>
  massOf(ownDeliveries(state, quarter).filter(isLive));

export const declinedIn = (state: ContractState, quarter: Quarter): Decimal =>
  ofQuarter(state.declined, quarter);

export const forceMajeureIn = (state: ContractState, quarter: Quarter): Decimal =>
  ofQuarter(state.forceMajeure, quarter);

/** How a quantity that was contracted was used: the parts add up to `contracted`, or `accepted` exceeds it. */
export interface Performance {
  readonly contracted: Decimal;
  readonly accepted: Decimal;
  /** The buyer has said that it will not take it. */
  readonly declined: Decimal;
  /** Acknowledged, of either side. */
  readonly forceMajeure: Decimal;
  /** Tendered and rejected, and not replaced. */
  readonly rejected: Decimal;
  /** Tendered, and not decided yet. */
  readonly pending: Decimal;
  /** Neither tendered nor excused: the seller's own shortfall. */
  readonly shortfall: Decimal;
}

/** One quarter's. */
export function performanceIn(state: ContractState, quarter: Quarter): Performance {
  const own = ownDeliveries(state, quarter);
  const accepted = massOf(own.filter(({ status }) => status === 'accepted'));
  const declined = declinedIn(state, quarter);
  const { low, high } = boundsOf(state, quarter);
  const live = massOf(own.filter(isLive));
  // Where the seller may deliver anything within a range, what it tenders is what the quarter comes to.
  const contracted = most(low, least(high, plus(live, declined)));
  let rest = lessAtMost(lessAtMost(contracted, accepted), declined);
  const part = (quantity: Decimal): Decimal => {
    const taken = least(rest, quantity);
    rest = minus(rest, taken);
    return taken;
  };
  const pending = part(minus(live, accepted));
  const forceMajeure = part(forceMajeureIn(state, quarter));
  const rejected = part(massOf(own.filter(({ status }) => status === 'rejected')));
  return {
    contracted,
    accepted,
    declined: least(declined, lessAtMost(contracted, accepted)),
    ...{ forceMajeure, rejected, pending, shortfall: rest },
  };
}

const parts = [
  'contracted',
  'accepted',
  'declined',
  'forceMajeure',
  'rejected',
  'pending',
  'shortfall',
] as const;

/**
 * The quarters of a contract year for which something was owed. Of a contract that was terminated those that were over by
 * then; none where its conditions precedent were never met.
 */
export const quartersOwed = ({ schedule, ended }: ContractState, year: number): Quarter[] =>
  schedule
    .map(({ quarter }) => quarter)
    .filter(
      (quarter) =>
        yearOf(quarter) === year &&
        (ended === undefined || (ended.wasBinding && lastDayOf(quarter) < ended.on)),
    );

const lastDayOf = (quarter: Quarter): CalendarDate =>
  addDays(firstDayOf(quarterFromNumber(quarterNumber(quarter) + 1)), -1);

/**
 * A contract year's: the sum of its quarters. What was accepted in a quarter that a termination has cut short is what that
 * quarter came to: nothing more was owed of it.
 */
export function performanceOf(state: ContractState, year: number): Performance {
  const owed = quartersOwed(state, year);
  const quarters = [
    ...owed.map((quarter) => performanceIn(state, quarter)),
    ...state.schedule
      .map(({ quarter }) => quarter)
      .filter((quarter) => yearOf(quarter) === year && !owed.includes(quarter))
      .map((quarter): Performance => {
        const accepted = acceptedIn(state, quarter, false);
        const none = { declined: zero, forceMajeure: zero, rejected: zero, pending: zero, shortfall: zero };
        return { contracted: accepted, accepted, ...none };
      }),
  ];
  return Object.fromEntries(
    parts.map((name) => [name, sumOf(quarters.map((performance) => performance[name]))]),
  ) as Record<(typeof parts)[number], Decimal>;
}
