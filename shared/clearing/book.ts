import { sha256 } from '../kernel/digest.ts';
import { hasBegun, type Quarter } from '../kernel/quarter.ts';
import { must } from '../kernel/result.ts';
import { dateOf } from '../kernel/time.ts';
import { withheldQuarters, type ConditionCode } from '../orders/conditions.ts';
import type { QuarterQuantity } from '../orders/delivery.ts';
import { lotsOf, ticksOf } from '../pricing/product-terms.ts';
import { conditionsOf, type Conditions } from './conditions.ts';
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
export type BidEntry = Entry<BookBid>;

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
 * has ended by then are out, and so is what is left of an order where it is less than its conditions ask for.
 */
export function readBook(snapshot: Snapshot): Book {
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
  const entryOf = <Order extends BookOffer | BookBid>(
    order: Order,
    rounding: 'up' | 'down',
  ): Entry<Order> => {
    const open = new Map<Quarter, bigint>();
    for (const { quarter, quantity } of order.remaining)
      if (index.has(quarter)) open.set(quarter, BigInt(lotsFrom(quantity, snapshot)));
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
  const byRank = (a: { rank: string }, b: { rank: string }): number => (a.rank < b.rank ? -1 : 1);
  const canClear = (entry: { firstQuarter: number }): boolean => entry.firstQuarter >= 0;
  return {
    quarters,
    offers: offers
      .map((order) => entryOf(order, 'up'))
      .filter(canClear)
      .sort(byRank),
    bids: bids
      .map((order) => entryOf(order, 'down'))
      .filter(canClear)
      .sort(byRank),
    withheld,
  };
}
