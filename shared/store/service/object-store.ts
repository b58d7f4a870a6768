/**
 * Snapshots, proofs and explanations outgrow items; they lie in a bucket on AWS and in files on one machine, and the
 * table keeps their SHA-256. A key is written with the same bytes however often, so writing twice is harmless.
 */
export interface ObjectStore {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The bytes, or `undefined` where nothing lies. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** An address from which a browser can fetch the object for a few minutes, where the store gives any. */
  linkTo?(key: string): Promise<string>;
}

/**
 * Everything a clearing leaves behind, under one prefix that policies can name. The writer's fence is part of the key,
 * so that of two workers neither writes over what the other has; the clearing's item says which documents count.
 */
const document = (name: string) => (clearing: string, fence: number) =>
  `clearings/${clearing}/${fence}/${name}.json`;
export const objectKeys = {
  snapshot: document('snapshot'),
  /** Which opaque token of the snapshot stands for which organisation. Never leaves the system. */
  parties: document('parties'),
  /** All that the market has shown by then, by who stood behind it. Never leaves the system. */
  disclosed: document('disclosed'),
  proof: document('proof'),
  /** What is said of the orders that share a shard. */
  explanations: (clearing: string, fence: number, shard: number) =>
    document(`explanations/${shard}`)(clearing, fence),
} as const;
