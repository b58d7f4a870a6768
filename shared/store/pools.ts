import * as z from 'zod';
import type { Page, PageRequest } from '../kernel/page.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { normalisePrice, pastValidity } from '../orders/acceptance.ts';
import type { Bid } from '../orders/bid.ts';
import { normaliseMinimumLot } from '../orders/conditions.ts';
import { acceptPriceTerms } from '../orders/price-terms.ts';
import type { Pool, PoolStatus, PoolTerms, PoolView } from '../orders/pool.ts';
import { poolSchema, tellsNobodysPart } from '../orders/pool.ts';
import { without } from '../kernel/without.ts';
import type { Caller } from '../reference/caller.ts';
import { groupOf } from '../reference/organisation.ts';
import type { Product } from '../reference/product.ts';
import type { Action } from './action.ts';
import { assign } from './assign.ts';
import type { Attribute } from './condition.ts';
import { doesNotExist, versionIs } from './condition.ts';
import { marketState } from './control.ts';
import type { Plan } from './effect.ts';
import type { Item } from './item.ts';
import { keys, listedAs } from './keys.ts';
import { allSource, pageFrom } from './listing.ts';
import { freeOfRuns, isOpen, plain } from './order-item.ts';
import { warningsOf } from './order-warnings.ts';
import { bids, productOf, readOrder, storedOrder } from './orders.ts';
import type { StoredPool } from './pool-view.ts';
import { membersOf, poolSeenBy, poolStatus, seesPool } from './pool-view.ts';
import type { Posting } from './post-order.ts';
import { entering, seriesOf, unknownRequirement } from './post-order.ts';
import { readProductInUse } from './products.ts';
import { readOrganisation, readReference } from './reference.ts';
import type { Table } from './table.ts';

/**
 * Opens a pool, and with it its bid, which asks for nothing until somebody joins. Errors: unknown_reference,
 * outside_zone, invalid_request, and those of units and ticks.
 */
export function openPool({ table, caller, at, newId }: Posting, terms: PoolTerms): Plan<PoolView> {
  return async () => {
    const inUse = await readProductInUse(table, terms.product);
    if (inUse === undefined)
      return fail(fieldProblem('unknown_reference', '/product', 'There is no such product.'));
    const { product } = inUse;
    const price = normalisePrice(terms.price, product, 'limit');
    if (!price.ok) return price;
    const priceTerms = acceptPriceTerms(terms.priceTerms, await seriesOf(table, terms), {
      ...{ price: price.value, product, side: 'limit' },
    });
    if (!priceTerms.ok) return priceTerms;
    const minimumLot =
      terms.minimumLot === undefined ? ok(undefined) : normaliseMinimumLot(terms.minimumLot, product);
    if (!minimumLot.ok) return minimumLot;
    const wrong =
      (await zoneProblem(table, terms)) ??
      (await unknownRequirement(table, terms)) ??
      pastValidity(terms.validUntil, at) ??
      pastJoining(terms.joinUntil, at);
    if (wrong !== undefined) return fail(wrong);

    const ids = { id: newId('pool'), bid: newId('bid') };
    const pool: Pool = {
      ...{ ...terms, price: price.value },
      ...(priceTerms.value === undefined ? {} : { priceTerms: priceTerms.value }),
      ...(minimumLot.value === undefined ? {} : { minimumLot: minimumLot.value }),
      ...{ ...ids, runner: caller.organisation, createdAt: at },
    };
    const bid = await emptyBid(table, pool, product);
    const found: StoredPool = {
      pool,
      stored: {
        order: bid,
        owner: `pool:${pool.id}`,
        product,
        state: {
          ...{ status: 'open', version: 1, updatedAt: at },
          ...{ requested: {}, remaining: {}, byOrigin: {}, members: {} },
        },
      },
    };
    return ok({
      value: poolSeenBy(found, caller, at),
      actions: [
        { name: 'pool', put: poolItem(pool), conditions: [doesNotExist] },
        ...entering(bid, new Map(), inUse),
      ],
    });
  };
}

const pastJoining = (joinUntil: Instant | undefined, at: Instant) =>
  joinUntil !== undefined && joinUntil <= at
    ? fieldProblem('invalid_request', '/joinUntil', 'Nobody could join any more.')
    : undefined;

async function zoneProblem(table: Table, { zone: id, destinations }: PoolTerms) {
  const zone = await readReference(table, 'zone', id);
  if (zone === undefined) return fieldProblem('unknown_reference', '/zone', 'There is no such zone.');
  const outside = (destinations ?? []).findIndex((country) => !zone.members.includes(country));
  return outside < 0
    ? undefined
    : fieldProblem('outside_zone', `/destinations/${outside}`, 'The country is not a member of the zone.');
}

/** What of a pool is not its bid's. */
const poolsOwn = [
  'bid',
  'runner',
  'createdAt',
  'name',
  'destinations',
  'visibility',
  'joinUntil',
  'invited',
] as const;

/** The bid of a pool that nobody has joined yet. */
async function emptyBid(table: Table, pool: Pool, product: Product): Promise<Bid> {
  const { id, bid, runner, createdAt: at } = pool;
  const terms = without(pool, ...poolsOwn);
  const order = {
    ...{ ...terms, id: bid, pool: id, buyer: runner, delivery: { schedule: [] } },
    ...{ status: 'open' as const, remaining: [], contracted: [], contractedByOrigin: [] },
    ...{ postedAt: at, updatedAt: at, version: 1 },
  };
  return { ...order, warnings: await warningsOf(table, order, new Map(), product, at) };
}

