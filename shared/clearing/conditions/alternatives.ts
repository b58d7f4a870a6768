import type { BidEntry, Book, OfferEntry } from '../book.ts';
import type { ClearedQuarter } from '../quarters.ts';
import { areConsecutive, leastLots, type Breach } from './conditions.ts';
import type { Asked, SteeredQuarters } from './steered-quarters.ts';

type PairBreach = Exclude<Breach, { readonly code: 'all_or_none' }>;

export const nothing: Asked = { forbidden: new Set(), minima: new Map() };

/** What is asked of each quarter, if anything, and the orders to be filled whole. */
export interface Node {
  readonly asked: readonly (Asked | undefined)[];
  readonly filled: ReadonlySet<OfferEntry | BidEntry>;
}

/** The ways in which a breach of a condition can be mended: the award given up, or made large or long enough. */
export class Alternatives {
  readonly #book: Book;
  readonly #quarters: readonly ClearedQuarter[];
  readonly #solved: SteeredQuarters;

  constructor(book: Book, quarters: readonly ClearedQuarter[], solved: SteeredQuarters) {
    this.#book = book;
    this.#quarters = quarters;
    this.#solved = solved;
  }

  /** What could mend a breach, the likelier first. */
  of(node: Node, breach: Breach): Node[] {
    if (breach.code === 'all_or_none') {
      const asked = node.asked.map((each, quarter) =>
        breach.entry.lots[quarter]! > 0 ? (each ?? nothing) : each,
      );
      return [{ asked, filled: new Set([...node.filled, breach.entry]) }];
    }
    const forbidding = this.#forbid(node, breach);
    const given = forbidding === undefined ? [] : [forbidding];
    if (breach.code === 'minimum_quarters') return [...this.#lengthened(node, breach), ...given];
    const enlarged = this.#enlarge(node, breach, breach.from);
    const larger = enlarged === undefined ? [] : [enlarged];
    const least = leastLots(breach.offer, breach.bid);
    return 2 * breach.lots >= least ? [...larger, ...given] : [...given, ...larger];
  }

  #forbid(node: Node, { offer, bid, from, to }: PairBreach): Node | undefined {
    let asked = node.asked;
    for (let quarter = from; quarter <= to; quarter++) {
      const pair = this.#pairAt(quarter, offer, bid);
      if (pair === undefined) return undefined;
      const { forbidden, minima } = asked[quarter] ?? nothing;
      if (minima.has(pair)) return undefined;
      asked = asked.with(quarter, { minima, forbidden: new Set([...forbidden, pair]) });
    }
    return { ...node, asked };
  }

  #enlarge(node: Node, breach: PairBreach, quarter: number): Node | undefined {
    const { offer, bid } = breach;
    const pair = this.#pairAt(quarter, offer, bid);
    if (pair === undefined) return undefined;
    const least = leastLots(offer, bid);
    const { forbidden, minima } = node.asked[quarter] ?? nothing;
    if (forbidden.has(pair)) return undefined;
    return {
      ...node,
      asked: node.asked.with(quarter, { forbidden, minima: new Map([...minima, [pair, least]]) }),
    };
  }

  /** Every window of enough consecutive quarters around a stretch that is too short; the earliest first. */
  #lengthened(node: Node, breach: PairBreach): Node[] {
    const length = breach.entry.conditions!.minimumQuarters;
    const book = this.#book;
    const windows: Node[] = [];
    for (let first = Math.max(breach.to - length + 1, 0); first <= breach.from; first++) {
      if (!isConsecutive(book, first, length)) continue;
      let window: Node | undefined = node;
      for (let quarter = first; window !== undefined && quarter < first + length; quarter++)
        window = this.#enlarge(window, breach, quarter);
      if (window !== undefined) windows.push(window);
    }
    return windows;
  }

  #pairAt(quarter: number, offer: OfferEntry, bid: BidEntry): number | undefined {
    return this.#solved.pairAt(this.#quarters[quarter]!, offer, bid);
  }
}

function isConsecutive(book: Book, first: number, length: number): boolean {
  for (let quarter = first; quarter < first + length; quarter++) {
    if (quarter >= book.quarters.length) return false;
    if (quarter > first && !areConsecutive(book, quarter - 1, quarter)) return false;
  }
  return true;
}
