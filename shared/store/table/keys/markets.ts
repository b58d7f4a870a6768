import type { Key } from './key.ts';
import { padded } from './key.ts';
import { shardOf } from './shards.ts';

/** Orders, the open book, and clearings of it. */
export const marketKeys = {
  order: (id: string): Key => ({ pk: `ORDER#${id}`, sk: 'ORDER' }),
  /** The terms of a pool; its members lie in the order of its bid. */
  pool: (id: string): Key => ({ pk: `POOL#${id}`, sk: 'POOL' }),
  /** An open order's entry in the book of its product. */
  bookEntry: (product: string, id: string): Key => ({ pk: `BOOK#${product}#${shardOf(id)}`, sk: id }),
  bookShard: (product: string, shard: number): string => `BOOK#${product}#${shard}`,
  marketControl: (product: string): Key => ({ pk: `MARKET#${product}`, sk: 'CONTROL' }),
  /** What a run of a market became; newest last. */
  marketRun: (product: string, run: number): Key => ({ pk: `MARKET#${product}`, sk: `RUN#${padded(run)}` }),
  /** What earlier contracts of a market deliver, by quarter, origin and destination; one item a year. */
  marketUse: (product: string, year: string): Key => ({ pk: `MARKET#${product}`, sk: `USE#${year}` }),
  /** What became of a quarter of a market, once it is published. */
  marketOutcome: (product: string, quarter: string): Key => ({
    pk: `MARKET#${product}`,
    sk: `OUTCOME#${quarter}`,
  }),
  clearing: (id: string): Key => ({ pk: `CLEARING#${id}`, sk: 'CLEARING' }),
  /** A request for a clearing that no run has taken yet. */
  pendingClearing: (product: string, id: string): Key => ({ pk: 'PENDING', sk: `${product}#${id}` }),
  planChunk: (clearing: string, fence: number, chunk: number): Key => ({
    pk: `PLAN#${clearing}#${padded(fence)}`,
    sk: `CHUNK#${padded(chunk)}`,
  }),
  /** There once the chunk has been applied. */
  planGuard: (clearing: string, fence: number, chunk: number): Key => ({
    pk: `PLAN#${clearing}#${padded(fence)}`,
    sk: `GUARD#${padded(chunk)}`,
  }),
} as const;
