import * as z from 'zod';
import { positiveDecimalCodec, shareCodec } from '../kernel/decimal.ts';
import { nameIdSchema, textSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import type { Problem } from '../kernel/problem.ts';
import { fieldProblem } from '../kernel/problem.ts';
import { versionShape } from '../kernel/version.ts';
import type { Product } from '../reference/product.ts';

/**
 * The standard form on which a product's contracts are concluded: sealed orders cannot negotiate clauses, so the market
 * states them beforehand, dated, and a contract keeps the version in force at its gate closure. Only an amendment by
 * both sides changes it for one contract. Groups and usual values: offtake term sheets (Herbert Smith Freehills 2024).
 */

const distinct = <T>(values: readonly T[], of: (value: T) => string): boolean =>
  new Set(values.map(of)).size === values.length;

/** The buyer's or the seller's choice how much within the tolerance is delivered. */
export const sideSchema = z.enum(['seller', 'buyer']);
export type Side = z.output<typeof sideSchema>;

const toleranceSchema = z.strictObject({ share: shareCodec, option: sideSchema });

/**
 * Take-or-pay of a contract year (calendar year). `excused`: whether force majeure, the seller's shortfall and rejected
 * quantity reduce the year's quantity before the share is taken (default) or are subtracted after it.
 */
export const takeOrPaySchema = z.strictObject({
  share: shareCodec,
  excused: z.enum(['before', 'after']).default('before'),
  /** Of the year's mean contract price, what is paid for a kilogram not taken. */
  deficiencyShare: shareCodec.optional(),
  /** Years after the deficient one in which what was paid for may still be taken. */
  makeUpYears: z.int().min(0).max(20),
  /** What is taken above a year's quantity reduces later years' minimum, up to this share of their quantity. */
  carryForwardShare: shareCodec.optional(),
  /** Years after it was taken in which it still does; as many as for make-up if absent. */
  carryForwardYears: z.int().min(0).max(20).optional(),
});

export type TakeOrPay = z.output<typeof takeOrPaySchema>;

/** What must come true before a contract binds, and by when at the latest: days from its conclusion. */
const conditionPrecedentSchema = z.strictObject({
  id: nameIdSchema,
  /** Whose task it is. The other side may waive it. */
  side: sideSchema,
  description: textSchema(1000),
  longstopDays: z.int().min(1).max(3650),
});

/** An element of the assay, in per cent by mass of the dry product. */
const elementSchema = z.strictObject({
  element: nameIdSchema,
  minimum: positiveDecimalCodec.optional(),
  maximum: positiveDecimalCodec.optional(),
  /** The lot may be refused beyond this: below it for a wanted element, above it for a penalty element. */
  rejectBelow: positiveDecimalCodec.optional(),
  rejectAbove: positiveDecimalCodec.optional(),
  /** For each started `step` above `maximum`: deducted from the price. */
  penalty: z.strictObject({ step: positiveDecimalCodec, price: priceSchema }).optional(),
  /** Two assays at most this far apart are settled at their mean, rounded half to even; others by the umpire. */
  splittingLimit: positiveDecimalCodec,
});

const assaySchema = z
  .strictObject({
    elements: z
      .array(elementSchema)
      .min(1)
      .max(40)
      .refine((elements) => distinct(elements, ({ element }) => element), 'must not name an element twice'),
    /** Who decides where two assays lie further apart than the splitting limit. */
    umpire: textSchema(200),
    /** The contract price holds at `base` per cent of this element, and moves in proportion. */
    grade: z.strictObject({ element: nameIdSchema, base: positiveDecimalCodec }).optional(),
  })
  .refine(
    ({ elements, grade }) => grade === undefined || elements.some(({ element }) => element === grade.element),
    { path: ['grade', 'element'], message: 'must be one of the elements' },
  );
export type AssayTerms = z.output<typeof assaySchema>;

/** What indexed contracts settle by: `months` whole months, which end `offset` months after the quarter of delivery. */
const quotationalPeriodSchema = z.strictObject({
  offset: z.int().min(0).max(6),
  months: z.union([z.literal(1), z.literal(3)]),
});

/** The seller gives back a share of what its price exceeds a threshold, up to a sum per calendar year. */
const upsideShareSchema = z.strictObject({
  share: shareCodec,
  threshold: priceSchema,
  annualCap: moneySchema.optional(),
});

/**
 * Liquidated damages: for each unit that the seller neither tendered nor was excused from in a contract year, a share of
 * the year's mean contract price.
 */
const sellerShortfallSchema = z.strictObject({ share: shareCodec });

export const standardTermsShape = z.strictObject({
  tolerance: toleranceSchema.optional(),
  takeOrPay: takeOrPaySchema.optional(),
  conditionsPrecedent: z
    .array(conditionPrecedentSchema)
    .max(20)
    .refine((conditions) => distinct(conditions, ({ id }) => id), 'must not name a condition twice')
    .optional(),
  assay: assaySchema.optional(),
  /** Share of the provisional value invoiced on receipt; the rest when quantity, assay and price are final. */
  provisionalShare: shareCodec.optional(),
  /** Days in which a lapsed certificate may be renewed before a blocked delivery may be refused for good. */
  cureDays: z.int().min(1).max(365).default(30),
  quotationalPeriod: quotationalPeriodSchema.optional(),
  upsideShare: upsideShareSchema.optional(),
  /** What the seller owes for a shortfall of its own; nothing beyond the relief of take-or-pay where it is absent. */
  sellerShortfall: sellerShortfallSchema.optional(),
});
export type StandardTermsTerms = z.output<typeof standardTermsShape>;

/** Whether something is settled by the contract year. */
export const settlesYears = ({ takeOrPay, upsideShare, sellerShortfall }: StandardTermsTerms): boolean =>
  takeOrPay !== undefined || upsideShare !== undefined || sellerShortfall !== undefined;

/** The standard form of one product, as recorded; each version is kept. */
export const standardTermsSchema = standardTermsShape
  .extend({ product: nameIdSchema, ...versionShape })
  .meta({ id: 'StandardTerms' });
export type StandardTerms = z.output<typeof standardTermsSchema>;

/** What holds where no standard form was set: the schedule, the price, and nothing else. */
export const plainTerms: StandardTermsTerms = { cureDays: 30 };

/**
 * Prices in the terms are in the product's own currency and unit, so that nothing is converted when they are used.
 * Errors: currency_mismatch, unit_not_convertible.
 */
export function termsProblem(
  { assay, upsideShare }: StandardTermsTerms,
  product: Pick<Product, 'unit' | 'currency'>,
): Problem | undefined {
  const prices = [
    ...(assay?.elements ?? []).flatMap(({ penalty }, index) =>
      penalty === undefined ? [] : [[`/assay/elements/${index}/penalty/price`, penalty.price] as const],
    ),
    ...(upsideShare === undefined ? [] : [['/upsideShare/threshold', upsideShare.threshold] as const]),
  ];
  const currencies = [
    ...prices,
    ...(upsideShare?.annualCap === undefined
      ? []
      : [['/upsideShare/annualCap', upsideShare.annualCap] as const]),
  ];
  for (const [pointer, { currency }] of currencies)
    if (currency !== product.currency)
      return fieldProblem(
        'currency_mismatch',
        `${pointer}/currency`,
        `This product trades in ${product.currency}.`,
      );
  for (const [pointer, { per }] of prices)
    if (per !== product.unit)
      return fieldProblem('unit_not_convertible', `${pointer}/per`, `State it per ${product.unit}.`);
  return undefined;
}
