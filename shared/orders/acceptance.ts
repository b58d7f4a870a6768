import type { Price } from '../kernel/money.ts';
import type { Problem } from '../kernel/problem.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { hasBegun } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { dateOf } from '../kernel/time.ts';
import { ownPrice } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';
import type { Delivery, LotsByQuarter } from './delivery.ts';
import { normaliseDelivery, scheduleOf } from './delivery.ts';

/** An ask is what the seller is paid, at least; a limit the most that the buyer pays. Neither rounds against its owner. */
export type Side = 'ask' | 'limit';

/** The price on the product's tick: asks round up, limits down. Errors: those of `ticksOf`. */
export const normalisePrice = (price: Price, product: Product, side: Side): Result<Price> =>
  ownPrice(price, product, side === 'ask' ? 'up' : 'down');

/** A delivery in the product's own unit, and its lots by quarter. Errors: unit_not_convertible, off_lot. */
export function normaliseQuantities(
  delivery: Delivery,
  product: Product,
): Result<{ readonly delivery: Delivery; readonly requested: LotsByQuarter }> {
  const normal = normaliseDelivery(delivery, product);
  if (!normal.ok) return normal;
  const requested = scheduleOf(normal.value, product);
  return requested.ok ? ok({ delivery: normal.value, requested: requested.value }) : requested;
}

/** Where a delivery names a quarter. */
function pointerOfQuarter(delivery: Delivery, quarter: Quarter): string {
  if ('schedule' in delivery) {
    const index = delivery.schedule.findIndex((entry) => entry.quarter === quarter);
    return index < 0 ? '/delivery/schedule' : `/delivery/schedule/${index}/quarter`;
  }
  return quarter === delivery.from ? '/delivery/from' : '/delivery';
}

/**
 * A quarter that has begun can no longer be sold for; what an order already asked for there may stay.
 * Error: quarter_begun.
 */
export function begunQuarters(
  delivery: Delivery,
  requested: LotsByQuarter,
  at: Instant,
  before: LotsByQuarter = new Map(),
): Problem | undefined {
  const begun = [...requested].filter(
    ([quarter, lots]) => hasBegun(quarter, dateOf(at)) && lots > (before.get(quarter) ?? 0n),
  );
  return begun.length === 0
    ? undefined
    : problem(
        'quarter_begun',
        'Orders are for quarters that have not begun.',
        begun.map(([quarter]) => ({
          pointer: pointerOfQuarter(delivery, quarter),
          code: 'quarter_begun',
          detail: `${quarter} has begun.`,
        })),
      );
}

/** An order that has expired before it is posted is a mistake. Error: invalid_request. */
export const pastValidity = (validUntil: Instant | null | undefined, at: Instant): Problem | undefined =>
  typeof validUntil === 'string' && validUntil <= at
    ? fieldProblem('invalid_request', '/validUntil', 'The order would have expired already.')
    : undefined;

/** What is contracted stays contracted. Error: below_contracted. */
export function belowContracted(
  delivery: Delivery,
  requested: LotsByQuarter,
  contracted: LotsByQuarter,
): Problem | undefined {
  const short = [...contracted].filter(([quarter, lots]) => (requested.get(quarter) ?? 0n) < lots);
  return short.length === 0
    ? undefined
    : problem(
        'below_contracted',
        'A quantity cannot be less than what is already contracted.',
        short.map(([quarter]) => ({
          pointer: pointerOfQuarter(delivery, quarter),
          code: 'below_contracted',
          detail: `More is contracted for ${quarter}.`,
        })),
      );
}
