import * as z from 'zod';
import { shareCodec } from '../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { requirementSchema } from '../standards/standards-rule.ts';
import { deliverySchema, quarterQuantitySchema, summedDeliverySchema } from './delivery.ts';
import { orderRecordShape, orderTermsShape, puritySchema } from './order.ts';

/** What a bid asks of the material, beside quantity and place; a buyer states it, or the runner of a pool. */
export const bidRequirementsShape = {
  minimumPurity: puritySchema.optional(),
  /** Certificates the buyer asks for beyond the zone's rule; every one must hold. */
  requires: z.array(requirementSchema).min(1).max(30).optional(),
  excludedOrigins: z.array(countrySchema).min(1).max(250).optional(),
  /** Most that one origin may supply, as a share of the quantity requested in each quarter. */
  maxOriginShare: shareCodec.optional(),
};

/** What a buyer posts: demand for delivery in one country. */
export const bidTermsSchema = z.strictObject({
  ...orderTermsShape,
  destination: countrySchema,
  ...bidRequirementsShape,
  /** Meets offers that hang on conditions precedent as well; else only those that do not. */
  acceptsConditional: z.boolean().optional(),
  /** The caller's stockpile that it buys for: what is contracted counts there as in transit. */
  stockpile: generatedIdSchema('stockpile').optional(),
});
export type BidTerms = z.output<typeof bidTermsSchema>;

/**
 * A bid on record. That of a joint-procurement pool names the pool and its zone in place of one destination; its buyer
 * is the pool's runner, and its quantities are the sums of what the members ask for.
 */
export const bidSchema = bidTermsSchema
  .extend({
    ...orderRecordShape,
    id: generatedIdSchema('bid'),
    buyer: nameIdSchema,
    destination: countrySchema.optional(),
    delivery: z.union([deliverySchema, summedDeliverySchema]),
    pool: generatedIdSchema('pool').optional(),
    zone: nameIdSchema.optional(),
    /** What earlier contracts use of `maxOriginShare`. */
    contractedByOrigin: z.array(quarterQuantitySchema.extend({ origin: countrySchema })),
  })
  .meta({ id: 'Bid' });
export type Bid = z.output<typeof bidSchema>;
