import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { dateSchema } from '../kernel/time.ts';
import { versionShape } from '../kernel/version.ts';
import { assuranceSchema, levelSchema } from './scheme.ts';

/** A scheme, at a minimum level where the scheme has levels. */
export const requirementSchema = z
  .strictObject({ scheme: nameIdSchema, level: levelSchema.optional() })
  .meta({ id: 'Requirement' });
export type Requirement = z.output<typeof requirementSchema>;

const topicSchema = z.strictObject({
  topic: textSchema(100),
  anyOf: z.array(requirementSchema).min(1).max(30),
});

const standardsRuleTermsShape = z.strictObject({
  product: nameIdSchema,
  zone: nameIdSchema,
  /** Every topic must be satisfied, each by any of its schemes. */
  topics: z.array(topicSchema).min(1).max(30),
  minimumAssurance: assuranceSchema.optional(),
  /** The first quarter must begin inside the certificate's validity; later ones are conditional on renewal. */
  renewalCovenant: z.boolean().optional(),
  effectiveFrom: dateSchema,
  effectiveTo: dateSchema.optional(),
});

export const standardsRuleTermsSchema = standardsRuleTermsShape.refine(
  (terms) => terms.effectiveTo === undefined || terms.effectiveFrom <= terms.effectiveTo,
  { path: ['effectiveTo'], message: 'must not be before effectiveFrom' },
);
export type StandardsRuleTerms = z.output<typeof standardsRuleTermsSchema>;

export const standardsRuleSchema = standardsRuleTermsShape
  .extend({
    id: generatedIdSchema('standards'),
    /** The rule that took over where this one was ended. */
    supersededBy: generatedIdSchema('standards').optional(),
    ...versionShape,
  })
  .meta({ id: 'StandardsRule' });
export type StandardsRule = z.output<typeof standardsRuleSchema>;
