import type { Quarter } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { lotsOf } from '../../pricing/product-terms.ts';
import type { Snapshot } from '../snapshot.ts';
import type { AwardTerms } from './conclude.ts';
import type { Amounts } from './disclosed.ts';

/** What the public figures of a run are sums of, by organisation. */
export interface RunParts {
  /** The book at gate closure, by quarter. */
  readonly books: ReadonlyMap<Quarter, { readonly supply: Amounts; readonly demand: Amounts }>;
  /** What traded, by quarter and by origin. */
  readonly trades: ReadonlyMap<Quarter, Traded>;
  readonly origins: ReadonlyMap<string, Traded>;
  /** The group of related parties of each organisation in the book. */
  readonly groups: ReadonlyMap<string, string>;
}
export interface Traded {
  readonly sellers: Amounts;
  readonly buyers: Amounts;
}

/** Who is meant by the tokens of a snapshot. */
export interface Named {
  readonly organisationOf: (party: string) => string;
  /** The group of related parties that an organisation is of. */
  readonly groupOf: (organisation: string) => string;
}

/** A pool's bid counts as its members: each stands for itself. */
export function runParts(snapshot: Snapshot, awards: readonly AwardTerms[], named: Named): RunParts {
  const { product, offers, bids, members = [] } = snapshot;
  const buying = [...bids.filter(({ pool }) => pool === undefined), ...members];
  const owners = new Map(
    [...offers, ...bids, ...members].map(({ id, party }) => [id, named.organisationOf(party)]),
  );
  const ownerOf = (order: string): string => owners.get(order) ?? order;
  const books = new Map<Quarter, { supply: Map<string, bigint>; demand: Map<string, bigint> }>();
  for (const [side, orders] of [['supply', offers] as const, ['demand', buying] as const])
    for (const { id, remaining } of orders)
      for (const { quarter, quantity } of remaining) {
        if (quantity.amount.units === 0n) continue;
        const book = books.get(quarter) ?? {
          supply: new Map<string, bigint>(),
          demand: new Map<string, bigint>(),
        };
        books.set(quarter, book);
        add(book[side], ownerOf(id), must(lotsOf(quantity, product)));
      }
  const trades = new Map<Quarter, MutableTraded>();
  const origins = new Map<string, MutableTraded>();
  for (const { offer, bid, member = bid, origin, schedule } of awards)
    for (const { quarter, lots } of schedule)
      for (const traded of [entry(trades, quarter), entry(origins, origin)]) {
        add(traded.sellers, ownerOf(offer), lots);
        add(traded.buyers, ownerOf(member), lots);
      }
  const groups = new Map([...new Set(owners.values())].map((each) => [each, named.groupOf(each)]));
  return { books, trades, origins, groups };
}

interface MutableTraded {
  readonly sellers: Map<string, bigint>;
  readonly buyers: Map<string, bigint>;
}

function entry(of: Map<string, MutableTraded>, key: string): MutableTraded {
  const found = of.get(key) ?? { sellers: new Map<string, bigint>(), buyers: new Map<string, bigint>() };
  of.set(key, found);
  return found;
}

const add = (to: Map<string, bigint>, organisation: string, lots: bigint): void => {
  to.set(organisation, (to.get(organisation) ?? 0n) + lots);
};
