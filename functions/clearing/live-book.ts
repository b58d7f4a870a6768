import type { Instant } from '../../shared/kernel/time.ts';
import { readBook } from '../../shared/store/orders/book.ts';
import type { Control } from '../../shared/store/clearing/control.ts';
import { readControl } from '../../shared/store/clearing/control.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { keys } from '../../shared/store/table/keys.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { concurrently } from './concurrently.ts';

/** The open orders of a product, read and not locked. */
export interface LiveBook {
  /** In order of id. */
  readonly orders: readonly Item[];
  /** The run that holds them, if one is open. */
  readonly clearingUnderWay: string | null;
  /** The last run opened; 0 before the first. */
  readonly run: number;
}

const batch = 100;
const readings = 3;

/**
 * Reads the orders that a clearing would take if its gate closed at `at`: open, and valid beyond it. Each is read
 * consistently; all together they are the book of one moment only as far as nobody writes meanwhile. Where a run was
 * opened or ended while they were read, they are read again; while one records its contracts, each contract's two
 * orders are both still whole or both taken from, but for those of the moment. Undefined where there are more than
 * `most`.
 */
export async function readLiveBook(
  table: Table,
  product: string,
  at: Instant,
  limits: { readonly orders: number; readonly concurrency: number },
): Promise<LiveBook | undefined> {
  for (let reading = 1; ; reading += 1) {
    const before = await readControl(table, product);
    const ids = await readBook(table, product);
    if (ids.length > limits.orders) return undefined;
    const batches = Array.from({ length: Math.ceil(ids.length / batch) }, (_, index) =>
      ids.slice(index * batch, (index + 1) * batch),
    );
    const found = await concurrently(batches, limits.concurrency, (some) =>
      table.getMany(some.map((id) => keys.order(id))),
    );
    const after = await readControl(table, product);
    if (reading < readings && stageOf(before) !== stageOf(after)) continue;
    return {
      orders: found
        .flat()
        .filter((item) => isOpenBeyond(item, at))
        .sort((a, b) => (String(a['pk']) < String(b['pk']) ? -1 : 1)),
      clearingUnderWay: after === undefined || after.phase === 'idle' ? null : after.clearing,
      run: after?.run ?? 0,
    };
  }
}

const stageOf = (control: Control | undefined): string =>
  control === undefined ? '' : `${control.run} ${control.phase === 'applying'} ${control.ended}`;

function isOpenBeyond(item: Item, at: Instant): boolean {
  const { validUntil } = item['body'] as { validUntil?: Instant };
  return item['status'] === 'open' && (validUntil === undefined || validUntil > at);
}
