import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import {
  maximumMembers,
  poolStatuses,
  poolTermsSchema,
  poolViewSchema,
} from '../../../shared/orders/pool.ts';
import { closePool, withdrawPool } from '../../../shared/store/orders/change-pool.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { openPool } from '../../../shared/store/orders/open-pool.ts';
import { poolSeenBy } from '../../../shared/store/orders/pool-view.ts';
import { listPools, readVisiblePool } from '../../../shared/store/orders/pools.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { memberRoutes, poolBuyers, poolPath, poolReaders } from './pool-members.ts';

const params = z.strictObject({ id: generatedIdSchema('pool') });
const closing = ['order_closed', 'clearing_in_progress'] as const;

export const poolRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'openPool',
    method: 'post',
    path: poolPath,
    tag: 'Pools',
    summary: 'Open a joint-procurement pool',
    description: `Buyers who join it bid as one: one limit, one set of requirements, destinations in one zone. The caller runs it, and buys through it only if it joins. The terms never change, since whoever joins agrees to them. What the pool is awarded is shared in proportion to what each member asks for, by largest remainder, and each member gets contracts of its own. At most ${maximumMembers} members.`,
    roles: poolBuyers,
    body: poolTermsSchema.meta({ id: 'PoolTerms' }),
    example: {
      product: 'ndpr-oxide',
      name: 'European magnet makers',
      zone: 'partners',
      price: { amount: '130.00', currency: 'USD', per: 'kg' },
      maxOriginShare: '0.65',
      visibility: 'sealed',
    },
    responses: { 201: { description: 'The pool, nobody in it yet', schema: poolViewSchema } },
    problems: ['unknown_reference', 'outside_zone', 'unit_not_convertible', 'currency_mismatch', 'off_tick'],
    write: ({ caller, body, at }, { table, newId }) =>
      mapPlan(openPool({ table, caller, at, newId }, body), (pool) =>
        reply(201, pool, { version: pool.version, location: `${poolPath}/${pool.id}` }),
      ),
  }),
  defineRoute({
    operationId: 'listPools',
    method: 'get',
    path: poolPath,
    tag: 'Pools',
    summary: 'List pools',
    description:
      'Those that the caller may join or has joined, oldest first; a pool that names whom it invites exists for these alone. Administrators and auditors see all.',
    roles: poolReaders,
    query: z.strictObject({ product: nameIdSchema.optional(), status: z.enum(poolStatuses).optional() }),
    paged: true,
    responses: { 200: { description: 'A page of pools', schema: listOf(poolViewSchema) } },
    read: async ({ caller, query, page, at }, { table }) =>
      ok(reply(200, await listPools(table, caller, query, page, at))),
  }),
  defineRoute({
    operationId: 'getPool',
    method: 'get',
    path: `${poolPath}/{id}`,
    tag: 'Pools',
    summary: 'Read one pool',
    description:
      "Who is not a member reads its terms. Members read their own part and, in an open pool, the sums; in a sealed pool, once it is closed, the sums at closing, withheld where they would tell another's part.",
    roles: poolReaders,
    params,
    responses: { 200: { description: 'The pool', schema: poolViewSchema } },
    read: async ({ caller, params: { id }, at }, { table }) => {
      const found = await readVisiblePool(table, id, caller);
      if (!found.ok) return fail(found.problem);
      const pool = poolSeenBy(found.value, caller, at);
      return ok(reply(200, pool, { version: pool.version }));
    },
  }),
  defineRoute({
    operationId: 'closePool',
    method: 'post',
    path: `${poolPath}/{id}/close`,
    tag: 'Pools',
    summary: 'End joining',
    description:
      'By the runner. The pool goes on bidding, and members may still change their parts or leave. Closing again changes nothing.',
    roles: poolBuyers,
    params,
    responses: { 200: { description: 'The pool as closed', schema: poolViewSchema } },
    problems: closing,
    write: ({ caller, params: { id }, at }, { table }) =>
      mapPlan(closePool({ table, caller, at, id }), (pool) => reply(200, pool, { version: pool.version })),
  }),
  defineRoute({
    operationId: 'withdrawPool',
    method: 'post',
    path: `${poolPath}/{id}/withdraw`,
    tag: 'Pools',
    summary: "Withdraw what is left of a pool's bid",
    description: 'By the runner. What members have contracted stays. Withdrawing again changes nothing.',
    roles: poolBuyers,
    params,
    responses: { 200: { description: 'The pool as withdrawn', schema: poolViewSchema } },
    problems: closing,
    write: ({ caller, params: { id }, at }, { table }) =>
      mapPlan(withdrawPool({ table, caller, at, id }), (pool) => reply(200, pool, { version: pool.version })),
  }),
  ...memberRoutes,
];
