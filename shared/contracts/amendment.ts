import * as z from 'zod';
import { shareCodec } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { dateSchema } from '../kernel/time.ts';
import { takeOrPaySchema } from './standard-terms.ts';

/**
 * What both sides together may change. Never the price, nor what it is adjusted by, and never more mass: floors, levies
 * and caps were counted on what the market cleared, and a private agreement must not undo them.
 */
export const amendmentChangeSchema = z
  .discriminatedUnion('kind', [
    /** At most what is contracted of the quarter; nothing, to leave it out. */
    z.strictObject({
      kind: z.literal('quantity'),
      quarter: quarterSchema,
      quantity: zeroableQuantitySchema,
    }),
    z.strictObject({ kind: z.literal('take_or_pay'), takeOrPay: takeOrPaySchema.nullable() }),
    z.strictObject({ kind: z.literal('longstop'), condition: nameIdSchema, longstop: dateSchema }),
    z.strictObject({ kind: z.literal('cure'), cureDays: z.int().min(1).max(365) }),
    z.strictObject({ kind: z.literal('provisional_share'), provisionalShare: shareCodec.nullable() }),
    /** Of an accepted delivery: weighed wrongly, say. What was settled is corrected by a new entry. */
    z.strictObject({
      kind: z.literal('correction'),
      delivery: generatedIdSchema('delivery'),
      finalQuantity: quantitySchema,
    }),
    /** Of a delivery that is not yet accepted, on grounds that no measurement decides. */
    z.strictObject({ kind: z.literal('rejection'), delivery: generatedIdSchema('delivery') }),
    z.strictObject({ kind: z.literal('termination') }),
  ])
  .meta({ id: 'AmendmentChange' });
export type AmendmentChange = z.output<typeof amendmentChangeSchema>;

/** What one side proposes to the other. */
export const amendmentTermsSchema = z.strictObject({
  changes: z.array(amendmentChangeSchema).min(1).max(20),
  reason: textSchema(1000),
});
export type AmendmentTerms = z.output<typeof amendmentTermsSchema>;

export const amendmentStatuses = ['proposed', 'accepted', 'rejected', 'withdrawn'] as const;
