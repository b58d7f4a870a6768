import * as z from 'zod';
import type { IdKind } from '../../../shared/kernel/ids.ts';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import type { Bid } from '../../../shared/orders/bid.ts';
import type { Offer } from '../../../shared/orders/offer.ts';
import { orderChangesSchema, orderStatuses } from '../../../shared/orders/order.ts';
import type { Role } from '../../../shared/reference/role.ts';
import { changeOrder, withdrawOrder } from '../../../shared/store/orders/change-order.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { explainOrder } from '../../../shared/store/clearing/explanations.ts';
import type { OrderKind } from '../../../shared/store/orders/orders.ts';
import { listOrders, orderAt, readVisibleOrder } from '../../../shared/store/orders/orders.ts';
import { explanationSchema } from '../../../shared/clearing/explanation/explanation-shards.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

/** What offers and bids have alike. */
interface OrderRoutes<T extends Offer | Bid> {
  readonly kind: OrderKind<T>;
  readonly schema: z.ZodType<T>;
  readonly idKind: IdKind;
  /** `Offer`, in operation ids. */
  readonly noun: 'Offer' | 'Bid';
  readonly path: '/v1/offers' | '/v1/bids';
  /** Who posts them. */
  readonly roles: readonly Role[];
}

/** An order as answered to a write. */
export const answered = <const S extends number, T extends Offer | Bid>(status: S, order: T, path: string) =>
  reply(status, order, { version: order.version, location: `${path}/${order.id}` });

/** Reading, changing, withdrawing and explaining orders of a kind. */
export function orderRoutes<T extends Offer | Bid>(definition: OrderRoutes<T>): Route[] {
  const { kind, schema, idKind, noun, path, roles } = definition;
  const params = z.strictObject({ id: generatedIdSchema(idKind) });
  const readers: readonly Role[] = [...roles, 'administrator', 'auditor'];
  const name = noun.toLowerCase();
  return [
    defineRoute({
      operationId: `list${noun}s`,
      method: 'get',
      path,
      tag: 'Orders',
      summary: `List ${name}s`,
      description: `The caller's own ${name}s, oldest first; administrators and auditors see all. A ${name} that has just been posted may take a moment to appear.`,
      roles: readers,
      query: z.strictObject({ product: nameIdSchema.optional(), status: z.enum(orderStatuses).optional() }),
      paged: true,
      responses: { 200: { description: `A page of ${name}s`, schema: listOf(schema) } },
      read: async ({ caller, query, page, at }, { table }) =>
        ok(reply(200, await listOrders(table, kind, caller, query, page, at))),
    }),
    defineRoute({
      operationId: `get${noun}`,
      method: 'get',
      path: `${path}/{id}`,
      tag: 'Orders',
      summary: `Read one ${name}`,
      roles: readers,
      params,
      responses: { 200: { description: `The ${name}`, schema } },
      read: async ({ caller, params: { id }, at }, { table }) => {
        const stored = await readVisibleOrder(table, kind, id, caller);
        if (stored === undefined) return fail(problem('not_found', `There is no such ${name}.`));
        return ok(reply(200, orderAt(stored.order, at), { version: stored.order.version }));
      },
    }),
    defineRoute({
      operationId: `change${noun}`,
      method: 'patch',
      path: `${path}/{id}`,
      tag: 'Orders',
      summary: `Change a ${name}'s price, quantities or validity`,
      description:
        'A new `delivery` replaces the whole of the old one, but no quantity may fall below what is contracted. `validUntil: null` removes the expiry.',
      roles,
      params,
      ifMatch: 'required',
      body: orderChangesSchema,
      responses: { 200: { description: `The ${name} as changed`, schema } },
      problems: [
        'order_closed',
        'clearing_in_progress',
        'below_contracted',
        'quarter_begun',
        'condition_unsatisfiable',
        'capacity_exceeded',
        'stock_insufficient',
        'pace_exceeded',
        'unit_not_convertible',
        'currency_mismatch',
        'off_tick',
        'off_lot',
      ],
      write: ({ caller, params: { id }, body, expectedVersion: expected, at }, { table }) =>
        mapPlan(changeOrder({ table, caller, at, kind, id, expected }, body), (order) =>
          reply(200, order, { version: order.version }),
        ),
    }),
    defineRoute({
      operationId: `withdraw${noun}`,
      method: 'post',
      path: `${path}/{id}/withdraw`,
      tag: 'Orders',
      summary: `Withdraw what is left of a ${name}`,
      description: 'What is contracted stays contracted. Withdrawing again changes nothing.',
      roles,
      params,
      ifMatch: 'optional',
      responses: { 200: { description: `The ${name} as withdrawn`, schema } },
      problems: ['order_closed', 'clearing_in_progress'],
      write: ({ caller, params: { id }, expectedVersion: expected, at }, { table }) =>
        mapPlan(withdrawOrder({ table, caller, at, kind, id, expected }), (order) =>
          reply(200, order, { version: order.version }),
        ),
    }),
    defineRoute({
      operationId: `explain${noun}`,
      method: 'get',
      path: `${path}/{id}/explanation`,
      tag: 'Orders',
      summary: `Why a ${name} was or was not filled`,
      description:
        'By a clearing that has completed: the one asked for, else the last that the order took part in. `inclusion` leads from the hash of `leaf`, the order as it was counted, to `inputDigest`: with them anyone can check that the order was in.',
      roles: readers,
      params,
      query: z.strictObject({ clearing: generatedIdSchema('clearing').optional() }),
      responses: { 200: { description: 'The explanation', schema: explanationSchema } },
      read: async ({ caller, params: { id }, query }, { table, objects }) => {
        const stored = await readVisibleOrder(table, kind, id, caller);
        if (stored === undefined) return fail(problem('not_found', `There is no such ${name}.`));
        const explanation = await explainOrder({ table, objects }, stored, query.clearing);
        return explanation.ok ? ok(reply(200, explanation.value)) : explanation;
      },
    }),
  ];
}
