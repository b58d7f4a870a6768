import * as z from 'zod';
import type { Item } from '../../../shared/store/table/item.ts';
import { plain } from '../../../shared/store/table/item-body.ts';
import { contractBook } from '../../../shared/store/stockpiles/stock-contracts.ts';
import { stockLotSeries } from '../../../shared/store/stockpiles/stock-lots.ts';
import { balancesOfItem, movementOfItem } from '../../../shared/store/stockpiles/stock-movements.ts';
import {
  accountRecords,
  loanRecords,
  releaseRecords,
  ruleRecords,
  stockRecordOf,
} from '../../../shared/store/stockpiles/stock-records.ts';
import { readRecord } from '../../../shared/store/table/versioned.ts';
import type { Evidence } from '../evidence.ts';
import type { Place, Readers } from './reader.ts';

/** Stock lots, what moved and what it comes to, contracts in the books, and stockpiles' records. */
export const stockReaders: Readers = {
  LOT: (evidence, item, place) => {
    if (place.sk === 'LOT') evidence.stockLots.set(place.of, readRecord(stockLotSeries, item));
    takeBook(evidence, item, place);
  },
  STOCKPILE: (evidence, item, place) => {
    const { of, sk, key } = place;
    if (sk.startsWith('MOVEMENT#')) evidence.movementItems.push({ key, movement: movementOfItem(item) });
    if (sk.startsWith('BALANCE#'))
      evidence.stock.set(`${of}|${sk.slice('BALANCE#'.length)}`, {
        balances: balancesOfItem(item),
        movements: z.bigint().parse(item['movements']),
      });
    takeBook(evidence, item, place);
  },
  STOCK: ({ assessments, stockAccounts, stockLoans, standingRules, releases }, item, { of, sk }) => {
    if (sk.startsWith('ASSESSMENT#'))
      assessments.set(`${of} ${Number(sk.slice('ASSESSMENT#'.length))}`, plain(item['body']));
    if (sk !== 'RECORD') return;
    if (of.startsWith(accountRecords.prefix)) stockAccounts.set(of, stockRecordOf(accountRecords, item));
    if (of.startsWith(loanRecords.prefix)) stockLoans.set(of, stockRecordOf(loanRecords, item));
    if (of.startsWith(ruleRecords.prefix)) standingRules.set(of, stockRecordOf(ruleRecords, item));
    if (of.startsWith(releaseRecords.prefix)) releases.set(of, stockRecordOf(releaseRecords, item));
  },
};

function takeBook({ contractBooks }: Evidence, item: Item, { of, sk }: Place): void {
  const book = sk.startsWith('CONTRACT#') ? contractBook(item) : undefined;
  if (book !== undefined) contractBooks.set(`${of}|${sk.slice('CONTRACT#'.length)}`, book);
}
