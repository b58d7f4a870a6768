import * as z from 'zod';
import { decimalCodec } from '../../kernel/decimal.ts';
import { generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import { moneySchema, priceSchema } from '../../kernel/money.ts';
import { quantitySchema, zeroableQuantitySchema } from '../../kernel/quantity.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import { signedMoneySchema } from '../../kernel/signed.ts';
import { instantSchema } from '../../kernel/time.ts';
import { postingSchema } from '../../ledger/entry.ts';
import { fixingSchema } from '../../pricing/reference-price.ts';

/** What a quarter settles at, per the product's own unit: price + duties + levy = landed; the buyer pays landed − support. */
export const unitPricesSchema = z.strictObject({
  price: priceSchema,
  duties: decimalCodec,
  levy: decimalCodec,
  support: decimalCodec,
  landed: priceSchema,
  /** Of an indexed contract: the figure it was made of, and what bound it. */
  fixing: fixingSchema.optional(),
  bound: z.enum(['floor', 'cap', 'none']).optional(),
});
export type UnitPrices = z.output<typeof unitPricesSchema>;

/** What one delivery comes to. */
const deliveryLineSchema = z.strictObject({
  delivery: generatedIdSchema('delivery'),
  /** `provisional` is a share of the value of what was received; the rest follows when all is final. */
  basis: z.enum(['provisional', 'final']),
  quantity: quantitySchema,
  /** Per unit, by what the assay found; the quarter's price where nothing depends on it. */
  price: decimalCodec,
  goods: moneySchema,
  duties: moneySchema,
  levy: moneySchema,
  support: moneySchema,
  /** Taken off the goods: what had been paid for in an earlier year. */
  makeUpCredit: moneySchema.optional(),
});
export type DeliveryLine = z.output<typeof deliveryLineSchema>;

const common = {
  id: generatedIdSchema('settlement'),
  contract: generatedIdSchema('contract'),
  product: nameIdSchema,
  seller: nameIdSchema,
  buyer: nameIdSchema,
  /** 1 for the first of its kind and period; a correction has the next. */
  sequence: z.int().positive(),
  /** How many of the contract's events it rests on: with these it can be computed again. */
  events: z.int().positive(),
  /** What it changes, account by account; nothing where it only finds that nothing is owed. */
  postings: z.array(postingSchema),
  entries: z.array(generatedIdSchema('entry')),
  settledAt: instantSchema,
};

/** The goods of one quarter: what they come to in all, and what of it was not posted yet. */
const quarterSettlementSchema = z.strictObject({
  ...common,
  kind: z.enum(['provisional', 'delivery']),
  quarter: quarterSchema,
  unit: unitPricesSchema,
  /** Accepted. */
  quantity: zeroableQuantitySchema,
  lines: z.array(deliveryLineSchema),
  goods: moneySchema,
  duties: moneySchema,
  levy: moneySchema,
  support: moneySchema,
  /** goods + duties + levy − support. */
  buyerPays: moneySchema,
});
export type QuarterSettlement = z.output<typeof quarterSettlementSchema>;

/** Take-or-pay, the sharing of upside and the seller's shortfall, of one calendar year. */
const yearSettlementSchema = z.strictObject({
  ...common,
  kind: z.literal('year'),
  /** The year's last: the statement in which it stands. */
  quarter: quarterSchema,
  year: z.int(),
  /** The year's mean price, by the quantities agreed. */
  price: priceSchema,
  takeOrPay: z
    .strictObject({
      minimum: zeroableQuantitySchema,
      taken: zeroableQuantitySchema,
      deficiency: zeroableQuantitySchema,
      /** Owed by the buyer. */
      payment: moneySchema,
      /** Owed to the buyer, for what it had paid for once and has taken now. */
      credit: moneySchema,
    })
    .optional(),
  /** Owed by the seller. */
  upside: z.strictObject({ uncapped: moneySchema, owed: moneySchema, isCapped: z.boolean() }).optional(),
  /** Neither tendered nor excused, and owed by the seller for that. */
  shortfall: z.strictObject({ quantity: zeroableQuantitySchema, owed: moneySchema }).optional(),
  /** What the buyer owes for the year beyond its goods; negative where it is owed. */
  buyerPays: signedMoneySchema,
});
export type YearSettlement = z.output<typeof yearSettlementSchema>;

export const settlementSchema = z
  .discriminatedUnion('kind', [quarterSettlementSchema, yearSettlementSchema])
  .meta({ id: 'Settlement' });
export type Settlement = z.output<typeof settlementSchema>;

/** The period of a settlement as its key has it: `2027-Q1` or `2027`, and apart from it what is provisional. */
export const periodOf = ({ kind, ...rest }: Pick<Settlement, 'kind' | 'quarter'>): string =>
  kind === 'year' ? rest.quarter.slice(0, 4) : kind === 'provisional' ? `${rest.quarter}-P` : rest.quarter;
