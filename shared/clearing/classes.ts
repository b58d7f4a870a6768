import { divide } from '../kernel/decimal.ts';
import { tenTo } from '../kernel/decimal.ts';
import { lotsFrom, type BidEntry, type Book, type Entry, type OfferEntry } from './book.ts';
import { seenByConditions } from './conditions/possible-awards.ts';
import type { Facets } from './eligibility/facet.ts';
import type { Snapshot } from './snapshot.ts';

/** Orders that eligibility and weights cannot tell apart, as one node of a quarter's market. */
export interface OrderClass<Member> {
  /** Number of the facet that all members share. */
  readonly facet: number;
  /** By rank: who comes first gets the last lot of a tie. */
  readonly members: readonly Member[];
  /** Lots of each member. */
  readonly lots: readonly number[];
  readonly total: number;
}
export type OfferClass = OrderClass<OfferEntry>;

export interface BidClass extends OrderClass<BidEntry> {
  /**
   * Lots that each member may still take from each origin, where less than it asks for; all members of a capped
   * class ask for equally much and have equal caps.
   */
  readonly caps: readonly number[] | undefined;
}

/**
 * Groups the offers of one quarter, those with conditions each alone. Classes come in the order of their first
 * members' ranks.
 */
export function offerClasses(book: Book, facets: Facets, quarter: number): OfferClass[] {
  const seen = seenByConditions(book, book.bids, quarter);
  const key = (offer: OfferEntry): number | string => {
    if (offer.conditions !== undefined) return offer.rank;
    const facet = facets.offerFacet.get(offer)!;
    return seen === undefined ? facet : `${facet}:${seen(offer)}`;
  };
  return classesOf(book.offers, quarter, key).map(([, members]) =>
    classFrom(facets.offerFacet.get(members[0]!)!, members, quarter),
  );
}

/** Groups the bids of one quarter, those with conditions each alone; capped bids only where their quantities and caps are equal too. */
export function bidClasses(snapshot: Snapshot, book: Book, facets: Facets, quarter: number): BidClass[] {
  const capsOf = new Map(
    book.bids.map((bid) => [bid, originCaps(snapshot, bid, facets, book.quarters[quarter]!, quarter)]),
  );
  const seen = seenByConditions(book, book.offers, quarter);
  const key = (bid: BidEntry): string => {
    if (bid.conditions !== undefined) return bid.rank;
    const facet = `${facets.bidFacet.get(bid)!}${seen === undefined ? '' : `:${seen(bid)}`}`;
    const caps = capsOf.get(bid);
    return caps === undefined ? facet : `${facet}:${bid.lots[quarter]!}:${caps.join()}`;
  };
  return classesOf(book.bids, quarter, key).map(([, members]) => ({
    ...classFrom(facets.bidFacet.get(members[0]!)!, members, quarter),
    caps: capsOf.get(members[0]!),
  }));
}

function classesOf<Member extends Entry<unknown>, Key>(
  entries: readonly Member[],
  quarter: number,
  keyOf: (entry: Member) => Key,
): [Key, Member[]][] {
  const wanted = entries.filter((entry) => entry.lots[quarter]! > 0);
  return [...Map.groupBy(wanted, keyOf)];
}

function classFrom<Member extends Entry<unknown>>(
  facet: number,
  members: readonly Member[],
  quarter: number,
): OrderClass<Member> {
  const lots = members.map((member) => member.lots[quarter]!);
  return { facet, members, lots, total: lots.reduce((sum, each) => sum + each, 0) };
}

/**
 * What a bid may take from each origin: its share of the quantity requested, rounded down to the lot, less what
 * earlier contracts take. The share is of what was requested, not of what is filled: the denominator is planned
 * use. Undefined where no cap can bind.
 */
function originCaps(
  snapshot: Snapshot,
  { order, lots }: BidEntry,
  facets: Facets,
  quarter: string,
  quarterIndex: number,
): number[] | undefined {
  const share = order.maxOriginShare;
  if (share === undefined) return undefined;
  const wanted = lots[quarterIndex]!;
  const inQuarter = (entry: { quarter: string }): boolean => entry.quarter === quarter;
  const requested = order.requested.find(inQuarter);
  const base = requested === undefined ? 0 : lotsFrom(requested.quantity, snapshot);
  const most = Number(divide(BigInt(base) * share.units, tenTo(share.scale), 'down'));
  const caps = facets.origins.map((origin) => {
    const used = order.contractedByOrigin
      .filter((entry) => entry.origin === origin && inQuarter(entry))
      .reduce((sum, entry) => sum + lotsFrom(entry.quantity, snapshot), 0);
    return Math.min(Math.max(most - used, 0), wanted);
  });
  return caps.every((cap) => cap === wanted) ? undefined : caps;
}
