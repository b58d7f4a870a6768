import { breachesOf, type Breach } from '../../shared/clearing/conditions/conditions.ts';
import { SteeredQuarters } from '../../shared/clearing/conditions/steered-quarters.ts';
import { Steering } from '../../shared/clearing/conditions/steering.ts';
import { bidOf } from '../../shared/clearing/solver/network.ts';
import { QuarterSolver } from '../../shared/clearing/quarter-solver.ts';
import { Bars, type ClearedQuarter } from '../../shared/clearing/quarters.ts';
import type { MarketBuilder } from './market.ts';
import { settingOf } from './told.ts';

type Order = Breach['entry'];

export const nameOf = ({ order }: Order): string => order.id.slice(4).replace(/0+$/, '');

/** Who trades with whom, quarter by quarter: `a→x 6`. */
export const tradesIn = (quarters: readonly ClearedQuarter[]): string[] =>
  quarters.map(({ awards }) =>
    awards
      .map(({ offer, bid, lots }) => `${nameOf(offer)}→${nameOf(bid)} ${lots}`)
      .sort()
      .join(', '),
  );

/** A breach in a few words: `a: minimum_lot of a→x`, with the first and last of its quarters in the book. */
const inWords = (breach: Breach): string =>
  breach.code === 'all_or_none'
    ? `${nameOf(breach.entry)}: all_or_none`
    : `${nameOf(breach.entry)}: ${breach.code} of ${nameOf(breach.offer)}→${nameOf(breach.bid)} in ${breach.from}–${breach.to}`;

/** A market steered, in words: what it broke, what was asked of which quarter in turn, and what that came to. */
export function steer(market: MarketBuilder) {
  const setting = settingOf(market);
  const base = new QuarterSolver(setting, new Bars()).solveAll(new Set());
  const solved = new SteeredQuarters(setting);
  const asked: string[] = [];
  const solve = solved.solve.bind(solved);
  solved.solve = (quarter, restrictions, filled, evenly) => {
    const found = solve(quarter, restrictions, filled, evenly);
    const pairName = (pair: number): string => {
      // Pairs are numbered in the tight market, which only its own solution shows.
      const { market: tight } = solve(quarter, { forbidden: new Set(), minima: new Map() }, [], false)!;
      const offer = tight.offers[tight.network.pairOffer[pair]!]!;
      const bid = tight.bids[bidOf(tight.network, tight.network.pairHead[pair]!)]!;
      return `${nameOf(offer.members[0]!)}→${nameOf(bid.members[0]!)}`;
    };
    const words = [
      ...Array.from(restrictions.forbidden, (pair) => `no ${pairName(pair)}`),
      ...Array.from(restrictions.minima, ([pair, lots]) => `${pairName(pair)} at least ${lots}`),
      ...filled.map((entry) => `all of ${nameOf(entry)}`),
    ];
    const place = setting.book.quarters.length > 1 ? `${base.indexOf(quarter)}: ` : '';
    const end = `${evenly ? ', evenly' : ''}${found === undefined ? ': cannot be' : ''}`;
    asked.push(`${place}${words.join(', ') || 'as it is'}${end}`);
    return found;
  };
  const broken = breachesOf(
    setting.book,
    base.map(({ awards }) => awards),
  );
  const { quarters, breaches } = new Steering(setting, base, solved).find(broken);
  return {
    ...{ setting, base, quarters, asked },
    broken: broken.map(inWords),
    left: breaches.map(inWords),
    trades: quarters && tradesIn(quarters),
  };
}
