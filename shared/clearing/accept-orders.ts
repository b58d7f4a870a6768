import type { ConditionCode } from '../orders/conditions.ts';
import type { BidEntry, OfferEntry } from './book.ts';
import { breachesOf, leastLots, ownCode, type Breach } from './conditions.ts';
import { pairThrough } from './pairing.ts';
import type { QuarterSolver, Rejected } from './quarter-solver.ts';
import type { ClearedQuarter, Setting } from './quarters.ts';
import { insistOnTime } from './quarters.ts';
import { Steering } from './steering.ts';

type Order = OfferEntry | BidEntry;

/** What clears, and which orders were rejected by which of their conditions. */
export interface Accepted {
  readonly quarters: readonly ClearedQuarter[];
  readonly rejected: ReadonlyMap<string, ConditionCode>;
}

/** The market without some orders; `breaches` are the conditions that could not be kept even so. */
interface Trial {
  readonly rejected: Rejected;
  readonly gains: bigint;
  readonly volume: bigint;
  readonly quarters: readonly ClearedQuarter[];
  readonly breaches: readonly Breach[];
}

/**
 * What improving a first result may cost beyond it, in pairs and orders solved: a number of its own, so that the same
 * book gives the same result on every machine.
 */
const IMPROVEMENT_EFFORT = 2_000_000;
/** Most sets of orders that the improvement looks at. */
const MOST_SETS = 2_000;
/** Every solve costs about as much as so many pairs, however small. */
const SOLVE_EFFORT = 500;

/**
 * Decides which orders with conditions take part. Nobody may lose at the prices, so a set of orders can stand exactly
 * if the market of it and all orders without conditions has an equilibrium in which every condition is kept; the rest
 * are rejected, even where they look good at the prices (EUPHEMIA's rule).
 *
 * First the breach that is cheapest to end by rejection is ended, one after the other, until nothing is broken; then
 * the result is improved by taking rejected orders in again, and at last by a search over sets, best bound first,
 * which, when it ends before its effort does, has found the best of all.
 */
