import * as z from 'zod';
import { ok } from '../../../shared/kernel/result.ts';
import { addDays, dateOf, dateSchema } from '../../../shared/kernel/time.ts';
import { windowOfDay } from '../../../shared/pricing/fixing.ts';
import { changeSchema } from '../../../shared/contracts/change.ts';
import { shortfallCodes } from '../../../shared/pricing/measure.ts';
import {
  fixingSchema,
  maximumPoints,
  pricePointSchema,
  pricePointTermsSchema,
  referenceSeriesSchema,
  referenceSeriesTermsSchema,
  windowSchema,
} from '../../../shared/pricing/reference-price.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { fixingsOfWindow, listFixings, readFigure } from '../../../shared/store/prices/fixings.ts';
import { listPoints, recordPoints } from '../../../shared/store/prices/price-points.ts';
import { noSuchSeries, putSeries, readSeries } from '../../../shared/store/prices/reference-prices.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { changeRoutes } from './changes.ts';
import {
  actOf,
  administrators,
  everyone,
  listingRoute,
  namedParams,
  putReply,
  readingRoutes,
} from './reference.ts';

const tag = 'Reference prices';
const path = '/v1/reference-prices/{id}';

const postedPointsSchema = z.union([
  pricePointTermsSchema,
  z.strictObject({ points: z.array(pricePointTermsSchema).min(1).max(maximumPoints) }),
]);

const recordedPointsSchema = z
  .strictObject({
    points: z.array(pricePointSchema),
    /** What to look at again; it is recorded all the same. */
    warnings: z.array(
      z.strictObject({ index: z.int(), code: z.enum(['suspected_unit']), detail: z.string() }),
    ),
  })
  .meta({ id: 'RecordedPoints' });

const figureSchema = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('available'), fixing: fixingSchema.omit({ version: true }) }),
    z.strictObject({
      status: z.literal('held'),
      code: z.literal('reference_unavailable'),
      /** For each rung of the ladder, why it gives no figure. */
      reasons: z.array(
        z.strictObject({ series: z.string(), code: z.enum(shortfallCodes), detail: z.string() }),
      ),
    }),
  ])
  .meta({ id: 'ReferenceFigure' });

const windowFixingsSchema = z
  .strictObject({
    series: z.string(),
    window: windowSchema,
    /** What it would be if it were fixed now. */
    now: figureSchema,
    /** What was frozen of this window for a use, oldest first. */
    frozen: z.array(fixingSchema),
  })
  .meta({ id: 'WindowFixings' });

/** Longer windows than any series or quotational period asks for would only cost. */
const longestWindow = 366;

const windowQuery = z
  .strictObject({ from: dateSchema.optional(), to: dateSchema.optional() })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    path: ['to'],
    message: 'must come with from, or neither',
  })
  .refine(({ from = '', to = from }) => from <= to, { path: ['to'], message: 'must not be before from' })
  .refine(({ from, to }) => from === undefined || to === undefined || to < addDays(from, longestWindow), {
    path: ['to'],
    message: `must be within ${longestWindow} days of from`,
  });

