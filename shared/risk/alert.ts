import * as z from 'zod';
import { decimalCodec } from '../kernel/decimal.ts';
import { canonicalJson, sha256 } from '../kernel/digest.ts';
import { generatedIdSchema, idPrefixes, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { zeroableQuantitySchema } from '../kernel/quantity.ts';
import { signedDecimalCodec } from '../kernel/signed.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';

/** What people are warned of. */
export const alertKinds = [
  'disruption',
  'disruption-ahead',
  'cover',
  'concentration',
  'n-minus-one',
  'late-deliveries',
  'price',
  'certificate-expiry',
  'contract-expiry',
  'floor-expiry',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** What an alert is about. One cause has one alert, however often it comes and goes. */
const causeSchema = z.strictObject({
  kind: z.enum(alertKinds),
  product: nameIdSchema,
  /** Null: the market as a whole. */
  zone: nameIdSchema.nullable(),
  /** The disruption, origin, stockpile, certificate, contract or floor; the product itself where there is none. */
  subject: z.string().min(1).max(100),
});
export type Cause = z.output<typeof causeSchema>;

/** The id follows from the cause: whoever raises it, however often, it is one alert. */
export const alertId = (cause: Cause): string =>
  `${idPrefixes.alert}_${sha256(canonicalJson(z.encode(causeSchema, cause))).slice(0, 40)}`;

export const levelSchema = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);

/** The figures that a level rests on; those that its kind has. */
export const alertFiguresSchema = z.strictObject({
  /** Of the supply, what comes from the source. */
  shareOfSource: decimalCodec.optional(),
  /** Of the source's flow, what the disruption is about. */
  affectedShare: decimalCodec.optional(),
  /** What of contracted deliveries cannot come, over four quarters. */
  exposed: zeroableQuantitySchema.optional(),
  /** Days of cover, and those aimed at. */
  coverDays: decimalCodec.optional(),
  targetDays: decimalCodec.optional(),
  /** What is compared (a share, a ratio, a change), and with what. */
  value: signedDecimalCodec.optional(),
  limit: decimalCodec.optional(),
  /** The day on which it comes about. */
  on: dateSchema.optional(),
});
export type AlertFigures = z.output<typeof alertFiguresSchema>;

export const alertStatuses = ['raised', 'acknowledged', 'resolved'] as const;

/** What has happened to an alert. `by` is missing where it came about by itself. */
const alertStepSchema = z.strictObject({
  at: instantSchema,
  what: z.enum(['raised', 'level', 'acknowledged', 'resolved']),
  level: levelSchema,
  by: z.string().optional(),
  note: textSchema(1000).optional(),
});
export type AlertStep = z.output<typeof alertStepSchema>;

/** Steps that an alert carries; all of them are in its versions. */
export const shownSteps = 50;

export const alertSchema = z
  .strictObject({
    id: generatedIdSchema('alert'),
    cause: causeSchema,
    title: textSchema(300),
    severity: decimalCodec,
    level: levelSchema,
    status: z.enum(alertStatuses),
    raisedAt: instantSchema,
    figures: alertFiguresSchema,
    /** Organisations whose own contracts or certificates it is about. */
    concerns: z.array(nameIdSchema),
    /** Resolved by a person while its cause stands: not raised again below this level. */
    closedAtLevel: levelSchema.optional(),
    /** The last ones, oldest first. */
    history: z.array(alertStepSchema).min(1).max(shownSteps),
    ...versionShape,
  })
  .meta({ id: 'Alert' });
export type Alert = z.output<typeof alertSchema>;