export function acceptOrders(setting: Setting, solver: QuarterSolver): Accepted {
  const search = new AcceptanceSearch(setting, solver);
  const best = search.best();
  if (best.rejected.size === 0) return { quarters: best.quarters, rejected: new Map() };
  const none: Rejected = new Set();
  const whole = new Map<ClearedQuarter, ClearedQuarter>();
  const quarters = best.quarters.map((cleared, quarter) => {
    if (![...best.rejected].some((entry) => entry.lots[quarter]! > 0)) return cleared;
    const { market, solution } = solver.solve(quarter, none);
    const bounded = whole.get(cleared) ?? { ...cleared, bound: { market, solution } };
    whole.set(cleared, bounded);
    return bounded;
  });
  const rejected = [...best.rejected].map((entry) => [entry.order.id, search.codeOf(entry)] as const);
  return { quarters, rejected: new Map(rejected.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

class AcceptanceSearch {
  readonly #setting: Setting;
  readonly #solver: QuarterSolver;
  readonly #conditioned: readonly Order[];
  readonly #trials = new Map<string, Trial>();
  readonly #codes = new Map<Order, ConditionCode>();
  #effort = 0;

  constructor(setting: Setting, solver: QuarterSolver) {
    this.#setting = setting;
    this.#solver = solver;
    const { offers, bids } = setting.book;
    this.#conditioned = [...offers, ...bids].filter(({ conditions }) => conditions !== undefined);
  }

  /** By which of its conditions a rejected order was found to break. */
  codeOf(entry: Order): ConditionCode {
    return this.#codes.get(entry) ?? ownCode(entry);
  }

  best(): Trial {
    const first = this.#reject(new Set(), new Set());
    if (first === undefined) throw new Error('without any order with conditions none is broken');
    if (first.rejected.size === 0) return first;
    const spent = this.#spent();
    const mayGoOn = (): boolean =>
      this.#spent() - spent < IMPROVEMENT_EFFORT && this.#trials.size < MOST_SETS;
    return this.#enumerated(this.#improved(first, mayGoOn), mayGoOn);
  }

  /** Rejects what breaks its conditions, never one of `kept`, until nothing is broken; undefined if that cannot be. */
  #reject(from: Rejected, kept: Rejected): Trial | undefined {
    let rejected = from;
    for (;;) {
      const trial = this.#trial(rejected);
      if (trial.breaches.length === 0) return trial;
      const offenders = [...new Set(trial.breaches.map(({ entry }) => entry))].filter(
        (entry) => !kept.has(entry),
      );
      if (offenders.length === 0) return undefined;
      // Of many, an eighth at a time: the rounds stay few, and what was rejected too much is taken in again.
      const worst = this.#byStake(trial, offenders).slice(0, Math.max(1, offenders.length >> 3));
      rejected = new Set([...rejected, ...worst]);
    }
  }

  /** Takes rejected orders in again, the dearest first: alone, or in place of those that then break their conditions. */
  #improved(first: Trial, mayGoOn: () => boolean): Trial {
    let best = first;
    for (let improved = true; improved;) {
      improved = false;
      for (const entry of this.#byLoss(best)) {
        if (!mayGoOn()) return best;
        const others = new Set([...best.rejected].filter((each) => each !== entry));
        const trial = this.#reject(others, new Set([entry]));
        if (trial === undefined || !isBetter(trial, best)) continue;
        best = trial;
        improved = true;
        break;
      }
    }
    return best;
  }

  /**
   * All sets of rejected orders, those first whose market without conditions gains most: that bounds what they and all
   * sets that reject still more can gain, so that the first one met without a breach is the best of all.
   */
  #enumerated(incumbent: Trial, mayGoOn: () => boolean): Trial {
    let best = incumbent;
    const open: { rejected: Rejected; kept: Rejected; bound: bigint; key: string }[] = [];
    const add = (rejected: Rejected, kept: Rejected): void => {
      const bound = this.#bound(rejected);
      if (bound > best.gains) open.push({ rejected, kept, bound, key: keyOf(rejected) });
    };
    add(new Set(), new Set());
    while (open.length > 0 && mayGoOn()) {
      const next = open.reduce((a, b) =>
        b.bound > a.bound || (b.bound === a.bound && b.key < a.key) ? b : a,
      );
      open.splice(open.indexOf(next), 1);
      if (next.bound <= best.gains) break;
      const trial = this.#trial(next.rejected);
      if (trial.breaches.length === 0) {
        if (isBetter(trial, best)) best = trial;
        continue;
      }
      const breaking = new Set(trial.breaches.map(({ entry }) => entry));
      const trading = this.#tradingIn(trial);
      const candidates = [
        ...breaking,
        ...this.#conditioned.filter((entry) => trading.has(entry) && !breaking.has(entry)),
      ].filter((entry) => !next.kept.has(entry));
      let kept = next.kept;
      for (const entry of candidates) {
        add(new Set([...next.rejected, entry]), kept);
        kept = new Set([...kept, entry]);
      }
    }
    return best;
  }

  #trial(rejected: Rejected): Trial {
    const key = keyOf(rejected);
    const known = this.#trials.get(key);
    if (known !== undefined) return known;
    insistOnTime(this.#setting);
    const base = this.#solver.solveAll(rejected);
    const trial = this.#kept(rejected, base);
    for (const { entry, code } of trial.breaches) this.#codes.set(entry, code);
    this.#trials.set(key, trial);
    return trial;
  }

  /** The conditions kept if pairing or steering can keep them. */
  #kept(rejected: Rejected, base: readonly ClearedQuarter[]): Trial {
    const { book } = this.#setting;
    const trialOf = (quarters: readonly ClearedQuarter[]): Trial => ({
      rejected,
      quarters,
      ...sums(quarters),
      breaches:
        this.#conditioned.length === 0
          ? []
          : breachesOf(
              book,
              quarters.map(({ awards }) => awards),
            ),
    });
    const paired = (quarters: readonly ClearedQuarter[]): Trial =>
      trialOf(pairThrough(this.#setting, quarters, leastLots));
    const plain = paired(base);
    if (plain.breaches.length === 0) return plain;
    const alone = trialOf(base);
    if (alone.breaches.length === 0) return alone;
    const steering = new Steering(this.#setting, base);
    const steered = steering.find(alone.breaches);
    this.#effort += steering.effort;
    if (steered === undefined) return alone;
    const both = paired(steered);
    return both.breaches.length === 0 ? both : trialOf(steered);
  }

  /** What the market without the rejected could gain if nothing else were asked. */
  #bound(rejected: Rejected): bigint {
    return this.#solver.solveAll(rejected).reduce((sum, { solution }) => sum + solution.certificate.dual, 0n);
  }

  #tradingIn({ quarters }: Trial): ReadonlySet<Order> {
    return new Set(quarters.flatMap(({ awards }) => awards.flatMap(({ offer, bid }) => [offer, bid])));
  }

  /** Those first whose rejection costs least by the prices: what they gain at them is the least that will be lost. */
  #byStake({ quarters }: Trial, entries: readonly Order[]): Order[] {
    const stakes = new Map(entries.map((entry) => [entry, 0n]));
    for (const { market, solution } of quarters)
      for (const [classes, duals] of [
        [market.offers, solution.prices.scarcity],
        [market.bids, solution.prices.surplus],
      ] as const)
        for (const [row, { members, total }] of classes.entries()) {
          const [entry] = members;
          const stake = entry && stakes.get(entry);
          if (stake !== undefined) stakes.set(entry!, stake + BigInt(duals[row]!) * BigInt(total));
        }
    return entries.toSorted((a, b) => compare(stakes.get(a)!, stakes.get(b)!) || compareRanks(a, b));
  }

  /** Rejected orders, those first without which most is lost. */
  #byLoss({ rejected }: Trial): Order[] {
    const withIt = new Map(
      [...rejected].map((entry) => [
        entry,
        this.#bound(new Set([...rejected].filter((each) => each !== entry))),
      ]),
    );
    return [...rejected].sort((a, b) => compare(withIt.get(b)!, withIt.get(a)!) || compareRanks(a, b));
  }

  #spent(): number {
    return this.#effort + this.#solver.effort + SOLVE_EFFORT * this.#solver.solves;
  }
}

function sums(quarters: readonly ClearedQuarter[]): { gains: bigint; volume: bigint } {
  let gains = 0n;
  let volume = 0n;
  for (const { solution } of quarters) {
    gains += solution.certificate.primal;
    volume += solution.certificate.volume;
  }
  return { gains, volume };
}

/** More gains, then more volume, then fewer rejected. */
function isBetter(a: Trial, b: Trial): boolean {
  const order =
    compare(a.gains, b.gains) || compare(a.volume, b.volume) || compare(b.rejected.size, a.rejected.size);
  return order > 0;
}

const compare = <T extends bigint | number | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
const compareRanks = (a: Order, b: Order): number => compare(a.rank, b.rank);

const keyOf = (rejected: Rejected): string =>
  [...rejected]
    .map(({ rank }) => rank)
    .sort()
    .join();
