import * as z from 'zod';
import { canonicalJson, sha256, sha256Schema } from '../kernel/digest.ts';
import { generatedIdSchema } from '../kernel/ids.ts';
import { quarterExplanationSchema } from './explanation.ts';
import { bookBidSchema, bookMemberSchema, bookOfferSchema } from './snapshot.ts';

/** What a clearing says of one order. `entry` is the order as the snapshot holds it. */
export const explainedOrderSchema = z.strictObject({
  entry: z.union([bookOfferSchema, bookBidSchema, bookMemberSchema]).meta({
    description: 'The order as it was counted: its own terms, with an opaque token for its organisation',
  }),
  inclusion: z.array(sha256Schema).meta({
    description:
      'Hashes that lead from `leaf` to `inputDigest`. Start with SHA-256 of a zero byte and `leaf`; for each hash here, take SHA-256 of a byte of value 1, the smaller and the greater of the two hashes; the last is `inputDigest`.',
  }),
  sentence: z.string().optional().meta({
    description:
      'What became of the order, in one plain sentence. Missing in explanations of early clearings',
  }),
  quarters: z.array(quarterExplanationSchema),
});
export type ExplainedJson = z.input<typeof explainedOrderSchema>;

/** The explanation of one order in one clearing, as answered. */
export const explanationSchema = z
  .strictObject({
    order: z
      .union([generatedIdSchema('offer'), generatedIdSchema('bid'), generatedIdSchema('member')])
      .meta({ description: 'The order or, of a pool, the member' }),
    clearing: generatedIdSchema('clearing'),
    inputDigest: sha256Schema,
    leaf: z.string().meta({
      description: 'The text that was hashed for the order: `entry` in canonical JSON (RFC 8785), as UTF-8',
    }),
    ...explainedOrderSchema.shape,
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.output<typeof explanationSchema>;

/**
 * A stored part of what a clearing says of its orders. An order lies in the shard that `shardOf` names, so that
 * whoever wants one explanation reads one object of bounded size, however large the market.
 */
export const explanationShardSchema = z.strictObject({
  format: z.literal('lodestone-explanations-1'),
  clearing: generatedIdSchema('clearing'),
  inputDigest: sha256Schema,
  shard: z.int().nonnegative(),
  shards: z.int().positive(),
  /** By order id; left as JSON, since one of many is wanted. */
  orders: z.record(z.string(), z.unknown()),
});
export type ExplanationShard = z.input<typeof explanationShardSchema>;

/** Bytes that shards have on average and at most. */
export const shardBytes = { aim: 128 * 1024, most: 256 * 1024 } as const;

/** The shard of an order: the first 32 bits of SHA-256 of its id, modulo the number of shards. */
export const shardOf = (order: string, shards: number): number =>
  Number.parseInt(sha256(order).slice(0, 8), 16) % shards;

/**
 * Spreads explanations over shards: so many that one has {@link shardBytes}.aim on average, and twice as many again
 * while any is above `most` and there are fewer shards than orders. One shard where there is no order.
 */
export function explanationShards(
  head: { readonly clearing: string; readonly inputDigest: string },
  explained: ReadonlyMap<string, unknown>,
): ExplanationShard[] {
  const encoder = new TextEncoder();
  // A comma, a colon and two quotes for each entry, and its id.
  const sizes = new Map(
    [...explained].map(([id, value]) => [id, encoder.encode(JSON.stringify(value)).length + id.length + 4]),
  );
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let shards = Math.max(Math.min(Math.ceil(total / shardBytes.aim), explained.size), 1);
  while (shards < explained.size && largestShard(sizes, shards) > shardBytes.most - headBytes) shards *= 2;
  const orders = Array.from({ length: shards }, (): Record<string, unknown> => ({}));
  for (const [id, value] of explained) orders[shardOf(id, shards)]![id] = value;
  return orders.map((own, shard) => ({
    ...{ format: 'lodestone-explanations-1', ...head, shard, shards, orders: own },
  }));
}

/** Enough for the fields of a shard beside its orders. */
const headBytes = 512;

function largestShard(sizes: ReadonlyMap<string, number>, shards: number): number {
  const bytes = new Float64Array(shards);
  for (const [id, size] of sizes) bytes[shardOf(id, shards)]! += size;
  return bytes.reduce((most, each) => Math.max(most, each), 0);
}

/**
 * The explanation of one order in the shard that holds it; undefined where the clearing did not have the order.
 *
 * @throws where the document is not the shard asked for: it was stored as another one.
 */
export function explanationIn(
  document: unknown,
  at: { readonly clearing: string; readonly shard: number; readonly shards: number },
  order: string,
): Explanation | undefined {
  const { clearing, shard, shards, inputDigest, orders } = explanationShardSchema.parse(document);
  if (clearing !== at.clearing || shard !== at.shard || shards !== at.shards)
    throw new Error(`shard ${shard} of ${shards} of ${clearing} lies where another should`);
  if (!Object.hasOwn(orders, order)) return undefined;
  const explained = orders[order] as ExplainedJson;
  return {
    ...{ order, clearing, inputDigest, leaf: canonicalJson(explained.entry) },
    ...z.decode(explainedOrderSchema, explained),
  };
}
