import * as z from 'zod';
import { sha256Schema } from '../../kernel/digest.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import { moneySchema, priceSchema } from '../../kernel/money.ts';
import { zeroableQuantitySchema } from '../../kernel/quantity.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import { instantSchema } from '../../kernel/time.ts';
import { landedSchema, priceRangeSchema } from './landed.ts';

export const clearingStatuses = ['queued', 'clearing', 'committing', 'completed', 'failed'] as const;

/** An exact integer as a decimal string: gains in ticks × lots outgrow JSON numbers. */
const integerCodec = z.codec(z.string().regex(/^-?\d+$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

/**
 * Gains from trade and a bound that no outcome exceeds. A `gap` of zero proves the gains greatest; conditions of orders
 * and caps of zones may leave one.
 */
const optimalitySchema = z.strictObject({
  primal: integerCodec,
  dual: integerCodec,
  gap: integerCodec,
});

/** A quarter in which something traded or could have. */
const clearedQuarterSchema = z.strictObject({
  quarter: quarterSchema,
  volume: zeroableQuantitySchema,
  landedPrice: priceRangeSchema.nullable(),
  optimality: optimalitySchema.nullable(),
});
export type ClearedQuarter = z.output<typeof clearedQuarterSchema>;

/** What a clearing found, once its contracts are certain. */
const outcomeShape = {
  /** How many contracts. */
  contracts: z.int().nonnegative(),
  quarters: z.array(clearedQuarterSchema),
  /** Floors in force at gate closure. */
  floors: z.array(
    z.strictObject({
      id: generatedIdSchema('floor'),
      version: z.int().positive(),
      zone: nameIdSchema,
      price: priceSchema,
      borderAdjusted: z.boolean(),
    }),
  ),
  /** Standards rules in force at gate closure. */
  standards: z.array(
    z.strictObject({ id: generatedIdSchema('standards'), version: z.int().positive(), zone: nameIdSchema }),
  ),
  levyTotal: moneySchema.nullable(),
  supportTotal: moneySchema.nullable(),
  /** Merkle root of the snapshot that was cleared. */
  inputDigest: z.string().nullable(),
  /** SHA-256 of the sorted first hashes of the contracts' chains of events: it anchors every one of them. */
  contractsDigest: z.string().nullable(),
};
export const clearingOutcomeSchema = z.strictObject(outcomeShape);
export type ClearingOutcome = z.output<typeof clearingOutcomeSchema>;

/** One run of the call auction, from its request on. */
export const clearingSchema = z
  .strictObject({
    id: generatedIdSchema('clearing'),
    product: nameIdSchema,
    status: z.enum(clearingStatuses),
    /** Why it failed: `market_too_large`, `interrupted` or `internal`. A failed clearing has changed nothing. */
    reason: z.string().optional(),
    requestedAt: instantSchema,
    /** The instant of the product's schedule that asked for it, if none of the administrators did. */
    scheduledFor: instantSchema.optional(),
    /** The `X-Request-Id` of the request that asked for it, as the log has it. */
    requestId: z.string().optional(),
    /** Orders acknowledged by then are in, none after. */
    gateClosure: instantSchema.nullable(),
    endedAt: instantSchema.nullable(),
    ...outcomeShape,
  })
  .meta({ id: 'Clearing' });
export type Clearing = z.output<typeof clearingSchema>;

/** Before the outcome is certain. */
export const noOutcome: ClearingOutcome = {
  contracts: 0,
  quarters: [],
  floors: [],
  standards: [],
  levyTotal: null,
  supportTotal: null,
  inputDigest: null,
  contractsDigest: null,
};

/**
 * How concentrated a figure is: how many independent parties it was drawn from (organisations of one group count
 * as one) and the lots of the largest, so that a reader can decide what must be withheld. Names nobody.
 */
const concentrationSchema = z.strictObject({ parties: z.int().nonnegative(), topLots: integerCodec });

/**
 * Whether the figure hides everybody beside all that earlier runs have shown. Left out by releases that judged each run
 * for itself: then that decides.
 */
const told = z.boolean().optional();

const tradeSchema = z.strictObject({
  lots: integerCodec,
  sellers: concentrationSchema,
  buyers: concentrationSchema,
  told,
});
export type Trade = z.output<typeof tradeSchema>;

/** What one side asked for, and what of it stayed unfilled. */
const sideSchema = concentrationSchema.extend({
  lots: integerCodec,
  unfilled: concentrationSchema.extend({ lots: integerCodec }),
  told,
});
export type Side = z.output<typeof sideSchema>;

const figuresShape = {
  /** The book at gate closure. */
  depth: z.array(z.strictObject({ quarter: quarterSchema, supply: sideSchema, demand: sideSchema })),
  quarters: z.array(tradeSchema.extend({ quarter: quarterSchema, landedPrice: priceRangeSchema })),
  total: tradeSchema.nullable(),
  origins: z.array(tradeSchema.extend({ origin: countrySchema })),
  /** Whether what the run adds to the counts of zones' caps hides everybody, and by which zones that was judged. */
  counted: z.strictObject({ zones: sha256Schema, hides: z.boolean() }).optional(),
};
/** What the public view of a market is made from. */
export const marketFiguresSchema = z.strictObject(figuresShape);
export type MarketFigures = z.output<typeof marketFiguresSchema>;

/** What a run of a market became. Kept inside: what of it is shown is decided where it is shown. */
export const marketRunSchema = z.strictObject({
  run: z.int().positive(),
  clearing: generatedIdSchema('clearing'),
  status: z.enum(['completed', 'failed']),
  gateClosure: instantSchema,
  endedAt: instantSchema,
  contracts: z.int().nonnegative(),
  ...figuresShape,
  /** Of its contracts, by destination; not of runs recorded before this was. */
  landed: z.array(landedSchema).optional(),
  floors: clearingOutcomeSchema.shape.floors,
  levyTotal: moneySchema.nullable(),
  supportTotal: moneySchema.nullable(),
});
export type MarketRun = z.output<typeof marketRunSchema>;

/** Of a run that failed: nothing traded. */
export const noFigures: MarketFigures = { depth: [], quarters: [], total: null, origins: [] };
