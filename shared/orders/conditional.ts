import * as z from 'zod';
import { nameIdSchema, textSchema } from '../kernel/ids.ts';
import type { Problem } from '../kernel/problem.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf } from '../kernel/quarter.ts';
import type { Instant } from '../kernel/time.ts';
import { dateOf, dateSchema } from '../kernel/time.ts';

/** What a producer must still bring about: financing, a permit, the plant itself. */
export const offeredConditionSchema = z.strictObject({
  id: nameIdSchema.max(50),
  description: textSchema(500),
});

/**
 * An offer of a site that does not produce yet hangs on conditions precedent: its contracts bind once all are met or
 * waived, and end where that has not happened by the longstop date. Only bids that accept such offers meet it.
 */
export const conditionalShape = {
  conditionsPrecedent: z
    .array(offeredConditionSchema)
    .min(1)
    .max(20)
    .refine(
      (conditions) => new Set(conditions.map(({ id }) => id)).size === conditions.length,
      'must not name a condition twice',
    )
    .optional(),
  /** The last day on which they may be met. Given with conditions, and only with them. */
  longstop: dateSchema.optional(),
};

interface Conditional {
  readonly conditionsPrecedent?: readonly z.output<typeof offeredConditionSchema>[] | undefined;
  readonly longstop?: string | undefined;
}

export const isConditional = ({ conditionsPrecedent }: Conditional): boolean =>
  conditionsPrecedent !== undefined;

/** An offer is valid until its longstop date ends, at the most: a contract concluded later could never bind. */
export function validWithin({ longstop }: Conditional, validUntil: Instant | undefined): Instant | undefined {
  if (longstop === undefined) return validUntil;
  const end = `${longstop}T23:59:59.999Z`;
  return validUntil === undefined || validUntil > end ? end : validUntil;
}

/**
 * Conditions and longstop are stated together; the longstop lies ahead, and before the first delivery: what is not
 * certain then is not delivered then. Errors: invalid_request.
 */
export function conditionalProblem(
  { conditionsPrecedent, longstop }: Conditional,
  quarters: Iterable<Quarter>,
  at: Instant,
): Problem | undefined {
  if ((conditionsPrecedent === undefined) !== (longstop === undefined))
    return fieldProblem(
      'invalid_request',
      longstop === undefined ? '/longstop' : '/conditionsPrecedent',
      'Conditions precedent and a longstop date are given together.',
    );
  if (longstop === undefined) return undefined;
  if (longstop <= dateOf(at))
    return fieldProblem('invalid_request', '/longstop', 'The longstop date must lie ahead.');
  return deliveredTooEarly({ longstop }, quarters, '/longstop');
}

/** What is not certain by the first delivery is not delivered then. Errors: invalid_request. */
export function deliveredTooEarly(
  { longstop }: Conditional,
  quarters: Iterable<Quarter>,
  pointer: string,
): Problem | undefined {
  const [first] = [...quarters].sort();
  return first !== undefined && longstop !== undefined && longstop >= firstDayOf(first)
    ? fieldProblem(
        'invalid_request',
        pointer,
        `The first delivery, in ${first}, must begin after the longstop date.`,
      )
    : undefined;
}
