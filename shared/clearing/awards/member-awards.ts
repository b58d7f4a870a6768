import type { Award, AwardedQuarter } from './award.ts';
import type { BidEntry, Book } from '../book.ts';
import type { MemberEntry } from '../members.ts';
import { Absences } from '../members.ts';
import { shareAmong, type Sharing } from './member-shares.ts';
import { memberWaterfall } from './member-waterfall.ts';
import { promise } from '../solver/network.ts';
import type { ClearedQuarter } from '../quarters.ts';
import { shareOut } from './sharing.ts';
import type { Snapshot } from '../snapshot.ts';
import { landedReserve, poolRules, tradeTerms, type TradeTerms } from '../eligibility/trade-terms.ts';
import { sellerPrice, waterfallOf } from './waterfall.ts';

/** By pool's bid, then quarter of the book: how what the bid was awarded comes to its members. */
export type PoolShares = ReadonlyMap<BidEntry, readonly Sharing[]>;

/** Shares each pool's award of each quarter among its members. */
export function poolShares(book: Book, quarters: readonly Pick<ClearedQuarter, 'awards'>[]): PoolShares {
  const pools = book.bids.filter(({ members }) => members !== undefined);
  if (pools.length === 0) return new Map();
  const awarded = quarters.map(({ awards }) => {
    const lots = new Map<BidEntry, number>();
    for (const award of awards)
      if (award.bid.members !== undefined) lots.set(award.bid, (lots.get(award.bid) ?? 0) + award.lots);
    return lots;
  });
  return new Map(
    pools.map((bid) => [
      bid,
      awarded.map((lots, quarter) =>
        shareAmong(
          lots.get(bid) ?? 0,
          (bid.members ?? []).map((member) => ({
            lots: member.lots[quarter]!,
            minimum: member.minima[quarter]!,
          })),
        ),
      ),
    ]),
  );
}

/**
 * Members who would have to take less than their minimum if all of an award found a taker: they take no part in that
 * quarter, and the market must clear again without them. False where there is none.
 */
export function dropUnserved(book: Book, shares: PoolShares, absences: Absences): boolean {
  const before = absences.size;
  for (const [{ members = [] }, sharings] of shares)
    for (const [quarter, { shares: lots, left }] of sharings.entries()) {
      if (left === 0) continue;
      for (const [index, { member, lots: asked, minima }] of members.entries())
        if (asked[quarter]! > 0 && lots[index]! < minima[quarter]!)
          absences.add(member.id, book.quarters[quarter]!);
    }
  return absences.size > before;
}

/**
 * The awards as they are contracted: those of pools in parts, one for each member. Every award of a pool is shared in
 * proportion to what its members still have coming, award by award in order of offers, so that all members buy the
 * same mix at the same prices, each exactly its share, and nothing is lost.
 */
export function awardsToMembers(
  snapshot: Snapshot,
  book: Book,
  shares: PoolShares,
  awards: readonly Award[],
): Award[] {
  if (shares.size === 0) return [...awards];
  const pools = new Map([...shares.keys()].map((bid) => [bid.order.id, bid]));
  const coming = new Map(
    [...shares].map(([bid, sharings]) => [bid, sharings.map(({ shares: lots }) => [...lots])]),
  );
  return awards.flatMap((award): Award[] => {
    const bid = pools.get(award.bid);
    if (bid?.members === undefined) return [award];
    const parts = award.schedule.map(({ quarter, lots }) => {
      const left = coming.get(bid)![book.quarters.indexOf(quarter)]!;
      const part = shareOut(Number(lots), left);
      part.forEach((count, index) => (left[index]! -= count));
      promise(
        left.every((count) => count >= 0),
        'no member gets more than its share',
      );
      return part;
    });
    return bid.members.flatMap((entry, index) =>
      memberAward(snapshot, bid, award, entry, (at) => parts[at]![index]!),
    );
  });
}

/** One member's part of an award to its pool; none where it has no lots of it. */
function memberAward(
  snapshot: Snapshot,
  bid: BidEntry,
  award: Award,
  { member }: MemberEntry,
  lotsAt: (index: number) => number,
): Award[] {
  const schedule = award.schedule
    .map((entry, index) => ({ ...entry, lots: BigInt(lotsAt(index)) }))
    .filter(({ lots }) => lots > 0n);
  if (schedule.length === 0) return [];
  const { destination, id } = member;
  const { zone = '' } = bid.order;
  const countries = [...new Set((bid.members ?? []).map((each) => each.member.destination))].sort();
  const termsOf = (places: readonly string[]) =>
    tradeTerms(snapshot, poolRules(snapshot, zone, places), award.origin);
  const [poolTerms, own] = [termsOf(countries), termsOf([destination])];
  return [
    {
      ...award,
      destination,
      member: id,
      schedule: schedule.map((entry) => atOwnDuties(entry, poolTerms, own)),
    },
  ];
}

function atOwnDuties(entry: AwardedQuarter, poolTerms: TradeTerms, own: TradeTerms): AwardedQuarter {
  const waterfall = memberWaterfall(entry.waterfall, poolTerms, own);
  if (waterfall === entry.waterfall) return entry;
  const { ask } = entry.waterfall;
  const bound = (landed: bigint): bigint => {
    const pool = waterfallOf(ask, landed - landedReserve(ask, poolTerms), poolTerms);
    return memberWaterfall(pool, poolTerms, own).landed;
  };
  return {
    ...entry,
    waterfall,
    price: sellerPrice(waterfall),
    landed: waterfall.landed,
    interval: { low: bound(entry.interval.low), high: bound(entry.interval.high) },
  };
}
