import { sha256 } from '../kernel/digest.ts';
import { hasBegun, type Quarter } from '../kernel/quarter.ts';
import { must } from '../kernel/result.ts';
import { dateOf } from '../kernel/time.ts';
import { withheldQuarters, type ConditionCode } from '../orders/conditions.ts';
import type { QuarterQuantity } from '../orders/delivery.ts';
import { lotsOf, ticksOf } from '../pricing/product-terms.ts';
import { conditionsOf, type Conditions } from './conditions/conditions.ts';
import { Absences, memberEntries, type MemberEntry } from './members.ts';
import type { BookBid, BookOffer, Snapshot } from './snapshot.ts';

/** An order in the integers that clearing compares. */
export interface Entry<Order> {
  readonly order: Order;
  /** The ask or the limit, in ticks. */
  readonly price: bigint;
  /** Lots that may clear, per quarter of the book; zero where there is nothing. */
  readonly lots: readonly number[];
  /** Index of the first quarter with lots. */
  readonly firstQuarter: number;
  /** What it asks of its awards, if anything. An order with conditions is a class of its own. */
  readonly conditions: Conditions | undefined;
  /** Hash of clearing and order: the last lots of a tie go by it, so that no id is lucky twice. */
  readonly rank: string;
}
export type OfferEntry = Entry<BookOffer>;
export interface BidEntry extends Entry<BookBid> {
  /** Of a pool's bid: those that take part. */
  readonly members?: readonly MemberEntry[];
}

/** Where a bid's lots go: one country, or those of a pool's members, in order. */
export const destinationsOf = ({ order, members }: BidEntry): string[] =>
  members === undefined
    ? [order.destination ?? '']
    : [...new Set(members.map(({ member }) => member.destination))].sort();

/** The groups of related parties that a bid buys for: its own and, for a pool, its runner's and each member's. */
export const groupsOf = ({ order, members = [] }: BidEntry): string[] => [
  ...new Set([order.group, ...members.map(({ member }) => member.group)]),
];

/** The orders that can clear, and the quarters in which any of them may. */
export interface Book {
  readonly quarters: readonly Quarter[];
  readonly offers: readonly OfferEntry[];
  readonly bids: readonly BidEntry[];
  /** By order, the quarters that its own conditions keep from ever clearing, whatever the market. */
  readonly withheld: ReadonlyMap<string, ReadonlyMap<Quarter, ConditionCode>>;
}

/** A quantity in whole lots; unlike what an order asks for, it may be zero. */
export function lotsFrom(quantity: QuarterQuantity['quantity'], snapshot: Snapshot): number {
  return quantity.amount.units === 0n ? 0 : Number(must(lotsOf(quantity, snapshot.product)));
}

/**
 * Reads the open book of a snapshot. Quarters that have begun at gate closure do not clear; orders whose validity
 * has ended by then are out, and so is what is left of an order where it is less than its conditions ask for, and so
 * are members of pools in quarters in which they take no part.
 */
export function readBook(snapshot: Snapshot, absences: Absences = new Absences()): Book {
  const today = dateOf(snapshot.gateClosure);
  const live = <Order extends BookOffer | BookBid>(orders: readonly Order[]): Order[] =>
    orders.filter((order) => order.validUntil === undefined || order.validUntil > snapshot.gateClosure);
  const offers = live(snapshot.offers);
  const bids = live(snapshot.bids);
  const quarters = [
    ...new Set([...offers, ...bids].flatMap((order) => order.remaining.map(({ quarter }) => quarter))),
  ]
    .filter((quarter) => !hasBegun(quarter, today))
    .sort();
  const index = new Map(quarters.map((quarter, position) => [quarter, position]));

  const withheld = new Map<string, ReadonlyMap<Quarter, ConditionCode>>();
  const openOf = ({ remaining }: BookOffer | BookBid): Map<Quarter, bigint> =>
    new Map(
      remaining
        .filter(({ quarter }) => index.has(quarter))
        .map(({ quarter, quantity }) => [quarter, BigInt(lotsFrom(quantity, snapshot))]),
    );
  const entryOf = <Order extends BookOffer | BookBid>(
    order: Order,
    rounding: 'up' | 'down',
    open: ReadonlyMap<Quarter, bigint> = openOf(order),
  ): Entry<Order> => {
    const conditions = conditionsOf(order, snapshot.product);
    const kept = conditions === undefined ? undefined : withheldQuarters(order, open, snapshot.product);
    if (kept !== undefined && kept.size > 0) withheld.set(order.id, kept);
    const lots = quarters.map((quarter) =>
      kept?.has(quarter) === true ? 0 : Number(open.get(quarter) ?? 0n),
    );
    return {
      conditions,
      order,
      price: must(ticksOf(order.price, snapshot.product, rounding)),
      lots,
      firstQuarter: lots.findIndex((amount) => amount > 0),
      rank: sha256(`${snapshot.clearing}\n${order.id}`),
    };
  };
  const membersOf = Map.groupBy(snapshot.members ?? [], ({ bid }) => bid);
  /** A pool's bid asks for what those of its members who take part still ask for. */
  const bidEntryOf = (order: BookBid): BidEntry => {
    if (order.pool === undefined) return entryOf(order, 'down');
    const members = memberEntries(snapshot, order, membersOf.get(order.id) ?? [], quarters, absences);
    const open = quarters.map((quarter, position): [Quarter, bigint] => [
      quarter,
      members.reduce((sum, { lots }) => sum + BigInt(lots[position]!), 0n),
    ]);
    return { ...entryOf(order, 'down', new Map(open)), members };
  };
  const byRank = (a: { rank: string }, b: { rank: string }): number => (a.rank < b.rank ? -1 : 1);
  const canClear = (entry: { firstQuarter: number }): boolean => entry.firstQuarter >= 0;
  return {
    quarters,
    offers: offers
      .map((order) => entryOf(order, 'up'))
      .filter(canClear)
      .sort(byRank),
    bids: bids.map(bidEntryOf).filter(canClear).sort(byRank),
    withheld,
  };
}
