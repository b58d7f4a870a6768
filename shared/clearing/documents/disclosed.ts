import * as z from 'zod';
import { countrySchema, nameIdSchema } from '../../kernel/ids.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { quarterSchema } from '../../kernel/quarter.ts';

/** Lots by organisation; none of them zero. */
export type Amounts = ReadonlyMap<string, bigint>;

/** A book that was shown of a quarter and a side, by who stood in it. */
export interface ShownBook {
  readonly run: number;
  readonly book: Amounts;
  /** What was left of it, where what traded was shown as well. */
  readonly rest: Amounts | undefined;
  /** The book less all that has been shown to trade since, in its own run and in later ones. */
  readonly balance: Amounts;
}

/** One side of what was shown to trade in a run, by who traded it. */
export interface ShownTrade {
  readonly run: number;
  readonly lots: Amounts;
}

/** What was shown of one side of a quarter: newest last, at most {@link remembered} of each. */
export interface SideHistory {
  readonly books: readonly ShownBook[];
  readonly trades: readonly ShownTrade[];
}
export interface QuarterHistory {
  readonly supply: SideHistory;
  readonly demand: SideHistory;
}

/** What was shown of an origin's part in the volume of a run, all quarters together. */
export interface OriginHistory {
  readonly sellers: readonly ShownTrade[];
  readonly buyers: readonly ShownTrade[];
}

/**
 * All that a market has shown of its runs, by who stood behind it: what later runs are judged against. It never leaves
 * the system.
 */
export interface Disclosed {
  /** The group of related parties of each organisation, as of the last run that it took part in. */
  readonly groups: ReadonlyMap<string, string>;
  readonly quarters: ReadonlyMap<Quarter, QuarterHistory>;
  readonly origins: ReadonlyMap<string, OriginHistory>;
}

/**
 * How many shown books, and how many shown volumes, a figure is judged by: as many as the public view shows. Where a
 * market is so large that they have no room, the oldest are forgotten first.
 */
export const remembered = 10;

/** Most amounts that are kept in all. What there is no room to remember is not shown. */
export const mostAmounts = 1_000_000;

export const nothingDisclosed: Disclosed = { groups: new Map(), quarters: new Map(), origins: new Map() };

/** An organisation by its place in the list of them, and its lots. */
const amountsSchema = z.array(z.tuple([z.int().nonnegative(), z.string().regex(/^[1-9]\d*$|^-[1-9]\d*$/)]));
const run = z.int().positive();
const tradesSchema = z.array(z.strictObject({ run, lots: amountsSchema }));
const sideSchema = z.strictObject({
  books: z.array(
    z.strictObject({ run, book: amountsSchema, rest: amountsSchema.optional(), balance: amountsSchema }),
  ),
  trades: tradesSchema,
});
const disclosedSchema = z.strictObject({
  format: z.literal('lodestone-disclosed-1'),
  product: nameIdSchema,
  /** The run it was written by. */
  run,
  /** With the group of each. */
  organisations: z.array(z.tuple([z.string(), z.string()])),
  quarters: z.array(z.strictObject({ quarter: quarterSchema, supply: sideSchema, demand: sideSchema })),
  origins: z.array(z.strictObject({ origin: countrySchema, sellers: tradesSchema, buyers: tradesSchema })),
});
export type DisclosedJson = z.output<typeof disclosedSchema>;
type AmountsJson = z.output<typeof amountsSchema>;

/** As it is stored: sorted throughout, so that the same is the same bytes. */
export function disclosedJson(product: string, run: number, disclosed: Disclosed): DisclosedJson {
  const organisations = [...disclosed.groups].sort(byFirst);
  const places = new Map(organisations.map(([organisation], place) => [organisation, place]));
  const amounts = (lots: Amounts): AmountsJson =>
    [...lots]
      .map(([organisation, count]): [number, string] => [places.get(organisation)!, count.toString()])
      .sort(([a], [b]) => a - b);
  const trades = (of: readonly ShownTrade[]) =>
    of.map((each) => ({ run: each.run, lots: amounts(each.lots) }));
  const side = ({ books, trades: traded }: SideHistory) => ({
    books: books.map(({ run: shownIn, book, rest, balance }) => ({
      ...{ run: shownIn, book: amounts(book), balance: amounts(balance) },
      ...(rest === undefined ? {} : { rest: amounts(rest) }),
    })),
    trades: trades(traded),
  });
  return {
    ...{ format: 'lodestone-disclosed-1', product, run, organisations },
    quarters: [...disclosed.quarters].sort(byFirst).map(([quarter, { supply, demand }]) => ({
      ...{ quarter, supply: side(supply), demand: side(demand) },
    })),
    origins: [...disclosed.origins].sort(byFirst).map(([origin, { sellers, buyers }]) => ({
      ...{ origin, sellers: trades(sellers), buyers: trades(buyers) },
    })),
  };
}

/** @throws where it is no such document, or another product's. */
export function readDisclosed(product: string, json: unknown): Disclosed {
  const read = disclosedSchema.parse(json);
  if (read.product !== product) throw new Error(`what ${read.product} has shown is not what ${product} has`);
  const nameOf = (place: number): string => {
    const entry = read.organisations[place];
    if (entry === undefined) throw new Error('an amount of what was shown is nobody’s');
    return entry[0];
  };
  const amounts = (lots: AmountsJson): Amounts =>
    new Map(lots.map(([place, count]) => [nameOf(place), BigInt(count)]));
  const trades = (of: z.output<typeof tradesSchema>): ShownTrade[] =>
    of.map((each) => ({ run: each.run, lots: amounts(each.lots) }));
  const side = ({ books, trades: traded }: z.output<typeof sideSchema>): SideHistory => ({
    books: books.map(({ run: shownIn, book, rest, balance }) => ({
      ...{ run: shownIn, book: amounts(book), balance: amounts(balance) },
      rest: rest && amounts(rest),
    })),
    trades: trades(traded),
  });
  return {
    groups: new Map(read.organisations),
    quarters: new Map(
      read.quarters.map(({ quarter, supply, demand }) => [
        quarter,
        { supply: side(supply), demand: side(demand) },
      ]),
    ),
    origins: new Map(
      read.origins.map(({ origin, sellers, buyers }) => [
        origin,
        { sellers: trades(sellers), buyers: trades(buyers) },
      ]),
    ),
  };
}

const byFirst = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
