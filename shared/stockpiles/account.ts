import * as z from 'zod';
import { decimal, shareCodec } from '../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { puritySchema } from '../orders/order.ts';
import { dayCounts } from './day-count.ts';
import { gradeShape } from './grade.ts';

/**
 * A member's account in a stockpile, of the kind that Project Vault has (US EXIM, 2026): the member commits to a quantity at
 * a set inventory price, pays a fee to enter and the carry while its material lies there, may draw it at any time if it
 * replenishes, and buys the rest back at that price at term.
 */
export const accountTermsSchema = z.strictObject({
  member: nameIdSchema,
  product: nameIdSchema,
  /** The most that is bought for the member; of it, what has been allocated is its to draw. */
  committed: quantitySchema,
  inventoryPrice: priceSchema,
  entryFee: moneySchema,
  /** Of a year, on the inventory price of what is financed: allocated and not bought back. */
  interestRate: shareCodec,
  /** Of a year, on the inventory price of what lies in the warehouse for it. */
  storageRate: shareCodec,
  dayCount: z.enum(dayCounts),
  /** The day on which what is left is bought back. */
  term: dateSchema,
  /** Within how many days what is drawn is to be replenished, at the latest at term. */
  replenishDays: z.int().min(1).max(730).default(90),
  /** On top of the price of what is not replenished in time. */
  penaltyShare: shareCodec.default(() => decimal('0.10')),
});
export type AccountTerms = z.output<typeof accountTermsSchema>;

/** What of a stock lot went out. */
export const lotPartSchema = z.strictObject({
  lot: generatedIdSchema('stockLot'),
  quantity: quantitySchema,
  purity: puritySchema.optional(),
});
export type LotPart = z.output<typeof lotPartSchema>;

/** A price that a default is measured by, with where it is from. */
export const marketPriceSchema = z.strictObject({
  date: dateSchema,
  price: priceSchema,
  source: textSchema(200),
});
export type MarketPrice = z.output<typeof marketPriceSchema>;

const acted = { at: instantSchema, by: z.string() };
const ofAccount = generatedIdSchema('account');

const accountEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('accepted'), ...acted }),
  z.strictObject({ type: z.literal('declined'), ...acted }),
  z.strictObject({ type: z.literal('allocated'), ...acted, quantity: quantitySchema }),
  z.strictObject({
    type: z.literal('drawn'),
    ...acted,
    quantity: quantitySchema,
    lots: z.array(lotPartSchema).min(1),
    /** What replaces it is of that grade or better. */
    ...gradeShape,
    due: dateSchema,
  }),
  z.strictObject({
    type: z.literal('replenished'),
    ...acted,
    /** The number of the draw's event. */
    draw: z.int().positive(),
    quantity: quantitySchema,
    lot: generatedIdSchema('stockLot'),
  }),
  z.strictObject({
    type: z.literal('transferred-out'),
    ...acted,
    quantity: quantitySchema,
    to: ofAccount,
  }),
  z.strictObject({
    type: z.literal('transferred-in'),
    ...acted,
    quantity: quantitySchema,
    from: ofAccount,
  }),
  z.strictObject({
    type: z.literal('repurchased'),
    ...acted,
    quantity: quantitySchema,
    amount: moneySchema,
    lots: z.array(lotPartSchema).min(1),
  }),
  z.strictObject({
    type: z.literal('not-replenished'),
    ...acted,
    draw: z.int().positive(),
    quantity: quantitySchema,
    /** The market's price then; null where none was known: the inventory price counts. */
    market: marketPriceSchema.nullable(),
    /** Price and penalty together. */
    amount: moneySchema,
  }),
  z.strictObject({
    type: z.literal('carried'),
    ...acted,
    quarter: quarterSchema,
    amount: moneySchema,
  }),
  z.strictObject({ type: z.literal('closed'), ...acted }),
]);
export type AccountEvent = z.output<typeof accountEventSchema>;

/** Beyond that many events an account takes no more acts of its member: what is due still is. */
export const maximumEvents = 400;

/** An account as it is kept: what was agreed, and everything that happened, in order. Nothing is ever taken away. */
export const accountSchema = accountTermsSchema
  .extend({
    id: ofAccount,
    stockpile: generatedIdSchema('stockpile'),
    operator: nameIdSchema,
    offeredAt: instantSchema,
    offeredBy: z.string(),
    events: z.array(accountEventSchema),
  })
  .meta({ id: 'StockAccountRecord' });
export type StockAccountRecord = z.output<typeof accountSchema>;

export const accountStatuses = ['offered', 'declined', 'active', 'closed'] as const;

const openDrawSchema = z.strictObject({
  draw: z.int().positive(),
  outstanding: quantitySchema,
  ...gradeShape,
  due: dateSchema,
});

/** An account with what its events come to. `entitlement` = purchased − drawn + replenished, and never negative. */
export const accountViewSchema = accountSchema
  .extend({
    status: z.enum(accountStatuses),
    /** Allocated, and transferred in, less transferred out and bought back. */
    purchased: zeroableQuantitySchema,
    drawn: zeroableQuantitySchema,
    replenished: zeroableQuantitySchema,
    /** Drawn, not replenished, and paid for. */
    paidFor: zeroableQuantitySchema,
    entitlement: zeroableQuantitySchema,
    /** What interest runs on. */
    financed: zeroableQuantitySchema,
    openDraws: z.array(openDrawSchema),
    version: z.int().positive(),
  })
  .meta({ id: 'StockAccount' });
export type StockAccountView = z.output<typeof accountViewSchema>;
