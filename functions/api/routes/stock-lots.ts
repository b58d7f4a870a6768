import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../../../shared/kernel/ids.ts';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';
import { quantitySchema } from '../../../shared/kernel/quantity.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Act } from '../../../shared/store/table/act.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import {
  decideOnLoss,
  decideOnOpening,
  declareOpening,
  listStockLots,
  merge,
  mostLots,
  proposeLoss,
  relocate,
  split,
  stockLotVersions,
  visibleLot,
} from '../../../shared/store/stockpiles/stock-lots.ts';
import { receiveDelivery } from '../../../shared/store/stockpiles/stock-receipts.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import type { StockLot } from '../../../shared/stockpiles/stock-lot.ts';
import {
  incomingLotSchema,
  locationSchema,
  stockLotSchema,
  stockLotStatuses,
} from '../../../shared/stockpiles/stock-lot.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { decisionRoutes } from './decisions.ts';
import { actOf } from './reference.ts';
import { insiders } from './stockpiles.ts';

const path = '/v1/stock-lots';
const operators = ['stockpile-operator'] as const;
const params = z.strictObject({ id: generatedIdSchema('stockLot') });
const changed = { 200: { description: 'The stock lot', schema: stockLotSchema } } as const;
const changedReply = (plan: Plan<StockLot>) =>
  mapPlan(plan, (lot) => reply(200, lot, { version: lot.version }));
const created = (plan: Plan<StockLot>) =>
  mapPlan(plan, (lot) => reply(201, lot, { version: lot.version, location: `${path}/${lot.id}` }));
const acted = ['not_found', 'invalid_state'] as const satisfies ProblemCode[];

/** What an administrator who has not reported it decides about a lot. */
const decision = (
  summary: string,
  decide: (...args: Parameters<typeof decideOnLoss>) => Plan<StockLot>,
  verdict: boolean,
) => ({
  summary,
  description: 'By an administrator, who is not the one who reported it.',
  problems: ['stock_insufficient'] as const,
  plan: (table: Table, act: Act, { id }: z.output<typeof params>) => decide(table, act, id, verdict),
});
const deciding = { tag: 'Stockpiles', params, answer: changed[200] } as const;

