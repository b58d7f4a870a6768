import type { Instant } from '../../kernel/time.ts';
import { accountState } from '../../stockpiles/account-state.ts';
import { isOver } from '../../stockpiles/loan-rules.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import { ownedSource, pagesOf } from '../table/listing.ts';
import { orderTotals } from '../orders/order-totals.ts';
import { bidsForStockpile } from './pace.ts';
import { productOf } from '../reference/reference.ts';
import { contractsBooked } from './stock-contracts.ts';
import { readPositions } from './stock-movements.ts';
import {
  accountRecords,
  loanRecords,
  recordsOfStockpile,
  releaseRecords,
  ruleRecords,
} from './stock-records.ts';
import { stockLotSeries } from './stock-lots.ts';
import type { Table } from '../table/table.ts';
import { readRecord } from '../table/versioned.ts';

/** The first thing that is left in a stockpile, in words; `undefined` where there is nothing any more. */
export async function whatIsLeft(
  table: Table,
  { id, operator }: Stockpile,
  at: Instant,
): Promise<string | undefined> {
  const stock = await readPositions(table, id);
  const held = stock.find(({ balances }) => Object.values(balances).some((steps) => steps !== 0n));
  if (held !== undefined) return `it holds, expects or has lent ${held.product}`;
  if (await hasLots(table, id, operator)) return 'lots are in it, or declared for it';
  const [accounts, loans, releases, rules] = await Promise.all([
    recordsOfStockpile(table, accountRecords, id),
    recordsOfStockpile(table, loanRecords, id),
    recordsOfStockpile(table, releaseRecords, id),
    recordsOfStockpile(table, ruleRecords, id),
  ]);
  for (const account of accounts) {
    const { status } = accountState(account, await productOf(table, account.product));
    if (status !== 'closed' && status !== 'declined') return `account ${account.id} is ${status}`;
  }
  for (const loan of loans)
    if (!isOver(loan, await productOf(table, loan.product))) return `loan ${loan.id} is not over`;
  const release = releases.find(({ status }) => status === 'proposed' || status === 'approved');
  if (release !== undefined) return `release ${release.id} is ${release.status}`;
  const rule = rules.find(({ status }) => status !== 'ended' && status !== 'rejected');
  if (rule !== undefined) return `standing rule ${rule.id} is ${rule.status}`;
  return bidsLeft(table, id, at);
}

async function hasLots(table: Table, stockpile: string, operator: string): Promise<boolean> {
  for await (const located of pagesOf(ownedSource(table, operator, 'stock-lot')))
    for (const item of await table.getMany(located)) {
      if (item['stockpile'] !== stockpile) continue;
      const { status } = readRecord(stockLotSeries, item);
      if (status === 'held' || status === 'declared') return true;
    }
  return false;
}

/** A bid that may still trade, or has traded what is not in the books yet. */
async function bidsLeft(table: Table, stockpile: string, at: Instant): Promise<string | undefined> {
  const ids = (await bidsForStockpile(table, stockpile)).map(({ bid }) => bid);
  const booked = await contractsBooked(table, stockpile);
  const bids = [...(await orderTotals(table, ids, at)).values()];
  if (bids.some(({ open }) => open > 0n)) return 'a bid for it is open';
  const isBought = bids.some(({ contracted }) => contracted > 0n);
  return isBought && booked.size === 0 ? 'what it has bought is not booked yet' : undefined;
}
