import type { BidEntry, Book, OfferEntry } from '../book.ts';
import { Alternatives, nothing, type Node } from './alternatives.ts';
import { breachesOf, type Breach } from './conditions.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import type { Asked, SteeredQuarters } from './steered-quarters.ts';

/** How many sets of restrictions one steering tries at most: where many pairs are tight, fewer. */
const MOST_TRIALS = 200;
const FEWEST_TRIALS = 24;
const PAIRS_TRIED = 1_000_000;
/** How many sets of restrictions are tried at most to mend breaches together. */
const MOST_STEPS = 200;
/** With more orders than this left that break their conditions, single breaches are not searched one by one. */
const FEW_ORDERS = 3;

/** A node whose restrictions can be kept together, and the quarters that keep them. */
interface Settled {
  readonly node: Node;
  readonly quarters: readonly ClearedQuarter[];
}

/** What steering came to: the quarters where it keeps every condition, and the breaches that are left otherwise. */
export interface Steered {
  readonly quarters: readonly ClearedQuarter[] | undefined;
  readonly breaches: readonly Breach[];
}

/**
 * Looks among the flows of equal gains for one that keeps every condition: the prices stay as they are, only who
 * trades with whom and how ties are filled changes. Wherever a condition is broken, the award is either given up or
 * made large or long enough.
 *
 * First all breaches are mended together, step by step; where that cannot be, each half of them by itself, so that
 * those are found that cannot be mended. Where only few orders are left then, a depth-first search tries one breach
 * after the other, both ways.
 */
export class Steering {
  readonly #book: Book;
  readonly #quarters: readonly ClearedQuarter[];
  readonly #solved: SteeredQuarters;
  readonly #alternatives: Alternatives;
  readonly #allowed: number;
  #trials = 0;

  constructor({ book }: Setting, quarters: readonly ClearedQuarter[], solved: SteeredQuarters) {
    this.#book = book;
    this.#quarters = quarters;
    this.#solved = solved;
    this.#alternatives = new Alternatives(book, quarters, solved);
    const largest = quarters.reduce((most, each) => Math.max(most, solved.pairsIn(each)), 1);
    this.#allowed = Math.min(MOST_TRIALS, Math.max(FEWEST_TRIALS, PAIRS_TRIED / largest));
  }

  find(breaches: readonly Breach[]): Steered {
    const touched = new Set<number>();
    for (const breach of breaches) {
      if (breach.code === 'all_or_none') continue;
      for (let quarter = breach.from; quarter <= breach.to; quarter++) touched.add(quarter);
    }
    const root: Node = {
      asked: this.#quarters.map((_, quarter) => (touched.has(quarter) ? nothing : undefined)),
      filled: new Set(),
    };
    const quarters = this.#solve(root, false);
    if (quarters === undefined) return { quarters: undefined, breaches };
    const settled = this.#mended({ node: root, quarters });
    const left = this.#breachesOf(settled.quarters);
    if (left.length === 0) return { quarters: this.#evened(settled), breaches: left };
    const found = new Set(left.map(({ entry }) => entry)).size <= FEW_ORDERS ? this.#search(root) : undefined;
    if (found === undefined) return { quarters: undefined, breaches: left };
    return { quarters: this.#evened(found), breaches: [] };
  }

  #breachesOf(quarters: readonly ClearedQuarter[]): Breach[] {
    return breachesOf(
      this.#book,
      quarters.map(({ awards }) => awards),
    );
  }

  /** Mends all that can be mended together; what cannot is left as it is. */
  #mended(root: Settled): Settled {
    const hopeless = new Set<OfferEntry | BidEntry>();
    const steps = { left: MOST_STEPS };
    let settled = root;
    while (steps.left > 0) {
      const breaches = this.#breachesOf(settled.quarters).filter(({ entry }) => !hopeless.has(entry));
      if (breaches.length === 0) break;
      settled = this.#mend(settled, breaches, hopeless, steps);
    }
    return settled;
  }

  /** Mends these breaches at once, or else each half of them; an order with one that cannot be mended is hopeless. */
  #mend(
    from: Settled,
    breaches: readonly Breach[],
    hopeless: Set<OfferEntry | BidEntry>,
    steps: { left: number },
  ): Settled {
    const [first] = breaches;
    if (first === undefined || steps.left <= 0) return from;
    if (breaches.length === 1) {
      for (const node of this.#alternatives.of(from.node, first)) {
        steps.left--;
        const quarters = this.#solve(node, false);
        if (quarters !== undefined) return { node, quarters };
      }
      hopeless.add(first.entry);
      return from;
    }
    let together: Node | undefined = from.node;
    for (const breach of breaches) {
      const next: Node | undefined = this.#alternatives.of(together, breach)[0];
      if (next !== undefined) together = next;
    }
    steps.left--;
    const quarters = this.#solve(together, false);
    if (quarters !== undefined && together !== from.node) return { node: together, quarters };
    const half = breaches.length >> 1;
    const settled = this.#mend(from, breaches.slice(0, half), hopeless, steps);
    const rest = breaches.slice(half).filter(({ entry }) => !hopeless.has(entry));
    return this.#mend(settled, rest, hopeless, steps);
  }

  #search(node: Node): Settled | undefined {
    if (this.#trials++ >= this.#allowed) return undefined;
    const quarters = this.#solve(node, false);
    if (quarters === undefined) return undefined;
    const [breach] = this.#breachesOf(quarters);
    if (breach === undefined) return { node, quarters };
    for (const next of this.#alternatives.of(node, breach)) {
      const found = this.#search(next);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Ties are filled evenly again wherever that breaks nothing. */
  #evened({ node, quarters }: Settled): readonly ClearedQuarter[] {
    let best = quarters;
    for (const quarter of quarters.keys()) {
      const asked = node.asked[quarter];
      if (asked === undefined) continue;
      const even = this.#solveQuarter(quarter, asked, node.filled, true);
      if (even === undefined) continue;
      const trial = best.with(quarter, even);
      if (this.#breachesOf(trial).length === 0) best = trial;
    }
    return best;
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
}
