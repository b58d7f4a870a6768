import type { BidEntry, Book, OfferEntry } from './book.ts';
import { areConsecutive, breachesOf, leastLots, type Breach } from './conditions.ts';
import type { ClearedQuarter, Setting } from './quarters.ts';
import type { Asked, SteeredQuarters } from './steered-quarters.ts';

/** How many sets of restrictions one steering tries at most: where many pairs are tight, fewer. */
const MOST_TRIALS = 200;
const FEWEST_TRIALS = 24;
const PAIRS_TRIED = 1_000_000;

type PairBreach = Exclude<Breach, { readonly code: 'all_or_none' }>;

const nothing: Asked = { forbidden: new Set(), minima: new Map() };

interface Node {
  readonly asked: readonly (Asked | undefined)[];
  readonly filled: ReadonlySet<OfferEntry | BidEntry>;
}

/**
 * Looks among the flows of equal gains for one that keeps every condition: the prices stay as they are, only who
 * trades with whom and how ties are filled changes. A depth-first search: wherever a condition is broken, the award is
 * either given up or made large or long enough, one after the other, over at most {@link MOST_TRIALS} tries.
 */
export class Steering {
  readonly #book: Book;
  readonly #quarters: readonly ClearedQuarter[];
  readonly #solved: SteeredQuarters;
  readonly #allowed: number;
  #trials = 0;

  constructor({ book }: Setting, quarters: readonly ClearedQuarter[], solved: SteeredQuarters) {
    this.#book = book;
    this.#quarters = quarters;
    this.#solved = solved;
    const largest = quarters.reduce((most, each) => Math.max(most, solved.pairsIn(each)), 1);
    this.#allowed = Math.min(MOST_TRIALS, Math.max(FEWEST_TRIALS, PAIRS_TRIED / largest));
  }

  /** The quarters steered; undefined where no way was found. */
  find(breaches: readonly Breach[]): readonly ClearedQuarter[] | undefined {
    const touched = new Set<number>();
    for (const breach of breaches) {
      if (breach.code === 'all_or_none') continue;
      for (let quarter = breach.from; quarter <= breach.to; quarter++) touched.add(quarter);
    }
    const filled = new Set<OfferEntry | BidEntry>();
    const root: Node = {
      asked: this.#quarters.map((_, quarter) => (touched.has(quarter) ? nothing : undefined)),
      filled,
    };
    const found = this.#search(root);
    return found === undefined ? undefined : this.#evened(found.node, found.quarters);
  }

  #search(node: Node): { node: Node; quarters: readonly ClearedQuarter[] } | undefined {
    if (this.#trials++ >= this.#allowed) return undefined;
    const quarters = this.#solve(node, false);
    if (quarters === undefined) return undefined;
    const [breach] = breachesOf(
      this.#book,
      quarters.map(({ awards }) => awards),
    );
    if (breach === undefined) return { node, quarters };
    for (const next of this.#alternatives(node, breach)) {
      const found = this.#search(next);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Ties are filled evenly again wherever that breaks nothing. */
  #evened(node: Node, found: readonly ClearedQuarter[]): readonly ClearedQuarter[] {
    let best = found;
    for (const quarter of found.keys()) {
      const asked = node.asked[quarter];
      if (asked === undefined) continue;
      const even = this.#solveQuarter(quarter, asked, node.filled, true);
      if (even === undefined) continue;
      const trial = best.with(quarter, even);
      const broken = breachesOf(
        this.#book,
        trial.map(({ awards }) => awards),
      );
      if (broken.length === 0) best = trial;
    }
    return best;
  }

  #alternatives(node: Node, breach: Breach): Node[] {
    if (breach.code === 'all_or_none') {
      if (node.filled.has(breach.entry)) return [];
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
    if (forbidden.has(pair) || offer.lots[quarter]! < least || bid.lots[quarter]! < least) return undefined;
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

  #solve(node: Node, evenly: boolean): ClearedQuarter[] | undefined {
    const solved: ClearedQuarter[] = [];
    for (const [quarter, asked] of node.asked.entries()) {
      const cleared =
        asked === undefined
          ? this.#quarters[quarter]!
          : this.#solveQuarter(quarter, asked, node.filled, evenly);
      if (cleared === undefined) return undefined;
      solved.push(cleared);
    }
    return solved;
  }

  #solveQuarter(
    quarter: number,
    asked: Asked,
    filled: ReadonlySet<OfferEntry | BidEntry>,
    evenly: boolean,
  ): ClearedQuarter | undefined {
    const here = [...filled].filter((entry) => entry.lots[quarter]! > 0);
    return this.#solved.solve(this.#quarters[quarter]!, asked, here, evenly);
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
