import type { ConditionCode } from '../orders/conditions.ts';
import { acceptOrders } from './conditions/accept-orders.ts';
import type { Book } from './book.ts';
import type { Eligibility } from './eligibility/eligibility.ts';
import type { Facets } from './eligibility/facet.ts';
import type { Solution } from './solver/flow.ts';
import type { Market } from './market.ts';
import { MarketTooLarge } from './solver/network.ts';
import type { Absences } from './members.ts';
import { QuarterSolver } from './quarter-solver.ts';
import type { PairAward } from './awards/sharing.ts';
import type { Snapshot } from './snapshot.ts';

/** One quarter as it cleared. */
export interface ClearedQuarter {
  /** Of the orders that took part. */
  readonly market: Market;
  readonly solution: Solution;
  readonly awards: readonly PairAward[];
  /** Where orders were rejected, the quarter with nobody rejected: its duals bound the gains of the whole book. */
  readonly bound: { readonly market: Market; readonly solution: Solution } | undefined;
}

/** Pairs of facets that may not begin a contract in a quarter, by quarter. */
export class Bars {
  readonly #bars = new Map<number, Set<string>>();

  add(quarter: number, offerFacet: number, bidFacet: number): void {
    const bars = this.#bars.get(quarter) ?? new Set();
    this.#bars.set(quarter, bars.add(`${offerFacet}:${bidFacet}`));
  }

  has(quarter: number, offerFacet: number, bidFacet: number): boolean {
    return this.#bars.get(quarter)?.has(`${offerFacet}:${bidFacet}`) ?? false;
  }

  /** Equal for quarters with equal bars. */
  key(quarter: number): string {
    return [...(this.#bars.get(quarter) ?? [])].sort().join();
  }
}

/** The rules and orders of one clearing, prepared. */
export interface Setting {
  readonly snapshot: Snapshot;
  readonly book: Book;
  readonly facets: Facets;
  readonly eligibility: Eligibility;
  /** Members of pools that take no part in a quarter; none if left out. */
  readonly absences?: Absences;
  /** Asked before each solve, where a clearing has to end in time; false ends it with {@link MarketTooLarge}. */
  readonly mayGoOn?: MayGoOn | undefined;
}
export type MayGoOn = () => boolean;

/** @throws {MarketTooLarge} where the caller's time is over. */
export function insistOnTime({ mayGoOn }: Pick<Setting, 'mayGoOn'>): void {
  if (mayGoOn?.() === false)
    throw new MarketTooLarge('the market takes longer to clear than the caller may wait');
}

/** What clears in every quarter, and who is kept out by a condition of its own. */
export interface ClearedMarket {
  readonly quarters: readonly ClearedQuarter[];
  readonly bars: Bars;
  /** By order id, the condition that could not be kept. */
  readonly rejected: ReadonlyMap<string, ConditionCode>;
  /** Pairs and orders that were solved for it. */
  readonly effort: number;
}

/**
 * Clears every quarter of the book, without the orders whose conditions could not be kept.
 *
 * Under a renewal covenant a certificate must be valid when the contract begins. Where a contract would begin in a
 * later quarter than its certificate allows, that pair is barred from beginning there, and the quarters are solved
 * again: every round bars at least one pair more, so the rounds end.
 */
export function clearQuarters(setting: Setting): ClearedMarket {
  const bars = new Bars();
  const solver = new QuarterSolver(setting, bars);
  for (;;) {
    const { quarters, rejected } = acceptOrders(setting, solver);
    if (!setting.facets.evidence.hasCovenant || !barLateBeginnings(setting, quarters, bars))
      return { quarters, bars, rejected, effort: solver.effort };
  }
}

function barLateBeginnings(setting: Setting, quarters: readonly ClearedQuarter[], bars: Bars): boolean {
  const { facets } = setting;
  const begun = new Set<string>();
  let barred = false;
  for (const [quarter, { awards }] of quarters.entries())
    for (const { offer, bid } of awards) {
      const pair = `${offer.order.id}:${bid.order.id}`;
      if (begun.has(pair)) continue;
      begun.add(pair);
      const offerFacet = facets.offerFacet.get(offer)!;
      const bidFacet = facets.bidFacet.get(bid)!;
      const { record } = facets.offers[offerFacet]!;
      const { checks } = facets.bids[bidFacet]!;
      if (facets.evidence.refusals(record, checks, quarter, quarter) === 0) continue;
      bars.add(quarter, offerFacet, bidFacet);
      barred = true;
    }
  return barred;
}
