import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../../../shared/kernel/ids.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { allSource, pageFrom } from '../../../shared/store/table/listing.ts';
import { findLevel } from '../../../shared/store/stockpiles/release-level.ts';
import {
  pageOfRecords,
  recordsOfStockpile,
  releaseRecords,
  stockRecordOf,
} from '../../../shared/store/stockpiles/stock-records.ts';
import { deliverRelease } from '../../../shared/store/stockpiles/stock-release-delivery.ts';
import {
  approveRelease,
  noSuchRelease,
  proposeRelease,
  readRelease,
  rejectRelease,
} from '../../../shared/store/stockpiles/stock-releases.ts';
import { noSuchStockpile, readStockpile } from '../../../shared/store/stockpiles/stockpiles.ts';
import type { StockRelease } from '../../../shared/stockpiles/release.ts';
import {
  releaseConditionSchema,
  releaseSchema,
  releaseTermsSchema,
} from '../../../shared/stockpiles/release.ts';
import { releaseFor, releaseViewSchema } from '../../../shared/stockpiles/release-view.ts';
import { productRules } from '../../../shared/stockpiles/stockpile.ts';
import { isInsider } from '../../../shared/stockpiles/stockpile-view.ts';
import { dateOf, instantSchema } from '../../../shared/kernel/time.ts';
import { productOf } from '../../../shared/store/reference/reference.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, everyone, nothingHere } from './reference.ts';
import { insiders } from './stockpiles.ts';

const inStockpile = z.strictObject({ id: generatedIdSchema('stockpile') });
const ofProduct = inStockpile.extend({ product: nameIdSchema });
const params = z.strictObject({ id: generatedIdSchema('release') });
const operators = ['stockpile-operator'] as const;
const masses = ['unit_not_convertible', 'off_lot'] as const;
const changed = { 200: { description: 'The release', schema: releaseSchema } } as const;

const releaseReply = (plan: Plan<StockRelease>) =>
  mapPlan(plan, (release) => reply(200, release, { version: release.version }));

export const stockReleaseRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'getReleaseLevel',
    method: 'get',
    path: '/v1/stockpiles/{id}/release-level/{product}',
    summary: 'Compute how tight supply is for a stockpile',
    description:
      'By its published rules, from what is known now: 0 normal, 1 watch, 2 tight (loans in kind), 3 emergency (release). A ' +
      'level is entered by two of its conditions, or by one that suffices; what is not known meets none.',
    tag: 'Stockpiles',
    roles: insiders,
    params: ofProduct,
    responses: {
      200: {
        description: 'The level and its conditions',
        schema: z.strictObject({
          at: instantSchema,
          level: z.int().min(0).max(3),
          conditions: z.array(releaseConditionSchema),
          assessmentDigest: z.string(),
        }),
      },
    },
    problems: ['not_found'],
    read: async ({ caller, params: { id, product }, at }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
      if (productRules(stockpile, product, dateOf(at)) === undefined) return nothingHere;
      const { found } = await findLevel(table, stockpile, await productOf(table, product), at);
      return ok(reply(200, found));
    },
  }),
  defineRoute({
    operationId: 'postStockRelease',
    method: 'post',
    path: '/v1/stockpiles/{id}/releases',
    summary: 'Propose to release stock',
    description:
      'At level 3 only; the level, its conditions and the whole assessment behind them are put on record with the reason. ' +
      'Nothing moves before two administrators have approved.',
    tag: 'Stockpiles',
    roles: operators,
    params: inStockpile,
    body: releaseTermsSchema,
    responses: { 201: { description: 'Proposed', schema: releaseSchema } },
    problems: ['not_found', 'invalid_state', 'unknown_reference', 'level_not_reached', ...masses],
    write: (request, dependencies) =>
      mapPlan(
        proposeRelease(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        (release) =>
          reply(201, release, { version: release.version, location: `/v1/releases/${release.id}` }),
      ),
  }),
  defineRoute({
    operationId: 'listReleasesOfStockpile',
    method: 'get',
    path: '/v1/stockpiles/{id}/releases',
    summary: "List a stockpile's releases, with all that is on record of them",
    tag: 'Stockpiles',
    roles: insiders,
    params: inStockpile,
    paged: true,
    responses: { 200: { description: 'Releases, in order of id', schema: listOf(releaseSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const stockpile = await readStockpile(table, id);
      if (stockpile === undefined || !isInsider(stockpile, caller)) return fail(noSuchStockpile);
      return ok(reply(200, pageOfRecords(await recordsOfStockpile(table, releaseRecords, id), page)));
    },
  }),
  defineRoute({
    operationId: 'approveStockRelease',
    method: 'post',
    path: '/v1/releases/{id}/approve',
    summary: 'Approve a release',
    description:
      'By two administrators, one after the other, neither of whom has proposed it; the level must still be reached. With the ' +
      'second approval it is shared in proportion to verified need, nobody above its days of use, the reserve floor kept, and ' +
      'set aside.',
    tag: 'Stockpiles',
    roles: administrators,
    params,
    responses: changed,
    problems: [
      ...(['not_found', 'invalid_state', 'second_approval_required', 'level_not_reached'] as const),
      ...(['nothing_to_release', 'stock_insufficient', ...masses] as const),
    ],
    write: (request, dependencies) =>
      releaseReply(approveRelease(dependencies.table, actOf(request, dependencies), request.params.id)),
  }),
  defineRoute({
    operationId: 'rejectStockRelease',
    method: 'post',
    path: '/v1/releases/{id}/reject',
    summary: 'Reject a release',
    tag: 'Stockpiles',
    roles: administrators,
    params,
    body: z.strictObject({ reason: textSchema(2000) }),
    responses: changed,
    problems: ['not_found', 'invalid_state', 'second_approval_required'],
    write: (request, dependencies) =>
      releaseReply(
        rejectRelease(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body.reason,
        ),
      ),
  }),
  defineRoute({
    operationId: 'deliverStockRelease',
    method: 'post',
    path: '/v1/releases/{id}/deliver',
    summary: "Hand an organisation's share over",
    description:
      'By the operator. It leaves the warehouse, and is owed at the mean inventory price of what is released.',
    tag: 'Stockpiles',
    roles: operators,
    params,
    body: z.strictObject({ organisation: nameIdSchema }),
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      releaseReply(
        deliverRelease(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body.organisation,
        ),
      ),
  }),
  defineRoute({
    operationId: 'listReleases',
    method: 'get',
    path: '/v1/releases',
    summary: 'List what has been released: the aggregate, and your own share',
    description:
      'Once decided. The total is withheld where fewer than three organisations took part or one has more than 70 % of it.',
    tag: 'Stockpiles',
    roles: everyone,
    paged: true,
    responses: { 200: { description: 'Releases, in order of id', schema: listOf(releaseViewSchema) } },
    read: async ({ caller, page }, { table }) => {
      const { items, next } = await pageFrom(table, allSource(table, 'stock-release'), page, (found) =>
        Promise.resolve(
          found.flatMap((item) => releaseFor(stockRecordOf(releaseRecords, item), caller) ?? []),
        ),
      );
      return ok(reply(200, { items, next }));
    },
  }),
  defineRoute({
    operationId: 'getRelease',
    method: 'get',
    path: '/v1/releases/{id}',
    summary: 'Read what has been released: the aggregate, and your own share',
    tag: 'Stockpiles',
    roles: everyone,
    params,
    responses: { 200: { description: 'The release', schema: releaseViewSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const release = await readRelease(table, id);
      const view = release && releaseFor(release, caller);
      return view === undefined ? fail(noSuchRelease) : ok(reply(200, view));
    },
  }),
];
