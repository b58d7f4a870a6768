import type { BidEntry, Book, OfferEntry } from '../book.ts';
import type { ClearedQuarter } from '../quarters.ts';
import type { Ties } from './ties.ts';

/** Numbers the pairs of a book's orders. */
export class PairNumbers {
  readonly #offers: Map<OfferEntry, number>;
  readonly #bids: Map<BidEntry, number>;

  constructor({ offers, bids }: Book) {
    this.#offers = new Map(offers.map((offer, number) => [offer, number]));
    this.#bids = new Map(bids.map((bid, number) => [bid, number]));
  }

  of(offer: OfferEntry, bid: BidEntry): number {
    return this.#offers.get(offer)! * this.#bids.size + this.#bids.get(bid)!;
  }

  ofLinks({ sellers, buyers, linkSeller, linkBuyer }: Ties): Float64Array {
    const rows = sellers.map(({ order }) => this.#offers.get(order)! * this.#bids.size);
    const columns = buyers.map(({ order }) => this.#bids.get(order)!);
    const pairs = new Float64Array(linkSeller.length);
    for (let link = 0; link < pairs.length; link++)
      pairs[link] = rows[linkSeller[link]!]! + columns[linkBuyer[link]!]!;
    return pairs;
  }

  /** How many pairs trade in any of the quarters. */
  in(quarters: readonly ClearedQuarter[]): number {
    const pairs = new Set<number>();
    for (const { awards } of new Set(quarters))
      for (const { offer, bid } of awards) pairs.add(this.of(offer, bid));
    return pairs.size;
  }
}

/** Small numbers for the few that an island has of many. */
export class Renumbering {
  readonly values: number[] = [];
  /** One more than the number; 0 for what has none yet. */
  readonly #numbers: Int32Array;

  constructor(count: number) {
    this.#numbers = new Int32Array(count);
  }

  forget(): void {
    for (const value of this.values) this.#numbers[value] = 0;
    this.values.length = 0;
  }

  of(value: number): number {
    const known = this.#numbers[value]!;
    if (known > 0) return known - 1;
    this.#numbers[value] = this.values.push(value);
    return this.values.length - 1;
  }
}
