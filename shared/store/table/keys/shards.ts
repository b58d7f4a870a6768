import { createHash } from 'node:crypto';

/** Shards of a product's open book and of the all-of-a-kind index. Changing it moves items: don't. */
export const shardCount = 8;
export const shards = Array.from({ length: shardCount }, (_, shard) => shard);

/** Ids begin with a time, so the shard comes from a hash of the whole. */
export const shardOf = (id: string): number =>
  (createHash('sha256').update(id).digest()[0] ?? 0) % shardCount;
