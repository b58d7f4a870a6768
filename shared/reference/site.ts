import * as z from 'zod';
import { countrySchema, generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { versionShape } from '../kernel/version.ts';
import { mineralSchema, stageSchema } from './stage.ts';

/** What a producer posts. The country is that of the work done here, and never changes. */
export const siteTermsSchema = z.strictObject({
  name: textSchema(200),
  country: countrySchema,
  stage: stageSchema,
  minerals: z.array(mineralSchema).min(1).max(50),
  capacityPerYear: quantitySchema.optional(),
  /** Programmes that designate the site as strategic, such as "CRMA". */
  strategic: z.array(textSchema(100)).max(20).optional(),
});
export type SiteTerms = z.output<typeof siteTermsSchema>;

export const siteSchema = siteTermsSchema
  .extend({
    id: generatedIdSchema('site'),
    organisation: nameIdSchema,
    verified: z.boolean(),
    ...versionShape,
  })
  .meta({ id: 'Site' });
export type Site = z.output<typeof siteSchema>;
