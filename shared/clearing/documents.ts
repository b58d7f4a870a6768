import * as z from 'zod';
import { moneyOf } from '../kernel/money.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import type { Outcome } from './clear.ts';
import { clear } from './clear.ts';
import { SnapshotDigest } from './digest.ts';
import type { ExplainedJson, ExplanationShard } from './explanation-shards.ts';
import { explainedOrderSchema, explanationShards } from './explanation-shards.ts';
import type { ProvenDuals, QuarterProof } from './proof.ts';
import type { ProofDocument, ProofJson } from './proof-document.ts';
import { proofDocumentSchema } from './proof-document.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotSchema } from './snapshot.ts';

/** What a clearing decides, with the JSON documents by which others read and check it. */
export type Documented = Omit<Outcome, 'proof' | 'explanations' | 'sentences'> & {
  readonly inputDigest: string;
  /** By shard, what it says of each order. */
  readonly explanations: readonly ExplanationShard[];
  readonly proof: ProofJson;
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
      format: 'lodestone-proof-2',
      ...head,
      snapshot,
      rejected: [...cleared.value.rejected],
      ...(cleared.value.absent.length === 0 ? {} : { absent: [...cleared.value.absent] }),
      quarters: cleared.value.proof.map(quarterOf),
      levyTotal: moneyOf(cleared.value.levyTotal, snapshot.product.currency),
      contracts: cleared.value.awards.length,
    }),
  });
}

const explainedOrders = (
  snapshot: Snapshot,
  { explanations, sentences }: Outcome,
  digest: SnapshotDigest,
): Map<string, ExplainedJson> =>
  new Map(
    [...snapshot.offers, ...snapshot.bids, ...(snapshot.members ?? [])].map((entry) => [
      entry.id,
      z.encode(explainedOrderSchema, {
        entry,
        inclusion: digest.inclusionOf(entry.id) ?? [],
        sentence: sentences.get(entry.id),
        quarters: [...(explanations.get(entry.id) ?? [])],
      }),
    ]),
  );

const quarterOf = (proof: QuarterProof): ProofDocument['quarters'][number] => ({
  ...proof,
  flows: [...proof.flows],
  prices: dualsOf(proof.prices),
  bound: proof.bound === null ? null : dualsOf(proof.bound),
});

const dualsOf = ({ scale, scarcity, surplus, capValue, limitValue }: ProvenDuals) => ({
  scale,
  scarcity: [...scarcity],
  surplus: [...surplus],
  capValue: [...capValue],
  limitValue: [...limitValue],
});
