import type { BidEntry, Book, OfferEntry } from './book.ts';
import { areConsecutive, breachesOf, leastLots, type Breach } from './conditions.ts';
import { bidOf } from './network.ts';
import type { ClearedQuarter, Setting } from './quarters.ts';
import { insistOnTime } from './quarters.ts';
import { shareAmongMembers } from './sharing.ts';
import { steeredFlow } from './steered-flow.ts';
import { tightMarket, type TightMarket } from './tight-market.ts';

/** How many sets of restrictions one steering tries at most: where many pairs are tight, fewer. */
const MOST_TRIALS = 200;
const FEWEST_TRIALS = 24;
const PAIRS_TRIED = 1_000_000;

type PairBreach = Exclude<Breach, { readonly code: 'all_or_none' }>;

/** One quarter's tight market, and where its pairs are. */
interface Steerable {
  readonly base: ClearedQuarter;
  readonly tight: TightMarket;
  /** By offer, then bid: the pair of the tight network. */
  readonly pairOf: ReadonlyMap<OfferEntry, ReadonlyMap<BidEntry, number>>;
}

/** What is asked of one quarter; `undefined` of one that stays as it cleared. */
interface Asked {
  readonly forbidden: ReadonlySet<number>;
  readonly minima: ReadonlyMap<number, number>;
}
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
  readonly #setting: Setting;
  readonly #quarters: readonly ClearedQuarter[];
  readonly #steerable = new Map<ClearedQuarter, Steerable | undefined>();
  readonly #flows = new Map<string, ClearedQuarter | undefined>();
  readonly #number = new Map<ClearedQuarter, number>();
  /** Pairs solved: what a search may spend is counted in these. */
  effort = 0;
  #trials = 0;
  /** Most tight pairs of a quarter so far. */
  #largest = 1;

  constructor(setting: Setting, quarters: readonly ClearedQuarter[]) {
    this.#setting = setting;
    this.#quarters = quarters;
    for (const each of quarters) if (!this.#number.has(each)) this.#number.set(each, this.#number.size);
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
    const allowed = Math.min(MOST_TRIALS, Math.max(FEWEST_TRIALS, PAIRS_TRIED / this.#largest));
    if (this.#trials++ >= allowed) return undefined;
    const quarters = this.#solve(node, false);
    if (quarters === undefined) return undefined;
    const [breach] = breachesOf(
      this.#setting.book,
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
        this.#setting.book,
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
    const { book } = this.#setting;
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
    const base = this.#quarters[quarter]!;
    const steerable = this.#steerableOf(base);
    if (steerable === undefined) return undefined;
    const here = [...filled].filter((entry) => entry.lots[quarter]! > 0);
    const key = [
      this.#number.get(base)!,
      [...asked.forbidden].sort((a, b) => a - b).join(),
      [...asked.minima]
        .sort(([a], [b]) => a - b)
        .map(([pair, lots]) => `${pair}:${lots}`)
        .join(),
      here
        .map(({ rank }) => rank)
        .sort()
        .join(),
      evenly,
    ].join('/');
    if (!this.#flows.has(key)) {
      insistOnTime(this.#setting);
      const { market, prices } = steerable.tight;
      const restrictions = { ...asked, filled: new Set(here) };
      const flow = steeredFlow(steerable.tight, restrictions, base.solution.certificate.primal, evenly);
      this.effort += market.network.pairOffer.length;
      this.#flows.set(
        key,
        flow && {
          market,
          solution: { pairFlow: flow, prices, certificate: certificateOf(base, flow) },
          awards: shareAmongMembers(market, flow),
          bound: base.bound,
        },
      );
    }
    return this.#flows.get(key);
  }

  #pairAt(quarter: number, offer: OfferEntry, bid: BidEntry): number | undefined {
    return this.#steerableOf(this.#quarters[quarter]!)?.pairOf.get(offer)?.get(bid);
  }

  #steerableOf(base: ClearedQuarter): Steerable | undefined {
    if (!this.#steerable.has(base)) {
      const tight = tightMarket(base, this.#setting.facets);
      this.effort += base.market.network.pairOffer.length;
      this.#largest = Math.max(this.#largest, tight?.market.network.pairOffer.length ?? 0);
      this.#steerable.set(base, tight && { base, tight, pairOf: pairsOf(tight) });
    }
    return this.#steerable.get(base);
  }
}

/** The same gains, at another volume perhaps. */
function certificateOf({ solution }: ClearedQuarter, flow: Float64Array) {
  return { ...solution.certificate, volume: BigInt(flow.reduce((sum, lots) => sum + lots, 0)) };
}

/** Single orders' pairs; classes of several hold no order whose single awards matter. */
function pairsOf({ market }: TightMarket): Map<OfferEntry, Map<BidEntry, number>> {
  const { network, offers, bids } = market;
  const pairs = new Map<OfferEntry, Map<BidEntry, number>>();
  for (const [pair, row] of network.pairOffer.entries()) {
    const offer = offers[row]!.members;
    const bid = bids[bidOf(network, network.pairHead[pair]!)]!.members;
    if (offer.length > 1 || bid.length > 1) continue;
    const ofOffer = pairs.get(offer[0]!) ?? new Map<BidEntry, number>();
    pairs.set(offer[0]!, ofOffer.set(bid[0]!, pair));
  }
  return pairs;
}

function isConsecutive(book: Book, first: number, length: number): boolean {
  for (let quarter = first; quarter < first + length; quarter++) {
    if (quarter >= book.quarters.length) return false;
    if (quarter > first && !areConsecutive(book, quarter - 1, quarter)) return false;
  }
  return true;
}
