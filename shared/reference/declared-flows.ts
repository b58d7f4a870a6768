import * as z from 'zod';
import { countrySchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { zeroableQuantitySchema } from '../kernel/quantity.ts';
import { versionShape } from '../kernel/version.ts';

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/**
 * Where a zone's supply of a product came from in a year, by a source that can be looked up (customs' statistics, a
 * geological survey). Origins that the source withholds, or does not tell, are named as such and never counted as nothing.
 */
export const declaredFlowsTermsSchema = z.strictObject({
  year: z.int().min(2000).max(2100),
  source: textSchema(500),
  flows: z
    .array(z.strictObject({ origin: countrySchema, quantity: zeroableQuantitySchema }))
    .min(1)
    .max(250)
    .refine((list) => distinct(list.map(({ origin }) => origin)), 'must not name an origin twice'),
  withheld: z.array(countrySchema).max(250).refine(distinct, 'must not name an origin twice').optional(),
});
export type DeclaredFlowsTerms = z.output<typeof declaredFlowsTermsSchema>;

export const declaredFlowsSchema = declaredFlowsTermsSchema
  .extend({ zone: nameIdSchema, product: nameIdSchema, ...versionShape })
  .meta({ id: 'DeclaredFlows' });
export type ZoneFlows = z.output<typeof declaredFlowsSchema>;
