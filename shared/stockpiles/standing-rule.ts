import * as z from 'zod';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { priceSchema } from '../kernel/money.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';

const orderShape = {
  product: nameIdSchema,
  /** Where what is bought is delivered to. */
  destination: countrySchema,
  /** Bids are for the quarter that many quarters ahead. */
  quartersAhead: z.int().min(1).max(8).default(1),
  /** How long an order stands. */
  validDays: z.int().min(1).max(92).default(30),
};

/**
 * An operator's instruction that is carried out day by day, by ordinary orders of its stockpile: floors, standards and caps
 * hold for them as for anybody's.
 */
export const standingRuleTermsSchema = z.discriminatedUnion('kind', [
  /** Buys at the floor while the last clearing's landed price sits on it, up to pace and target. */
  z.strictObject({
    kind: z.literal('buy-at-floor'),
    ...orderShape,
    /** Of one order; the deficit and the pace bound it anyhow. */
    most: quantitySchema.optional(),
  }),
  /**
   * Rotates lots before their shelf life ends: first it buys as much of equal or better purity, then it offers of the old lot
   * what has been contracted for its replacement.
   */
  z.strictObject({
    kind: z.literal('rotate'),
    ...orderShape,
    daysBefore: z.int().min(1).max(1095),
    /** Landed, for what comes in. */
    limit: priceSchema,
    /** For what goes out. */
    ask: priceSchema,
  }),
]);
export type StandingRuleTerms = z.output<typeof standingRuleTermsSchema>;

const placedSchema = z.strictObject({
  day: dateSchema,
  order: z.union([generatedIdSchema('bid'), generatedIdSchema('offer')]),
  /** The lot that is rotated. */
  lot: generatedIdSchema('stockLot').optional(),
  quantity: quantitySchema,
});
export type Placed = z.output<typeof placedSchema>;

/** The orders last placed that are told of. A rule that rotates counts by them, and ends when it has placed so many. */
export const placedKept = 200;

const ruleStatuses = ['proposed', 'active', 'paused', 'ended', 'rejected'] as const;

/** Why a rule that was asked has placed nothing, or nothing more; or `placed`. Refusals of an order go by their own codes. */
const askedSchema = z.strictObject({
  day: dateSchema,
  at: instantSchema,
  code: z.string(),
  detail: z.string(),
});

export const standingRuleSchema = z
  .strictObject({
    id: generatedIdSchema('rule'),
    stockpile: generatedIdSchema('stockpile'),
    operator: nameIdSchema,
    terms: standingRuleTermsSchema,
    status: z.enum(ruleStatuses),
    proposedBy: z.string(),
    approvedBy: z.string().optional(),
    /** The last day on which it was asked, and what it answered. */
    asked: askedSchema.optional(),
    placed: z.array(placedSchema).max(placedKept),
    ...versionShape,
  })
  .meta({ id: 'StandingRule' });
export type StandingRule = z.output<typeof standingRuleSchema>;
