import type { Stockpile } from '../stockpiles/stockpile.ts';
import { rulesOn } from '../stockpiles/stockpile.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { readAll, readReference } from './reference.ts';
import type { Table } from './table.ts';

export const readStockpile = (table: Table, id: string): Promise<Stockpile | undefined> =>
  readReference(table, 'stockpile', id);

/** Stockpiles that an administrator has approved and nobody has closed, of a zone or holding a product on a day. */
export async function activeStockpiles(
  table: Table,
  { zone, product, on }: { readonly zone?: string; readonly product?: string; readonly on: CalendarDate },
): Promise<Stockpile[]> {
  const all = await readAll(table, 'stockpile');
  return all.filter(
    (stockpile) =>
      stockpile.status === 'active' &&
      (zone === undefined || stockpile.zone === zone) &&
      (product === undefined ||
        rulesOn(stockpile, on)?.products.some((each) => each.product === product) === true),
  );
}
