import type { Bid, Offer } from './book.ts';
import { many, type Case } from './case.ts';
import { keyOf } from './duals.ts';
import { reserve } from './lanes.ts';

/** Looks at every pair, one comparison each: those in which a bid gives more than is asked of it. */
export function* pairsThatGive(
  offers: readonly Offer[],
  bids: readonly Bid[],
  given: (bid: Bid) => number,
  asked: (offer: Offer, destination: string) => number,
): Generator<{ offer: Offer; bid: Bid; more: number }> {
  const destinations = [...new Set(bids.map(({ json }) => json.destination))];
  const place = Int32Array.from(bids, ({ json }) => destinations.indexOf(json.destination));
  const gives = Float64Array.from(bids, given);
  for (const offer of offers) {
    const asks = Float64Array.from(destinations, (destination) => asked(offer, destination));
    for (let index = 0; index < gives.length; index++) {
      const more = gives[index]! - asks[place[index]!]!;
      if (more > 0) yield { offer, bid: bids[index]!, more };
    }
  }
}

/** Gains aside, volume: no seller and buyer are left with lots that they could still have traded. */
export function exhausted(c: Case): string {
  const { proof, book, trades, rules, rejected, fail } = c;
  const isFree = ({ json }: Offer | Bid): boolean =>
    !rejected.has(json.id) &&
    !json.minimumLot &&
    json.allOrNone !== true &&
    (json.minimumQuarters ?? 1) === 1;
  let left = 0;
  for (const [index, { quarter }] of proof.quarters.entries()) {
    const used = new Map<string, bigint>();
    for (const { offer, bid, lots } of trades.filter((trade) => trade.quarter === quarter))
      for (const key of [offer.json.id, bid.json.id, ...capsOf(c, offer, bid)])
        used.set(key, (used.get(key) ?? 0n) + lots);
    const hasMore = (order: Offer | Bid): boolean =>
      isFree(order) && (order.lots.get(quarter) ?? 0n) > (used.get(order.json.id) ?? 0n);
    const offers = [...book.offers.values()].filter(hasMore);
    const bids = [...book.bids.values()].filter(hasMore);
    left += offers.length + bids.length;
    const asked = (offer: Offer, destination: string): number =>
      Number(reserve(offer.price, rules.lane(offer.origin, destination))) - 1;
    for (const { offer, bid } of pairsThatGive(offers, bids, ({ price }) => Number(price), asked)) {
      const bidCap = rules.bidCap(bid, offer.origin, quarter);
      const isFull = capsOf(c, offer, bid).some((key, at) => {
        const cap = at === 0 ? bidCap : rules.zoneCap(key.slice(0, key.indexOf(' ')), offer.origin, quarter);
        return cap !== undefined && (used.get(key) ?? 0n) >= cap;
      });
      if (isFull || rules.refusal(offer, bid, quarter) !== undefined) continue;
      fail(
        `/quarters/${index}/flows`,
        `${offer.json.id} and ${bid.json.id} could still trade, and have lots left`,
      );
    }
  }
  return `${many(left, 'order')} with lots left: no two of them could still have traded`;
}

/** What caps a pair's lots count against: the bid's own, then its destination's zones'. */
const capsOf = ({ rules }: Case, { origin }: Offer, { json }: Bid): string[] =>
  [json.id, ...rules.lane(origin, json.destination).caps].map((whose) => keyOf(whose, origin));
