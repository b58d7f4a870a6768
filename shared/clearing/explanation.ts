import * as z from 'zod';
import { zeroableQuantitySchema } from '../kernel/quantity.ts';
import { priceSchema } from '../kernel/money.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { assuranceSchema } from '../standards/scheme.ts';
import { conditionCodes } from '../orders/conditions.ts';
import { requirementSchema } from '../standards/standards-rule.ts';
import { outcomeCodes, refusalCodes } from './refusal.ts';

/**
 * What would have cured a refusal, from public rules and the order's own terms alone; empty where naming it would
 * tell another organisation's terms, or where no change of the order would do.
 */
export const wouldNeedSchema = z.strictObject({
  /** The floor in force: a limit at or above it. */
  floor: priceSchema.optional(),
  /** For each missing proof, the schemes and least levels of which any one would do. */
  certificates: z
    .array(
      z.strictObject({ anyOf: z.array(requirementSchema), minimumAssurance: assuranceSchema.optional() }),
    )
    .optional(),
  verifiedSite: z.literal(true).optional(),
  /** Where the offer and the bid do not meet: in words, and of the order's own destinations alone. */
  delivery: z.string().optional(),
});
export type WouldNeed = z.output<typeof wouldNeedSchema>;

/** Why an order was or was not filled in one quarter. */
export const quarterExplanationSchema = z.strictObject({
  quarter: quarterSchema,
  requested: zeroableQuantitySchema,
  awarded: zeroableQuantitySchema,
  remaining: zeroableQuantitySchema,
  binding: z.array(
    z.strictObject({
      code: z.enum([...refusalCodes, ...outcomeCodes, ...conditionCodes]),
      detail: z.string(),
    }),
  ),
  /** Trades that a single reason stood against; `quantity` is the most of this order it can have kept back. */
  nearMisses: z.array(
    z.strictObject({
      code: z.enum(refusalCodes),
      quantity: zeroableQuantitySchema,
      wouldNeed: wouldNeedSchema,
    }),
  ),
});
export type QuarterExplanation = z.output<typeof quarterExplanationSchema>;
