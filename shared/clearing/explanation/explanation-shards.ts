import * as z from 'zod';
import { canonicalJson, sha256, sha256Schema } from '../../kernel/digest.ts';
import { generatedIdSchema } from '../../kernel/ids.ts';
import { quarterExplanationSchema } from './explanation.ts';
import { bookBidSchema, bookMemberSchema, bookOfferSchema } from '../snapshot.ts';

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
const explanationShardSchema = z.strictObject({
  format: z.literal('lodestone-explanations-1'),
  clearing: generatedIdSchema('clearing'),
  inputDigest: sha256Schema,
  shard: z.int().nonnegative(),
  shards: z.int().positive(),
  /** By order id; left as JSON, since one of many is wanted. */
  orders: z.record(z.string(), z.unknown()),
});
export type ExplanationShard = z.input<typeof explanationShardSchema>;

/** Bytes that shards have on average and at most, as long as {@link MOST_SHARDS} of them are enough. */
export const shardBytes = { aim: 128 * 1024, most: 256 * 1024 } as const;

/** Their SHA-256 stand in the clearing's item, which holds 400 KB: beyond so many, shards get larger, not more. */
export const MOST_SHARDS = 4000;

/** Orders whose explanations are measured: all of most books, and of a larger one evenly spread ones. */
const MOST_MEASURED = 5000;

/** The shard of an order: the first 32 bits of SHA-256 of its id, modulo the number of shards. */
export const shardOf = (order: string, shards: number): number =>
  Number.parseInt(sha256(order).slice(0, 8), 16) % shards;

/** What is said of orders, by id. It may be made only when it is asked for: a map is one, but need not be it. */
export interface ExplainedOrders {
  readonly size: number;
  keys(): Iterable<string>;
  get(order: string): unknown;
}

/** Shards to be taken one after the other; whoever drops each before the next holds little of a large market. */
export interface ExplanationShards extends Iterable<ExplanationShard> {
  readonly count: number;
}

/**
 * Spreads explanations over shards: so many that one has {@link shardBytes}.aim on average, at most
 * {@link MOST_SHARDS}; where all orders were measured twice as many again while any is above `most` and there are fewer
 * shards than orders. One shard where there is no order.
 */
export function explanationShards(
  head: { readonly clearing: string; readonly inputDigest: string },
  explained: ExplainedOrders,
): ExplanationShards {
  const ids = [...explained.keys()];
  const count = shardCount(ids, explained);
  return {
    count,
    *[Symbol.iterator]() {
      const members = Array.from({ length: count }, (): string[] => []);
      for (const id of ids) members[shardOf(id, count)]!.push(id);
      for (const [shard, own] of members.entries()) {
        const orders = Object.fromEntries(own.map((id) => [id, explained.get(id)]));
        yield { format: 'lodestone-explanations-1', ...head, shard, shards: count, orders };
      }
    },
  };
}

function shardCount(ids: readonly string[], explained: ExplainedOrders): number {
  const encoder = new TextEncoder();
  const stride = Math.max(Math.ceil(ids.length / MOST_MEASURED), 1);
  // A comma, a colon and two quotes for each entry, and its id.
  const sizes = new Map(
    ids
      .filter((_, place) => place % stride === 0)
      .map((id) => [id, encoder.encode(JSON.stringify(explained.get(id))).length + id.length + 4]),
  );
  const total = stride * [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const most = Math.min(ids.length, MOST_SHARDS);
  let shards = Math.max(Math.min(Math.ceil(total / shardBytes.aim), most), 1);
  const isTooLarge = () => stride === 1 && largestShard(sizes, shards) > shardBytes.most - headBytes;
  while (shards < most && isTooLarge()) shards = Math.min(2 * shards, MOST_SHARDS);
  return shards;
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
