import { Numbering } from '../eligibility/numbering.ts';
import type { Setting } from '../quarters.ts';
import { causesIn, refusalBit, type MarketCause } from '../eligibility/refusal.ts';

/** Some trades that one or two reasons stood against, or only the price, alike in all that an order could change. */
export interface Miss {
  /** Bits of the refusals; 0 where the pairs may trade and others were dearer to their counterparties. */
  readonly refused: number;
  /** The certificates that failed, by number of {@link Evidence.checks}; those of one pair. */
  readonly checks: readonly number[];
  /** The origin that a bid excludes; −1 where that is not among the reasons. */
  readonly origin: number;
  /** The cap of the bid's zone lets in nothing more from there: that is not the bid's to change. */
  readonly shut: boolean;
  /**
   * Landed prices in ticks at which the order would certainly trade with the refusals gone. Of a bid one: the least.
   * Of an offer the greatest for each destination. Infinite where none is certain.
   */
  readonly reach: Float64Array;
}

/** What binds a class of orders, and the trades that it missed most nearly. */
export interface Reasons {
  /** What binds, those that concern the most lots of the other side first. */
  readonly binding: readonly MarketCause[];
  readonly misses: readonly Miss[];
}

/** More reasons than these are no near miss. */
export const mostTogether = 2;

