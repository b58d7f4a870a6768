import * as z from 'zod';
import { shareCodec, decimal } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import type { Author } from '../kernel/version.ts';
import { nextVersion, versionShape } from '../kernel/version.ts';
import { publishedFigures } from './publication.ts';

const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** How finely partners see what is published: never more than what hides every operator. */
const granularitySchema = z.strictObject({
  figures: z.array(z.enum(publishedFigures)).min(1).refine(distinct, 'must not name a figure twice'),
  /** As published, or rounded down to 1, 2 or 5 times a power of ten. */
  quantities: z.enum(['exact', 'rounded']).default('rounded'),
  /** Days that part the bands of cover: [30, 60, 90] makes four. */
  coverBands: z
    .array(z.int().min(1).max(3650))
    .min(1)
    .max(10)
    .refine((days) => days.every((day, at) => at === 0 || days[at - 1]! < day), 'must ascend')
    .default([15, 30, 60, 90, 180]),
});
export type Granularity = z.output<typeof granularitySchema>;

/** What two zones agree to tell each other of their stocks. */
export const exchangeTermsSchema = z.strictObject({
  zones: z.tuple([nameIdSchema, nameIdSchema]).refine(distinct, 'must name two zones'),
  products: z.array(nameIdSchema).min(1).max(200).refine(distinct, 'must not name a product twice'),
  granularity: granularitySchema,
  /**
   * Both build up, and together they plan to buy more than this share of what both plan to consume in a year: then both
   * are warned.
   */
  pacingShare: shareCodec.default(() => decimal('0.1')),
  effectiveFrom: dateSchema,
  effectiveTo: dateSchema.optional(),
  rationale: z.string().trim().min(1).max(4000),
});
export type ExchangeTerms = z.output<typeof exchangeTermsSchema>;

export const exchangeAgreementSchema = exchangeTermsSchema
  .extend({
    id: generatedIdSchema('exchange'),
    status: z.enum(['proposed', 'active', 'rejected', 'ended']),
    /** Who decided for each zone: an administrator of its authority. */
    proposedBy: z.strictObject({ zone: nameIdSchema, subject: z.string() }),
    approvedBy: z.strictObject({ zone: nameIdSchema, subject: z.string() }).optional(),
    approvedAt: instantSchema.optional(),
    endedAt: instantSchema.optional(),
    ...versionShape,
  })
  .meta({ id: 'ExchangeAgreement' });
export type ExchangeAgreement = z.output<typeof exchangeAgreementSchema>;

/** The one of two zones that is not this one. */
const partnerOf = ({ zones: [a, b] }: Pick<ExchangeAgreement, 'zones'>, zone: string): string =>
  zone === a ? b : a;

/** It binds on that day. */
export const isActiveOn = (
  { status, effectiveFrom, effectiveTo }: ExchangeAgreement,
  on: CalendarDate,
): boolean => status === 'active' && effectiveFrom <= on && (effectiveTo === undefined || on <= effectiveTo);

/** The other zone's authority decides. Errors: invalid_state, second_approval_required. */
export function decidedExchange(
  agreement: ExchangeAgreement,
  to: 'active' | 'rejected',
  zone: string,
  author: Author,
): Result<ExchangeAgreement> {
  if (agreement.status !== 'proposed')
    return fail(problem('invalid_state', `The agreement is ${agreement.status}: nothing awaits approval.`));
  if (
    zone !== partnerOf(agreement, agreement.proposedBy.zone) ||
    author.subject === agreement.proposedBy.subject
  )
    return fail(
      problem(
        'second_approval_required',
        'The authority of the zone that proposed it cannot decide: the other must.',
      ),
    );
  return ok({
    ...agreement,
    status: to,
    ...(to === 'active' ? { approvedBy: { zone, subject: author.subject }, approvedAt: author.at } : {}),
    ...nextVersion(agreement, author),
  });
}

/** Either side ends it at once; what was told stays told. Errors: invalid_state. */
export const endedExchange = (agreement: ExchangeAgreement, author: Author): Result<ExchangeAgreement> =>
  agreement.status === 'active'
    ? ok({ ...agreement, status: 'ended', endedAt: author.at, ...nextVersion(agreement, author) })
    : fail(
        problem('invalid_state', `Only an active agreement can be ended; this one is ${agreement.status}.`),
      );
