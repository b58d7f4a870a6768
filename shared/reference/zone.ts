import * as z from 'zod';
import { shareCodec } from '../kernel/decimal.ts';
import { countrySchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { zeroableQuantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { versionShape } from '../kernel/version.ts';

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** An origin outside the zone that applies an equivalent floor, for one product or for all. */
const equivalentOriginSchema = z.strictObject({ origin: countrySchema, product: nameIdSchema.optional() });

/** A set of jurisdictions that apply common floors and rules to what is delivered to them. */
export const zoneTermsSchema = z.strictObject({
  name: textSchema(200),
  members: z.array(countrySchema).min(1).max(250).refine(distinct, 'must not name a country twice'),
  /** Most that one origin outside the zone may supply, as a share of planned consumption. */
  maxOriginShare: shareCodec.optional(),
  equivalentOrigins: z.array(equivalentOriginSchema).max(500).optional(),
  barredOrigins: z.array(countrySchema).max(250).optional(),
  verifiedSitesOnly: z.boolean().optional(),
  /** The organisation whose administrators speak for the zone towards others. */
  authority: nameIdSchema.optional(),
});
export type ZoneTerms = z.output<typeof zoneTermsSchema>;

export const zoneSchema = zoneTermsSchema.extend({ id: nameIdSchema, ...versionShape }).meta({ id: 'Zone' });
export type Zone = z.output<typeof zoneSchema>;

export const consumptionTermsSchema = z.strictObject({
  quarters: z
    .array(z.strictObject({ quarter: quarterSchema, quantity: zeroableQuantitySchema }))
    .min(1)
    .max(160)
    .refine((list) => distinct(list.map((entry) => entry.quarter)), 'must not name a quarter twice'),
});
export type ConsumptionTerms = z.output<typeof consumptionTermsSchema>;

/** Planned consumption of one product in one zone: the denominator of the zone's `maxOriginShare`. */
export const consumptionSchema = consumptionTermsSchema
  .extend({ zone: nameIdSchema, product: nameIdSchema, ...versionShape })
  .meta({ id: 'Consumption' });
export type Consumption = z.output<typeof consumptionSchema>;

/** The origin's floor counts as equivalent for this product. */
export const hasEquivalentFloor = (zone: Zone, origin: string, product: string): boolean =>
  (zone.equivalentOrigins ?? []).some(
    (entry) => entry.origin === origin && (entry.product === undefined || entry.product === product),
  );
