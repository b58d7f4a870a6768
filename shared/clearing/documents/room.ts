import type { Amounts, Disclosed, SideHistory } from './disclosed.ts';
import type { RunParts } from './run-parts.ts';

const sides = ['supply', 'demand'] as const;
const nothing: Amounts = new Map();

/** Runs that are remembered, however large the market is. */
const fewestRemembered = 2;

/** Without its oldest runs, as far as the next one needs their room. */
export function withRoomFor(amounts: number, of: Disclosed, room: number): Disclosed {
  const known = [...new Set(runsIn(of))].sort((a, b) => a - b);
  let left = of;
  while (known.length > fewestRemembered && sizeOf(left) + amounts > room) {
    const oldest = known.shift()!;
    left = since(left, oldest + 1);
  }
  return left;
}

function since({ groups, quarters, origins }: Disclosed, first: number): Disclosed {
  const later = <T extends { readonly run: number }>(list: readonly T[]): T[] =>
    list.filter(({ run }) => run >= first);
  const side = ({ books, trades }: SideHistory) => ({ books: later(books), trades: later(trades) });
  return {
    groups,
    quarters: new Map(
      [...quarters].map(([quarter, { supply, demand }]) => [
        quarter,
        { supply: side(supply), demand: side(demand) },
      ]),
    ),
    origins: new Map(
      [...origins].map(([origin, { sellers, buyers }]) => [
        origin,
        { sellers: later(sellers), buyers: later(buyers) },
      ]),
    ),
  };
}

type Histories = Pick<Disclosed, 'quarters' | 'origins'>;

function* runsIn({ quarters, origins }: Histories): Generator<number> {
  for (const quarter of quarters.values())
    for (const side of sides)
      for (const { run } of [...quarter[side].books, ...quarter[side].trades]) yield run;
  for (const { sellers } of origins.values()) for (const { run } of sellers) yield run;
}

function* amountsIn({ quarters, origins }: Histories): Generator<Amounts> {
  for (const quarter of quarters.values())
    for (const side of sides) {
      const { books, trades } = quarter[side];
      for (const { book, rest = nothing, balance } of books) yield* [book, rest, balance];
      for (const { lots } of trades) yield lots;
    }
  for (const { sellers, buyers } of origins.values())
    for (const { lots } of [...sellers, ...buyers]) yield lots;
}

export function sizeOf(histories: Histories): number {
  let size = 0;
  for (const amounts of amountsIn(histories)) size += amounts.size;
  return size;
}

export const sizeOfParts = ({ books, trades, origins }: RunParts): number =>
  [...books.values()].reduce((sum, { supply, demand }) => sum + supply.size + demand.size, 0) +
  [...trades.values(), ...origins.values()].reduce(
    (sum, { sellers, buyers }) => sum + sellers.size + buyers.size,
    0,
  );

/** Of those whose amounts are remembered. */
export function groupsIn(
  histories: Histories,
  groupOf: (organisation: string) => string,
): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const amounts of amountsIn(histories))
    for (const organisation of amounts.keys())
      if (!groups.has(organisation)) groups.set(organisation, groupOf(organisation));
  return groups;
}
