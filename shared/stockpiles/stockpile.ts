import * as z from 'zod';
import { decimal, shareCodec } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';
import { releaseRulesSchema } from './release-rules.ts';

/** The aims of a reserve clash, so that each stockpile declares one (Columbia CGEP on Project Vault, 2026). */
export const purposes = ['emergency-buffer', 'market-making', 'demand-aggregation'] as const;

/** What a stockpile holds of one product, and how it may be built up. */
const stockpileProductSchema = z.strictObject({
  product: nameIdSchema,
  /** Days of use that the stockpile is to cover. */
  targetDays: z.int().min(1).max(3650),
  /** What a day's use is: of the zone's consumption, or of its net imports. */
  basis: z.enum(['consumption', 'net-imports']),
  /** Of a year, on that basis, as declared. */
  annualUse: z.strictObject({
    quantity: quantitySchema,
    year: z.int().min(2000).max(2100),
    source: textSchema(500),
  }),
  /** The most that is bought in a month, as a share of a month's declared use: build-up must not make the shortage. */
  paceShare: shareCodec.default(() => decimal('1')),
  /** Of the target, what no release touches. */
  reserveFloorShare: shareCodec.default(() => decimal('0.25')),
});
export type StockpileProduct = z.output<typeof stockpileProductSchema>;

const productsSchema = z
  .array(stockpileProductSchema)
  .min(1)
  .max(100)
  .refine(
    (products) => new Set(products.map(({ product }) => product)).size === products.length,
    'must not name a product twice',
  );

/** What an operator proposes: it counts from the day on which an administrator approves it. */
export const stockpileTermsSchema = z.strictObject({
  name: textSchema(200),
  purpose: z.enum(purposes),
  zone: nameIdSchema,
  products: productsSchema,
  releaseRules: releaseRulesSchema.prefault({}),
});
export type StockpileTerms = z.output<typeof stockpileTermsSchema>;

/** Other rules for a stockpile: published by an administrator's approval, in force from a later day on. */
export const rulesTermsSchema = z.strictObject({
  products: productsSchema,
  releaseRules: releaseRulesSchema.prefault({}),
  effectiveFrom: dateSchema,
  rationale: textSchema(4000),
});
export type RulesTerms = z.output<typeof rulesTermsSchema>;

const rulesShape = { products: productsSchema, releaseRules: releaseRulesSchema };

/** `closing`: nothing new begins in it, and an administrator decides whether it is closed for good. */
const stockpileStatuses = ['proposed', 'active', 'rejected', 'closing', 'closed'] as const;

export const stockpileSchema = z
  .strictObject({
    id: generatedIdSchema('stockpile'),
    operator: nameIdSchema,
    name: textSchema(200),
    purpose: z.enum(purposes),
    zone: nameIdSchema,
    status: z.enum(stockpileStatuses),
    /** As published, in order of the days from which they are in force. */
    rules: z.array(
      z.strictObject({
        ...rulesShape,
        effectiveFrom: dateSchema,
        rationale: textSchema(4000).optional(),
        publishedAt: instantSchema,
        publishedBy: z.string(),
      }),
    ),
    /** What awaits an administrator's approval. */
    proposal: z
      .strictObject({
        ...rulesShape,
        /** Absent in the first one, which is in force from its approval on. */
        effectiveFrom: dateSchema.optional(),
        rationale: textSchema(4000).optional(),
        proposedBy: z.string(),
        proposedAt: instantSchema,
      })
      .optional(),
    /** Why, and by whom, it was asked to be closed. */
    closing: z
      .strictObject({ reason: textSchema(1000), proposedBy: z.string(), proposedAt: instantSchema })
      .optional(),
    ...versionShape,
  })
  .meta({ id: 'Stockpile' });
export type Stockpile = z.output<typeof stockpileSchema>;
export type StockpileRules = Pick<Stockpile['rules'][number], 'products' | 'releaseRules' | 'effectiveFrom'>;

/** The rules in force on a day: the last that had begun. `undefined` before the first. */
export const rulesOn = ({ rules }: Pick<Stockpile, 'rules'>, day: CalendarDate): StockpileRules | undefined =>
  rules.findLast(({ effectiveFrom }) => effectiveFrom <= day);

/** What the rules in force on a day say of one product; `undefined` if nothing. */
export const productRules = (
  stockpile: Pick<Stockpile, 'rules'>,
  product: string,
  day: CalendarDate,
): StockpileProduct | undefined => rulesOn(stockpile, day)?.products.find((each) => each.product === product);
