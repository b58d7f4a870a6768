import * as z from 'zod';
import { shareCodec } from '../kernel/decimal.ts';
import { sha256Schema } from '../kernel/digest.ts';
import { countrySchema, generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { priceSchema } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { dateOf, dateSchema, inRange, instantSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';

/** Ordinary customs duty on an origin, into one destination or all of the zone. */
const dutySchema = z.strictObject({
  origin: countrySchema,
  destination: countrySchema.optional(),
  rate: shareCodec,
});
export type Duty = z.output<typeof dutySchema>;

const floorTermsShape = z.strictObject({
  product: nameIdSchema,
  zone: nameIdSchema,
  price: priceSchema,
  /** Imports may be priced lower: a levy brings their landed price up to the floor. */
  borderAdjusted: z.boolean(),
  duties: z
    .array(dutySchema)
    .max(2000)
    .refine(
      (duties) =>
        new Set(duties.map((duty) => `${duty.origin}>${duty.destination ?? '*'}`)).size === duties.length,
      'must not give two rates for one origin and destination',
    )
    .optional(),
  effectiveFrom: dateSchema,
  effectiveTo: dateSchema.optional(),
  rationale: textSchema(4000),
});

export const floorTermsSchema = floorTermsShape.refine(
  (terms) => terms.effectiveTo === undefined || terms.effectiveFrom <= terms.effectiveTo,
  { path: ['effectiveTo'], message: 'must not be before effectiveFrom' },
);
export type FloorTerms = z.output<typeof floorTermsSchema>;

/** What an administrator proposes as the end of a floor. */
export const floorEndTermsSchema = z.strictObject({ effectiveTo: dateSchema, rationale: textSchema(4000) });
export type FloorEndTerms = z.output<typeof floorEndTermsSchema>;

const proposedEndSchema = floorEndTermsSchema.extend({ proposedBy: z.string(), proposedAt: instantSchema });

export const floorSchema = floorTermsShape
  .extend({
    id: generatedIdSchema('floor'),
    status: z.enum(['proposed', 'approved', 'rejected']),
    proposedBy: z.string(),
    proposedAt: instantSchema,
    approvedBy: z.string().optional(),
    approvedAt: instantSchema.optional(),
    /** An end proposed by one administrator and awaiting another. */
    proposedEnd: proposedEndSchema.optional(),
    /** The end that two administrators agreed on: why, and who. */
    end: proposedEndSchema.extend({ approvedBy: z.string(), approvedAt: instantSchema }).optional(),
    /** The floor that took over where this one was ended. */
    supersededBy: generatedIdSchema('floor').optional(),
    /**
     * SHA-256 of this version, which names that of the one before: one chain per floor. Absent where a floor is
     * only supposed, as in a preview.
     */
    hash: sha256Schema.optional(),
    previousHash: sha256Schema.optional(),
    ...versionShape,
  })
  .meta({ id: 'Floor' });
export type Floor = z.output<typeof floorSchema>;

/** A floor acts only on gate closures after its approval, whatever its dates. */
export const isInForce = (floor: Floor, at: Instant): boolean =>
  floor.status === 'approved' &&
  floor.approvedAt !== undefined &&
  floor.approvedAt < at &&
  inRange(floor, dateOf(at));

/** The duty rate on an origin into a destination; a rate for that destination goes before one for the zone. */
export function dutyOn(floor: Floor | undefined, origin: string, destination: string): Duty | undefined {
  const ofOrigin = (floor?.duties ?? []).filter((duty) => duty.origin === origin);
  return (
    ofOrigin.find((duty) => duty.destination === destination) ??
    ofOrigin.find((duty) => duty.destination === undefined)
  );
}
