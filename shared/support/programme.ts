import * as z from 'zod';
import { positiveDecimalCodec, shareCodec } from '../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { instantSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';
import { stageSchema } from '../reference/stage.ts';

/**
 * Quarters in which a clawback is set off against top-ups before what is left of it is invoiced; see
 * {@link usuallyInvoicedAfter}. Zero: with the quarter it is charged for.
 */
const invoicedAfterSchema = z.int().min(0).max(40).optional();

/** A year: clawback and top-up of one price cycle meet before money moves. */
export const usuallyInvoicedAfter = 4;

/**
 * How a programme pays per unit, with S its strike, R the reference price of the quarter (at least `minimumReference`,
 * which bounds the gap beforehand), Q the quantity:
 * `one-way` max(0, S − R); `two-way` S − R, the sign decides who pays; `collar` max(0, S − R) − share × max(0, R − C).
 * Sources: LCCC contract for difference, SDE++ base energy price, MP Materials' price protection agreement (2025).
 */
const designSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('one-way') }),
  z.strictObject({
    kind: z.literal('two-way'),
    /** What a producer pays back, per calendar year and in all, at most. */
    annualClawbackCap: moneySchema.optional(),
    lifetimeClawbackCap: moneySchema.optional(),
    invoicedAfter: invoicedAfterSchema,
  }),
  z.strictObject({
    kind: z.literal('collar'),
    ceiling: priceSchema,
    upsideShare: shareCodec,
    /** No upside is shared in quarters before this one (a milestone). */
    upsideFrom: quarterSchema.optional(),
    annualClawbackCap: moneySchema.optional(),
    lifetimeClawbackCap: moneySchema.optional(),
    invoicedAfter: invoicedAfterSchema,
  }),
]);

export const programmeTermsSchema = z.strictObject({
  name: textSchema(200),
  product: nameIdSchema,
  /** Supports deliveries into this zone only. */
  zone: nameIdSchema,
  design: designSchema,
  strike: priceSchema,
  /** S_t = S_0 × (1 − share + share × index_t / base), of an index whose values administrators record. */
  indexation: z
    .strictObject({ base: positiveDecimalCodec, share: shareCodec, index: nameIdSchema })
    .optional(),
  /** The series that R is of. */
  reference: nameIdSchema,
  /** R counts as at least this much. */
  minimumReference: priceSchema.optional(),
  eligible: z.strictObject({
    sites: z.array(generatedIdSchema('site')).min(1).max(500).optional(),
    origins: z.array(countrySchema).min(1).max(250).optional(),
    stages: z.array(stageSchema).min(1).optional(),
    /** Certificates that the site must hold, beyond what the market asks for. */
    standards: z
      .array(z.strictObject({ scheme: nameIdSchema, level: z.string().max(40).optional() }))
      .max(40)
      .optional(),
    /** Sites of stage `recycling` only. */
    recycledOnly: z.boolean().optional(),
  }),
  budget: moneySchema,
  /** Per unit, the most that one award is topped up by. */
  maximumGap: priceSchema,
  /** The most that one agreement may reserve. */
  awardCap: moneySchema.optional(),
  from: quarterSchema,
  to: quarterSchema,
  /** Programmes of one market are served in this order, lowest first; then by id. */
  rank: z.int().min(1).max(1000).default(100),
  rationale: textSchema(4000),
});
export type ProgrammeTerms = z.output<typeof programmeTermsSchema>;

/** What a programme may spend in all, from its approval on, whatever it has spent already. */
export const budgetChangeTermsSchema = z.strictObject({ budget: moneySchema, reason: textSchema(4000) });
export type BudgetChangeTerms = z.output<typeof budgetChangeTermsSchema>;

export const programmeSchema = programmeTermsSchema
  .extend({
    id: generatedIdSchema('programme'),
    status: z.enum(['proposed', 'approved', 'rejected', 'closed']),
    proposedBy: z.string(),
    proposedAt: instantSchema,
    approvedBy: z.string().optional(),
    approvedAt: instantSchema.optional(),
    /** Proposed by one administrator, and not decided by another yet. */
    budgetChange: budgetChangeTermsSchema
      .extend({ proposedBy: z.string(), proposedAt: instantSchema })
      .optional(),
    ...versionShape,
  })
  .meta({ id: 'Programme' });
export type Programme = z.output<typeof programmeSchema>;
