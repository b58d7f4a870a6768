import * as z from 'zod';
import { shareCodec } from '../../kernel/decimal.ts';
import { nameIdSchema } from '../../kernel/ids.ts';
import { floorSchema } from '../../pricing/floor.ts';
import { standardsRuleSchema } from '../../standards/standards-rule.ts';
import { programmeTermsSchema } from '../../support/programme.ts';

const oncePerZone = (entries: readonly { readonly zone: string }[]): boolean =>
  new Set(entries.map(({ zone }) => zone)).size === entries.length;
const twice = 'must not name a zone twice';

const zoneIds = z
  .array(nameIdSchema)
  .max(100)
  .refine((ids) => new Set(ids).size === ids.length, twice);

/**
 * What may stand in the body that would propose a floor or set a rule, so that this very body can be previewed. The
 * preview supposes it in force now, whatever its dates; they count where it is checked against other zones.
 */
const datesShape = {
  product: nameIdSchema.optional(),
  effectiveFrom: floorSchema.shape.effectiveFrom.optional(),
  effectiveTo: floorSchema.shape.effectiveTo,
};

/** Customs duties stay those of the floor that it would take over from: they are no part of what is previewed. */
const supposedFloorSchema = z.strictObject({
  zone: nameIdSchema,
  price: floorSchema.shape.price,
  borderAdjusted: floorSchema.shape.borderAdjusted,
  ...datesShape,
  rationale: floorSchema.shape.rationale.optional(),
});
export type SupposedFloor = z.output<typeof supposedFloorSchema>;

const supposedRuleSchema = z.strictObject({
  zone: nameIdSchema,
  topics: standardsRuleSchema.shape.topics,
  minimumAssurance: standardsRuleSchema.shape.minimumAssurance,
  renewalCovenant: standardsRuleSchema.shape.renewalCovenant,
  ...datesShape,
});
export type SupposedRule = z.output<typeof supposedRuleSchema>;

/** The body that would propose a programme, or as much of it as a support round depends on. */
const supposedProgrammeSchema = programmeTermsSchema.partial({
  product: true,
  name: true,
  design: true,
  rationale: true,
});
export type SupposedProgramme = z.output<typeof supposedProgrammeSchema>;

/** What an administrator supposes in a preview, each in place of what is in force. */
export const previewTermsSchema = z
  .strictObject({
    product: nameIdSchema,
    floors: z.array(supposedFloorSchema).max(100).refine(oncePerZone, twice).optional(),
    standards: z.array(supposedRuleSchema).max(100).refine(oncePerZone, twice).optional(),
    maxOriginShare: shareCodec.optional().meta({
      description:
        'Most that one origin outside a zone may supply, as a share of planned consumption. Supposed of the zones in `capZones`; by default of those that cap already or have declared consumption of the product, and where none has, of all.',
    }),
    capZones: zoneIds.optional(),
    endFloors: zoneIds.optional().meta({ description: 'Zones whose floor is supposed to have ended' }),
    endStandards: zoneIds
      .optional()
      .meta({ description: 'Zones whose standards rule is supposed to have ended' }),
    programmes: z.array(supposedProgrammeSchema).max(20).optional().meta({
      description:
        'Support programmes supposed to be open beside those that are, each with its whole budget: what they would support',
    }),
  })
  .refine((terms) => terms.capZones === undefined || terms.maxOriginShare !== undefined, {
    path: ['capZones'],
    message: 'says nothing without maxOriginShare',
  })
  .meta({ id: 'PreviewTerms' });
export type PreviewTerms = z.output<typeof previewTermsSchema>;
