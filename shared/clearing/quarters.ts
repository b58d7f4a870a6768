import type { Book } from './book.ts';
import { bidClasses, offerClasses } from './classes.ts';
import type { Eligibility } from './eligibility.ts';
import type { Facets } from './facet.ts';
import { solveQuarter, type Solution } from './flow.ts';
import { marketOf, type Market } from './market.ts';
import { pairThrough } from './pairing.ts';
import { shareAmongMembers, type PairAward } from './sharing.ts';
import type { Snapshot } from './snapshot.ts';

/** One quarter as it cleared. */
export interface ClearedQuarter {
  readonly market: Market;
  readonly solution: Solution;
  readonly awards: readonly PairAward[];
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
}

/**
 * Clears every quarter of the book. Quarters that nothing tells apart are solved once.
 *
 * Under a renewal covenant a certificate must be valid when the contract begins. Where a contract would begin in a
 * later quarter than its certificate allows, that pair is barred from beginning there, and the quarter is solved
 * again: every round bars at least one pair more, so the rounds end.
 */
export function clearQuarters(setting: Setting): { quarters: readonly ClearedQuarter[]; bars: Bars } {
  const bars = new Bars();
  const solved = new Map<string, ClearedQuarter>();
  for (;;) {
    const shared = setting.book.quarters.map((_, quarter) => {
      const key = `${marketKey(setting, quarter)}/${bars.key(quarter)}`;
      const known = solved.get(key);
      if (known !== undefined) return known;
      const cleared = clearQuarter(setting, quarter, bars);
      solved.set(key, cleared);
      return cleared;
    });
    const quarters = pairThrough(setting, shared);
    if (!setting.facets.evidence.hasCovenant || !barLateBeginnings(setting, quarters, bars))
      return { quarters, bars };
  }
}

function clearQuarter(setting: Setting, quarter: number, bars: Bars): ClearedQuarter {
  const { snapshot, book, facets, eligibility } = setting;
  const market = marketOf(
    offerClasses(book, facets, quarter),
    bidClasses(snapshot, book, facets, quarter),
    facets,
    eligibility,
    quarter,
    (offerFacet, bidFacet) => bars.has(quarter, offerFacet, bidFacet),
  );
  const solution = solveQuarter(market.network);
  return { market, solution, awards: shareAmongMembers(market, solution.pairFlow) };
}

/** All that may differ between quarters: quantities, what caps count, certificates, declared consumption. */
function marketKey({ snapshot, book, facets }: Setting, quarter: number): string {
  const name = book.quarters[quarter]!;
  const inQuarter = (entry: { quarter: string }): boolean => entry.quarter === name;
  const capInputs = book.bids.map(({ order }) =>
    order.maxOriginShare === undefined
      ? []
      : [
          order.requested.filter(inQuarter).map(({ quantity }) => quantity.amount),
          order.contractedByOrigin
            .filter(inQuarter)
            .map(({ origin, quantity }) => [origin, quantity.amount] as const),
        ],
  );
  return JSON.stringify(
    [
      book.offers.map(({ lots }) => lots[quarter]),
      book.bids.map(({ lots }) => lots[quarter]),
      capInputs,
      facets.evidence.column(quarter),
      snapshot.consumption.map(({ quarters }) => quarters.some(inQuarter)),
    ],
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  );
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
