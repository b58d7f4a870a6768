import * as z from 'zod';
import { sha256Schema } from '../../kernel/digest.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import { moneySchema } from '../../kernel/money.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import { snapshotSchema } from '../snapshot.ts';

/** An exact integer, not negative, as a decimal string: gains in ticks × lots outgrow JSON numbers. */
const integerCodec = z.codec(z.string().regex(/^(0|[1-9]\d*)$/), z.bigint(), {
  decode: BigInt,
  encode: String,
});
const offer = generatedIdSchema('offer');
const bid = generatedIdSchema('bid');
const value = integerCodec;

const dualsSchema = z.strictObject({
  scale: integerCodec,
  scarcity: z.array(z.strictObject({ offer, value })),
  surplus: z.array(z.strictObject({ bid, value })),
  capValue: z.array(z.strictObject({ bid, origin: countrySchema, value })),
  limitValue: z.array(z.strictObject({ zone: nameIdSchema, origin: countrySchema, value })),
});

const flowSchema = z.strictObject({
  offer,
  bid,
  /** Where the bid is a pool's: whose part this is. */
  member: generatedIdSchema('member').optional(),
  lots: integerCodec,
  price: integerCodec,
  landed: integerCodec,
  duties: integerCodec,
  levy: integerCodec,
});

const quarterProofSchema = z.strictObject({
  quarter: quarterSchema,
  flows: z.array(flowSchema),
  prices: dualsSchema,
  bound: dualsSchema.nullable(),
  primal: integerCodec,
  dual: integerCodec,
});

/** One programme's round after the market's own clearing: what it supports, and why no more and for no less. */
const supportRoundSchema = z.strictObject({
  programme: generatedIdSchema('programme'),
  /** Ticks of the next lot, or more than is left where there is none. */
  next: integerCodec,
  flows: z.array(
    z.strictObject({
      quarter: quarterSchema,
      offer,
      bid,
      lots: integerCodec,
      price: integerCodec,
      landed: integerCodec,
      duties: integerCodec,
      levy: integerCodec,
      support: integerCodec,
    }),
  ),
  quarters: z.array(
    z.strictObject({
      quarter: quarterSchema,
      scarcity: z.array(z.strictObject({ offer, value })),
      surplus: z.array(z.strictObject({ bid, value })),
      capValue: z.array(z.strictObject({ bid, origin: countrySchema, value })),
      limitValue: z.array(z.strictObject({ origin: countrySchema, value })),
    }),
  ),
});

/**
 * The stored proof of a clearing: the snapshot, and the flows, prices and duals by which anyone can check, without
 * the engine, that every rule was kept and that no outcome gains more. `levyTotal` and `contracts` are what the
 * clearing's record says too.
 */
export const proofDocumentSchema = z.strictObject({
  format: z.literal('lodestone-proof-2'),
  clearing: generatedIdSchema('clearing'),
  inputDigest: sha256Schema,
  snapshot: snapshotSchema,
  /** Orders that a condition of their own kept out, with the condition's code. */
  rejected: z.array(z.strictObject({ order: z.union([offer, bid]), code: z.string() })),
  /** Members of pools that a minimum of their own kept out of a quarter; left out where there are none. */
  absent: z.array(z.strictObject({ member: generatedIdSchema('member'), quarter: quarterSchema })).optional(),
  quarters: z.array(quarterProofSchema),
  levyTotal: moneySchema,
  /** By programme, in the order in which they were served; left out where there is none. */
  support: z.array(supportRoundSchema).optional(),
  contracts: z.int().nonnegative(),
});
export type ProofDocument = z.output<typeof proofDocumentSchema>;
export type ProofJson = z.input<typeof proofDocumentSchema>;
