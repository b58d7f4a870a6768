import * as z from 'zod';
import type { Currency } from '../../kernel/money.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Account, Entry } from '../../ledger/entry.ts';
import { entrySchema } from '../../ledger/entry.ts';
import { signedUnits } from '../../ledger/posting.ts';
import type { Line } from '../../ledger/statement.ts';
import { linesOf, lineSchema } from '../../ledger/statement.ts';
import type { Action } from '../table/action.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

/**
 * Posts an entry and its line in each account it touches. All of it belongs into the transaction of what caused it:
 * then there is neither a settlement without its money nor money without its cause. An entry's id follows from its
 * cause, so that a second posting is refused, not doubled; nothing ever changes or removes one.
 */
export const postEntry = (entry: Entry): Action[] => [
  {
    name: 'ledgerEntry',
    put: {
      ...keys.ledgerEntry(entry.id),
      type: 'ledger entry',
      body: z.encode(entrySchema, entry),
    },
    conditions: [doesNotExist],
  },
  ...linesOf(entry).map((line, index) => ({
    name: 'ledgerLine',
    put: {
      ...keys.ledgerLine(line.account, line.quarter, line.entry, index),
      type: 'ledger line',
      body: z.encode(lineSchema, line),
    },
    conditions: [doesNotExist],
  })),
];

export const readEntryItem = (item: Item): Entry => readBody(entrySchema, item);

export const readLineItem = (item: Item): Line => readBody(lineSchema, item);

export async function readEntry(table: Table, id: string): Promise<Entry | undefined> {
  const item = await table.get(keys.ledgerEntry(id));
  return item && readEntryItem(item);
}

/** The lines of an account, of one quarter or of all, in order of quarter and entry. */
export async function readLines(table: Table, account: Account, quarter?: Quarter): Promise<Line[]> {
  const { pk } = keys.ledgerLine(account, '', '', 0);
  const items = await table.query(pk, quarter === undefined ? {} : { prefix: `${quarter}#` });
  return items.map(readLineItem);
}

/** What an account is owed (positive) or owes (negative) by everything ever posted, in minor units by currency. */
export async function balanceOf(table: Table, account: Account): Promise<Map<Currency, bigint>> {
  const balance = new Map<Currency, bigint>();
  for (const line of await readLines(table, account)) {
    const { currency } = line.amount;
    balance.set(currency, (balance.get(currency) ?? 0n) + signedUnits(line));
  }
  return balance;
}
