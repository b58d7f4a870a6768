import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { latestOf } from '../../kernel/time.ts';
import type { Author } from '../../kernel/version.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import type { Product } from '../../reference/product.ts';
import { entryOfLoan, movementOfLoan } from '../../stockpiles/account-effects.ts';
import { nextLoanDay } from '../../stockpiles/loan-rules.ts';
import type { LoanEvent, StockLoanRecord } from '../../stockpiles/loan.ts';
import type { Action } from '../table/action.ts';
import type { Effect } from '../table/effect.ts';
import { postEntry } from '../contracts/ledger.ts';
import { productOf } from '../reference/reference.ts';
import { moveAboveFloor, moveStock } from './stock-movements.ts';
import { loanRecords, putStockRecord, readStockRecord } from './stock-records.ts';
import type { Table } from '../table/table.ts';

export const noSuchLoan = problem('not_found', 'There is no such loan.');

/** A loan with its product: what its state is read by. */
export interface HeldLoan {
  readonly loan: StockLoanRecord;
  readonly product: Product;
}

export const readStockLoan = (table: Table, id: string): Promise<StockLoanRecord | undefined> =>
  readStockRecord(table, loanRecords, id);

/** For its borrower, the stockpile's operator, administrators and auditors. Errors: not_found. */
export async function visibleLoan(table: Table, caller: Caller, id: string): Promise<Result<HeldLoan>> {
  const loan = await readStockLoan(table, id);
  const visible =
    loan !== undefined && (seesAll(caller) || [loan.borrower, loan.operator].includes(caller.organisation));
  return visible ? ok({ loan, product: await productOf(table, loan.product) }) : fail(noSuchLoan);
}

/** An act on a loan is on record no earlier than the one before it, whatever the clock of its host says. */
export const loanAuthor = (
  act: { readonly subject: string; readonly at: Instant },
  loan: StockLoanRecord,
): Author => ({
  subject: act.subject,
  at: latestOf(act.at, loan.requestedAt, loan.events.at(-1)?.at),
});

/**
 * Whether nothing was appended since: lots that another act has changed meanwhile do not fit a loan that was read before
 * them, and are not to be computed with.
 */
export const isAsRead = async (table: Table, { id, events }: StockLoanRecord): Promise<boolean> =>
  (await readStockLoan(table, id))?.events.length === events.length;

/** One event more: the loan with it, what moves by it, what is owed for it. `least`: what must lie free before it. */
export function appendToLoan(
  { loan, product }: HeldLoan,
  event: LoanEvent,
  beside: readonly Action[],
  least?: bigint,
): Result<Effect<HeldLoan>> {
  const next = { ...loan, events: [...loan.events, event] };
  const movement = movementOfLoan(next, event, next.events.length, product);
  const moved =
    movement === undefined ? [] : least === undefined ? moveStock(movement) : moveAboveFloor(movement, least);
  const entry = entryOfLoan(next, event, next.events.length);
  return ok({
    actions: [
      ...putStockRecord(loanRecords, next, nextLoanDay(next, product)),
      ...moved,
      ...(entry === undefined ? [] : postEntry(entry)),
      ...beside,
    ],
    value: { loan: next, product },
  });
}
