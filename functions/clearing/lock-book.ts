import { dropExpired, dropPast, leaveBook, lockOrder, readBook } from '../../shared/store/orders/book.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { concurrently } from './concurrently.ts';
import type { HeldMarket } from './held-market.ts';
import { Superseded } from './held-market.ts';

/**
 * Locks every order of the book that is in this run, and answers them as they are now fixed, in order of id. What can
 * never trade again as it stands is in it for the last time.
 */
export async function lockBook(market: HeldMarket): Promise<Item[]> {
  const { table, settings } = market.dependencies;
  const { product } = market;
  const { run, ended, gateClosure } = market.in('locking');
  const lock = async (id: string): Promise<Item[]> => {
    const locked = await lockOrder(table, id, { run, ended, gateClosure });
    if (locked.state === 'taken') throw new Superseded();
    if (locked.state === 'expired') await table.transact(dropExpired(product, id, locked.validUntil));
    // A worker of an earlier version may have left its entry.
    if (locked.state === 'closed') await leaveBook(table, product, id);
    if (locked.state !== 'locked') return [];
    const past = dropPast(product, id, locked.item, gateClosure);
    if (past.length > 0) await table.transact(past);
    // By a clock that is ahead it has expired, and its stock lot has given back what it held for it.
    else if (locked.item['released'] === true) return [];
    return [locked.item];
  };
  const book = await readBook(table, product);
  const items: Item[] = [];
  const batch = 16 * settings.concurrency;
  for (let start = 0; start < book.length; start += batch) {
    await market.proceed();
    const locked = await concurrently(book.slice(start, start + batch), settings.concurrency, lock);
    items.push(...locked.flat());
  }
  return items;
}
