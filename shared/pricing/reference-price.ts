import * as z from 'zod';
import { decimal, shareCodec } from '../kernel/decimal.ts';
import { sha256Schema } from '../kernel/digest.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { currencySchema, priceSchema } from '../kernel/money.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { unitSchema } from '../kernel/unit.ts';
import { versionShape } from '../kernel/version.ts';

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/**
 * A reference price series: where its points come from, and the guards without which no figure is made of them. Thin
 * means held, never guessed. At least five points of independent firms: Metalshub's price data methodology.
 */
const referenceSeriesShape = z.strictObject({
  name: textSchema(200),
  product: nameIdSchema,
  currency: currencySchema,
  per: unitSchema,
  source: textSchema(500),
  /** Independent firms needed in a window. Five is the least that can be asked for. */
  minimumFirms: z.int().min(5).max(100).default(5),
  /** Points further than this share from the volume-weighted median of the window are left out, and said to be. */
  outlierShare: shareCodec.default(decimal('0.5')),
  /** No firm with its related firms may hold more than this share of the quantity: then the figure is one firm's. */
  maximumFirmShare: shareCodec.optional(),
  /** The reference of the day is made of the points of so many days, up to and including that day. */
  windowDays: z.int().min(1).max(366).default(30),
  /** A fixing whose newest point is older than this many days at the end of its window is stale. */
  staleAfterDays: z.int().min(1).max(366).default(31),
  /** Tried in this order where this one is thin; then the last good fixing, if it is at most `lastGoodDays` old. */
  fallbacks: z.array(nameIdSchema).max(5).refine(distinct, 'must not name a series twice').optional(),
  lastGoodDays: z.int().min(0).max(366).default(0),
});
export const referenceSeriesTermsSchema = referenceSeriesShape;
export type ReferenceSeriesTerms = z.output<typeof referenceSeriesShape>;
export const referenceSeriesSchema = referenceSeriesShape
  .extend({ id: nameIdSchema, ...versionShape })
  .meta({ id: 'ReferenceSeries' });
export type ReferenceSeries = z.output<typeof referenceSeriesSchema>;

/** One observed deal or quote of a firm. A correction is a new point that `replaces` an old one. */
export const pricePointTermsSchema = z.strictObject({
  date: dateSchema,
  /** Firms of one group count as one. */
  firm: nameIdSchema,
  price: priceSchema,
  quantity: quantitySchema,
  replaces: generatedIdSchema('point').optional(),
});
export type PricePointTerms = z.output<typeof pricePointTermsSchema>;
export const pricePointSchema = pricePointTermsSchema
  .extend({
    id: generatedIdSchema('point'),
    series: nameIdSchema,
    /** As it was stated, where that was in another unit; `price` and `quantity` are in the series' own. */
    stated: z.strictObject({ price: priceSchema, quantity: quantitySchema }).optional(),
    recordedAt: instantSchema,
    recordedBy: z.string(),
    /** The point that corrects this one, and since when. The point itself stays as it was recorded. */
    replacedBy: generatedIdSchema('point').optional(),
    replacedAt: instantSchema.optional(),
  })
  .meta({ id: 'PricePoint' });
export type PricePoint = z.output<typeof pricePointSchema>;

/** Points recorded in one transaction with what they replace; each needs a write of its own there. */
export const maximumPoints = 95;

export const windowSchema = z.strictObject({ from: dateSchema, to: dateSchema });
export type Window = z.output<typeof windowSchema>;

/** The figure for one window as it was frozen for a use, with all that it was made from. */
export const fixingSchema = z
  .strictObject({
    series: nameIdSchema,
    /** Version of the series' rules. */
    seriesVersion: z.int().positive(),
    window: windowSchema,
    /** In the series' own currency and unit; volume-weighted mean, rounded half to even to the ninth digit at most. */
    price: priceSchema,
    points: z.int().positive(),
    firms: z.int().positive(),
    /** SHA-256 of the points used, in order of id: whoever has them can check the figure. */
    pointsDigest: sha256Schema,
    leftOut: z.array(
      z.strictObject({ point: generatedIdSchema('point'), code: z.enum(['outlier', 'replaced']) }),
    ),
    /** How it was come by: the series itself, a fallback of that name, or the last good fixing. */
    basis: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('primary') }),
      z.strictObject({
        kind: z.literal('fallback'),
        series: nameIdSchema,
        seriesVersion: z.int().positive(),
      }),
      z.strictObject({
        kind: z.literal('last-good'),
        window: windowSchema,
        version: z.int().positive(),
      }),
    ]),
    /** 1 for the first time it was fixed, counted on where points came in later and it was fixed anew. */
    version: z.int().positive(),
    fixedAt: instantSchema,
  })
  .meta({ id: 'Fixing' });
export type Fixing = z.output<typeof fixingSchema>;
