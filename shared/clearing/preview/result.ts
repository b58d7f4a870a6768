import * as z from 'zod';
import { decimalCodec } from '../../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import { moneySchema, priceSchema } from '../../kernel/money.ts';
import { zeroableQuantitySchema } from '../../kernel/quantity.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import { instantSchema } from '../../kernel/time.ts';
import { zoneSchema } from '../../reference/zone.ts';
import { refusalCodes } from '../eligibility/refusal.ts';
import { signedMoneySchema, signedPriceSchema, signedQuantitySchema, signedShareSchema } from './signed.ts';

const codeSchema = z.enum(refusalCodes);
const index = z.int().meta({
  description:
    'Herfindahl–Hirschman index by origin: the sum of squared percentage shares, 10 000 for one origin',
});

/** One clearing of the open book. buyerCost + support = sellerReceipts + duties + levy. */
const sideSchema = z
  .strictObject({
    volume: zeroableQuantitySchema,
    contracts: z.int().nonnegative(),
    /** By quarter, the lowest and the highest: what sellers are paid, and what buyers pay. */
    prices: z.array(
      z.strictObject({
        quarter: quarterSchema,
        volume: zeroableQuantitySchema,
        price: z.strictObject({ low: priceSchema, high: priceSchema }),
        landedPrice: z.strictObject({ low: priceSchema, high: priceSchema }),
      }),
    ),
    buyerCost: moneySchema.meta({ description: 'Landed, less support' }),
    sellerReceipts: moneySchema,
    duties: moneySchema,
    levy: moneySchema,
    support: moneySchema,
    /** Largest first. */
    blocked: z.array(z.strictObject({ code: codeSchema, quantity: zeroableQuantitySchema })).meta({
      description: 'Demand that a rule keeps unfilled, each quantity under the code that binds it first',
    }),
    concentration: z.strictObject({
      /** Largest first. */
      origins: z.array(
        z.strictObject({ origin: countrySchema, quantity: zeroableQuantitySchema, share: decimalCodec }),
      ),
      index: index.nullable(),
    }),
  })
  .meta({ id: 'PreviewSide' });
export type PreviewSide = z.output<typeof sideSchema>;

const withheld = z.boolean().meta({
  description:
    'True where fewer than three organisations stand behind it on either side (none included), or one holds over 70 %',
});
/** Rounded down to 1, 2 or 5 times a power of ten. */
const changeSchema = z
  .strictObject({
    contracts: z.int().positive().nullable(),
    quantity: zeroableQuantitySchema.nullable(),
    withheld,
    origins: z.array(z.strictObject({ origin: countrySchema, quantity: zeroableQuantitySchema })).meta({
      description: 'Those that can be shown alone; the others are not named',
    }),
  })
  .meta({
    id: 'ContractsChanged',
    description: 'Rounded down to the next of 1, 2, 5, 10, 20, 50, …; fit to be shown to everyone.',
  });

/** Proposed less current. */
const differenceSchema = z
  .strictObject({
    volume: signedQuantitySchema,
    contracts: z.int(),
    prices: z.array(
      z.strictObject({
        quarter: quarterSchema,
        volume: signedQuantitySchema,
        price: z.strictObject({ low: signedPriceSchema, high: signedPriceSchema }).nullable(),
        /** Null where only one of the two trades in the quarter. */
        landedPrice: z.strictObject({ low: signedPriceSchema, high: signedPriceSchema }).nullable(),
      }),
    ),
    buyerCost: signedMoneySchema,
    sellerReceipts: signedMoneySchema,
    duties: signedMoneySchema,
    levy: signedMoneySchema,
    support: signedMoneySchema,
    blocked: z.array(z.strictObject({ code: codeSchema, quantity: signedQuantitySchema })),
    concentration: z.strictObject({
      origins: z.array(
        z.strictObject({
          origin: countrySchema,
          quantity: signedQuantitySchema,
          share: signedShareSchema,
        }),
      ),
      index: index.nullable(),
    }),
    vanishing: changeSchema,
    appearing: changeSchema,
    /** What `vanishing` and `appearing` suppose: floors and caps move in steps there. */
    steps: z.strictObject({
      floors: z.array(z.strictObject({ zone: nameIdSchema, price: priceSchema })),
      caps: z.array(z.strictObject({ zone: nameIdSchema, maxOriginShare: zoneSchema.shape.maxOriginShare })),
    }),
  })
  .meta({ id: 'PreviewDifference' });
export type PreviewDifference = z.output<typeof differenceSchema>;

export const previewSchema = z
  .strictObject({
    product: nameIdSchema,
    /** Orders, floors, rules and certificates as they stood then. */
    at: instantSchema,
    clearingUnderWay: generatedIdSchema('clearing').nullable().meta({
      description:
        'A clearing that holds the book: what it awards is still in it, wholly or in part, until it has completed',
    }),
    current: sideSchema,
    proposed: sideSchema,
    difference: differenceSchema,
  })
  .meta({ id: 'Preview' });
export type Preview = z.output<typeof previewSchema>;
