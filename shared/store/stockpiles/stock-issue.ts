import type { Author } from '../../kernel/version.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { Product } from '../../reference/product.ts';
import type { LotPart } from '../../stockpiles/account.ts';
import type { Issued } from '../../stockpiles/issue.ts';
import { resized } from '../../stockpiles/lots.ts';
import { massOfSteps } from '../../stockpiles/steps.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import type { Action } from '../table/action.ts';
import { ownedSource, pagesOf } from '../table/listing.ts';
import { putLot, readStockLot, stockLotSeries } from './stock-lots.ts';
import type { Table } from '../table/table.ts';
import { readRecord } from '../table/versioned.ts';

/** Most lots that one act takes from: with their versions it must fit one transaction. */
export const mostLotsIssued = 20;

/** A stockpile's lots of a product that are held. */
export const heldLots = async (...of: Parameters<typeof lotsIn>): Promise<StockLot[]> =>
  (await lotsIn(...of)).filter(({ status }) => status === 'held');

/** A stockpile's lots of a product, as the index lists them; who takes of one does so by its version. */
export async function lotsIn(
  table: Table,
  { id, operator }: { readonly id: string; readonly operator: string },
  product: string,
): Promise<StockLot[]> {
  const lots: StockLot[] = [];
  for await (const located of pagesOf(ownedSource(table, operator, 'stock-lot')))
    for (const item of await table.getMany(located)) {
      if (item['stockpile'] !== id || item['product'] !== product) continue;
      lots.push(readRecord(stockLotSeries, item));
    }
  return lots;
}

export const partsOf = (issued: readonly Issued[], product: Product): LotPart[] =>
  issued.map(({ lot, steps }) => ({
    ...{ lot: lot.id, quantity: massOfSteps(steps, product) },
    ...(lot.purity === undefined ? {} : { purity: lot.purity }),
  }));

/** The lots of which parts were issued, as they are now. */
export const readIssued = (
  table: Table,
  parts: readonly { readonly lot: string; readonly steps: bigint }[],
): Promise<Issued[]> =>
  Promise.all(
    parts.map(async ({ lot: id, steps }) => {
      const lot = await readStockLot(table, id);
      if (lot === undefined) throw new Error(`${id} has gone`);
      return { lot, steps };
    }),
  );

/** The lots after something was done to each of them. */
export const changeLots = (
  issued: readonly Issued[],
  author: Author,
  change: (lot: StockLot, steps: bigint) => StockLot,
): Action[] =>
  issued.flatMap(({ lot, steps }) => putLot({ ...change(lot, steps), ...nextVersion(lot, author) }));

/** What is taken out of lots for good. */
export const takeOut = (issued: readonly Issued[], author: Author, product: Product): Action[] =>
  changeLots(issued, author, (lot, steps) => resized(lot, -steps, product));
