import type { BidEntry, OfferEntry } from '../book.ts';
import { bidOf } from '../solver/network.ts';
import { isTight } from '../solver/prices.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import type { PairAward } from '../awards/sharing.ts';
import { LIKE_SIZES, Nodes } from './nodes.ts';
import { TightPairs } from './tight-pairs.ts';

/** Lots that an order trades in a quarter, in as far as they must stay together. */
export interface TiesNode<Order> {
  readonly order: Order;
  /** Its class in the quarter's market. */
  readonly class: number;
  readonly lots: number;
}

/**
 * Who could serve whom in one quarter without loss to anybody, and who does so far.
 *
 * A pair is tight where its weight equals what the prices say its two orders and the caps between them are worth: by
 * complementary slackness any flow on tight pairs that keeps every order's total, and keeps full what has a value,
 * is of the same greatest gains and the same volume. Sellers are told apart by the terms of trade, so that with
 * their totals stay: what every seller is paid, duties, levies, lots from inside the zone and the use of zones' caps.
 *
 * Links are tight pairs by column, sorted by seller.
 */
export interface Ties {
  /** What an offer sells under one set of terms. */
  readonly sellers: readonly TiesNode<OfferEntry>[];
  /** What a bid takes; what it takes through an origin cap with a value, apart. */
  readonly buyers: readonly TiesNode<BidEntry>[];
  /** Origin caps of single bids: at most so many lots into that buyer. */
  readonly gates: readonly Gate[];
  readonly linkSeller: Int32Array;
  readonly linkBuyer: Int32Array;
  /** The gate that a link leads through, or −1. */
  readonly linkGate: Int32Array;
  /** Lots as they were shared. */
  readonly lots: Float64Array;
}

export interface Gate {
  readonly buyer: number;
  readonly most: number;
}

/** The most that a link could carry. */
export function roomOf(
  { sellers, buyers, gates, linkSeller, linkBuyer, linkGate }: Ties,
  link: number,
): number {
  const gate = linkGate[link]!;
  const most = gate < 0 ? Infinity : gates[gate]!.most;
  return Math.min(sellers[linkSeller[link]!]!.lots, buyers[linkBuyer[link]!]!.lots, most);
}

/**
 * Reads the ties of a cleared quarter, as far as `awards` reach: those of its awards that may move.
 *
 * @param isFixed pairs that may neither give nor take.
 */
export function tiesOf(
  setting: Setting,
  { market, solution }: ClearedQuarter,
  awards: readonly PairAward[],
  isFixed: (offer: OfferEntry, bid: BidEntry) => boolean,
): Ties {
  const { network, bids } = market;
  const { capValue } = solution.prices;
  const tight = new TightPairs(setting, market, solution.prices, awards);
  const sellers = new Nodes<OfferEntry>();
  const buyers = new Nodes<BidEntry>();
  /** A cap with a value is a buyer of its own: it stays full. */
  const pinOf = (head: number): number =>
    head >= bids.length && capValue[head - bids.length]! > 0 ? head - bids.length + 1 : 0;
  const given: Map<number, number>[] = [];
  for (const { offer, bid, lots, offerClass, bidClass } of awards) {
    const { origin } = setting.facets.offers[market.offers[offerClass]!.facet]!;
    const head = market.headOf[bidClass]![origin]!;
    const seller = sellers.of(offer, offerClass, tight.termsOf(offerClass, head), lots);
    const buyer = buyers.of(bid, bidClass, pinOf(head), lots);
    const sold = (given[seller] ??= new Map<number, number>());
    sold.set(buyer, (sold.get(buyer) ?? 0) + lots);
  }

  const gates: Gate[] = [];
  const gateOf = new Map<number, number>();
  const gateInto = (buyer: number, cap: number): number => {
    const key = buyer * network.capLots.length + cap;
    const known = gateOf.get(key);
    if (known !== undefined) return known;
    gateOf.set(key, gates.length);
    const members = bids[network.capBid[cap]!]!.members.length;
    return gates.push({ buyer, most: network.capLots[cap]! / members }) - 1;
  };
  const columns = {
    seller: [] as number[],
    buyer: [] as number[],
    gate: [] as number[],
    lots: [] as number[],
  };
  const buyersAt = Array.from({ length: bids.length + network.capLots.length }, (_, head) =>
    buyers.alike(bidOf(network, head), pinOf(head)),
  );
  const givenTo = new Float64Array(buyers.list.length);
  for (const [seller, { order, class: offerClass, kind: terms, lots }] of sellers.list.entries()) {
    const like = sellers.alike(offerClass, terms);
    for (const [buyer, each] of given[seller]!) givenTo[buyer] = each;
    for (const { head, terms: theirs } of tight.of(offerClass)) {
      if (theirs !== terms) continue;
      const others = buyersAt[head]!;
      const few = like.length * others.length <= LIKE_SIZES * (like.length + others.length);
      const isGated = head >= bids.length && pinOf(head) === 0;
      for (const buyer of few ? others : buyers.ofSize(others, lots, given[seller]!)) {
        if (isFixed(order, buyers.list[buyer]!.order)) continue;
        columns.seller.push(seller);
        columns.buyer.push(buyer);
        columns.gate.push(isGated ? gateInto(buyer, head - bids.length) : -1);
        columns.lots.push(givenTo[buyer]!);
      }
    }
    for (const buyer of given[seller]!.keys()) givenTo[buyer] = 0;
  }
  return {
    sellers: sellers.list,
    buyers: buyers.list,
    gates,
    linkSeller: Int32Array.from(columns.seller),
    linkBuyer: Int32Array.from(columns.buyer),
    linkGate: Int32Array.from(columns.gate),
    lots: Float64Array.from(columns.lots),
  };
}

/** How many links the ties of a cleared quarter can have at most: counted by class, before any is made. */
export function mostLinks({ market: { network, offers, bids }, solution, awards }: ClearedQuarter): number {
  const selling = new Float64Array(offers.length);
  const buying = new Float64Array(bids.length);
  const met = new Set<OfferEntry | BidEntry>();
  for (const { offer, bid, offerClass, bidClass } of awards) {
    if (!met.has(offer)) selling[offerClass]! += 1;
    if (!met.has(bid)) buying[bidClass]! += 1;
    met.add(offer).add(bid);
  }
  let links = 0;
  for (let pair = 0; pair < network.pairOffer.length; pair++) {
    const sellers = selling[network.pairOffer[pair]!]!;
    const buyers = buying[bidOf(network, network.pairHead[pair]!)]!;
    if (sellers > 0 && buyers > 0 && isTight(network, solution.prices, pair))
      links += Math.min(sellers * buyers, LIKE_SIZES * (sellers + buyers));
  }
  return links;
}
