import type { BidEntry, OfferEntry } from '../../shared/clearing/book.ts';
import { Trials } from '../../shared/clearing/conditions/trials.ts';
import { QuarterSolver, type Rejected } from '../../shared/clearing/quarter-solver.ts';
import { Bars } from '../../shared/clearing/quarters.ts';
import type { MarketBuilder } from './market.ts';
import { nameOf } from './steering.ts';
import { settingOf } from './told.ts';

type Order = OfferEntry | BidEntry;

/** The names of orders of one letter each, in order. */
export const lettersOf = (orders: Iterable<Order>): string => Array.from(orders, nameOf).sort().join('');

/** The trials of a real market, and what was tried and spent. */
export function recordedTrials(market: MarketBuilder) {
  const setting = settingOf(market);
  const solver = new QuarterSolver(setting, new Bars());
  const trials = new Trials(setting, solver);
  const tried: string[] = [];
  const spent: number[] = [];
  const of = trials.of.bind(trials);
  trials.of = ((rejected, isSteered, least) => {
    tried.push(lettersOf(rejected));
    return of(rejected, isSteered, least);
  }) as Trials['of'];
  const spend = trials.spend.bind(trials);
  trials.spend = (effort) => {
    spent.push(effort);
    spend(effort);
  };
  const orders: Order[] = [...setting.book.offers, ...setting.book.bids];
  /** The orders of these names. */
  const out = (names: string): Rejected => new Set(orders.filter((entry) => names.includes(nameOf(entry))));
  return { setting, solver, trials, tried, spent, out };
}
