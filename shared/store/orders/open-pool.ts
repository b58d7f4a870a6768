import { fieldProblem } from '../../kernel/problem.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { normalisePrice, pastValidity } from '../../orders/acceptance.ts';
import type { Bid } from '../../orders/bid.ts';
import { normaliseMinimumLot } from '../../orders/conditions.ts';
import { acceptPriceTerms } from '../../orders/price-terms.ts';
import type { Pool, PoolTerms, PoolView } from '../../orders/pool.ts';
import { without } from '../../kernel/without.ts';
import type { Product } from '../../reference/product.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Plan } from '../table/effect.ts';
import { warningsOf } from './order-warnings.ts';
import type { StoredPool } from './pool-view.ts';
import { poolSeenBy } from './pool-view.ts';
import type { Posting } from './post-order.ts';
import { entering, seriesOf, unknownRequirement } from './post-order.ts';
import { readProductInUse } from '../reference/products.ts';
import { readReference } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';
import { poolItem } from './pools.ts';

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
  return { ...order, warnings: await warningsOf(table, order, new Map(), { product }, at) };
}
