import type { Quarter } from '../../kernel/quarter.ts';
import { hasEnded } from '../../kernel/quarter.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { Amounts, Disclosed, ShownBook, ShownTrade, SideHistory } from './disclosed.ts';
import { mostAmounts, remembered } from './disclosed.ts';
import { Judge } from './judge.ts';
import { groupsIn, sizeOf, sizeOfParts, withRoomFor } from './room.ts';
import type { RunParts, Traded } from './run-parts.ts';

/** Which figures of a run the market's public view shows. */
export interface Told {
  /** Quarters whose volume is. */
  readonly volumes: ReadonlySet<Quarter>;
  /** Quarters of whose book that side is. */
  readonly supply: ReadonlySet<Quarter>;
  readonly demand: ReadonlySet<Quarter>;
  /** Origins are shown all together, or none is. */
  readonly origins: boolean;
}

/** A run, and all that its figures are sums of. */
export interface JudgedRun {
  readonly run: number;
  readonly gateClosure: Instant;
  readonly parts: RunParts;
}

type Side = 'supply' | 'demand';
const sides = ['supply', 'demand'] as const;
const nothing: Amounts = new Map();
const noHistory: SideHistory = { books: [], trades: [] };

/**
 * Which figures of a run hide everybody from whoever has seen all that earlier runs have shown, and what is known to all
 * once they are shown. Known of a quarter and a side are the books and the volumes that were shown, what was left of such
 * a book, and its balance: the book less all that was shown to trade since. A figure is shown only if neither it, nor its
 * sum with or difference to any that is known, nor those with two that the last three runs have made known, tells what
 * fewer than three groups of related parties did, or is for more than 70 % one group's.
 *
 * So of a book less a balance: what was posted since, without what was withdrawn or has expired.
 *
 * Volumes come first: what a market is for is known of a book last. Pure, so that whoever resumes a run judges the same.
 */
export function judgeRun(
  { run, gateClosure, parts }: JudgedRun,
  before: Disclosed,
  room = mostAmounts,
): { readonly told: Told; readonly disclosed: Disclosed } {
  const groupOf = (organisation: string): string =>
    parts.groups.get(organisation) ?? before.groups.get(organisation) ?? organisation;
  const judge = new Judge(groupOf);
  const isOver = (quarter: Quarter): boolean => hasEnded(quarter, dateOf(gateClosure));
  const known = withRoomFor(
    3 * sizeOfParts(parts),
    { ...before, quarters: new Map([...before.quarters].filter(([quarter]) => !isOver(quarter))) },
    room,
  );
  const quarters = new Map(known.quarters);
  let kept = sizeOf(known);
  const fits = (amounts: number): boolean => {
    if (kept + amounts > room) return false;
    kept += amounts;
    return true;
  };

  const volumes = new Set<Quarter>();
  const told = { supply: new Set<Quarter>(), demand: new Set<Quarter>() };
  for (const quarter of [...new Set([...parts.books.keys(), ...parts.trades.keys()])].sort()) {
    const traded = tradedIn(parts.trades.get(quarter));
    const book = parts.books.get(quarter);
    const history = quarters.get(quarter);
    const of = (side: Side): SideHistory => history?.[side] ?? noHistory;
    const isTold =
      !isOver(quarter) &&
      sides.every((side) => judge.hidesTrade(traded[side], of(side))) &&
      fits(sides.reduce((sum, side) => sum + traded[side].size * (1 + of(side).books.length), 0));
    if (isTold) volumes.add(quarter);
    const afterwards = (side: Side): SideHistory => {
      const since = isTold ? withTrade(of(side), run, traded[side]) : of(side);
      const held = book?.[side] ?? nothing;
      const rest = minus(held, traded[side]);
      if (
        isOver(quarter) ||
        !judge.hidesBook(held, rest, isTold ? traded[side] : undefined, of(side)) ||
        !fits(3 * held.size)
      )
        return since;
      told[side].add(quarter);
      const shown = { run, book: held, rest: isTold ? rest : undefined, balance: isTold ? rest : held };
      return { ...since, books: newest<ShownBook>([...since.books, shown]) };
    };
    quarters.set(quarter, { supply: afterwards('supply'), demand: afterwards('demand') });
  }

  const origins = new Map(known.origins);
  const originsTold =
    [...parts.trades.keys()].every((quarter) => volumes.has(quarter)) &&
    [...parts.origins].every(([origin, traded]) => judge.hidesOrigin(traded, origins.get(origin))) &&
    fits([...parts.origins.values()].reduce((sum, each) => sum + each.sellers.size + each.buyers.size, 0));
  if (originsTold)
    for (const [origin, { sellers, buyers }] of parts.origins) {
      const shown = origins.get(origin);
      origins.set(origin, {
        sellers: newest<ShownTrade>([...(shown?.sellers ?? []), { run, lots: sellers }]),
        buyers: newest<ShownTrade>([...(shown?.buyers ?? []), { run, lots: buyers }]),
      });
    }
  const disclosed = { quarters, origins };
  return {
    told: { volumes, ...told, origins: originsTold },
    disclosed: { ...disclosed, groups: groupsIn(disclosed, groupOf) },
  };
}

const tradedIn = (traded: Traded | undefined) => ({
  supply: traded?.sellers ?? nothing,
  demand: traded?.buyers ?? nothing,
});

/** A volume that is shown is told of every balance; that nothing traded tells nothing new. */
const withTrade = ({ books, trades }: SideHistory, run: number, lots: Amounts): SideHistory =>
  lots.size === 0
    ? { books, trades }
    : {
        books: books.map((shown) => ({ ...shown, balance: minus(shown.balance, lots) })),
        trades: newest<ShownTrade>([...trades, { run, lots }]),
      };

function minus(one: Amounts, other: Amounts): Amounts {
  if (other.size === 0) return one;
  const left = new Map(one);
  for (const [organisation, lots] of other) {
    const difference = (left.get(organisation) ?? 0n) - lots;
    if (difference === 0n) left.delete(organisation);
    else left.set(organisation, difference);
  }
  return left;
}

const newest = <T>(list: readonly T[]): T[] => list.slice(-remembered);
