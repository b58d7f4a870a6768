import { isZero, plus, sumOf, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { performanceIn, quantityDelivered } from '../contracts/quantities.ts';
import type { ContractState } from '../contracts/state.ts';
import type { Product } from '../reference/product.ts';
import { wholeSteps } from './steps.ts';

/** What a contract means for a stock, in steps, as its events have left it. */

const isOver = ({ status }: ContractState): boolean => status === 'completed' || status === 'terminated';

/** It binds: not suspended, and no condition precedent is open. */
const isFirm = ({ status, conditions }: ContractState): boolean =>
  status === 'active' || (status === 'concluded' && conditions.every(({ state }) => state !== 'open'));

const quartersOf = ({ schedule, deliveries }: ContractState): Quarter[] => [
  ...new Set([...schedule, ...deliveries].map(({ quarter }) => quarter)),
];

/** What may still be delivered in a quarter that has not been settled. */
function openIn(state: ContractState, quarter: Quarter): Decimal {
  if (isOver(state) || state.settled.has(quarter)) return zero;
  const { pending, rejected, shortfall } = performanceIn(state, quarter);
  return sumOf([pending, rejected, shortfall]);
}

const steps = (amount: Decimal, { unit }: ContractState, product: Product): bigint =>
  isZero(amount) ? 0n : wholeSteps({ amount, unit }, product);

/** Everything accepted under a contract. */
export const acceptedSteps = (state: ContractState, product: Product): bigint =>
  quartersOf(state).reduce(
    (sum, quarter) => sum + steps(quantityDelivered(state, quarter), state, product),
    0n,
  );

/**
 * All that a buyer has, or firmly expects: what was accepted, and of quarters that are not settled what is neither declined
 * nor excused. Of a contract that does not bind (yet, or any more) only what was accepted.
 */
export const expectedSteps = (state: ContractState, product: Product): bigint =>
  quartersOf(state).reduce((sum, quarter) => {
    const open = isFirm(state) ? openIn(state, quarter) : zero;
    return sum + steps(plus(quantityDelivered(state, quarter), open), state, product);
  }, 0n);

/** What a seller still holds ready for its buyer, suspended contracts included: they may be resumed. */
export const heldSteps = (state: ContractState, product: Product): bigint =>
  quartersOf(state).reduce((sum, quarter) => sum + steps(openIn(state, quarter), state, product), 0n);

/** What a contract held when it was concluded. */
export const concludedSteps = (schedule: ContractState['schedule'], product: Product): bigint =>
  schedule.reduce((sum, { quantity }) => sum + wholeSteps(quantity, product), 0n);

/** How a sale moves a lot. */
export interface SaleStep {
  /** More (or, after a correction, less) is with the buyer. */
  readonly delivered: bigint;
  /** No longer held for it. */
  readonly unheld: bigint;
  /** What the scales found beyond all that the lot had: it was heavier than it was booked. */
  readonly found: bigint;
}

/**
 * What is still to be booked of a sale: goods come out of what is held for the contract, then out of what is free of the
 * lot; what is no longer held for it is free again. `undefined` where the books say so already.
 *
 * @param booked what the books say: with the buyer, and held for it.
 */
export function saleStep(
  booked: { readonly delivered: bigint; readonly held: bigint },
  state: ContractState,
  product: Product,
  free: bigint,
): SaleStep | undefined {
  const delivered = acceptedSteps(state, product) - booked.delivered;
  const wanted = heldSteps(state, product);
  const held = wanted < booked.held ? wanted : booked.held;
  const unheld = booked.held - held;
  if (delivered === 0n && unheld === 0n) return undefined;
  const fromFree = delivered - unheld;
  return { delivered, unheld, found: fromFree > free ? fromFree - free : 0n };
}
