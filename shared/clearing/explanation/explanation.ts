import * as z from 'zod';
import { zeroableQuantitySchema } from '../../kernel/quantity.ts';
import { countrySchema } from '../../kernel/ids.ts';
import { priceSchema } from '../../kernel/money.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import { assuranceSchema } from '../../standards/scheme.ts';
import { requirementSchema } from '../../standards/standards-rule.ts';
import { outcomeCodes, refusalCodes } from '../eligibility/refusal.ts';

/** What may keep a single member of a pool out. */
const memberCodes = ['outside_zone'] as const;
const bindingCode = z.enum([...refusalCodes, ...outcomeCodes, ...memberCodes]);

/** Terms of an order that it could do without. */
const droppableTerms = [
  'requires',
  'minimumPurity',
  'maxOriginShare',
  'minimumLot',
  'allOrNone',
  'minimumQuarters',
] as const;
export type DroppableTerm = (typeof droppableTerms)[number];

/**
 * What would have cured a near miss: with all of it, and all else alike, the order would have traded more in the quarter,
 * at least a lot. Told are figures of the order's own and public ones only: floors, rules, landed prices that the market's
 * public view gives. Empty where naming the cure would tell another organisation's terms, or where no change of the order
 * would do.
 */
export const wouldNeedSchema = z.strictObject({
  /** The floor in force: a limit at or above it. */
  floor: priceSchema.optional(),
  /** For a bid: a limit that would have been enough. */
  limit: priceSchema.optional(),
  /** For an offer: an ask that would have been enough. */
  ask: priceSchema.optional(),
  /** For each proof that an offer lacked, the schemes and least levels of which any one would do. */
  certificates: z
    .array(
      z.strictObject({ anyOf: z.array(requirementSchema), minimumAssurance: assuranceSchema.optional() }),
    )
    .optional(),
  verifiedSite: z.literal(true).optional(),
  /** For a bid: that it accepts offers which hang on conditions precedent. */
  acceptsConditional: z.literal(true).optional(),
  /** Where the offer and the bid do not meet: in words, and of the order's own destinations alone. */
  delivery: z.string().optional(),
  /** Origins that the bid excludes, of which it would have to let in any one. */
  origins: z.array(countrySchema).optional(),
  /** Of what a bid requires itself, the next lower level. */
  levels: z.array(requirementSchema).optional(),
  /** A lesser quantity in the quarter: no more than the public depth of the other side. */
  quantity: zeroableQuantitySchema.optional(),
  /** Another quarter for this one's quantity: it would have traded there. */
  quarters: z.array(quarterSchema).optional(),
  /** Terms that the order would have to do without. */
  without: z.array(z.enum(droppableTerms)).optional(),
  /** Reasons that stood against the trade together with `code`: this cures them all. */
  also: z.array(bindingCode).optional(),
  /**
   * False where this removes the refusal but it is not certain that the order would then have traded more: others might
   * have been preferred, or it is not in the order's own hands.
   */
  certain: z.literal(false).optional(),
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
      code: bindingCode,
      detail: z.string(),
    }),
  ),
  /**
   * Trades that one reason stood against, or two of which all is told; `quantity` is the most of this order that they can
   * have kept back.
   */
  nearMisses: z.array(
    z.strictObject({
      code: bindingCode,
      quantity: zeroableQuantitySchema,
      wouldNeed: wouldNeedSchema,
    }),
  ),
  /** All of this in plain words. Missing in explanations of early clearings. */
  sentence: z.string().optional(),
});
export type QuarterExplanation = z.output<typeof quarterExplanationSchema>;