export const referencePriceRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putReferencePrice',
    method: 'put',
    path,
    summary: 'Describe a reference price series',
    description:
      'Where its points come from, and the guards without which no figure is made of them. Product, currency and ' +
      'unit never change. Once the series has points a change awaits another administrator.',
    tag,
    roles: administrators,
    params: namedParams,
    body: referenceSeriesTermsSchema,
    example: {
      name: 'NdPr oxide, Europe',
      product: 'ndpr-oxide',
      currency: 'USD',
      per: 'kg',
      source: 'Deals reported by buyers and sellers',
      minimumFirms: 5,
      fallbacks: ['ndpr-oxide-world'],
      lastGoodDays: 30,
    },
    ifMatch: 'optional',
    responses: {
      200: { description: 'Replaced, or unchanged', schema: referenceSeriesSchema },
      201: { description: 'Created', schema: referenceSeriesSchema },
      202: { description: 'It has points: awaits another administrator', schema: changeSchema },
    },
    problems: ['precondition_failed', 'unknown_reference', 'invalid_request', 'series_fixed'],
    write: (request, dependencies) =>
      mapPlan(
        putSeries(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion,
        ),
        (put) => putReply(put, `/v1/reference-prices/${request.params.id}`),
      ),
  }),
  listingRoute({
    kind: 'reference-price',
    path: '/v1/reference-prices',
    tag,
    operationId: 'listReferencePrices',
    noun: 'reference price series',
  }),
  ...readingRoutes({
    kind: 'reference-price',
    path,
    params: namedParams,
    idOf: (params) => params.id,
    tag,
    name: 'ReferencePrice',
    noun: 'reference price series',
  }),
  ...changeRoutes('reference-price', 'ReferencePrice', '/v1/reference-prices', tag, [
    'unknown_reference',
    'invalid_request',
    'series_fixed',
  ]),
  defineRoute({
    operationId: 'postPricePoints',
    method: 'post',
    path: `${path}/points`,
    summary: 'Record points of a series, one or several',
    description:
      'All or none. A correction names the point it `replaces`; both stay on record. A point in another unit is ' +
      "restated in the series' own. A price that seems to be in another unit than it says is recorded with a warning.",
    tag,
    roles: administrators,
    params: namedParams,
    body: postedPointsSchema,
    responses: {
      201: { description: 'Recorded', schema: recordedPointsSchema },
      202: {
        description: 'It corrects what a price was fixed by: awaits another administrator',
        schema: changeSchema,
      },
    },
    problems: ['not_found', 'invalid_request'],
    write: (request, dependencies) => {
      const { body } = request;
      const isBatch = 'points' in body;
      return mapPlan(
        recordPoints(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          isBatch ? body.points : [body],
          (index) => (isBatch ? `/points/${index}` : ''),
        ),
        (done) =>
          done.outcome === 'proposed'
            ? reply(202, done.change, {
                version: done.change.version,
                location: `/v1/reference-prices/${request.params.id}/points/changes/${done.change.id}`,
              })
            : reply(201, { points: [...done.points], warnings: [...done.warnings] }),
      );
    },
  }),
  ...changeRoutes('price-points', 'PricePoints', `${path}/points`, tag, ['invalid_request']),
  defineRoute({
    operationId: 'listPricePoints',
    method: 'get',
    path: `${path}/points`,
    summary: 'List the points of a series',
    description: 'They tell what single firms paid, so only administrators and auditors read them.',
    tag,
    roles: ['administrator', 'auditor'],
    params: namedParams,
    query: z.strictObject({ from: dateSchema.optional(), to: dateSchema.optional() }),
    paged: true,
    responses: { 200: { description: 'Points, by date', schema: listOf(pricePointSchema) } },
    problems: ['not_found'],
    read: async ({ params: { id }, query, page }, { table }) => {
      const points = await listPoints(table, id, page, query);
      return points.ok ? ok(reply(200, points.value)) : points;
    },
  }),
  defineRoute({
    operationId: 'readFixings',
    method: 'get',
    path: `${path}/fixings`,
    summary: 'Read the reference price of a window',
    description:
      'What it would be by what is on record now, or why there is none; and what was frozen of this window for ' +
      'clearings and settlements, each version with the digest of the points it was made of. Without a window, the ' +
      'reference price of the day, at which indexed orders clear.',
    tag,
    roles: everyone,
    params: namedParams,
    query: windowQuery,
    responses: { 200: { description: 'The reference price', schema: windowFixingsSchema } },
    problems: ['not_found'],
    read: async ({ params: { id }, query: { from, to }, at }, { table }) => {
      const series = await readSeries(table, id);
      if (series === undefined) return noSuchSeries;
      const window = from === undefined || to === undefined ? windowOfDay(series, dateOf(at)) : { from, to };
      const [figure, frozen] = await Promise.all([
        readFigure(table, id, window, at),
        fixingsOfWindow(table, id, window),
      ]);
      if (figure === undefined) return noSuchSeries;
      const now = figure.ok
        ? ({ status: 'available', fixing: figure.value } as const)
        : ({
            status: 'held',
            code: figure.problem.code,
            reasons: figure.problem.reasons.map((reason) => ({ ...reason })),
          } as const);
      return ok(reply(200, { series: id, window, now, frozen }));
    },
  }),
  defineRoute({
    operationId: 'listFrozenFixings',
    method: 'get',
    path: `${path}/fixings/frozen`,
    summary: 'List what was frozen of a series',
    tag,
    roles: everyone,
    params: namedParams,
    paged: true,
    responses: { 200: { description: 'Fixings, by the end of their window', schema: listOf(fixingSchema) } },
    problems: ['not_found'],
    read: async ({ params: { id }, page }, { table }) =>
      (await readSeries(table, id)) === undefined
        ? noSuchSeries
        : ok(reply(200, await listFixings(table, id, page))),
  }),
];
