import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { quantitySchema } from '../../../shared/kernel/quantity.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import {
  declareNeed,
  pageOfNeeds,
  verifyNeed,
  withdrawNeed,
} from '../../../shared/store/stockpiles/stock-needs.ts';
import { noSuchStockpile, readStockpile } from '../../../shared/store/stockpiles/stockpiles.ts';
import type { StockNeed } from '../../../shared/stockpiles/release.ts';
import { needSchema, needTermsSchema } from '../../../shared/stockpiles/release.ts';
import { isInsider } from '../../../shared/stockpiles/stockpile-view.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators } from './reference.ts';
import { insiders } from './stockpiles.ts';

const inStockpile = z.strictObject({ id: generatedIdSchema('stockpile') });
const ofProduct = inStockpile.extend({ product: nameIdSchema });
const members = ['buyer'] as const;
const masses = ['unit_not_convertible', 'off_lot'] as const;
const need = { 200: { description: 'The need', schema: needSchema } } as const;

const needReply = (plan: Plan<StockNeed>) =>
  mapPlan(plan, (value) => reply(200, value, { version: value.version }));

/** What organisations need of a product when a stockpile releases: declared beforehand, and verified. */
export const stockNeedRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putStockNeed',
    method: 'put',
    path: '/v1/stockpiles/{id}/needs/{product}',
    summary: 'Say what your organisation uses of a product, before anything is short',
    description:
      'Once an administrator has verified it, a release gives you a share in proportion to it, at most so many days of it, at ' +
      'the inventory price; with it you agree to take and to pay for that. Changed, it must be verified again.',
    tag: 'Stockpiles',
    roles: members,
    params: ofProduct,
    body: needTermsSchema,
    responses: need,
    problems: ['not_found', ...masses],
    write: (request, dependencies) => {
      const { id: stockpile, product } = request.params;
      const act = actOf(request, dependencies);
      return needReply(declareNeed(dependencies.table, act, { stockpile, product }, request.body));
    },
  }),
  defineRoute({
    operationId: 'withdrawStockNeed',
    method: 'post',
    path: '/v1/stockpiles/{id}/needs/{product}/withdraw',
    summary: 'Take a declared need back',
    tag: 'Stockpiles',
    roles: members,
    params: ofProduct,
    responses: need,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) => {
      const { id: stockpile, product } = request.params;
      const act = actOf(request, dependencies);
      return needReply(withdrawNeed(dependencies.table, act, { stockpile, product }));
    },
  }),
  defineRoute({
    operationId: 'verifyStockNeed',
    method: 'post',
    path: '/v1/stockpiles/{id}/needs/{product}/{organisation}/verify',
    summary: 'Verify what an organisation uses',
    description: 'By an administrator; at most what was declared.',
    tag: 'Stockpiles',
    roles: administrators,
    params: ofProduct.extend({ organisation: nameIdSchema }),
    body: z.strictObject({ annualUse: quantitySchema, essential: z.boolean().default(false) }),
    responses: need,
    problems: ['not_found', 'invalid_state', 'quantity_exceeded', ...masses],
    write: (request, dependencies) => {
      const { id: stockpile, product, organisation } = request.params;
      const act = actOf(request, dependencies);
      return needReply(
        verifyNeed(dependencies.table, act, { stockpile, product, organisation }, request.body),
      );
    },
  }),
  defineRoute({
    operationId: 'listStockNeeds',
    method: 'get',
    path: '/v1/stockpiles/{id}/needs',
    summary: 'List declared needs',
    description:
      'For administrators and auditors all, for the operator those of its stockpile, for others their own.',
    tag: 'Stockpiles',
    roles: ['buyer', ...insiders],
    params: inStockpile,
    paged: true,
    responses: { 200: { description: 'Needs, by product and organisation', schema: listOf(needSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined) return fail(noSuchStockpile);
      const all = isInsider(stockpile, caller);
      // Before it is approved, it does not exist for others.
      if (!all && stockpile.rules.length === 0) return fail(noSuchStockpile);
      const needs = await pageOfNeeds(
        table,
        id,
        page,
        ({ organisation }) => all || organisation === caller.organisation,
      );
      return ok(reply(200, needs));
    },
  }),
];
