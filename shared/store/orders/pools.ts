import * as z from 'zod';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Pool, PoolStatus, PoolView } from '../../orders/pool.ts';
import { poolSchema } from '../../orders/pool.ts';
import type { Caller } from '../../reference/caller.ts';
import type { Attribute } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { listedAs } from '../table/keys/indexes.ts';
import { allSource, pageFrom } from '../table/listing.ts';
import { readBody } from '../table/item-body.ts';
import { bids, readOrder, storedOrder } from './orders.ts';
import type { StoredPool } from './pool-view.ts';
import { poolSeenBy, poolStatus, seesPool } from './pool-view.ts';
import { productsOf } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

/** A pool as it lies in the table. */
export const poolItem = (pool: Pool) => ({
  ...keys.pool(pool.id),
  ...listedAs('pool', pool.id),
  type: 'pool',
  product: pool.product,
  body: z.encode(poolSchema, pool) as Attribute,
});

const readPoolItem = (item: Item): Pool => readBody(poolSchema, item);

/** The pool as stored, with its bid. */
async function readPool(table: Table, id: string): Promise<StoredPool | undefined> {
  const item = await table.get(keys.pool(id));
  if (item === undefined) return undefined;
  const pool = readPoolItem(item);
  const stored = await readOrder(table, bids, pool.bid);
  if (stored === undefined) throw new Error('a pool without its bid');
  return { pool, stored };
}

/** The pool, if it exists for the caller. Error: not_found. */
export async function readVisiblePool(table: Table, id: string, caller: Caller): Promise<Result<StoredPool>> {
  const found = await readPool(table, id);
  return found !== undefined && seesPool(found.pool, caller)
    ? ok(found)
    : fail(problem('not_found', 'There is no such pool.'));
}

export interface PoolFilter {
  readonly product?: string | undefined;
  readonly status?: PoolStatus | undefined;
}

/** The pools that exist for the caller, oldest first. */
export function listPools(
  table: Table,
  caller: Caller,
  filter: PoolFilter,
  page: PageRequest,
  at: Instant,
): Promise<Page<PoolView>> {
  return pageFrom(table, allSource(table, 'pool'), page, async (items) => {
    const pools = items
      .map(readPoolItem)
      .filter((pool) => seesPool(pool, caller) && (filter.product ?? pool.product) === pool.product);
    const orders = await table.getMany(pools.map(({ bid }) => keys.order(bid)));
    const byKey = new Map(orders.map((item) => [item['pk'], item]));
    const products = await productsOf(table, pools);
    return pools
      .map((pool): StoredPool => {
        const item = byKey.get(keys.order(pool.bid).pk);
        const product = products.get(pool.product);
        if (item === undefined || product === undefined) throw new Error('a pool without its bid');
        return { pool, stored: storedOrder(bids, item, product) };
      })
      .filter((found) => (filter.status ?? poolStatus(found, at)) === poolStatus(found, at))
      .map((found) => poolSeenBy(found, caller, at));
  });
}
