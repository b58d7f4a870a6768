import type { BidEntry, OfferEntry } from './book.ts';
import { bidClasses, offerClasses } from './classes.ts';
import { solveQuarter } from './solver/flow.ts';
import { marketOf } from './market.ts';
import { windowsSeen, withoutImpossible } from './conditions/possible-awards.ts';
import type { Bars, ClearedQuarter, Setting } from './quarters.ts';
import { insistOnTime } from './quarters.ts';
import { shareAmongMembers } from './awards/sharing.ts';
import { zoneCaps } from './eligibility/zone-caps.ts';

/** Orders that take no part. */
export type Rejected = ReadonlySet<OfferEntry | BidEntry>;

/** Pairs of the solved quarters that are kept at a time; more are solved again when they are asked for again. */
const KEPT_PAIRS = 4_000_000;

/**
 * Solves quarters without some of their orders. Quarters that nothing tells apart are solved once; the order in which
 * they are asked for changes nothing but the time it takes.
 */
export class QuarterSolver {
  readonly #setting: Setting;
  readonly #bars: Bars;
  readonly #keys: string[];
  readonly #solved = new Map<string, ClearedQuarter>();
  #keptPairs = 0;
  /** Pairs and orders solved so far: what a search may spend is counted in these, never in time. */
  effort = 0;
  solves = 0;

  constructor(setting: Setting, bars: Bars) {
    this.#setting = setting;
    this.#bars = bars;
    this.#keys = setting.book.quarters.map((_, quarter) => marketKey(setting, quarter));
  }

  solve(quarter: number, rejected: Rejected): ClearedQuarter {
    const out = [...rejected]
      .filter((entry) => entry.lots[quarter]! > 0)
      .map(({ rank }) => rank)
      .sort();
    const key = `${this.#keys[quarter]!}/${this.#bars.key(quarter)}/${out.join()}`;
    const known = this.#solved.get(key);
    if (known !== undefined) return known;
    insistOnTime(this.#setting);
    const cleared = clearQuarter(this.#setting, quarter, this.#bars, rejected);
    const { network } = cleared.market;
    this.solves++;
    this.effort += network.pairOffer.length + network.supply.length + network.demand.length;
    this.#keep(key, cleared);
    return cleared;
  }

  solveAll(rejected: Rejected): ClearedQuarter[] {
    return this.#keys.map((_, quarter) => this.solve(quarter, rejected));
  }

  #keep(key: string, cleared: ClearedQuarter): void {
    this.#solved.set(key, cleared);
    this.#keptPairs += cleared.market.network.pairOffer.length;
    for (const [oldest, { market }] of this.#solved) {
      if (this.#keptPairs <= KEPT_PAIRS || oldest === key) break;
      this.#solved.delete(oldest);
      this.#keptPairs -= market.network.pairOffer.length;
    }
  }
}

function clearQuarter(setting: Setting, quarter: number, bars: Bars, rejected: Rejected): ClearedQuarter {
  const { snapshot, facets, eligibility } = setting;
  const book =
    rejected.size === 0
      ? setting.book
      : {
          ...setting.book,
          offers: setting.book.offers.filter((offer) => !rejected.has(offer)),
          bids: setting.book.bids.filter((bid) => !rejected.has(bid)),
        };
  const laidOut = marketOf(
    offerClasses(book, facets, quarter),
    bidClasses(snapshot, book, facets, quarter),
    facets,
    eligibility,
    quarter,
    (offerFacet, bidFacet) => bars.has(quarter, offerFacet, bidFacet),
    zoneCaps(snapshot, facets, book.quarters[quarter]!),
  );
  const market = withoutImpossible(book, laidOut, quarter);
  const solution = solveQuarter(market.network);
  const awards = shareAmongMembers(market, solution.pairFlow);
  return { market, solution, awards, bound: undefined };
}

/** All that may differ between quarters: quantities, windows as conditions see them, caps, certificates, consumption. */
export function marketKey({ snapshot, book, facets }: Setting, quarter: number): string {
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
      windowsSeen(book, quarter),
      facets.evidence.column(quarter),
      snapshot.consumption.map(({ quarters }) =>
        quarters.filter(inQuarter).map(({ quantity }) => quantity.amount),
      ),
      snapshot.originUse
        .filter(inQuarter)
        .map(({ origin, destination, quantity }) => [origin, destination, quantity.amount]),
    ],
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
  );
}
