import * as z from 'zod';
import { decimal, shareCodec } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { lotPartSchema, marketPriceSchema } from './account.ts';
import { gradeShape } from './grade.ts';
import { releaseConditionSchema } from './release.ts';

/**
 * A loan of material: asked for by who needs it, approved by an administrator while supply is tight, handed over, and given
 * back in kind of the same or a better grade, or paid for, within the months that the stockpile's rules name (Korea's Public
 * Procurement Service lends for six).
 */
export const loanTermsSchema = z.strictObject({
  product: nameIdSchema,
  /** At most so many days of its verified use as a release would give it, with what it has borrowed already. */
  quantity: quantitySchema,
  purpose: textSchema(1000),
});
export type LoanTerms = z.output<typeof loanTermsSchema>;

/** What holds for every loan that is asked for. */
export const loanConditions = { penaltyShare: decimal('0.10'), graceDays: 10 };

const acted = { at: instantSchema, by: z.string() };

/** What an approval went by: the level, the need, and what was there. For those who decide, not for the borrower. */
const groundsSchema = z.strictObject({
  level: z.int().min(2).max(3),
  conditions: z.array(releaseConditionSchema),
  /** SHA-256 of the assessment, which is kept whole beside the loan. */
  assessmentDigest: z.string(),
  free: zeroableQuantitySchema,
  reserveFloor: zeroableQuantitySchema,
});

const loanEventSchema = z.discriminatedUnion('type', [
  /** Set aside for the borrower, until it is handed over or the day for that has passed. */
  z.strictObject({
    type: z.literal('approved'),
    ...acted,
    lots: z.array(lotPartSchema).min(1),
    /** What comes back is of that grade or better. */
    ...gradeShape,
    /** The mean of what is lent, by mass, half to even to the millionth. */
    inventoryPrice: priceSchema,
    /** Days of verified use that it may have out at most, as a mass. */
    cap: quantitySchema,
    /** What it has borrowed, or asked for, beside. */
    beside: zeroableQuantitySchema,
    essential: z.boolean(),
    months: z.int().min(1).max(24),
    handOverBy: dateSchema,
    grounds: groundsSchema.optional(),
  }),
  z.strictObject({ type: z.literal('rejected'), ...acted, reason: textSchema(1000) }),
  z.strictObject({ type: z.literal('withdrawn'), ...acted }),
  /** Approved, and not handed over in time. */
  z.strictObject({ type: z.literal('lapsed'), ...acted }),
  z.strictObject({ type: z.literal('handed-over'), ...acted, due: dateSchema }),
  /** Its day has passed. */
  z.strictObject({ type: z.literal('overdue'), ...acted }),
  z.strictObject({
    type: z.literal('returned'),
    ...acted,
    quantity: quantitySchema,
    lot: generatedIdSchema('stockLot'),
  }),
  /** `paid` by choice, from the day on which it is due; `not-returned` when the days of grace are over: with a penalty. */
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
    /** On top of the price of what is neither returned nor paid for in time. */
    penaltyShare: shareCodec,
    /** So many days after its day it may still be returned, or paid for without a penalty. */
    graceDays: z.int().min(0).max(90),
    requestedAt: instantSchema,
    requestedBy: z.string(),
    events: z.array(loanEventSchema),
  })
  .meta({ id: 'StockLoanRecord' });
export type StockLoanRecord = z.output<typeof loanSchema>;

/** Beyond that many events nothing is returned or paid in parts any more: only all that is left. */
export const maximumLoanEvents = 200;

const loanStatuses = [
  ...(['requested', 'approved', 'rejected', 'withdrawn', 'lapsed'] as const),
  ...(['lent', 'overdue', 'repaid', 'defaulted'] as const),
] as const;
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
