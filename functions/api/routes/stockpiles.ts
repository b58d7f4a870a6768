import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../../../shared/kernel/ids.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listReference } from '../../../shared/store/reference/reference.ts';
import { closeStockpile, decideOnStockpile } from '../../../shared/store/stockpiles/decide-stockpile.ts';
import { pageOfMovements } from '../../../shared/store/stockpiles/stock-movements.ts';
import {
  noSuchStockpile,
  positionsFor,
  proposeRules,
  proposeStockpile,
  readStockpile,
} from '../../../shared/store/stockpiles/stockpiles.ts';
import { movementKinds, movementSchema } from '../../../shared/stockpiles/movement.ts';
import type { Stockpile } from '../../../shared/stockpiles/stockpile.ts';
import {
  purposes,
  rulesTermsSchema,
  stockpileSchema,
  stockpileTermsSchema,
} from '../../../shared/stockpiles/stockpile.ts';
import {
  isInsider,
  positionsSchema,
  stockpileFor,
  stockpileViewSchema,
} from '../../../shared/stockpiles/stockpile-view.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { decisionRoutes } from './decisions.ts';
import { actOf, everyone, nothingHere } from './reference.ts';

const path = '/v1/stockpiles';
const params = z.strictObject({ id: generatedIdSchema('stockpile') });
const operators = ['stockpile-operator'] as const;
/** Those who may see positions at all. */
export const insiders = ['stockpile-operator', 'administrator', 'auditor'] as const;
const changed = { 200: { description: 'The stockpile', schema: stockpileSchema } } as const;
const changedReply = (plan: Plan<Stockpile>) =>
  mapPlan(plan, (stockpile) => reply(200, stockpile, { version: stockpile.version }));
const masses = ['unknown_reference', 'unit_not_convertible', 'off_lot'] as const;

const decided = 'By an administrator, who is not the one who proposed it.';

