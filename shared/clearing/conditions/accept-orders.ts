import type { ConditionCode } from '../../orders/conditions.ts';
import { NewcomerBounds, stakesOf } from './acceptance-bounds.ts';
import type { BidEntry, OfferEntry } from '../book.ts';
import { breachesOf, leastLots, ownCode, type Breach } from './conditions.ts';
import { pairThrough } from '../pairing/pairing.ts';
import type { QuarterSolver, Rejected } from '../quarter-solver.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import { insistOnTime } from '../quarters.ts';
import { SteeredQuarters } from './steered-quarters.ts';
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
  /** What the market without the rejected could gain if nothing else were asked. */
  readonly bound: bigint;
  /** What each order with conditions that takes part gains at the prices. */
  readonly stakes: ReadonlyMap<Order, bigint>;
  /** The orders with conditions that trade. */
  readonly traders: ReadonlySet<Order>;
  readonly breaches: readonly Breach[];
}

/** A set of rejected orders that the enumeration has still to look at. */
interface Branch {
  readonly rejected: Rejected;
  /** Orders that no set reached from here rejects: others have them. */
  readonly kept: Rejected;
  readonly bound: bigint;
  readonly isSolved: boolean;
  readonly key: string;
}

/**
 * How much is spent, in pairs and orders solved, paired and steered: numbers of their own, never time, so that the same
 * book gives the same result on every machine.
 */
export interface SearchLimits {
  /** What the first result may cost, in multiples of the whole book, before all that breaks a condition is rejected at once. */
  readonly patience: number;
  /** What improving it may cost beyond that. */
  readonly improvement: number;
  /** Most sets of orders that are looked at to improve it. */
  readonly sets: number;
}
const LIMITS: SearchLimits = { patience: 100, improvement: 16_000_000, sets: 2_000 };

/** Every solve costs about as much as so many pairs, however small. */
const SOLVE_EFFORT = 500;
/** Looking at a pair's prices costs about so much less than solving with it. */
const LOOKS_PER_SOLVE = 8;

/**
 * Decides which orders with conditions take part. Nobody may lose at the prices, so a set of orders can stand exactly
 * if the market of it and all orders without conditions has an equilibrium in which every condition is kept; the rest
 * are rejected, even where they look good at the prices (EUPHEMIA's rule).
 *
 * First the breach that is cheapest to end by rejection is ended, one after the other, until nothing is broken; then
 * the result is improved by taking rejected orders in again, and at last by a search over sets, best bound first,
 * which, when it ends before its effort does, has found the best of all.
 */
