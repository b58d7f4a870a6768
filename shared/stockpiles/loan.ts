import * as z from 'zod';
import { decimal, shareCodec } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { puritySchema } from '../orders/order.ts';
import { lotPartSchema, marketPriceSchema } from './account.ts';
import { releaseConditionSchema } from './release.ts';

/**
 * A loan of material: asked for by who needs it, granted by an administrator when supply is tight, given back in kind of the
 * same or a better grade, or paid for, within the months that the stockpile's rules name (Korea's Public Procurement
 * Service lends for six).
 */
export const loanTermsSchema = z.strictObject({
  product: nameIdSchema,
  quantity: quantitySchema,
  purpose: textSchema(1000),
});
export type LoanTerms = z.output<typeof loanTermsSchema>;

const acted = { at: instantSchema, by: z.string() };

export const loanEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('granted'),
    ...acted,
    lots: z.array(lotPartSchema).min(1),
    /** What comes back is at least so pure: the purest of what went out. */
    purity: puritySchema.optional(),
    /** The mean of what was lent, by mass, half to even to the millionth. */
    inventoryPrice: priceSchema,
    due: dateSchema,
    level: z.int().min(2).max(3),
    conditions: z.array(releaseConditionSchema),
    assessmentDigest: z.string(),
  }),
  z.strictObject({ type: z.literal('refused'), ...acted, reason: textSchema(1000) }),
  z.strictObject({ type: z.literal('withdrawn'), ...acted }),
  z.strictObject({
    type: z.literal('returned'),
    ...acted,
    quantity: quantitySchema,
    lot: generatedIdSchema('stockLot'),
  }),
  /** `paid` by choice, `not-returned` because its day has passed: with a penalty. */
  z.strictObject({
    type: z.enum(['paid', 'not-returned']),
    ...acted,
    quantity: quantitySchema,
    market: marketPriceSchema.nullable(),
    amount: moneySchema,
  }),
]);
export type LoanEvent = z.output<typeof loanEventSchema>;

export const loanSchema = loanTermsSchema
  .extend({
    id: generatedIdSchema('loan'),
    stockpile: generatedIdSchema('stockpile'),
    operator: nameIdSchema,
    borrower: nameIdSchema,
    /** Verified when it was asked for: served before others. */
    essential: z.boolean(),
    penaltyShare: shareCodec.default(() => decimal('0.10')),
    requestedAt: instantSchema,
    requestedBy: z.string(),
    events: z.array(loanEventSchema),
  })
  .meta({ id: 'StockLoanRecord' });
export type StockLoanRecord = z.output<typeof loanSchema>;

export const loanStatuses = ['requested', 'granted', 'refused', 'withdrawn', 'repaid'] as const;
export type LoanStatus = (typeof loanStatuses)[number];

export const loanViewSchema = loanSchema
  .extend({
    status: z.enum(loanStatuses),
    outstanding: zeroableQuantitySchema,
    due: dateSchema.optional(),
    version: z.int().positive(),
  })
  .meta({ id: 'StockLoan' });
export type StockLoanView = z.output<typeof loanViewSchema>;
