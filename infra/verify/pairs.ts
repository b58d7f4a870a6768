import type { Bid, Offer } from './book.ts';
import { many, type Case } from './case.ts';
import { keyOf } from './duals.ts';
import { reserve } from './lanes.ts';

/** What two sides make of a trade per lot, in one unit: it gives more than is asked where the sides would rather. */
export interface Terms {
  readonly given: (bid: Bid, origin: string) => number;
  readonly asked: (offer: Offer, destination: string) => number;
  /** Holds for all orders of two kinds alike. */
  readonly mayTrade: (offer: Offer, bid: Bid) => boolean;
}

/** All that the rules ask about an offer or a bid, but for its related parties: those who agree in it are of a kind. */
export const kindOfOffer = ({ json, terms, cap }: Offer): string =>
  JSON.stringify([
    json.site,
    json.destinations,
    json.purity,
    (json.conditionsPrecedent?.length ?? 0) > 0,
    terms,
    String(cap),
  ]);
export const kindOfBid = ({ json, terms, cap }: Bid): string =>
  JSON.stringify([
    json.destination,
    json.requires,
    json.excludedOrigins,
    json.minimumPurity,
    json.acceptsConditional,
    terms,
    String(cap),
  ]);

/**
 * Every pair whose kinds may trade and whose bid gives more than its offer asks. A large book has few kinds: two that
 * may not trade cost one question, two that may cost the most willing of each.
 */
export function* pairsThatGive(
  offers: readonly Offer[],
  bids: readonly Bid[],
  { given, asked, mayTrade }: Terms,
): Generator<readonly [Offer, Bid]> {
  const sellers = [...Map.groupBy(offers, kindOfOffer).values()].map((alike) =>
    ranked(alike, (offer, destination) => -asked(offer, destination)),
  );
  const buyers = [...Map.groupBy(bids, kindOfBid).values()].map((alike) => ranked(alike, given));
  for (const seller of sellers)
    for (const buyer of buyers) {
      const [{ origin }, { destination }] = [seller.one, buyer.one.json];
      const [asks, gives] = [seller.by(destination), buyer.by(origin)];
      if (gives[0]!.worth + asks[0]!.worth <= 0 || !mayTrade(seller.one, buyer.one)) continue;
      for (const ask of asks)
        for (const give of gives) {
          if (give.worth + ask.worth <= 0) break;
          yield [ask.order, give.order];
        }
    }
}

/** Orders of one kind; by where they trade, what the trade is worth to each, the most willing first. */
function ranked<Order>(orders: readonly Order[], worth: (order: Order, place: string) => number) {
  const places = new Map<string, readonly { readonly order: Order; readonly worth: number }[]>();
  const by = (place: string) => {
    const known =
      places.get(place) ??
      orders.map((order) => ({ order, worth: worth(order, place) })).sort((a, b) => b.worth - a.worth);
    places.set(place, known);
    return known;
  };
  return { one: orders[0]!, by };
}

/** Gains aside, volume: no seller and buyer are left with lots that they could still have traded. */
export function exhausted(c: Case): string {
  const { proof, book, trades, rules, rejected, fail } = c;
  const isFree = ({ json }: Offer | Bid): boolean =>
    !rejected.has(json.id) &&
    !json.minimumLot &&
    json.allOrNone !== true &&
    (json.minimumQuarters ?? 1) === 1;
  const byQuarter = Map.groupBy(trades, ({ quarter }) => quarter);
  let left = 0;
  for (const [index, { quarter }] of proof.quarters.entries()) {
    const used = new Map<string, bigint>();
    for (const { offer, bid, lots } of byQuarter.get(quarter) ?? [])
      for (const key of [offer.json.id, bid.json.id, ...capsOf(c, offer, bid)])
        used.set(key, (used.get(key) ?? 0n) + lots);
    const hasMore = (order: Offer | Bid): boolean =>
      isFree(order) && (order.lots.get(quarter) ?? 0n) > (used.get(order.json.id) ?? 0n);
    const offers = [...book.offers.values()].filter(hasMore);
    const bids = [...book.bids.values()].filter(hasMore);
    left += offers.length + bids.length;
    const isFull = (whose: string, origin: string, cap: bigint | undefined): boolean =>
      cap !== undefined && (used.get(keyOf(whose, origin)) ?? 0n) >= cap;
    const terms: Terms = {
      given: (bid, origin) =>
        isFull(bid.json.id, origin, rules.bidCap(bid, origin, quarter)) ? -Infinity : Number(bid.price),
      asked: (offer, destination) => {
        const { origin } = offer;
        const lane = rules.lane(origin, destination);
        return lane.caps.some((zone) => isFull(zone, origin, rules.zoneCap(zone, origin, quarter)))
          ? Infinity
          : Number(reserve(offer.price, lane)) - 1;
      },
      mayTrade: (offer, bid) => rules.refusalOfKind(offer, bid, quarter) === undefined,
    };
    for (const [offer, bid] of pairsThatGive(offers, bids, terms))
      if (rules.refusal(offer, bid, quarter) === undefined)
        fail(
          `/quarters/${index}/flows`,
          `${offer.json.id} and ${bid.json.id} could still trade, and have lots left`,
        );
  }
  return `${many(left, 'order')} with lots left: no two of them could still have traded`;
}

/** What caps a pair's lots count against: the bid's own, then its destination's zones'. */
const capsOf = ({ rules }: Case, { origin }: Offer, { json }: Bid): string[] =>
  [json.id, ...rules.lane(origin, json.destination).caps].map((whose) => keyOf(whose, origin));