export const stockpileRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postStockpile',
    method: 'post',
    path,
    summary: 'Propose a stockpile',
    description:
      'One purpose, one zone; for each product a target in days of declared use, a pace of build-up and a floor that no ' +
      'release touches; and rules of release. Active, with its rules published, once an administrator has approved it.',
    tag: 'Stockpiles',
    roles: operators,
    body: stockpileTermsSchema.meta({ id: 'StockpileTerms' }),
    example: {
      ...{ name: 'Gallium reserve', purpose: 'emergency-buffer', zone: 'partners' },
      products: [
        {
          ...{ product: 'gallium-4n', targetDays: 180, basis: 'consumption' },
          annualUse: {
            quantity: { amount: '19', unit: 't' },
            year: 2025,
            source: 'USGS Mineral Commodity Summaries 2026',
          },
          ...{ paceShare: '0.5', reserveFloorShare: '0.25' },
        },
      ],
    },
    responses: { 201: { description: 'Proposed', schema: stockpileSchema } },
    problems: masses,
    write: (request, dependencies) =>
      mapPlan(proposeStockpile(dependencies.table, actOf(request, dependencies), request.body), (stockpile) =>
        reply(201, stockpile, { version: stockpile.version, location: `${path}/${stockpile.id}` }),
      ),
  }),
  ...decisionRoutes({
    ...{ name: 'Stockpile', path: `${path}/{id}`, tag: 'Stockpiles', params, answer: changed[200] },
    approve: {
      summary: 'Approve a stockpile, or its other rules, and so publish them; or that it is closed',
      description: decided,
      plan: (table, act, { id }) => decideOnStockpile(table, act, id, 'approve'),
    },
    reject: {
      summary: 'Reject a proposed stockpile, or its other rules, or that it is closed',
      description: decided,
      plan: (table, act, { id }) => decideOnStockpile(table, act, id, 'reject'),
    },
  }),
  defineRoute({
    operationId: 'closeStockpile',
    method: 'post',
    path: `${path}/{id}/close`,
    summary: 'Ask to close a stockpile in which nothing is left',
    description:
      'No stock, no lots, accounts, loans, releases, standing rules or bids. From then on nothing new begins in it; it is ' +
      'closed for good once an administrator has approved it, and goes on as before if one rejects it.',
    tag: 'Stockpiles',
    roles: operators,
    params,
    body: z.strictObject({ reason: textSchema(1000) }),
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(
        closeStockpile(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body.reason,
        ),
      ),
  }),
  defineRoute({
    operationId: 'postStockpileRules',
    method: 'post',
    path: `${path}/{id}/rules`,
    summary: 'Propose other rules for a stockpile',
    description:
      'They replace the whole of the rules in force, from a day that is still to come when an administrator approves and ' +
      'so publishes them. Earlier rules are kept.',
    tag: 'Stockpiles',
    roles: operators,
    params,
    body: rulesTermsSchema,
    responses: changed,
    problems: [...masses, 'not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(
        proposeRules(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
      ),
  }),
  defineRoute({
    operationId: 'listStockpiles',
    method: 'get',
    path,
    summary: 'List stockpiles',
    description:
      'All that have been approved, with what is public of them: purpose, zone, products and rules. Their operators, ' +
      'administrators and auditors see what is proposed, too.',
    tag: 'Stockpiles',
    roles: everyone,
    query: z.strictObject({
      zone: nameIdSchema.optional(),
      product: nameIdSchema.optional(),
      purpose: z.enum(purposes).optional(),
    }),
    paged: true,
    responses: { 200: { description: 'Stockpiles, in order of id', schema: listOf(stockpileViewSchema) } },
    read: async ({ caller, page, at, query: { zone, product, purpose } }, { table }) => {
      const seen = (stockpile: Stockpile) => stockpileFor(stockpile, caller, dateOf(at));
      const { items, next } = await listReference(table, 'stockpile', page, (stockpile) => {
        const view = seen(stockpile);
        return (
          view !== undefined &&
          (zone === undefined || view.zone === zone) &&
          (purpose === undefined || view.purpose === purpose) &&
          (product === undefined || view.products.some((each) => each.product === product))
        );
      });
      return ok(reply(200, { items: items.flatMap((stockpile) => seen(stockpile) ?? []), next }));
    },
  }),
  defineRoute({
    operationId: 'getStockpile',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'Read a stockpile: purpose, zone, products and rules, never what it holds',
    tag: 'Stockpiles',
    roles: everyone,
    params,
    responses: { 200: { description: 'The stockpile', schema: stockpileViewSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, at }, { table }) => {
      const stockpile = await readStockpile(table, id);
      const view = stockpile && stockpileFor(stockpile, caller, dateOf(at));
      return view === undefined ? nothingHere : ok(reply(200, view, { version: view.version }));
    },
  }),
  defineRoute({
    operationId: 'getStockPositions',
    method: 'get',
    path: `${path}/{id}/positions`,
    summary: 'Read what a stockpile has, and how many days it covers',
    description:
      '`physical` lies in its warehouses, of which `encumbered` is spoken for; `inTransit` is contracted and not received; ' +
      '`available` = physical − encumbered + inTransit is what counts as cover. For its operator, administrators, auditors.',
    tag: 'Stockpiles',
    roles: insiders,
    params,
    responses: { 200: { description: 'By product', schema: positionsSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, at }, { table }) => {
      const positions = await positionsFor(table, caller, id, at);
      return positions.ok ? ok(reply(200, { stockpile: id, at, positions: positions.value })) : positions;
    },
  }),
  defineRoute({
    operationId: 'listStockMovements',
    method: 'get',
    path: `${path}/{id}/movements`,
    summary: 'List the movements of a stockpile, oldest first',
    description: 'Each balanced: what accounts get (`DBIT`) equals what others give (`CRDT`).',
    tag: 'Stockpiles',
    roles: insiders,
    params,
    query: z.strictObject({ product: nameIdSchema.optional(), kind: z.enum(movementKinds).optional() }),
    paged: true,
    responses: { 200: { description: 'Movements', schema: listOf(movementSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page, query: { product, kind } }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
      const movements = await pageOfMovements(
        table,
        id,
        page,
        (movement) =>
          (product === undefined || movement.product === product) &&
          (kind === undefined || movement.kind === kind),
      );
      return ok(reply(200, movements));
    },
  }),
];
