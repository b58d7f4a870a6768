import type { AwardTerms } from '../../shared/clearing/documents/conclude.ts';
import { agreementFor } from '../../shared/clearing/support/agreements.ts';
import { contractsOf } from '../../shared/clearing/documents/conclude.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import type { Disclosed } from '../../shared/clearing/documents/disclosed.ts';
import { judgeRun } from '../../shared/clearing/documents/judge-run.ts';
import { runParts } from '../../shared/clearing/documents/run-parts.ts';
import { marketFigures, outcomeOf } from '../../shared/clearing/documents/summary.ts';
import { concludedEvent } from '../../shared/contracts/chain.ts';
import { must } from '../../shared/kernel/result.ts';
import type { QuarterQuantity } from '../../shared/orders/delivery.ts';
import { lotsOf } from '../../shared/pricing/product-terms.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Finding } from '../../shared/store/clearing/clearings.ts';
import { originKey } from '../../shared/store/orders/order-item.ts';
import type { LockedOrder } from '../../shared/store/clearing/packing.ts';
import { packChunks } from '../../shared/store/clearing/packing.ts';
import type { ChunkText } from '../../shared/store/clearing/plan.ts';
import { chunkText } from '../../shared/store/clearing/plan.ts';
import type { Cleared, ClearingDependencies, ClearingSettings } from './dependencies.ts';
import type { Parties } from './tokens.ts';
import { contractSalt } from './tokens.ts';
import type { FailureReason } from './unclearable.ts';
import { Unclearable } from './unclearable.ts';

/** What a run is to do, and what is kept of it. */
export interface Decision {
  readonly cleared: Cleared;
  readonly chunks: readonly ChunkText[];
  readonly finding: Omit<Finding, 'documents'>;
  /** By shard. */
  readonly explanations: Iterable<unknown>;
  /** Which figures of it are shown to everybody, and what is known to all by then. */
  readonly judged: ReturnType<typeof judgeRun>;
}

/**
 * Pure: the same snapshot, after the same has been shown of earlier runs, gives the same decision, whoever takes it.
 *
 * @throws {Unclearable} where the engine refuses the snapshot.
 */
export function decisionOn(
  { clear, settings }: Pick<ClearingDependencies, 'clear'> & { settings: Pick<ClearingSettings, 'chunks'> },
  run: number,
  {
    snapshot,
    parties,
    before,
  }: { readonly snapshot: Snapshot; readonly parties: Parties; readonly before: Disclosed },
): Decision {
  const result = clear(snapshot);
  if (!result.ok) throw new Unclearable(reasonFor(result.problem.code), result.problem);
  const cleared = result.value;
  const organisationOf = (party: string): string => {
    const organisation = parties.parties[party];
    if (organisation === undefined) throw new Error('a party of the snapshot is nobody');
    return organisation;
  };
  const contracts = contractsOf(snapshot, run, cleared.awards, organisationOf, (contract) =>
    contractSalt(parties.salt, contract),
  );
  const concluded = contracts.map((terms, index) => {
    const award = cleared.awards[index]!;
    return { terms, lots: lotsBy(award), agreement: agreementFor(snapshot, terms, award) };
  });
  const heads = contracts.map((terms) => concludedEvent(terms).hash);
  const groupOf = (organisation: string): string => parties.groups?.[organisation] ?? organisation;
  const parts = runParts(snapshot, cleared.awards, { organisationOf, groupOf });
  const judged = judgeRun({ run, gateClosure: snapshot.gateClosure, parts }, before);
  return {
    cleared,
    chunks: packChunks(concluded, lockedOrders(snapshot), settings.chunks).map(chunkText),
    finding: {
      outcome: outcomeOf(snapshot, cleared, heads),
      figures: marketFigures(snapshot, cleared.awards, judged.told),
    },
    explanations: cleared.explanations(judged.told),
    judged,
  };
}

const reasonFor = (code: string): FailureReason =>
  code === 'market_too_large' || code === 'not_yet_supported' ? code : 'internal';

const lotsBy = (award: AwardTerms): ReadonlyMap<string, bigint> =>
  new Map(award.schedule.map(({ quarter, lots }) => [quarter, lots]));

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
