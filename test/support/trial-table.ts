import type { BidEntry, OfferEntry } from '../../shared/clearing/book.ts';
import type { Breach } from '../../shared/clearing/conditions/conditions.ts';
import type { Trial } from '../../shared/clearing/conditions/trial.ts';
import type { Trials } from '../../shared/clearing/conditions/trials.ts';
import type { Rejected } from '../../shared/clearing/quarter-solver.ts';
import type { ClearedQuarter } from '../../shared/clearing/quarters.ts';

type Order = OfferEntry | BidEntry;

/** What the market without some orders comes to, as a test writes it; orders are named by one letter each. */
export interface TrialSpec {
  /** What it gains with its conditions kept; as much as the bound if left out. */
  readonly gains?: number;
  readonly volume?: number;
  readonly bound: number;
  /** The orders that break a condition there, each as often as it is named. */
  readonly breaks?: string;
  /** What single orders gain there. */
  readonly stakes?: Record<string, number>;
  /** The orders with conditions that trade there; those that break one do in any case. */
  readonly trade?: string;
}

/** Markets in a table, by who is out, in place of any that are solved; it writes down what is asked of it. */
export class TrialTable {
  readonly orders = new Map<string, Order>();
  /** Every set tried, in order: `ab` without a and b, in brackets where nothing was to be done for its conditions. */
  readonly tried: string[] = [];
  /** Every set of which only the bound was asked. */
  readonly bounded: string[] = [];
  /** What the last trial was not to fall below. */
  least: Trial | undefined;
  readonly #specs: Readonly<Record<string, TrialSpec>>;

  constructor(names: string, specs: Readonly<Record<string, TrialSpec>>) {
    for (const rank of names) this.orders.set(rank, { rank } as Order);
    this.#specs = specs;
  }

  /** The orders of these names. */
  of(names: string): Rejected {
    return new Set(Array.from(names, (name) => this.orders.get(name)!));
  }

  trial(names: string): Trial {
    const { gains, bound, breaks = '', stakes = {}, trade = '', volume = 0 } = this.#spec(names);
    const breaches = Array.from(breaks, (name): Breach => ({
      code: 'all_or_none',
      entry: this.orders.get(name)!,
    }));
    return {
      ...{ rejected: this.of(names), quarters: [], breaches, volume: BigInt(volume) },
      ...{ gains: BigInt(gains ?? bound), bound: BigInt(bound), traders: this.of(trade + breaks) },
      stakes: new Map(Object.entries(stakes).map(([name, stake]) => [this.orders.get(name)!, BigInt(stake)])),
    };
  }

  get trials(): Trials {
    const quartersOf = (names: string): ClearedQuarter[] => {
      const solution = { certificate: { dual: BigInt(this.#spec(names).bound) } };
      return [{ solution } as ClearedQuarter];
    };
    const trials = {
      conditioned: [...this.orders.values()],
      of: (rejected: Rejected, isSteered: boolean, least?: Trial) => {
        const names = namesOf(rejected);
        this.tried.push(isSteered ? names : `(${names})`);
        this.least = least;
        const trial = this.trial(names);
        return least !== undefined && trial.bound < least.gains ? undefined : trial;
      },
      whole: () => quartersOf(''),
      solver: {
        solveAll: (rejected: Rejected) => {
          this.bounded.push(namesOf(rejected));
          return quartersOf(namesOf(rejected));
        },
      },
    };
    return trials as unknown as Trials;
  }

  #spec(names: string): TrialSpec {
    const spec = this.#specs[names];
    if (spec === undefined) throw new Error(`the market without "${names}" is not in the table`);
    for (const name of (spec.breaks ?? '') + (spec.trade ?? ''))
      if (names.includes(name)) throw new Error(`${name} is out and does not trade`);
    return spec;
  }
}

export const namesOf = (orders: Iterable<Order>): string =>
  [...orders]
    .map(({ rank }) => rank)
    .sort()
    .join('');
