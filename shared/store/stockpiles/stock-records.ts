import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import { addDays } from '../../kernel/time.ts';
import type { Caller } from '../../reference/caller.ts';
import type { StockAccountRecord } from '../../stockpiles/account.ts';
import { accountSchema } from '../../stockpiles/account.ts';
import type { StockLoanRecord } from '../../stockpiles/loan.ts';
import { loanSchema } from '../../stockpiles/loan.ts';
import type { StockRelease } from '../../stockpiles/release.ts';
import { releaseSchema } from '../../stockpiles/release.ts';
import type { StandingRule } from '../../stockpiles/standing-rule.ts';
import { standingRuleSchema } from '../../stockpiles/standing-rule.ts';
import type { Action } from '../table/action.ts';
import type { Attribute } from '../table/condition.ts';
import { doesNotExist, versionIs } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { askedFrom, askedPartition, dueFrom, listedAs, ownedBy } from '../table/keys/indexes.ts';
import { listOwnedOrAll } from '../table/listing.ts';
import { readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

/**
 * Records that belong to a stockpile: members' accounts, loans, releases, standing rules. Each is one item, replaced on
 * condition of the version read, beside what it moves and owes; and found by its stockpile.
 */
export interface StockRecordKind<T> {
  readonly name: string;
  readonly prefix: string;
  readonly schema: z.ZodType<T>;
  readonly version: (record: T) => number;
  readonly beside: (record: T) => Readonly<Record<string, Attribute | undefined>>;
}

interface InStockpile {
  readonly id: string;
  readonly stockpile: string;
}

export const accountRecords: StockRecordKind<StockAccountRecord> = {
  name: 'stockAccount',
  prefix: 'acc_',
  schema: accountSchema,
  version: ({ events }) => events.length + 1,
  beside: ({ id, member, product }) => ({
    ...ownedBy(member, 'stock-account', id),
    ...listedAs('stock-account', id),
    ...{ type: 'stock account', product, member },
  }),
};

export const loanRecords: StockRecordKind<StockLoanRecord> = {
  name: 'stockLoan',
  prefix: 'lon_',
  schema: loanSchema,
  version: ({ events }) => events.length + 1,
  beside: ({ id, borrower, product }) => ({
    ...ownedBy(borrower, 'stock-loan', id),
    ...listedAs('stock-loan', id),
    ...{ type: 'stock loan', product, borrower },
  }),
};

export const releaseRecords: StockRecordKind<StockRelease> = {
  name: 'stockRelease',
  prefix: 'rel_',
  schema: releaseSchema,
  version: ({ version }) => version,
  beside: ({ id, product }) => ({ ...listedAs('stock-release', id), type: 'stock release', product }),
};

export const ruleRecords: StockRecordKind<StandingRule> = {
  name: 'standingRule',
  prefix: 'rul_',
  schema: standingRuleSchema,
  version: ({ version }) => version,
  beside: ({ id, status, terms, asked }) => ({
    ...(status === 'active' ? askedFrom(nextAsked(asked), id) : {}),
    ...{ type: 'standing rule', product: terms.product },
  }),
};

/** Puts a record's next version, and the first time the way to it; `due`: from when on somebody must look at it. */
export function putStockRecord<T extends InStockpile>(
  kind: StockRecordKind<T>,
  record: T,
  due?: CalendarDate,
): Action[] {
  const version = kind.version(record);
  const head: Action = {
    name: kind.name,
    put: {
      ...keys.stockRecord(record.id),
      ...kind.beside(record),
      ...(due === undefined ? {} : dueFrom(due, record.id)),
      ...{ stockpile: record.stockpile, version },
      body: z.encode(kind.schema, record) as Attribute,
    },
    conditions: [version === 1 ? doesNotExist : versionIs(version - 1)],
  };
  if (version > 1) return [head];
  return [
    head,
    {
      name: `${kind.name}OfStockpile`,
      put: { ...keys.stockRecordOf(record.stockpile, record.id), type: 'record of a stockpile' },
    },
  ];
}

export const stockRecordOf = <T>(kind: StockRecordKind<T>, item: Item): T => readBody(kind.schema, item);

export async function readStockRecord<T>(
  table: Table,
  kind: StockRecordKind<T>,
  id: string,
): Promise<T | undefined> {
  const item = await table.get(keys.stockRecord(id));
  return item && stockRecordOf(kind, item);
}

/** Records of a kind of one stockpile, in order of id. */
export async function recordsOfStockpile<T extends InStockpile>(
  table: Table,
  kind: StockRecordKind<T>,
  stockpile: string,
): Promise<T[]> {
  const { pk, sk } = keys.stockRecordOf(stockpile, kind.prefix);
  const found = await table.query(pk, { prefix: sk });
  const items = await table.getMany(
    found.map((item) => keys.stockRecord(String(item['sk']).slice('RECORD#'.length))),
  );
  return items.map((item) => stockRecordOf(kind, item)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Of records already read, the page that is asked for. */
export function pageOfRecords<T extends InStockpile>(
  records: readonly T[],
  { after, limit }: PageRequest,
): Page<T> {
  const rest = records.filter(({ id }) => after === undefined || id > after);
  const items = rest.slice(0, limit);
  return { items, next: rest.length > items.length ? (items.at(-1)?.id ?? null) : null };
}

/** One's own accounts or loans, for administrators and auditors all. */
export const listStockRecords = <T extends InStockpile>(
  table: Table,
  kind: StockRecordKind<T>,
  listed: 'stock-account' | 'stock-loan',
  caller: Caller,
  page: PageRequest,
): Promise<Page<T>> =>
  listOwnedOrAll(table, listed, caller, page, (items) =>
    Promise.resolve(items.map((item) => stockRecordOf(kind, item))),
  );

/** A rule is asked once a day; one that never was, at once. */
const nextAsked = (asked: StandingRule['asked']): CalendarDate =>
  asked === undefined ? '0000-01-01' : addDays(asked.day, 1);

/** Active standing rules that have not been asked on a day, as the index lists them. */
export async function rulesToAsk(table: Table, day: CalendarDate, limit: number): Promise<string[]> {
  const found = await table.queryIndex('gsi3', askedPartition, { until: `${day}~`, limit });
  return found.map(({ pk }) => pk.slice('STOCK#'.length));
}
