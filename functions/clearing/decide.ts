import { commitClearing } from '../../shared/store/clearing/clearings.ts';
import type { Finding } from '../../shared/store/clearing/clearings.ts';
import { objectKeys } from '../../shared/store/service/object-store.ts';
import type { ChunkText } from '../../shared/store/clearing/plan.ts';
import { planDigest, writeChunk } from '../../shared/store/clearing/plan.ts';
import { concurrently } from './concurrently.ts';
import type { DecidedRun, Undecided } from './decider.ts';
import { deciderHere } from './decider.ts';
import { putBytes, readBytes } from './documents.ts';
import type { HeldMarket } from './held-market.ts';

/**
 * Clears the snapshot, stores what follows from it under this worker's fence, and passes the point of no return: from
 * that one write on, exactly this plan will be carried out. Answers the plan's chunks.
 */
export async function decide(market: HeldMarket): Promise<readonly ChunkText[]> {
  const { clear, decider = deciderHere(clear), settings, remainingMilliseconds } = market.dependencies;
  const undecided = await readUndecided(market);
  await market.holdFor(Math.min(settings.computingLeaseMilliseconds, remainingMilliseconds()));
  const decided = await decider(undecided);
  try {
    return await store(market, decided);
  } finally {
    decided.end();
  }
}

async function readUndecided(market: HeldMarket): Promise<Undecided> {
  const { objects, settings } = market.dependencies;
  const { run, clearing, snapshot: of, disclosed } = market.in('locked');
  const [snapshot, parties, before] = await Promise.all([
    readBytes(objects, { key: objectKeys.snapshot(clearing, of.fence), sha256: of.sha256 }),
    readBytes(objects, { key: objectKeys.parties(clearing, of.fence), sha256: of.partiesSha256 }),
    disclosed && readBytes(objects, disclosed),
  ]);
  return {
    run,
    snapshot,
    parties,
    disclosed: before,
    settings: { chunks: settings.chunks, documentBytes: settings.documentBytes },
  };
}

async function store(market: HeldMarket, decided: DecidedRun): Promise<readonly ChunkText[]> {
  const { table, clock, settings, metrics } = market.dependencies;
  const { clearing, fence } = market.in('locked');
  const { chunks, finding, measured } = decided;
  await market.holdFor(settings.leaseMilliseconds);
  const documents = await storeDocuments(market, decided);
  const batch = 16 * settings.concurrency;
  const entries = [...chunks.entries()];
  for (let start = 0; start < entries.length; start += batch) {
    await market.proceed();
    await concurrently(entries.slice(start, start + batch), settings.concurrency, ([index, chunk]) =>
      writeChunk(table, { clearing, fence, index, now: clock() }, chunk),
    );
  }
  await market.move(
    {
      ...{ phase: 'applying', plan: { fence, chunks: chunks.length, digest: planDigest(chunks) } },
      // From here on the run is certain to be shown: what the next one is judged by includes it.
      disclosed: documents.disclosed,
    },
    commitClearing(clearing, { ...finding, documents }),
  );
  for (const each of measured) metrics?.take(each);
  return chunks;
}

async function storeDocuments(market: HeldMarket, decided: DecidedRun): Promise<Finding['documents']> {
  const { objects } = market.dependencies;
  const { clearing, fence, snapshot } = market.in('locked');
  return {
    snapshot: { key: objectKeys.snapshot(clearing, snapshot.fence), sha256: snapshot.sha256 },
    parties: { key: objectKeys.parties(clearing, snapshot.fence), sha256: snapshot.partiesSha256 },
    proof: await putBytes(objects, objectKeys.proof(clearing, fence), await decided.proof()),
    disclosed: await putBytes(objects, objectKeys.disclosed(clearing, fence), await decided.disclosed()),
    explanations: { fence, sha256: await storeExplanations(market, decided) },
  };
}

/** Some shards at a time; between them the lease is kept. Answers their SHA-256, in their order. */
async function storeExplanations(market: HeldMarket, decided: DecidedRun): Promise<string[]> {
  const { settings, objects } = market.dependencies;
  const { clearing, fence } = market.in('locked');
  const digests: string[] = [];
  for (;;) {
    const first = digests.length;
    const some = await decided.nextShards(settings.concurrency);
    if (some.length === 0) return digests;
    await market.proceed();
    const stored = await concurrently([...some.entries()], settings.concurrency, ([index, shard]) =>
      putBytes(objects, objectKeys.explanations(clearing, fence, first + index), shard),
    );
    digests.push(...stored.map(({ sha256 }) => sha256));
  }
}
