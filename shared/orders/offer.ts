import * as z from 'zod';
import { conditionalShape } from './conditional.ts';
import { countrySchema, generatedIdSchema, idPrefixes, nameIdSchema } from '../kernel/ids.ts';
import { orderRecordShape, orderTermsShape, puritySchema } from './order.ts';

/** Where material comes from: the site that made it, or the stock lot that it lies in. */
export const sourceIdSchema = z.union([generatedIdSchema('site'), generatedIdSchema('stockLot')]);
export const isStockLot = (source: string): boolean => source.startsWith(`${idPrefixes.stockLot}_`);

/** What a producer posts: supply of one site (a stockpile operator's: of one stock lot). */
export const offerTermsSchema = z.strictObject({
  ...orderTermsShape,
  site: generatedIdSchema('site').optional(),
  stockLot: generatedIdSchema('stockLot').optional(),
  /** Countries the offer delivers to; everywhere if absent. */
  destinations: z.array(countrySchema).min(1).max(250).optional(),
  purity: puritySchema.optional(),
  ...conditionalShape,
});
export type OfferTerms = z.output<typeof offerTermsSchema>;

export const offerSchema = offerTermsSchema
  .extend({
    ...orderRecordShape,
    id: generatedIdSchema('offer'),
    seller: nameIdSchema,
  })
  .meta({ id: 'Offer' });
export type Offer = z.output<typeof offerSchema>;

/** The site or the stock lot that an offer or a contract is of: it has one of them. */
export function sourceOf({ site, stockLot }: Pick<OfferTerms, 'site' | 'stockLot'>): string {
  const source = site ?? stockLot;
  if (source === undefined) throw new Error('material from nowhere');
  return source;
}
