import * as z from 'zod';
import { moneyOf } from '../../kernel/money.ts';
import type { Result } from '../../kernel/result.ts';
import { ok } from '../../kernel/result.ts';
import type { Outcome, ToExplain } from '../clear.ts';
import { clear, clearToExplain } from '../clear.ts';
import { SnapshotDigest } from './digest.ts';
import type { ExplainedOrders, ExplanationShards } from '../explanation/explanation-shards.ts';
import { explainedOrderSchema, explanationShards } from '../explanation/explanation-shards.ts';
import type { Told } from './judge-run.ts';
import type { ProvenDuals, QuarterProof } from './proof.ts';
import type { ProofDocument, ProofJson } from './proof-document.ts';
import { proofDocumentSchema } from './proof-document.ts';
import type { ProvenRound } from '../support/support-proof.ts';
import { provenRound } from '../support/support-proof.ts';
import type { Snapshot } from '../snapshot.ts';
import { snapshotSchema } from '../snapshot.ts';

/** What a clearing decides, with the JSON document by which others check it. */
export type Proven = Omit<Outcome, 'proof' | 'explanations' | 'sentences' | 'support'> & {
  readonly inputDigest: string;
  readonly proof: ProofJson;
};

/** What a clearing decides, with the JSON documents by which others read and check it. */
export type Documented = Proven & {
  /**
   * By shard, what it says of each order; a shard is made when it is asked for. `told` is what the market's public view
   * shows beside all that earlier runs have shown; left out, what this run may show by itself.
   */
  readonly explanations: (told?: Told) => ExplanationShards;
};

/** The snapshot is encoded once, for its digest. */
const restOfProof = proofDocumentSchema.omit({ snapshot: true });

/** Clears, and documents the outcome. Errors: those of `clear`. */
export function clearAndDocument(snapshot: Snapshot): Result<Documented> {
  const cleared = clearToExplain(snapshot);
  if (!cleared.ok) return cleared;
  const { outcome, explained } = cleared.value;
  const json = z.encode(snapshotSchema, snapshot);
  const digest = new SnapshotDigest(json);
  const head = { clearing: snapshot.clearing, inputDigest: digest.root };
  return ok({
    ...provenOutcome(snapshot, outcome, json, digest),
    explanations: (told) => explanationShards(head, explainedOrders(snapshot, explained(told), digest)),
  });
}

/** Clears, and proves the outcome: without explanations, which cost more than the clearing. Errors: those of `clear`. */
export function clearAndProve(snapshot: Snapshot): Result<Proven> {
  const cleared = clear(snapshot);
  if (!cleared.ok) return cleared;
  const json = z.encode(snapshotSchema, snapshot);
  return ok(provenOutcome(snapshot, cleared.value, json, new SnapshotDigest(json)));
}

function provenOutcome(
  snapshot: Snapshot,
  { awards, rejected, absent, quarters, levyTotal, support, proof }: Outcome,
  json: ProofJson['snapshot'],
  { root }: SnapshotDigest,
): Proven {
  return {
    ...{ awards, rejected, absent, quarters, levyTotal },
    inputDigest: root,
    proof: {
      ...z.encode(restOfProof, {
        format: 'lodestone-proof-2',
        clearing: snapshot.clearing,
        inputDigest: root,
        rejected: [...rejected],
        ...(absent.length === 0 ? {} : { absent: [...absent] }),
        quarters: proof.map(quarterOf),
        levyTotal: moneyOf(levyTotal, snapshot.product.currency),
        ...(support.length === 0 ? {} : { support: support.map((round) => roundOf(provenRound(round))) }),
        contracts: awards.length,
      }),
      snapshot: json,
    },
  };
}

/** Each is encoded when it is asked for: all of a large market at once would outgrow the memory. */
function explainedOrders(
  snapshot: Snapshot,
  explained: ReturnType<ToExplain['explained']>,
  digest: SnapshotDigest,
): ExplainedOrders {
  const entries = new Map(
    [...snapshot.offers, ...snapshot.bids, ...(snapshot.members ?? [])].map((entry) => [entry.id, entry]),
  );
  return {
    size: entries.size,
    keys: () => entries.keys(),
    get: (id) =>
      z.encode(explainedOrderSchema, {
        entry: entries.get(id)!,
        inclusion: digest.inclusionOf(id) ?? [],
        sentence: explained.get(id)?.sentence,
        quarters: [...(explained.get(id)?.quarters ?? [])],
      }),
  };
}

const quarterOf = (proof: QuarterProof): ProofDocument['quarters'][number] => ({
  ...proof,
  flows: [...proof.flows],
  prices: dualsOf(proof.prices),
  bound: proof.bound === null ? null : dualsOf(proof.bound),
});

const roundOf = ({
  flows,
  quarters,
  ...round
}: ProvenRound): NonNullable<ProofDocument['support']>[number] => ({
  ...round,
  flows: [...flows],
  quarters: quarters.map(({ scarcity, surplus, capValue, limitValue, quarter }) => ({
    quarter,
    scarcity: [...scarcity],
    surplus: [...surplus],
    capValue: [...capValue],
    limitValue: [...limitValue],
  })),
});

const dualsOf = ({ scale, scarcity, surplus, capValue, limitValue }: ProvenDuals) => ({
  scale,
  scarcity: [...scarcity],
  surplus: [...surplus],
  capValue: [...capValue],
  limitValue: [...limitValue],
});
