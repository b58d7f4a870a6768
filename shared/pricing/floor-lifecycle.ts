import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { dateOf } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion } from '../kernel/version.ts';
import { without } from '../kernel/without.ts';
import type { Product } from '../reference/product.ts';
import type { Floor, FloorEndTerms, FloorTerms } from './floor.ts';
import { chained } from './floor-chain.ts';
import { ownPrice, ticksOf } from './product-terms.ts';

/**
 * What administrators do to a floor, one by one. Each step makes the floor's next version; none changes what has
 * been: a floor is in force from its approval at the earliest, and ends today at the earliest.
 */

/** The next version of a floor, linked to the one before. */
function next(floor: Floor, author: Author, change: Partial<Floor>): Floor {
  return chained({ ...floor, ...change, ...nextVersion(floor, author) }, floor);
}

/**
 * A floor as proposed, its price in the product's own unit, rounded up to the tick.
 * Errors: currency_mismatch, unit_not_convertible, off_tick; invalid_request for one that would already be over.
 */
export function proposedFloor(
  id: string,
  terms: FloorTerms,
  product: Product,
  author: Author,
): Result<Floor> {
  const price = ownPrice(terms.price, product, 'up');
  if (!price.ok) return price;
  if (isPast(terms.effectiveTo, author))
    return fail(fieldProblem('invalid_request', '/effectiveTo', 'The floor would already be over.'));
  return ok(
    chained(
      {
        ...terms,
        price: price.value,
        id,
        status: 'proposed',
        proposedBy: author.subject,
        proposedAt: author.at,
        ...nextVersion(undefined, author),
      },
      undefined,
    ),
  );
}

/**
 * The floor, approved. What it means for other floors is `succession`'s to say.
 * Errors: invalid_state, second_approval_required; and invalid_state where the product's terms have changed so
 * that the price no longer is one.
 */
export function approvedFloor(floor: Floor, product: Product, author: Author): Result<Floor> {
  if (floor.status !== 'proposed') return fail(decided(floor));
  if (floor.proposedBy === author.subject) return fail(secondNeeded);
  if (isPast(floor.effectiveTo, author)) return fail(problem('invalid_state', 'The floor is already over.'));
  const ticks = ticksOf(floor.price, product, 'up');
  if (!ticks.ok || floor.price.per !== product.unit)
    return fail(
      problem('invalid_state', 'The terms of the product have changed since. Propose the floor anew.'),
    );
  return ok(next(floor, author, { status: 'approved', approvedBy: author.subject, approvedAt: author.at }));
}

/** Errors: invalid_state, second_approval_required. */
export function rejectedFloor(floor: Floor, author: Author): Result<Floor> {
  if (floor.status !== 'proposed') return fail(decided(floor));
  if (floor.proposedBy === author.subject) return fail(secondNeeded);
  return ok(next(floor, author, { status: 'rejected' }));
}

/** The floor, ended the day before `successor` begins. An end that was proposed meanwhile has lost its object. */
export const supersededFloor = (
  floor: Floor,
  successor: string,
  lastDay: CalendarDate,
  author: Author,
): Floor => next(withoutProposedEnd(floor), author, { effectiveTo: lastDay, supersededBy: successor });

/** Errors: invalid_state; invalid_request for an end in the past, before the beginning, or after the present end. */
export function floorWithProposedEnd(floor: Floor, terms: FloorEndTerms, author: Author): Result<Floor> {
  if (floor.status !== 'approved')
    return fail(problem('invalid_state', 'Only an approved floor can be ended.'));
  if (floor.proposedEnd !== undefined)
    return fail(problem('invalid_state', 'An end of this floor is already proposed.'));
  const wrong = wrongEnd(floor, terms.effectiveTo, author);
  if (wrong !== undefined) return fail(fieldProblem('invalid_request', '/effectiveTo', wrong));
  return ok(
    next(floor, author, { proposedEnd: { ...terms, proposedBy: author.subject, proposedAt: author.at } }),
  );
}

/** Errors: invalid_state (also when the day has passed meanwhile), second_approval_required. */
export function endedFloor(floor: Floor, author: Author): Result<Floor> {
  const end = floor.proposedEnd;
  if (end === undefined) return fail(decided(floor));
  if (end.proposedBy === author.subject) return fail(secondNeeded);
  const wrong = wrongEnd(floor, end.effectiveTo, author);
  if (wrong !== undefined) return fail(problem('invalid_state', wrong));
  return ok(
    next(withoutProposedEnd(floor), author, {
      effectiveTo: end.effectiveTo,
      end: { ...end, approvedBy: author.subject, approvedAt: author.at },
    }),
  );
}

/** The floor goes on. Errors: invalid_state, second_approval_required. */
export function floorWithEndRejected(floor: Floor, author: Author): Result<Floor> {
  if (floor.proposedEnd === undefined) return fail(decided(floor));
  if (floor.proposedEnd.proposedBy === author.subject) return fail(secondNeeded);
  return ok(next(withoutProposedEnd(floor), author, {}));
}

function wrongEnd(floor: Floor, effectiveTo: CalendarDate, author: Author): string | undefined {
  if (isPast(effectiveTo, author)) return 'A floor cannot end in the past.';
  if (effectiveTo < floor.effectiveFrom) return 'A floor cannot end before it begins.';
  if (floor.effectiveTo !== undefined && effectiveTo >= floor.effectiveTo)
    return 'The floor ends on that day or before already. To prolong it, propose one that follows it.';
  return undefined;
}

const isPast = (date: CalendarDate | undefined, author: Author): boolean =>
  date !== undefined && date < dateOf(author.at);

const withoutProposedEnd = (floor: Floor): Floor => without(floor, 'proposedEnd');

const decided = (floor: Floor) =>
  problem('invalid_state', `The floor is ${floor.status}, and nothing about it awaits approval.`);

const secondNeeded = problem(
  'second_approval_required',
  'The administrator who proposed this cannot decide on it: another one must.',
);
