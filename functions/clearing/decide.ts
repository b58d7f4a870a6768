import * as z from 'zod';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { snapshotSchema } from '../../shared/clearing/snapshot.ts';
import { commitClearing } from '../../shared/store/clearings.ts';
import type { Finding } from '../../shared/store/clearings.ts';
import type { ControlIn } from '../../shared/store/control.ts';
import { objectKeys } from '../../shared/store/object-store.ts';
import type { ChunkText } from '../../shared/store/plan.ts';
import { planDigest, writeChunk } from '../../shared/store/plan.ts';
import { concurrently } from './concurrently.ts';
import { decisionOn } from './decision.ts';
import type { Cleared, ClearingDependencies } from './dependencies.ts';
import { putDocument, readDocument } from './documents.ts';
import type { HeldMarket } from './held-market.ts';
import { measureDecision } from './measure.ts';
import type { Parties } from './tokens.ts';
import { partiesSchema } from './tokens.ts';
import { compute } from './unclearable.ts';

/**
 * Clears the snapshot, stores what follows from it under this worker's fence, and passes the point of no return: from
 * that one write on, exactly this plan will be carried out. Answers the plan's chunks.
 */
export async function decide(market: HeldMarket): Promise<readonly ChunkText[]> {
  const { table, clock, settings, remainingMilliseconds, metrics } = market.dependencies;
  const { run, clearing, fence } = market.in('locked');
  const read = await readSnapshot(market.dependencies, market.in('locked'));
  await market.holdFor(Math.min(settings.computingLeaseMilliseconds, remainingMilliseconds()));
  const { cleared, chunks, finding } = compute(() => decisionOn(market.dependencies, run, read));
  await market.holdFor(settings.leaseMilliseconds);
  const documents = await storeDocuments(market, cleared);
  const batch = 16 * settings.concurrency;
  const entries = [...chunks.entries()];
  for (let start = 0; start < entries.length; start += batch) {
    await market.proceed();
    await concurrently(entries.slice(start, start + batch), settings.concurrency, ([index, chunk]) =>
      writeChunk(table, { clearing, fence, index, now: clock() }, chunk),
    );
  }
  await market.move(
    { phase: 'applying', plan: { fence, chunks: chunks.length, digest: planDigest(chunks) } },
    commitClearing(clearing, { ...finding, documents }),
  );
  if (metrics !== undefined) measureDecision(metrics, read.snapshot, cleared, finding.figures);
  return chunks;
}

async function readSnapshot(
  { objects }: ClearingDependencies,
  { clearing, snapshot: { fence, sha256, partiesSha256 } }: ControlIn<'locked'>,
): Promise<{ snapshot: Snapshot; parties: Parties }> {
  const json = await readDocument(objects, { key: objectKeys.snapshot(clearing, fence), sha256 });
  const parties = await readDocument(objects, {
    key: objectKeys.parties(clearing, fence),
    sha256: partiesSha256,
  });
  return compute(() => ({
    snapshot: z.decode(snapshotSchema, json as z.input<typeof snapshotSchema>),
    parties: partiesSchema.parse(parties),
  }));
}

async function storeDocuments(market: HeldMarket, cleared: Cleared): Promise<Finding['documents']> {
  const { clearing, fence, snapshot } = market.in('locked');
  return {
    snapshot: { key: objectKeys.snapshot(clearing, snapshot.fence), sha256: snapshot.sha256 },
    parties: { key: objectKeys.parties(clearing, snapshot.fence), sha256: snapshot.partiesSha256 },
    proof: await putDocument(market.dependencies, objectKeys.proof(clearing, fence), cleared.proof),
    explanations: { fence, sha256: await storeExplanations(market, cleared.explanations) },
  };
}

/** Some shards at a time; between them the lease is kept. Answers their SHA-256, in their order. */
async function storeExplanations(market: HeldMarket, explanations: Iterable<unknown>): Promise<string[]> {
  const { settings } = market.dependencies;
  const { clearing, fence } = market.in('locked');
  const digests: string[] = [];
  const shards = explanations[Symbol.iterator]();
  for (;;) {
    const first = digests.length;
    const some = compute(() => take(shards, settings.concurrency));
    if (some.length === 0) return digests;
    await market.proceed();
    const stored = await concurrently([...some.entries()], settings.concurrency, ([index, shard]) =>
      putDocument(market.dependencies, objectKeys.explanations(clearing, fence, first + index), shard),
    );
    digests.push(...stored.map(({ sha256 }) => sha256));
  }
}

/** The next few, fewer at the end. */
function take<T>(source: Iterator<T>, most: number): T[] {
  const taken: T[] = [];
  while (taken.length < most) {
    const next = source.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
