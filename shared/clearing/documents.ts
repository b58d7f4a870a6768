import * as z from 'zod';
import { generatedIdSchema } from '../kernel/ids.ts';
import { sha256Schema } from '../kernel/digest.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import type { Outcome } from './clear.ts';
import { clear } from './clear.ts';
import { SnapshotDigest } from './digest.ts';
import type { ExplainedJson, ExplanationShard } from './explanation-shards.ts';
import { explainedOrderSchema, explanationShards } from './explanation-shards.ts';
import type { QuarterProof } from './proof.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotSchema } from './snapshot.ts';

const integerCodec = z.codec(z.string().regex(/^\d+$/), z.bigint(), { decode: BigInt, encode: String });

const dual = <S extends z.ZodRawShape>(shape: S) =>
  z.array(z.strictObject({ ...shape, ticks: integerCodec }));
const quarterProofSchema = z.strictObject({
  quarter: quarterSchema,
  flows: z.array(z.strictObject({ offer: z.string(), bid: z.string(), lots: integerCodec })),
  scarcity: dual({ offer: z.string() }),
  surplus: dual({ bid: z.string() }),
  capValue: dual({ bid: z.string(), origin: z.string() }),
  primal: integerCodec,
  dual: integerCodec,
});

/** The stored proof: the snapshot, and the flows and duals by which anyone can check that no outcome gains more. */
const proofDocumentSchema = z.strictObject({
  format: z.literal('lodestone-proof-1'),
  clearing: generatedIdSchema('clearing'),
  inputDigest: sha256Schema,
  snapshot: snapshotSchema,
  quarters: z.array(quarterProofSchema),
});

/** What a clearing decides, with the JSON documents by which others read and check it. */
export type Documented = Omit<Outcome, 'proof' | 'explanations'> & {
  readonly inputDigest: string;
  /** By shard, what it says of each order. */
  readonly explanations: readonly ExplanationShard[];
  readonly proof: z.input<typeof proofDocumentSchema>;
};

/** Clears, and documents the outcome. Errors: those of `clear`. */
export function clearAndDocument(snapshot: Snapshot): Result<Documented> {
  const cleared = clear(snapshot);
  if (!cleared.ok) return cleared;
  const digest = new SnapshotDigest(z.encode(snapshotSchema, snapshot));
  const { clearing } = snapshot;
  const head = { clearing, inputDigest: digest.root };
  return ok({
    ...cleared.value,
    inputDigest: digest.root,
    explanations: explanationShards(head, explainedOrders(snapshot, cleared.value, digest)),
    proof: z.encode(proofDocumentSchema, {
      format: 'lodestone-proof-1',
      ...head,
      snapshot,
      quarters: cleared.value.proof.map(mutable),
    }),
  });
}

const explainedOrders = (
  snapshot: Snapshot,
  { explanations }: Outcome,
  digest: SnapshotDigest,
): Map<string, ExplainedJson> =>
  new Map(
    [...snapshot.offers, ...snapshot.bids].map((entry) => [
      entry.id,
      z.encode(explainedOrderSchema, {
        entry,
        inclusion: digest.inclusionOf(entry.id) ?? [],
        quarters: [...(explanations.get(entry.id) ?? [])],
      }),
    ]),
  );

const mutable = (proof: QuarterProof): z.output<typeof quarterProofSchema> => ({
  ...proof,
  flows: [...proof.flows],
  scarcity: [...proof.scarcity],
  surplus: [...proof.surplus],
  capValue: [...proof.capValue],
});
