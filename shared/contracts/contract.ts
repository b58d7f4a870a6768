import * as z from 'zod';
import { decimalCodec } from '../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { moneySchema, priceSchema } from '../kernel/money.ts';
import { offeredConditionSchema } from '../orders/conditional.ts';
import { indexedTermsSchema } from '../pricing/indexed-price.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { dateSchema, instantSchema } from '../kernel/time.ts';
import { contractEventSchema } from './contract-events.ts';

/** The parts of a landed price, in the order in which they are added. */
export const waterfallParts = [
  'ask',
  'floorUplift',
  'scarcity',
  'duties',
  'levy',
  'support',
  'landed',
] as const;
export type WaterfallPart = (typeof waterfallParts)[number];

const partsOf = <S extends z.ZodType>(schema: S) =>
  z.strictObject({
    ask: schema,
    floorUplift: schema,
    scarcity: schema,
    duties: schema,
    levy: schema,
    support: schema,
    landed: schema,
  });

/**
 * Per unit of mass, in the product's currency: ask + floorUplift + scarcity = the price paid to the seller;
 * price + duties + levy = landed, exactly. The buyer pays landed − support.
 */
const waterfallSchema = partsOf(decimalCodec).meta({ id: 'Waterfall' });

/** One quarter's delivery. `interval` bounds the landed prices at which the market would have cleared alike. */
const scheduleEntrySchema = z.strictObject({
  quarter: quarterSchema,
  quantity: quantitySchema,
  price: priceSchema,
  landedPrice: priceSchema,
  waterfall: waterfallSchema,
  interval: z.strictObject({ low: priceSchema, high: priceSchema }),
});

/** An offtake contract as recorded. It never changes; what happens later is appended to `events`. */
export const contractSchema = z
  .strictObject({
    id: generatedIdSchema('contract'),
    clearing: generatedIdSchema('clearing'),
    offer: generatedIdSchema('offer'),
    bid: generatedIdSchema('bid'),
    /** Where the bid is a pool's: the member that buys. */
    member: generatedIdSchema('member').optional(),
    /** That supports it: it pays the waterfall's `support`, by an agreement of its own. */
    programme: generatedIdSchema('programme').optional(),
    product: nameIdSchema,
    seller: nameIdSchema,
    buyer: nameIdSchema,
    /** What it delivers from: a site, or a lot of a stockpile. */
    site: generatedIdSchema('site').optional(),
    stockLot: generatedIdSchema('stockLot').optional(),
    origin: countrySchema,
    destination: countrySchema,
    schedule: z.array(scheduleEntrySchema).min(1),
    totals: partsOf(moneySchema),
    floor: z
      .strictObject({ id: generatedIdSchema('floor'), version: z.int().positive(), price: priceSchema })
      .nullable(),
    /** Of an indexed contract: what each quarter settles by. Absent where the price is fixed. */
    priceTerms: indexedTermsSchema.optional(),
    standards: z.array(z.strictObject({ id: generatedIdSchema('standards'), version: z.int().positive() })),
    certificates: z.array(
      z.strictObject({
        id: generatedIdSchema('certificate'),
        scheme: nameIdSchema,
        level: z.string().nullable(),
        validTo: dateSchema,
      }),
    ),
    /**
     * Of an offer that hangs on conditions precedent: what the seller must bring about, beside what the standard terms ask
     * for, and until when. Their ids begin `offer.`, so that they are none of the standard terms'.
     */
    conditional: z
      .strictObject({
        conditions: z.array(offeredConditionSchema.extend({ id: nameIdSchema })),
        longstop: dateSchema,
      })
      .optional(),
    /** The standard terms in force at gate closure; none had been set if `null`. */
    standardTerms: z.int().positive().nullable().optional(),
    /** As agreed; what the contract has come to since is told by its events. */
    status: z.enum(['concluded']),
    concludedAt: instantSchema,
    /** Secret: hides, in the digest of the terms, what some of its readers may not see. */
    salt: z.string().optional(),
    events: z.array(contractEventSchema),
  })
  .meta({ id: 'Contract' });
export type Contract = z.output<typeof contractSchema>;