/** How many causes a set has. */
export function countCauses(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Numbers the sets of refusals that occur, so that what is counted by them lies in arrays. */
export class RefusalSets {
  readonly sets: number[] = [];
  /**
   * Numbers from 1; 0 where there is none yet. In pages, made when they are needed: few of all possible sets occur, and
   * room for each of them would cost a small market more than its explanations.
   */
  readonly #pages: (Int32Array | undefined)[] = [];

  of(bits: number): number {
    const page = (this.#pages[bits >>> pageBits] ??= new Int32Array(1 << pageBits));
    const place = bits & ((1 << pageBits) - 1);
    const known = page[place]!;
    if (known > 0) return known - 1;
    return (page[place] = this.sets.push(bits)) - 1;
  }
}

const pageBits = 8;

/** What kept an order from more of the trades that it may do; by number, since it is counted pair by pair. */
const competitionCauses = [
  'concentration_limit',
  'out_of_competition',
  'insufficient_supply',
  'insufficient_demand',
] as const;
export const competition = { concentration: 0, price: 1, supply: 2, demand: 3 } as const;
export type Competition = (typeof competition)[keyof typeof competition];

/** Collects what stood between a class and the other side. */
export class Collector {
  /** Whether the duals can tell what would have been enough: they do for a class that trades nothing. */
  readonly measured: boolean;
  readonly #sets: RefusalSets;
  readonly #side: 'offer' | 'bid';
  readonly #places: number;
  /** Lots of the other side, by number in {@link competition}. */
  readonly #competed: number[] = [];
  /** Lots of the other side, by set of refusals. */
  readonly #refused: number[] = [];
  /** By set of refusals: the miss with no certificate, origin or cap to tell apart, and the others. */
  readonly #plain: (Miss | undefined)[] = [];
  readonly #others: (Map<number, Miss> | undefined)[] = [];

  constructor(sets: RefusalSets, side: 'offer' | 'bid', destinations: number, measured: boolean) {
    this.#sets = sets;
    this.#side = side;
    this.#places = side === 'offer' ? destinations : 1;
    this.measured = measured;
  }

  competed(cause: Competition, lots: number): void {
    this.#competed[cause] = (this.#competed[cause] ?? 0) + lots;
  }

  /** @param set number of a set of refusals. */
  refused(set: number, lots: number): void {
    this.#refused[set] = (this.#refused[set] ?? 0) + lots;
  }

  /**
   * @param landed the price at which the order would certainly trade there: infinite where none is certain.
   * @param place the destination, of an offer.
   * @param shut of a bid: the cap of its zone lets in nothing more from there.
   */
  missed(set: number, failure: Failure, origin: number, landed: number, place: number, shut = false): void {
    const miss = this.#missOf(set, failure, origin, shut);
    const offered = this.#side === 'offer';
    const at = offered ? place : 0;
    const known = miss.reach[at]!;
    if (offered ? landed > known : landed < known) miss.reach[at] = landed;
  }

  #missOf(set: number, failure: Failure, origin: number, shut: boolean): Miss {
    if (failure.number === 0 && origin < 0 && !shut)
      return (this.#plain[set] ??= this.#newMiss(set, failure.checks, origin, shut));
    const others = (this.#others[set] ??= new Map<number, Miss>());
    const key = (failure.number * 2 ** 16 + origin + 1) * 2 + Number(shut);
    const known = others.get(key);
    if (known !== undefined) return known;
    const miss = this.#newMiss(set, failure.checks, origin, shut);
    others.set(key, miss);
    return miss;
  }

  #newMiss(set: number, checks: readonly number[], origin: number, shut: boolean): Miss {
    const never = this.#side === 'offer' ? -Infinity : Infinity;
    return {
      refused: this.#sets.sets[set]!,
      ...{ checks, origin, shut },
      reach: new Float64Array(this.#places).fill(never),
    };
  }

  /** What competition says goes before refusals: an order that could trade was not kept back by those. */
  reasons(whenAlone: MarketCause): Reasons {
    const competed = [...this.#competed.entries()].flatMap(([cause, lots]): [MarketCause, number][] =>
      lots > 0 ? [[competitionCauses[cause as Competition], lots]] : [],
    );
    const found = competed.length > 0 ? competed : [...this.#byCause()];
    const binding = found.sort(([, a], [, b]) => b - a).map(([cause]) => cause);
    const plain = this.#plain.filter((miss) => miss !== undefined);
    const others = this.#others.flatMap((misses) => [...(misses?.values() ?? [])]);
    return { binding: binding.length > 0 ? binding : [whenAlone], misses: [...plain, ...others] };
  }

  #byCause(): Map<MarketCause, number> {
    const lots = new Map<MarketCause, number>();
    for (const [set, count] of this.#refused.entries())
      if (count > 0)
        for (const cause of causesIn(this.#sets.sets[set]!)) lots.set(cause, (lots.get(cause) ?? 0) + count);
    return lots;
  }
}

/** Certificates that a pair lacks; number 0 for none. */
interface Failure {
  readonly number: number;
  readonly checks: readonly number[];
}

const certificateBits =
  refusalBit.certificate_missing |
  refusalBit.certificate_scope |
  refusalBit.certificate_level |
  refusalBit.certificate_expired |
  refusalBit.certificate_suspended;

const noFailure: Failure = { number: 0, checks: [] };

/** The checks that pairs of facets fail in one quarter, each set of them numbered once. */
export class Failures {
  readonly #setting: Setting;
  readonly #quarter: number;
  readonly #sets = new Numbering<readonly number[]>();
  readonly #known = new Map<number, Failure>();
  /** Of each bid's facet, the number of its checks, and of the first quarter that counts. */
  readonly #asked: readonly number[];
  readonly #askedSets = new Numbering<number>();

  constructor(setting: Setting, quarter: number) {
    this.#setting = setting;
    this.#quarter = quarter;
    this.#asked = setting.facets.bids.map(({ checks, firstQuarter }, index) =>
      this.#askedSets.of(index, `${checks.join()}/${firstQuarter}`),
    );
  }

  of(refused: number, offerFacet: number, bidFacet: number): Failure {
    if ((refused & certificateBits) === 0) return noFailure;
    const { facets, book } = this.#setting;
    const offer = facets.offers[offerFacet]!;
    const asked = this.#asked[bidFacet]!;
    const key =
      (offer.record * book.quarters.length + offer.firstQuarter) * this.#askedSets.values.length + asked;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bid = facets.bids[bidFacet]!;
    const first = Math.max(offer.firstQuarter, bid.firstQuarter);
    const checks = bid.checks.filter(
      (check) => facets.evidence.refusals(offer.record, [check], first, this.#quarter) !== 0,
    );
    const failure = { number: 1 + this.#sets.of(checks, checks.join()), checks };
    this.#known.set(key, failure);
    return failure;
  }
}
