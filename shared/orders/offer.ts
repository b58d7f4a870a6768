import * as z from 'zod';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { orderRecordShape, orderTermsShape, puritySchema } from './order.ts';

/** What a producer posts: supply of one site (a stockpile operator's: of one stock lot). */
export const offerTermsSchema = z.strictObject({
  ...orderTermsShape,
  site: generatedIdSchema('site').optional(),
  stockLot: z.string().max(64).optional(),
  /** Countries the offer delivers to; everywhere if absent. */
  destinations: z.array(countrySchema).min(1).max(250).optional(),
  purity: puritySchema.optional(),
});
export type OfferTerms = z.output<typeof offerTermsSchema>;

export const offerSchema = offerTermsSchema
  .extend({
    ...orderRecordShape,
    id: generatedIdSchema('offer'),
    seller: nameIdSchema,
    site: generatedIdSchema('site'),
  })
  .meta({ id: 'Offer' });
export type Offer = z.output<typeof offerSchema>;
