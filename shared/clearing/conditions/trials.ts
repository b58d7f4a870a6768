import type { ConditionCode } from '../../orders/conditions.ts';
import type { BidEntry, OfferEntry } from '../book.ts';
import { pairThrough } from '../pairing/pairing.ts';
import type { QuarterSolver, Rejected } from '../quarter-solver.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import { insistOnTime } from '../quarters.ts';
import { stakesOf } from './acceptance-bounds.ts';
import { breachesOf, leastLots, ownCode } from './conditions.ts';
import { SteeredQuarters } from './steered-quarters.ts';
import { Steering } from './steering.ts';
import { boundOf, keyOf, sums, tradersIn, type Trial } from './trial.ts';

type Order = OfferEntry | BidEntry;

/** Every solve costs about as much as so many pairs, however small. */
const SOLVE_EFFORT = 500;

/** Tries markets without some of their orders, no set twice, and counts what that costs. */
export class Trials {
  readonly setting: Setting;
  readonly solver: QuarterSolver;
  /** The orders with conditions. */
  readonly conditioned: readonly Order[];
  readonly #known = new Map<string, Trial>();
  readonly #codes = new Map<Order, ConditionCode>();
  readonly #steered: SteeredQuarters;
  #whole: readonly ClearedQuarter[] | undefined;
  #effort = 0;

  constructor(setting: Setting, solver: QuarterSolver) {
    this.setting = setting;
    this.solver = solver;
    this.#steered = new SteeredQuarters(setting);
    const { offers, bids } = setting.book;
    this.conditioned = [...offers, ...bids].filter(({ conditions }) => conditions !== undefined);
  }

  /** How many sets have been tried with all that can be done for them. */
  get count(): number {
    return this.#known.size;
  }

  /** By which of its conditions a rejected order was found to break. */
  codeOf(entry: Order): ConditionCode {
    return this.#codes.get(entry) ?? ownCode(entry);
  }

  /** The quarters with nobody rejected. */
  whole(): readonly ClearedQuarter[] {
    return (this.#whole ??= this.solver.solveAll(new Set()));
  }

  /** What solving the whole book once costs. */
  wholeEffort(): number {
    let size = 0;
    for (const { market } of new Set(this.whole())) size += SOLVE_EFFORT + market.network.pairOffer.length;
    return size;
  }

  /** Counts what was spent elsewhere, in pairs. */
  spend(effort: number): void {
    this.#effort += effort;
  }

  /** Whether no more than so much has been spent since now. */
  within(effort: number): () => boolean {
    const begun = this.#spent();
    return () => this.#spent() - begun < effort;
  }

  #spent(): number {
    return this.#effort + this.#steered.effort + this.solver.effort + SOLVE_EFFORT * this.solver.solves;
  }

  of(rejected: Rejected, isSteered: boolean): Trial;
  /** Undefined where its bound is below the gains of `least`. */
  of(rejected: Rejected, isSteered: boolean, least: Trial | undefined): Trial | undefined;
  of(rejected: Rejected, isSteered: boolean, least?: Trial): Trial | undefined {
    const key = keyOf(rejected);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    insistOnTime(this.setting);
    const base = this.solver.solveAll(rejected);
    if (least !== undefined && boundOf(base) < least.gains) return undefined;
    const trial = this.#kept(rejected, base, isSteered);
    for (const { entry, code } of trial.breaches) this.#codes.set(entry, code);
    // Met again, it is no better than the best by then, so that its quarters need not be kept.
    if (isSteered) this.#known.set(key, { ...trial, quarters: [] });
    return trial;
  }

  /** The conditions kept if pairing or steering can keep them. */
  #kept(rejected: Rejected, base: readonly ClearedQuarter[], isSteered: boolean): Trial {
    const { book } = this.setting;
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
        this.conditioned.length === 0
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
    const { quarters, breaches } = new Steering(this.setting, base, this.#steered).find(alone.breaches);
    if (quarters === undefined) return { ...alone, breaches };
    const both = trialOf(this.#paired(quarters));
    return both.breaches.length === 0 ? both : trialOf(quarters);
  }

  #paired(quarters: readonly ClearedQuarter[]): readonly ClearedQuarter[] {
    for (const { market } of new Set(quarters)) this.#effort += market.network.pairOffer.length;
    return pairThrough(this.setting, quarters, leastLots);
  }
}
