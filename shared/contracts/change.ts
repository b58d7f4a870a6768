import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion, versionShape } from '../kernel/version.ts';
import { productTermsSchema } from '../reference/product.ts';
import { zoneTermsSchema } from '../reference/zone.ts';
import { indexValueTermsSchema } from '../pricing/index-value.ts';
import {
  maximumPoints,
  pricePointTermsSchema,
  referenceSeriesTermsSchema,
} from '../pricing/reference-price.ts';
import { standardTermsShape } from './standard-terms.ts';

const changeShape = {
  id: generatedIdSchema('change'),
  /** The record to be changed, and the version that the proposer saw. */
  target: nameIdSchema,
  /** Zero where there was none yet. */
  basedOn: z.int().nonnegative(),
  status: z.enum(['proposed', 'approved', 'rejected']),
  proposedBy: z.string(),
  proposedAt: instantSchema,
  decidedBy: z.string().optional(),
  decidedAt: instantSchema.optional(),
  ...versionShape,
};

/**
 * A change of a product, of its standard terms or of a zone under a floor, or of a reference price series that has points:
 * one administrator proposes it, another one decides. Whoever could drop a zone's member alone could drop the floor alone,
 * whoever could set penalties alone could price below it, and whoever could loosen a series' guards alone, correct points
 * that a price was fixed by, or say what an index was, could move what contracts and support settle at.
 */
export const changeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('product'), ...changeShape, proposed: productTermsSchema }),
    z.strictObject({ kind: z.literal('zone'), ...changeShape, proposed: zoneTermsSchema }),
    z.strictObject({ kind: z.literal('terms'), ...changeShape, proposed: standardTermsShape }),
    z.strictObject({
      ...{ kind: z.literal('reference-price'), ...changeShape },
      proposed: referenceSeriesTermsSchema,
    }),
    z.strictObject({ kind: z.literal('index-value'), ...changeShape, proposed: indexValueTermsSchema }),
    z.strictObject({
      ...{ kind: z.literal('price-points'), ...changeShape },
      proposed: z.strictObject({ points: z.array(pricePointTermsSchema).min(1).max(maximumPoints) }),
    }),
  ])
  .meta({ id: 'Change' });
export type Change = z.output<typeof changeSchema>;
export type ChangeKind = Change['kind'];

/**
 * The change, decided. Errors: invalid_state (decided already, or the target has moved on since),
 * second_approval_required.
 */
export function decidedChange<C extends Change>(
  change: C,
  decision: 'approved' | 'rejected',
  targetVersion: number,
  author: Author,
): Result<C> {
  if (change.status !== 'proposed')
    return fail(problem('invalid_state', `The change has already been ${change.status}.`));
  if (change.proposedBy === author.subject)
    return fail(
      problem(
        'second_approval_required',
        'The administrator who proposed the change cannot decide on it: another one must.',
      ),
    );
  if (decision === 'approved' && change.basedOn !== targetVersion)
    return fail(
      problem(
        'invalid_state',
        `The ${change.kind} has changed since this was proposed. Reject it and propose it anew.`,
      ),
    );
  return ok({
    ...change,
    status: decision,
    decidedBy: author.subject,
    decidedAt: author.at,
    ...nextVersion(change, author),
  });
}