const poolItem = (pool: Pool) => ({
  ...keys.pool(pool.id),
  ...listedAs('pool', pool.id),
  type: 'pool',
  product: pool.product,
  body: z.encode(poolSchema, pool) as Attribute,
});

const readPoolItem = (item: Item): Pool =>
  z.decode(poolSchema, plain(item['body']) as z.input<typeof poolSchema>);

/** The pool as stored, with its bid. */
export async function readPool(table: Table, id: string): Promise<StoredPool | undefined> {
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
    const products = new Map(
      await Promise.all(
        [...new Set(pools.map(({ product }) => product))].map(
          async (id) => [id, await productOf(table, id)] as const,
        ),
      ),
    );
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

/** A pool whose bid may be changed now, and the run up to which locks of its market bind no longer. */
export interface ChangeablePool extends StoredPool {
  readonly ended: number;
}

/** Errors: order_closed, clearing_in_progress. */
export async function changeable(
  table: Table,
  found: StoredPool,
  at: Instant,
): Promise<Result<ChangeablePool>> {
  const status = poolStatus(found, at);
  if (status !== 'open' && status !== 'closed')
    return fail(problem('order_closed', `The pool is ${status}.`));
  const { product, order } = found.stored;
  // Read behind the bid, and behind `at`, as for any order.
  const { ended, gateClosure } = await marketState(table, product.id);
  if (gateClosure !== undefined && order.postedAt <= gateClosure)
    return fail(
      problem('clearing_in_progress', "A clearing holds the pool's bid. Try again when it has ended."),
    );
  return ok({ ...found, ended });
}

/** Writes to a pool's bid that nobody else has changed or holds. */
export const updatePool = (
  { stored: { order }, ended }: ChangeablePool,
  at: Instant,
  changes: Readonly<Record<string, Attribute>>,
): Action => ({
  name: 'order',
  update: keys.order(order.id),
  set: assign({ ...changes, version: order.version + 1, updatedAt: at }),
  conditions: [isOpen, versionIs(order.version), freeOfRuns(ended)],
});

/** Who does something to which pool, and when. */
export interface PoolAct {
  readonly table: Table;
  readonly caller: Caller;
  readonly at: Instant;
  readonly id: string;
}

async function readOwnPool({ table, caller, id }: PoolAct): Promise<Result<StoredPool>> {
  const found = await readVisiblePool(table, id, caller);
  if (!found.ok || found.value.pool.runner === caller.organisation) return found;
  return fail(problem('forbidden', "Only the pool's runner may do this."));
}

/**
 * Ends joining, and tells the members what they ask for together, where that tells nobody's part. Closing a closed
 * pool changes nothing. Errors: not_found, forbidden, order_closed, clearing_in_progress.
 */
export function closePool(act: PoolAct): Plan<PoolView> {
  return async () => {
    const own = await readOwnPool(act);
    if (!own.ok) return own;
    const { table, caller, at } = act;
    if (own.value.stored.state.closing !== undefined)
      return ok({ value: poolSeenBy(own.value, caller, at), actions: [] });
    const found = await changeable(table, own.value, at);
    if (!found.ok) return found;
    const closing = { at, demand: await demandAtClosing(table, found.value) };
    return ok({
      value: poolSeenBy(withState(found.value, at, { closing }), caller, at),
      actions: [updatePool(found.value, at, { closing })],
    });
  };
}

async function demandAtClosing(table: Table, found: StoredPool): Promise<Record<string, bigint | null>> {
  const members = membersOf(found).map(([, member]) => member);
  const groups = await Promise.all(
    members.map(async ({ organisation }) =>
      groupOf(organisation, await readOrganisation(table, organisation)),
    ),
  );
  const quarters = [...new Set(members.flatMap(({ requested }) => Object.keys(requested)))].sort();
  return Object.fromEntries(
    quarters.map((quarter) => {
      const parts = members.map(({ requested }, index) => ({
        group: groups[index] ?? '',
        lots: requested[quarter] ?? 0n,
      }));
      const sum = parts.reduce((total, { lots }) => total + lots, 0n);
      return [quarter, tellsNobodysPart(parts) ? sum : null];
    }),
  );
}

/**
 * Withdraws what is left of the pool's bid; doing it again changes nothing. What members have contracted stays.
 * Errors: not_found, forbidden, order_closed, clearing_in_progress.
 */
export function withdrawPool(act: PoolAct): Plan<PoolView> {
  return async () => {
    const own = await readOwnPool(act);
    if (!own.ok) return own;
    const { table, caller, at } = act;
    if (own.value.stored.state.status === 'withdrawn')
      return ok({ value: poolSeenBy(own.value, caller, at), actions: [] });
    const found = await changeable(table, own.value, at);
    if (!found.ok) return found;
    const { order, product } = found.value.stored;
    return ok({
      value: poolSeenBy(withState(found.value, at, { status: 'withdrawn' }), caller, at),
      actions: [
        updatePool(found.value, at, { status: 'withdrawn' }),
        { name: 'bookEntry', remove: keys.bookEntry(product.id, order.id) },
      ],
    });
  };
}

/** The pool as it will read once its bid has been written. */
export function withState(
  { pool, stored }: StoredPool,
  at: Instant,
  changes: Partial<StoredPool['stored']['state']>,
): StoredPool {
  const state = { ...stored.state, ...changes, version: stored.order.version + 1, updatedAt: at };
  const { status, version } = state;
  return { pool, stored: { ...stored, state, order: { ...stored.order, status, version, updatedAt: at } } };
}
