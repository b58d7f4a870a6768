import type { Quarter } from '../../kernel/quarter.ts';
import { readBook } from '../book.ts';
import { withChangedOrder } from './changed-order.ts';
import { Eligibility } from '../eligibility/eligibility.ts';
import type { WouldNeed } from './explanation.ts';
import { facetsOf } from '../eligibility/facets.ts';
import type { Order } from './near-miss.ts';
import { MarketTooLarge } from '../solver/network.ts';
import { clearQuarters, type ClearedMarket, type Setting } from '../quarters.ts';

/** What clearing again for explanations may cost: pairs looked at, a number of its own, so that it is the same everywhere. */
const EFFORT = 300_000;
/** Most times, however small the market. */
const MOST_TRIALS = 24;
/** Every time costs about as much as so many pairs, however small the market. */
const FIXED_EFFORT = 500;

/**
 * The market cleared again with one order changed, where duals do not tell what that would do: in small markets, and only
 * so often that explaining them costs no more than so many pairs.
 */
export class Retrials {
  readonly #setting: Setting;
  readonly #known = new Map<string, ReadonlyMap<Quarter, number> | undefined>();
  readonly #each: number;
  #left = EFFORT;
  #trials = 0;

  constructor(setting: Setting, { effort }: ClearedMarket) {
    this.#setting = setting;
    const { offers, bids, quarters } = setting.book;
    this.#each = Math.max(effort, offers.length * bids.length * quarters.length) + FIXED_EFFORT;
  }

  /** Lots that the order would have been awarded, by quarter; undefined where that is too costly to find out. */
  awarded(order: Order, quarter: Quarter, need: WouldNeed): ReadonlyMap<Quarter, number> | undefined {
    const local = need.quarters !== undefined || need.quantity !== undefined;
    const key = JSON.stringify([order.id, local ? quarter : '', need], (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    if (this.#known.has(key)) return this.#known.get(key);
    if (this.#left < this.#each || this.#trials === MOST_TRIALS) return undefined;
    this.#trials++;
    this.#left -= this.#each;
    const changed = withChangedOrder(this.#setting.snapshot, order, quarter, need);
    const lots = awardedIn(changed, order.id, this.#setting.absences);
    this.#known.set(key, lots);
    return lots;
  }
}

function awardedIn(
  snapshot: Setting['snapshot'],
  order: string,
  absences: Setting['absences'],
): Map<Quarter, number> | undefined {
  const book = readBook(snapshot, absences);
  const facets = facetsOf(snapshot, book);
  const setting = { snapshot, book, facets, eligibility: new Eligibility(snapshot, facets, book.quarters) };
  try {
    const lots = new Map<Quarter, number>();
    for (const [index, { awards }] of clearQuarters(setting).quarters.entries())
      for (const award of awards)
        if (award.offer.order.id === order || award.bid.order.id === order) {
          const quarter = book.quarters[index]!;
          lots.set(quarter, (lots.get(quarter) ?? 0) + award.lots);
        }
    return lots;
  } catch (error) {
    if (error instanceof MarketTooLarge) return undefined;
    throw error;
  }
}
