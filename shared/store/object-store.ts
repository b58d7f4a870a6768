/**
 * Snapshots, results and proofs outgrow items; they lie in a bucket on AWS and in files on one machine, and the
 * table keeps their SHA-256. A key is written with the same bytes however often, so writing twice is harmless.
 */
export interface ObjectStore {
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The bytes, or `undefined` where nothing lies. */
  get(key: string): Promise<Uint8Array | undefined>;
}

/** Everything a clearing leaves behind, under one prefix that policies can name. */
export const objectKeys = {
  snapshot: (clearing: string): string => `clearings/${clearing}/snapshot.json`,
  /** Which opaque token of the snapshot stands for which organisation. Never leaves the system. */
  parties: (clearing: string): string => `clearings/${clearing}/parties.json`,
  result: (clearing: string): string => `clearings/${clearing}/result.json`,
  proof: (clearing: string): string => `clearings/${clearing}/proof.json`,
} as const;
