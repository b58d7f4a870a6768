import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { latestOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import type { Product } from '../../reference/product.ts';
import { entryOfAccount, movementOfAccount } from '../../stockpiles/account-effects.ts';
import { nextDay } from '../../stockpiles/account-rules.ts';
import type { AccountEvent, StockAccountRecord } from '../../stockpiles/account.ts';
import type { Action } from '../table/action.ts';
import { postEntry } from '../contracts/ledger.ts';
import { productOf } from '../reference/reference.ts';
import { moveStock } from './stock-movements.ts';
import { accountRecords, putStockRecord, readStockRecord } from './stock-records.ts';
import type { Table } from '../table/table.ts';

export const noSuchAccount = problem('not_found', 'There is no such account.');

/** An account with its product: what its state is read by. */
export interface HeldAccount {
  readonly account: StockAccountRecord;
  readonly product: Product;
}

export const readStockAccount = (table: Table, id: string): Promise<StockAccountRecord | undefined> =>
  readStockRecord(table, accountRecords, id);

/** For its member, the stockpile's operator, administrators and auditors. Errors: not_found. */
export async function visibleAccount(table: Table, caller: Caller, id: string): Promise<Result<HeldAccount>> {
  const account = await readStockAccount(table, id);
  const visible =
    account !== undefined &&
    (seesAll(caller) || [account.member, account.operator].includes(caller.organisation));
  return visible ? ok({ account, product: await productOf(table, account.product) }) : fail(noSuchAccount);
}

/** One event more: the account with it, and its actions: the record, what moves by it, what is owed for it. */
export function appendToAccount(
  { account, product }: HeldAccount,
  event: AccountEvent,
): {
  readonly actions: Action[];
  readonly account: StockAccountRecord;
} {
  const next = { ...account, events: [...account.events, event] };
  const movement = movementOfAccount(next, event, next.events.length, product);
  const entry = entryOfAccount(next, event, next.events.length);
  return {
    account: next,
    actions: [
      ...putStockRecord(accountRecords, next, nextDay(next, product)),
      ...(movement === undefined ? [] : moveStock(movement)),
      ...(entry === undefined ? [] : postEntry(entry)),
    ],
  };
}

/** An act on accounts is on record no earlier than the last on any of them, whatever the clock of its host says. */
export const accountAuthor = (
  { subject, at: now }: { readonly subject: string; readonly at: Instant },
  ...accounts: readonly StockAccountRecord[]
): Author => ({
  subject,
  at: latestOf(now, ...accounts.flatMap(({ offeredAt, events }) => [offeredAt, events.at(-1)?.at])),
});