export const stockLotRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postStockLot',
    method: 'post',
    path: '/v1/stockpiles/{id}/lots',
    summary: 'Take material into a stockpile',
    description:
      "From an accepted delivery of a contract that the operator has bought under, once for each delivery: with the site's " +
      'certificates that counted on the day of shipment. Or stock from before the marketplace, as declared: that counts once ' +
      'an administrator has verified it.',
    tag: 'Stockpiles',
    roles: operators,
    params: z.strictObject({ id: generatedIdSchema('stockpile') }),
    body: incomingLotSchema.meta({ id: 'IncomingStockLot' }),
    responses: { 201: { description: 'The stock lot', schema: stockLotSchema } },
    problems: [
      ...acted,
      ...(['unknown_reference', 'site_mismatch', 'currency_mismatch', 'unit_not_convertible'] as const),
      ...(['off_tick', 'off_lot'] as const),
    ],
    write: (request, { table, newId }) => {
      const act = actOf(request, { newId } as Parameters<typeof actOf>[1]);
      const { body, params: of } = request;
      return created(
        'opening' in body
          ? declareOpening(table, act, of.id, body.opening)
          : receiveDelivery(table, act, of.id, body),
      );
    },
  }),
  defineRoute({
    operationId: 'listStockLots',
    method: 'get',
    path,
    summary: "List the caller's stock lots; for administrators and auditors, all",
    tag: 'Stockpiles',
    roles: insiders,
    query: z.strictObject({
      stockpile: generatedIdSchema('stockpile').optional(),
      product: nameIdSchema.optional(),
      status: z.enum(stockLotStatuses).optional(),
    }),
    paged: true,
    responses: { 200: { description: 'Stock lots, in order of id', schema: listOf(stockLotSchema) } },
    read: async ({ caller, page, query: { stockpile, product, status } }, { table }) =>
      ok(
        reply(
          200,
          await listStockLots(
            table,
            caller,
            page,
            (lot) =>
              (stockpile === undefined || lot.stockpile === stockpile) &&
              (product === undefined || lot.product === product) &&
              (status === undefined || lot.status === status),
          ),
        ),
      ),
  }),
  defineRoute({
    operationId: 'getStockLot',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'Read a stock lot',
    tag: 'Stockpiles',
    roles: insiders,
    params,
    responses: changed,
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const lot = await visibleLot(table, caller, id);
      return lot.ok ? ok(reply(200, lot.value, { version: lot.value.version })) : lot;
    },
  }),
  defineRoute({
    operationId: 'listStockLotVersions',
    method: 'get',
    path: `${path}/{id}/versions`,
    summary: 'List the versions of a stock lot, oldest first',
    tag: 'Stockpiles',
    roles: insiders,
    params,
    paged: true,
    responses: { 200: { description: 'Versions', schema: listOf(stockLotSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const lot = await visibleLot(table, caller, id);
      return lot.ok ? ok(reply(200, await stockLotVersions(table, id, page))) : lot;
    },
  }),
  ...decisionRoutes({
    ...{ ...deciding, name: 'StockLot', path: `${path}/{id}` },
    approve: {
      verb: 'verify',
      ...decision('Verify a declared opening: from now on it counts', decideOnOpening, true),
    },
    reject: decision('Reject a declared opening', decideOnOpening, false),
  }),
  defineRoute({
    operationId: 'splitStockLot',
    method: 'post',
    path: `${path}/{id}/split`,
    summary: 'Cut parts off a stock lot',
    description: 'Off what is free of it. The parts and what is left are the lot as it was, exactly.',
    tag: 'Stockpiles',
    roles: operators,
    params,
    body: z.strictObject({ quantities: z.array(quantitySchema).min(1).max(mostLots) }),
    responses: {
      200: {
        description: 'What is left of the lot, and its parts',
        schema: z.strictObject({ lot: stockLotSchema, parts: z.array(stockLotSchema) }),
      },
    },
    problems: [...acted, 'stock_insufficient', 'unit_not_convertible', 'off_lot'],
    write: (request, dependencies) =>
      mapPlan(
        split(dependencies.table, actOf(request, dependencies), request.params.id, request.body.quantities),
        ({ lot, parts }) => reply(200, { lot, parts: [...parts] }, { version: lot.version }),
      ),
  }),
  defineRoute({
    operationId: 'mergeStockLots',
    method: 'post',
    path: `${path}/merge`,
    summary: 'Join stock lots',
    description:
      'Of one stockpile, product, purity, origin, site, owner and place, with the same certificates, and nobody else’s ' +
      'claim on any. Bought at different prices, the inventory price is the mean by mass, half to even to the millionth.',
    tag: 'Stockpiles',
    roles: operators,
    body: z.strictObject({
      lots: z
        .array(generatedIdSchema('stockLot'))
        .min(2)
        .max(mostLots)
        .refine((lots) => new Set(lots).size === lots.length, 'must not name a lot twice'),
    }),
    responses: { 201: { description: 'The one lot', schema: stockLotSchema } },
    problems: ['unknown_reference', 'invalid_state'],
    write: (request, dependencies) =>
      created(merge(dependencies.table, actOf(request, dependencies), request.body.lots)),
  }),
  defineRoute({
    operationId: 'relocateStockLot',
    method: 'post',
    path: `${path}/{id}/relocate`,
    summary: 'Carry a stock lot to another place',
    tag: 'Stockpiles',
    roles: operators,
    params,
    body: z.strictObject({ location: locationSchema }),
    responses: changed,
    problems: acted,
    write: (request, dependencies) =>
      changedReply(
        relocate(dependencies.table, actOf(request, dependencies), request.params.id, request.body.location),
      ),
  }),
  defineRoute({
    operationId: 'writeOffStockLot',
    method: 'post',
    path: `${path}/{id}/write-off`,
    summary: 'Report a loss',
    description:
      'Of what is free of the lot. It is written off once a second person, an administrator, approves.',
    tag: 'Stockpiles',
    roles: operators,
    params,
    body: z.strictObject({ quantity: quantitySchema, reason: textSchema(1000) }),
    responses: changed,
    problems: [...acted, 'stock_insufficient', 'unit_not_convertible', 'off_lot'],
    write: (request, dependencies) =>
      changedReply(
        proposeLoss(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
      ),
  }),
  ...decisionRoutes({
    ...{ ...deciding, name: 'WriteOff', path: `${path}/{id}/write-off` },
    approve: decision('Approve a reported loss', decideOnLoss, true),
    reject: decision('Reject a reported loss', decideOnLoss, false),
  }),
];
