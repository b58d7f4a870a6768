import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';
import { lotPartSchema } from './account.ts';

/** 0 normal · 1 watch · 2 tight: loans in kind · 3 emergency: release at the inventory price. */
export type ReleaseLevel = 0 | 1 | 2 | 3;

const releaseConditionCodes = [
  'cover_below_target',
  'top_source_share',
  'licence_rule',
  'cover_below_share_of_target',
  'price_rise',
  'deliveries_late',
  'ban_or_quota',
  'cover_below_days',
  'force_majeure',
] as const;

/** A condition of a level, as it was found. `figure` is null where nothing is known of it. */
export const releaseConditionSchema = z
  .strictObject({
    level: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    code: z.enum(releaseConditionCodes),
    met: z.boolean(),
    figure: z.string().nullable(),
    threshold: z.string(),
    /** It enters its level without another one. */
    suffices: z.boolean(),
  })
  .meta({ id: 'ReleaseCondition' });
export type ReleaseCondition = z.output<typeof releaseConditionSchema>;

/** What an organisation uses of a product, declared by itself and verified by an administrator, before anything is short. */
export const needTermsSchema = z.strictObject({
  annualUse: quantitySchema,
  /** It takes at most so many days of its verified use in one release, at the inventory price. */
  days: z.int().min(1).max(365).default(30),
  /** Defence, health or energy supply hangs on it: an administrator verifies that, too. */
  essential: z.boolean().default(false),
  evidence: textSchema(1000),
});
export type NeedTerms = z.output<typeof needTermsSchema>;

export const needSchema = needTermsSchema
  .extend({
    stockpile: generatedIdSchema('stockpile'),
    product: nameIdSchema,
    organisation: nameIdSchema,
    status: z.enum(['declared', 'verified', 'withdrawn']),
    declaredBy: z.string(),
    /** As the administrator found it; what releases go by. */
    verified: z
      .strictObject({ annualUse: quantitySchema, essential: z.boolean(), by: z.string(), at: instantSchema })
      .optional(),
    ...versionShape,
  })
  .meta({ id: 'StockNeed' });
export type StockNeed = z.output<typeof needSchema>;

export const releaseTermsSchema = z.strictObject({
  product: nameIdSchema,
  /** The most that is released; less where the reserve floor, what is free, or verified need is less. */
  quantity: quantitySchema,
  /** Published with the release. */
  reason: textSchema(2000),
});
export type ReleaseTerms = z.output<typeof releaseTermsSchema>;

export const allocationSchema = z.strictObject({
  organisation: nameIdSchema,
  /** As verified: what shares are in proportion to. */
  annualUse: quantitySchema,
  /** Days of verified use that it may get at most, as a mass. */
  cap: zeroableQuantitySchema,
  quantity: zeroableQuantitySchema,
  /** At the mean inventory price of what is released. */
  amount: moneySchema,
  lots: z.array(lotPartSchema),
  deliveredAt: instantSchema.optional(),
  deliveredBy: z.string().optional(),
});
export type Allocation = z.output<typeof allocationSchema>;

const releaseStatuses = ['proposed', 'approved', 'completed', 'rejected'] as const;

/** What a level was found by: the assessment lies beside the release, whole; this is its SHA-256 in canonical JSON. */
const foundSchema = z.strictObject({
  at: instantSchema,
  level: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  conditions: z.array(releaseConditionSchema),
  assessmentDigest: z.string(),
});
export type FoundLevel = z.output<typeof foundSchema>;

export const releaseSchema = releaseTermsSchema
  .extend({
    id: generatedIdSchema('release'),
    stockpile: generatedIdSchema('stockpile'),
    operator: nameIdSchema,
    zone: nameIdSchema,
    status: z.enum(releaseStatuses),
    proposedAt: instantSchema,
    proposedBy: z.string(),
    /** The day whose published rules hold for it. */
    rulesOf: dateSchema,
    /** When it was proposed, and each time that an administrator approved. */
    found: z.array(foundSchema).min(1),
    approvals: z.array(z.strictObject({ by: z.string(), at: instantSchema })),
    rejected: z.strictObject({ by: z.string(), at: instantSchema, reason: textSchema(2000) }).optional(),
    /** Once it is approved. */
    decided: z
      .strictObject({
        free: zeroableQuantitySchema,
        reserveFloor: zeroableQuantitySchema,
        total: zeroableQuantitySchema,
        price: priceSchema,
        /** The day by which everything has left the warehouse. */
        due: dateSchema,
        allocations: z.array(allocationSchema),
        /** What everybody is told of the total: said once, with what was known then. Null: it would tell of one. */
        published: zeroableQuantitySchema.nullable(),
      })
      .optional(),
    ...versionShape,
  })
  .meta({ id: 'StockReleaseRecord' });
export type StockRelease = z.output<typeof releaseSchema>;

/** Administrators who approve before anything is released, neither of whom has proposed it. */
export const approvalsNeeded = 2;

/** What everybody may know of a release, once it is decided. */
export const publishedReleaseSchema = z
  .strictObject({
    id: generatedIdSchema('release'),
    stockpile: generatedIdSchema('stockpile'),
    product: nameIdSchema,
    zone: nameIdSchema,
    level: z.literal(3),
    /** Conditions that were met, without their figures. */
    conditions: z.array(z.enum(releaseConditionCodes)),
    reason: textSchema(2000),
    decidedAt: instantSchema,
    /** Null with `withheld` where fewer than three organisations took part, or one has more than 70 %. */
    quantity: zeroableQuantitySchema.nullable(),
    withheld: z.boolean(),
    status: z.enum(['approved', 'completed']),
  })
  .meta({ id: 'PublishedRelease' });
export type PublishedRelease = z.output<typeof publishedReleaseSchema>;