export function acceptOrders(
  setting: Setting,
  solver: QuarterSolver,
  limits: SearchLimits = LIMITS,
): Accepted {
  const search = new AcceptanceSearch(setting, solver, limits);
  const best = search.best();
  if (best.rejected.size === 0) return { quarters: best.quarters, rejected: new Map() };
  const whole = new Map<ClearedQuarter, ClearedQuarter>();
  const quarters = best.quarters.map((cleared, quarter) => {
    if (![...best.rejected].some((entry) => entry.lots[quarter]! > 0)) return cleared;
    const { market, solution } = search.whole()[quarter]!;
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
  readonly #limits: SearchLimits;
  readonly #conditioned: readonly Order[];
  readonly #trials = new Map<string, Trial>();
  readonly #codes = new Map<Order, ConditionCode>();
  readonly #steered: SteeredQuarters;
  #whole: readonly ClearedQuarter[] | undefined;
  #effort = 0;

  constructor(setting: Setting, solver: QuarterSolver, limits: SearchLimits) {
    this.#setting = setting;
    this.#solver = solver;
    this.#limits = limits;
    this.#steered = new SteeredQuarters(setting);
    const { offers, bids } = setting.book;
    this.#conditioned = [...offers, ...bids].filter(({ conditions }) => conditions !== undefined);
  }

  /** By which of its conditions a rejected order was found to break. */
  codeOf(entry: Order): ConditionCode {
    return this.#codes.get(entry) ?? ownCode(entry);
  }

  best(): Trial {
    const first = this.#first();
    if (first.rejected.size === 0) return first;
    const { improvement, sets } = this.#limits;
    const mayGoOn = this.#within(improvement);
    const looked = this.#trials.size;
    const mayLookOn = (): boolean => mayGoOn() && this.#trials.size - looked < sets;
    return this.#enumerated(this.#improved(first, mayLookOn), mayLookOn);
  }

  /** Whether no more than so much has been spent since now. */
  #within(effort: number): () => boolean {
    const begun = this.#spent();
    return () => this.#spent() - begun < effort;
  }

  /** The first result: where patience ends, all that breaks a condition is rejected at once, until nothing is broken. */
  #first(): Trial {
    let size = 0;
    for (const { market } of new Set(this.whole())) size += SOLVE_EFFORT + market.network.pairOffer.length;
    const first = this.#reject(new Set(), new Set(), this.#within(this.#limits.patience * size));
    if (first === undefined) throw new Error('without any order with conditions none is broken');
    return first;
  }

  /** The quarters with nobody rejected. */
  whole(): readonly ClearedQuarter[] {
    return (this.#whole ??= this.#solver.solveAll(new Set()));
  }

  /**
   * Rejects what breaks its conditions, never one of `kept`, until nothing is broken; undefined if that cannot be, or
   * with `least` not without falling below its gains or not in time.
   */
  #reject(from: Rejected, kept: Rejected, mayTakeTime: () => boolean, least?: Trial): Trial | undefined {
    let rejected = from;
    for (;;) {
      const isHurried = !mayTakeTime();
      if (isHurried && least !== undefined) return undefined;
      const trial = this.#trial(rejected, !isHurried, least);
      if (trial === undefined || trial.breaches.length === 0) return trial;
      const offenders = [...new Set(trial.breaches.map(({ entry }) => entry))].filter(
        (entry) => !kept.has(entry),
      );
      if (offenders.length === 0) return undefined;
      const stakeOf = (entry: Order): bigint => trial.stakes.get(entry) ?? 0n;
      // Of many, a quarter at a time: the rounds stay few, and what was rejected too much is taken in again.
      const worst = offenders
        .toSorted((a, b) => compare(stakeOf(a), stakeOf(b)) || compareRanks(a, b))
        .slice(0, isHurried ? offenders.length : Math.max(1, offenders.length >> 2));
      const bound = worst.reduce((sum, entry) => sum - stakeOf(entry), trial.bound);
      if (least !== undefined && bound < least.gains) return undefined;
      rejected = new Set([...rejected, ...worst]);
    }
  }

  /**
   * Takes rejected orders in again, those first that may add most at the prices: alone, or in place of those that then
   * break their conditions. Those that would not even trade there are taken in together.
   */
  #improved(first: Trial, mayGoOn: () => boolean): Trial {
    const bounds = new NewcomerBounds(this.#setting.facets, this.whole());
    const failures = new Map<Order, number>();
    let inVain = new Set<Order>();
    let best = first;
    while (mayGoOn()) {
      const looked = bounds.looked;
      const most = bounds.of(best.rejected, best.quarters);
      this.#effort += (bounds.looked - looked) / LOOKS_PER_SOLVE;
      const open = [...best.rejected].filter((entry) => !inVain.has(entry));
      const idle = open.filter((entry) => most.get(entry) === undefined);
      const [entry] = open.toSorted(
        (a, b) =>
          compare(failures.get(a) ?? 0, failures.get(b) ?? 0) ||
          compare(most.get(b) ?? -1n, most.get(a) ?? -1n) ||
          compareRanks(a, b),
      );
      if (entry === undefined) break;
      const taken = new Set(idle.length > 0 ? idle : [entry]);
      const others = new Set([...best.rejected].filter((each) => !taken.has(each)));
      const trial = this.#reject(others, taken, mayGoOn, best);
      if (trial !== undefined && isBetter(trial, best)) {
        best = trial;
        inVain = new Set();
        continue;
      }
      for (const each of taken) {
        inVain.add(each);
        failures.set(each, (failures.get(each) ?? 0) + 1);
      }
    }
    return best;
  }

  /**
   * All sets of rejected orders, those first whose market without conditions gains most: that bounds what they and all
   * sets that reject still more can gain, so that the first one met without a breach is the best of all. A set's bound
   * is that of the set it came from, less what the order gained there, until its own turn comes.
   */
  #enumerated(incumbent: Trial, mayGoOn: () => boolean): Trial {
    let best = incumbent;
    const open: Branch[] = [];
    const add = (branch: Branch): void => {
      if (branch.bound > best.gains) open.push(branch);
    };
    const none: Rejected = new Set();
    add({ rejected: none, kept: none, bound: boundOf(this.whole()), isSolved: true, key: '' });
    while (open.length > 0 && mayGoOn()) {
      const next = open.reduce((a, b) =>
        b.bound > a.bound || (b.bound === a.bound && b.key < a.key) ? b : a,
      );
      open.splice(open.indexOf(next), 1);
      if (next.bound <= best.gains) break;
      if (!next.isSolved) {
        add({ ...next, bound: boundOf(this.#solver.solveAll(next.rejected)), isSolved: true });
        continue;
      }
      const trial = this.#trial(next.rejected, true)!;
      if (trial.breaches.length === 0) {
        if (isBetter(trial, best)) best = trial;
        continue;
      }
      const breaking = new Set(trial.breaches.map(({ entry }) => entry));
      const candidates = [
        ...breaking,
        ...this.#conditioned.filter((entry) => trial.traders.has(entry) && !breaking.has(entry)),
      ].filter((entry) => !next.kept.has(entry));
      let kept = next.kept;
      for (const entry of candidates) {
        const rejected = new Set([...next.rejected, entry]);
        const bound = next.bound - (trial.stakes.get(entry) ?? 0n);
        add({ rejected, kept, bound, isSolved: false, key: keyOf(rejected) });
        kept = new Set([...kept, entry]);
      }
    }
    return best;
  }

  /** Undefined where its bound is below the gains of `least`. */
  #trial(rejected: Rejected, isSteered: boolean, least?: Trial): Trial | undefined {
    const key = keyOf(rejected);
    const known = this.#trials.get(key);
    if (known !== undefined) return known;
    insistOnTime(this.#setting);
    const base = this.#solver.solveAll(rejected);
    if (least !== undefined && boundOf(base) < least.gains) return undefined;
    const trial = this.#kept(rejected, base, isSteered);
    for (const { entry, code } of trial.breaches) this.#codes.set(entry, code);
    // Met again, it is no better than the best by then, so that its quarters need not be kept.
    if (isSteered) this.#trials.set(key, { ...trial, quarters: [] });
    return trial;
  }

  /** The conditions kept if pairing or steering can keep them. */
  #kept(rejected: Rejected, base: readonly ClearedQuarter[], isSteered: boolean): Trial {
    const { book } = this.#setting;
    const bound = boundOf(base);
    const stakes = stakesOf(base);
    const traders = tradersIn(base);
    const trialOf = (quarters: readonly ClearedQuarter[]): Trial => ({
      rejected,
      quarters,
      bound,
      stakes,
      traders,
      ...sums(quarters),
      breaches:
        this.#conditioned.length === 0
          ? []
          : breachesOf(
              book,
              quarters.map(({ awards }) => awards),
            ),
    });
    const alone = trialOf(base);
    // Pairing leaves every order what it has: of one that must have all or nothing it can make neither.
    if (!alone.breaches.some(({ code }) => code === 'all_or_none')) {
      const plain = trialOf(this.#paired(base));
      if (plain.breaches.length === 0) return plain;
      if (alone.breaches.length === 0) return alone;
    }
    if (!isSteered) return alone;
    const { quarters, breaches } = new Steering(this.#setting, base, this.#steered).find(alone.breaches);
    if (quarters === undefined) return { ...alone, breaches };
    const both = trialOf(this.#paired(quarters));
    return both.breaches.length === 0 ? both : trialOf(quarters);
  }

  #paired(quarters: readonly ClearedQuarter[]): readonly ClearedQuarter[] {
    for (const { market } of new Set(quarters)) this.#effort += market.network.pairOffer.length;
    return pairThrough(this.#setting, quarters, leastLots);
  }

  #spent(): number {
    return this.#effort + this.#steered.effort + this.#solver.effort + SOLVE_EFFORT * this.#solver.solves;
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

const boundOf = (quarters: readonly ClearedQuarter[]): bigint =>
  quarters.reduce((sum, { solution }) => sum + solution.certificate.dual, 0n);

const tradersIn = (quarters: readonly ClearedQuarter[]): Set<Order> =>
  new Set(
    quarters
      .flatMap(({ awards }) => awards.flatMap(({ offer, bid }): Order[] => [offer, bid]))
      .filter(({ conditions }) => conditions !== undefined),
  );

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
