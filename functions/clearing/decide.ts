import * as z from 'zod';
import type { AwardTerms } from '../../shared/clearing/conclude.ts';
import { contractsOf } from '../../shared/clearing/conclude.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { snapshotSchema } from '../../shared/clearing/snapshot.ts';
import { marketFigures, outcomeOf } from '../../shared/clearing/summary.ts';
import { concludedEvent } from '../../shared/contracts/contract-events.ts';
import { must } from '../../shared/kernel/result.ts';
import type { QuarterQuantity } from '../../shared/orders/delivery.ts';
import { lotsOf } from '../../shared/pricing/product-terms.ts';
import type { Product } from '../../shared/reference/product.ts';
import { commitClearing } from '../../shared/store/clearings.ts';
import type { Finding } from '../../shared/store/clearings.ts';
import type { ControlIn } from '../../shared/store/control.ts';
import { objectKeys } from '../../shared/store/object-store.ts';
import { originKey } from '../../shared/store/order-item.ts';
import type { LockedOrder } from '../../shared/store/packing.ts';
import { packChunks } from '../../shared/store/packing.ts';
import type { ChunkText } from '../../shared/store/plan.ts';
import { chunkText, planDigest, writeChunk } from '../../shared/store/plan.ts';
import { concurrently } from './concurrently.ts';
import type { Cleared, ClearingDependencies } from './dependencies.ts';
import { putDocument, readDocument } from './documents.ts';
import type { HeldMarket } from './held-market.ts';
import type { Parties } from './tokens.ts';
import { partiesSchema } from './tokens.ts';
import type { FailureReason } from './unclearable.ts';
import { compute, Unclearable } from './unclearable.ts';

/**
 * Clears the snapshot, stores what follows from it under this worker's fence, and passes the point of no return: from
 * that one write on, exactly this plan will be carried out. Answers the plan's chunks.
 */
export async function decide(market: HeldMarket): Promise<readonly ChunkText[]> {
  const { table, clock, settings, remainingMilliseconds } = market.dependencies;
  const { clearing, fence } = market.in('locked');
  const { snapshot, parties } = await readSnapshot(market.dependencies, market.in('locked'));
  await market.holdFor(Math.min(settings.computingLeaseMilliseconds, remainingMilliseconds()));
  const { cleared, chunks, finding } = compute(() => decisionOn(market, snapshot, parties));
  await market.holdFor(settings.leaseMilliseconds);
  const documents = await storeDocuments(market, cleared);
  for (const [index, chunk] of chunks.entries()) {
    await market.proceed();
    await writeChunk(table, { clearing, fence, index, now: clock() }, chunk);
  }
  await market.move(
    { phase: 'applying', plan: { fence, chunks: chunks.length, digest: planDigest(chunks) } },
    commitClearing(clearing, { ...finding, documents }),
  );
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

interface Decision {
  readonly cleared: Cleared;
  readonly chunks: readonly ChunkText[];
  readonly finding: Omit<Finding, 'documents'>;
}

/** Pure: the same snapshot gives the same decision, whoever takes it. */
function decisionOn(market: HeldMarket, snapshot: Snapshot, parties: Parties): Decision {
  const { clear, settings } = market.dependencies;
  const { run } = market.in('locked');
  const result = clear(snapshot);
  if (!result.ok) throw new Unclearable(reasonFor(result.problem.code), result.problem);
  const cleared = result.value;
  const contracts = contractsOf(snapshot, run, cleared.awards, (party) => {
    const organisation = parties.parties[party];
    if (organisation === undefined) throw new Error('a party of the snapshot is nobody');
    return organisation;
  });
  const concluded = contracts.map((terms, index) => ({ terms, lots: lotsBy(cleared.awards[index]) }));
  const heads = contracts.map((terms) => concludedEvent(terms).hash);
  return {
    cleared,
    chunks: packChunks(concluded, lockedOrders(snapshot), settings.chunks).map(chunkText),
    finding: {
      outcome: outcomeOf(snapshot, cleared, heads),
      figures: marketFigures(snapshot, cleared.awards),
    },
  };
}

const reasonFor = (code: string): FailureReason =>
  code === 'market_too_large' || code === 'not_yet_supported' ? code : 'internal';

const lotsBy = (award: AwardTerms | undefined): ReadonlyMap<string, bigint> =>
  new Map((award?.schedule ?? []).map(({ quarter, lots }) => [quarter, lots]));

function lockedOrders({ product, offers, bids, members = [] }: Snapshot): LockedOrder[] {
  const remainingOf = (order: { readonly remaining: readonly QuarterQuantity[] }) =>
    new Map(order.remaining.map((entry) => [entry.quarter, wholeLots(entry, product)]));
  const membersOf = Map.groupBy(members, ({ bid }) => bid);
  return [
    ...offers.map((offer) => ({ id: offer.id, version: offer.version, remaining: remainingOf(offer) })),
    ...bids.map((bid) => ({
      id: bid.id,
      version: bid.version,
      remaining: remainingOf(bid),
      byOrigin: new Map(
        bid.contractedByOrigin.map((entry) => [
          originKey(entry.quarter, entry.origin),
          wholeLots(entry, product),
        ]),
      ),
      members: new Map(
        (membersOf.get(bid.id) ?? []).map((member) => [
          member.id,
          { version: member.version, remaining: remainingOf(member) },
        ]),
      ),
    })),
  ];
}

const wholeLots = ({ quantity }: QuarterQuantity, product: Product): bigint =>
  quantity.amount.units === 0n ? 0n : must(lotsOf(quantity, product));

async function storeDocuments(market: HeldMarket, cleared: Cleared): Promise<Finding['documents']> {
  const { objects } = market.dependencies;
  const { clearing, fence, snapshot } = market.in('locked');
  return {
    snapshot: { key: objectKeys.snapshot(clearing, snapshot.fence), sha256: snapshot.sha256 },
    parties: { key: objectKeys.parties(clearing, snapshot.fence), sha256: snapshot.partiesSha256 },
    proof: await putDocument(objects, objectKeys.proof(clearing, fence), cleared.proof),
    explanations: { fence, sha256: await storeExplanations(market, cleared.explanations) },
  };
}

/** Some shards at a time; between them the lease is kept. Answers their SHA-256, in their order. */
async function storeExplanations(market: HeldMarket, shards: readonly unknown[]): Promise<string[]> {
  const { objects, settings } = market.dependencies;
  const { clearing, fence } = market.in('locked');
  const digests: string[] = [];
  while (digests.length < shards.length) {
    await market.proceed();
    const first = digests.length;
    const stored = await concurrently(
      [...shards.slice(first, first + settings.concurrency).entries()],
      settings.concurrency,
      ([index, shard]) =>
        putDocument(objects, objectKeys.explanations(clearing, fence, first + index), shard),
    );
    digests.push(...stored.map(({ sha256 }) => sha256));
  }
  return digests;
}
