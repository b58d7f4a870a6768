import { must } from '../../kernel/result.ts';
import { quarterNumber } from '../../kernel/quarter.ts';
import type { ConditionCode, ConditionTerms } from '../../orders/conditions.ts';
import { lotsOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { BidEntry, Book, OfferEntry } from '../book.ts';
import type { PairAward } from '../awards/sharing.ts';

/** What an order asks of its awards, in lots. Only orders that ask for anything have any. */
export interface Conditions {
  /** Least lots of each award in each quarter in which it delivers; 1 where nothing is asked. */
  readonly minimumLots: number;
  readonly allOrNone: boolean;
  /** Least number of consecutive quarters of each award; 1 where nothing is asked. */
  readonly minimumQuarters: number;
}

/** The conditions of an order; undefined where it has none that could keep it from anything. */
export function conditionsOf(
  { minimumLot, allOrNone = false, minimumQuarters = 1 }: ConditionTerms,
  product: Product,
): Conditions | undefined {
  const minimumLots =
    minimumLot === undefined ? 1 : Number(must(lotsOf(minimumLot, product, '/minimumLot', 'up')));
  return minimumLots === 1 && !allOrNone && minimumQuarters === 1
    ? undefined
    : { minimumLots, allOrNone, minimumQuarters };
}

/** An order whose conditions reach its single awards, so that it matters who trades with whom. */
export const isPairConditioned = ({ conditions }: OfferEntry | BidEntry): boolean =>
  conditions !== undefined && (conditions.minimumLots > 1 || conditions.minimumQuarters > 1);

/** The condition by which an order stays out that nothing was tried with: the strictest it has. */
export const ownCode = ({ conditions }: OfferEntry | BidEntry): ConditionCode =>
  conditions?.allOrNone === true
    ? 'all_or_none'
    : (conditions?.minimumLots ?? 1) > 1
      ? 'minimum_lot'
      : 'minimum_quarters';

/** What an award of one to the other must have at least in a quarter: the greater of both sides' minimum lots. */
export const leastLots = (offer: OfferEntry, bid: BidEntry): number =>
  Math.max(offer.conditions?.minimumLots ?? 1, bid.conditions?.minimumLots ?? 1);

/** How many consecutive quarters an award of one to the other must run at least. */
export const leastQuarters = (offer: OfferEntry, bid: BidEntry): number =>
  Math.max(offer.conditions?.minimumQuarters ?? 1, bid.conditions?.minimumQuarters ?? 1);

/** A condition that awards do not keep. Quarters by their place in the book. */
export type Breach =
  | { readonly code: 'all_or_none'; readonly entry: OfferEntry | BidEntry }
  | {
      readonly code: 'minimum_lot' | 'minimum_quarters';
      readonly entry: OfferEntry | BidEntry;
      readonly offer: OfferEntry;
      readonly bid: BidEntry;
      /** The quarters of the award, or of the stretch of it, that is too small. */
      readonly from: number;
      readonly to: number;
      /** Of the award in `from`. */
      readonly lots: number;
    };

/** What each pair of orders trades, by quarter of the book. */
interface PairTrade {
  readonly offer: OfferEntry;
  readonly bid: BidEntry;
  readonly lots: Map<number, number>;
}

/** Every breach of a condition of either side, in the order of the orders' ranks, then quarters. */
export function breachesOf(book: Book, awards: readonly (readonly PairAward[])[]): Breach[] {
  const traded = new Map<OfferEntry | BidEntry, number[]>();
  const pairs = new Map<OfferEntry, Map<BidEntry, PairTrade>>();
  for (const [quarter, list] of awards.entries())
    for (const { offer, bid, lots } of list) {
      for (const entry of [offer, bid]) {
        if (entry.conditions?.allOrNone !== true) continue;
        const sums = traded.get(entry) ?? book.quarters.map(() => 0);
        sums[quarter]! += lots;
        traded.set(entry, sums);
      }
      if (!isPairConditioned(offer) && !isPairConditioned(bid)) continue;
      const ofOffer = pairs.get(offer) ?? new Map<BidEntry, PairTrade>();
      pairs.set(offer, ofOffer);
      const trade = ofOffer.get(bid) ?? { offer, bid, lots: new Map<number, number>() };
      ofOffer.set(bid, trade);
      trade.lots.set(quarter, (trade.lots.get(quarter) ?? 0) + lots);
    }
  const partial = [...traded]
    .filter(([entry, sums]) => entry.lots.some((wanted, quarter) => sums[quarter]! < wanted))
    .map(([entry]): Breach => ({ code: 'all_or_none', entry }));
  const ofPairs = [...pairs.values()].flatMap((trades) =>
    [...trades.values()].flatMap((trade) => breachesOfPair(book, trade)),
  );
  return [...partial, ...ofPairs].sort(byRank);
}

function breachesOfPair(book: Book, { offer, bid, lots }: PairTrade): Breach[] {
  const breaches: Breach[] = [];
  const quarters = [...lots.keys()].sort((a, b) => a - b);
  for (const entry of [offer, bid]) {
    if (entry.conditions === undefined) continue;
    const { minimumLots, minimumQuarters } = entry.conditions;
    const shape = { entry, offer, bid };
    for (const quarter of quarters)
      if (lots.get(quarter)! < minimumLots)
        breaches.push({
          ...{ ...shape, code: 'minimum_lot', from: quarter, to: quarter, lots: lots.get(quarter)! },
        });
    if (minimumQuarters === 1) continue;
    for (const { from, to } of stretchesOf(book, quarters))
      if (to - from + 1 < minimumQuarters)
        breaches.push({ ...shape, code: 'minimum_quarters', from, to, lots: lots.get(from)! });
  }
  return breaches;
}

/** Runs of consecutive quarters among sorted places in the book; a book may skip quarters that nobody asks for. */
function stretchesOf(book: Book, places: readonly number[]): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (const place of places) {
    const last = stretches.at(-1);
    if (last !== undefined && areConsecutive(book, last.to, place)) last.to = place;
    else stretches.push({ from: place, to: place });
  }
  return stretches;
}

/** Whether the quarter at place `next` follows directly on the one at `place`. */
export const areConsecutive = ({ quarters }: Book, place: number, next: number): boolean =>
  quarterNumber(quarters[next]!) === quarterNumber(quarters[place]!) + 1;

function byRank(a: Breach, b: Breach): number {
  const keyOf = (breach: Breach): string =>
    breach.code === 'all_or_none'
      ? breach.entry.rank
      : `${breach.entry.rank}:${breach.offer.rank}:${breach.bid.rank}`;
  const [left, right] = [keyOf(a), keyOf(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a.code === 'all_or_none' || b.code === 'all_or_none' ? 0 : a.from - b.from;
}
