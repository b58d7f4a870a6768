import type { ConditionCode } from '../../orders/conditions.ts';
import type { BidEntry, Book, Entry, OfferEntry } from '../book.ts';
import { areConsecutive, isPairConditioned, leastLots, leastQuarters } from './conditions.ts';
import type { Market } from '../market.ts';
import { bidOf, type Network } from '../solver/network.ts';

/*
 * Some awards can never keep the conditions of their orders, whatever the market: one of the two asks for more lots
 * or quarters than the other has. Such pairs are no more eligible than those that lack a certificate.
 */

/**
 * By which condition of either order they can never trade with one another in a quarter.
 *
 * @param most lots that the bid may take from the offer's origin.
 */
export function impossibleAward(
  book: Book,
  quarter: number,
  offer: OfferEntry,
  bid: BidEntry,
  most: number,
): Exclude<ConditionCode, 'all_or_none'> | undefined {
  if (!isPairConditioned(offer) && !isPairConditioned(bid)) return undefined;
  if (Math.min(offer.lots[quarter]!, bid.lots[quarter]!, most) < leastLots(offer, bid)) return 'minimum_lot';
  const least = leastQuarters(offer, bid);
  if (least === 1) return undefined;
  const sold = reachOf(book, offer, quarter, least);
  const bought = reachOf(book, bid, quarter, least);
  const length = Math.min(sold.before, bought.before) + 1 + Math.min(sold.after, bought.after);
  return length < least ? 'minimum_quarters' : undefined;
}

/** For how many quarters an order runs on without a gap before and after a quarter, counted up to `most`. */
function reachOf(book: Book, { lots }: Entry<unknown>, quarter: number, most: number) {
  let before = 0;
  while (before < most && (lots[quarter - before - 1] ?? 0) > 0 && follows(book, quarter - before - 1))
    before++;
  let after = 0;
  while (after < most && (lots[quarter + after + 1] ?? 0) > 0 && follows(book, quarter + after)) after++;
  return { before, after };
}

const follows = (book: Book, place: number): boolean => areConsecutive(book, place, place + 1);

/**
 * What the conditions of the other side's orders can tell apart of an order in a quarter; undefined where none of them
 * looks at single awards. Orders that it tells apart are never one class.
 */
export function seenByConditions(
  book: Book,
  others: readonly (OfferEntry | BidEntry)[],
  quarter: number,
): ((entry: OfferEntry | BidEntry) => string) | undefined {
  const looking = others.filter((entry) => entry.lots[quarter]! > 0 && isPairConditioned(entry));
  if (looking.length === 0) return undefined;
  const minima = [...new Set(looking.map(({ conditions }) => conditions!.minimumLots))].sort((a, b) => a - b);
  const longest = Math.max(...looking.map(({ conditions }) => conditions!.minimumQuarters));
  return (entry) => {
    const size = minima.filter((least) => least <= entry.lots[quarter]!).length;
    const { before, after } = reachOf(book, entry, quarter, longest);
    return `${size}:${before}:${after}`;
  };
}

/**
 * Whatever of a book's windows the market of one quarter depends on: equal for quarters that conditions cannot tell
 * apart.
 */
export function windowsSeen(book: Book, quarter: number): unknown {
  const orders = [...book.offers, ...book.bids];
  const longest = orders.reduce(
    (most, { conditions }) => Math.max(most, conditions?.minimumQuarters ?? 1),
    1,
  );
  return longest === 1 ? [] : orders.map((entry) => Object.values(reachOf(book, entry, quarter, longest)));
}

/** The market without the pairs that could never keep their orders' conditions. */
export function withoutImpossible(book: Book, market: Market, quarter: number): Market {
  const { network, offers, bids } = market;
  const concerned = [...offers, ...bids].some(({ members }) => members.some(isPairConditioned));
  if (!concerned) return market;
  const kept = [...network.pairOffer.keys()].filter((pair) => {
    const head = network.pairHead[pair]!;
    const offer = offers[network.pairOffer[pair]!]!;
    const bid = bids[bidOf(network, head)]!;
    const cap = network.capLots[head - bids.length];
    const most = cap === undefined ? Infinity : cap / bid.members.length;
    return impossibleAward(book, quarter, offer.members[0]!, bid.members[0]!, most) === undefined;
  });
  if (kept.length === network.pairOffer.length) return market;
  return { ...market, network: { ...network, ...columnsOf(network, kept) } };
}

type PairColumns = Pick<Network, 'pairOffer' | 'pairHead' | 'pairWeight' | 'pairInside' | 'pairLane'>;

const columnsOf = (network: Network, pairs: readonly number[]): PairColumns => ({
  pairOffer: Int32Array.from(pairs, (pair) => network.pairOffer[pair]!),
  pairHead: Int32Array.from(pairs, (pair) => network.pairHead[pair]!),
  pairWeight: Float64Array.from(pairs, (pair) => network.pairWeight[pair]!),
  pairInside: Uint8Array.from(pairs, (pair) => network.pairInside[pair]!),
  pairLane:
    network.pairLane.length === 0
      ? network.pairLane
      : Int32Array.from(pairs, (pair) => network.pairLane[pair]!),
});
