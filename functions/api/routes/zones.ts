import * as z from 'zod';
import { nameIdSchema } from '../../../shared/kernel/ids.ts';
import { changeSchema } from '../../../shared/contracts/change.ts';
import {
  consumptionSchema,
  consumptionTermsSchema,
  zoneSchema,
  zoneTermsSchema,
} from '../../../shared/reference/zone.ts';
import { declaredFlowsSchema, declaredFlowsTermsSchema } from '../../../shared/reference/declared-flows.ts';
import { putConsumption } from '../../../shared/store/reference/consumption.ts';
import { putDeclaredFlows } from '../../../shared/store/reference/declared-flows.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { consumptionId } from '../../../shared/store/reference/reference.ts';
import { putZone } from '../../../shared/store/reference/zones.ts';
import type { Route } from '../route.ts';
import { defineRoute } from '../route.ts';
import { changeRoutes } from './changes.ts';
import {
  actOf,
  administrators,
  listingRoute,
  namedParams,
  plainPutReply,
  putReply,
  readingRoutes,
} from './reference.ts';

const consumptionParams = z.strictObject({ id: nameIdSchema, product: nameIdSchema });

export const zoneRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'putZone',
    method: 'put',
    path: '/v1/zones/{id}',
    summary: 'Describe a zone',
    description:
      'While a floor of the zone is approved and has not ended, a change awaits a second administrator (202). ' +
      'No country may lie in two zones that both have floors or rules for one product.',
    tag: 'Zones',
    roles: administrators,
    params: namedParams,
    body: zoneTermsSchema,
    ifMatch: 'optional',
    responses: {
      200: { description: 'Replaced, or unchanged', schema: zoneSchema },
      201: { description: 'Created', schema: zoneSchema },
      202: { description: 'Proposed: awaits a second administrator', schema: changeSchema },
    },
    problems: ['precondition_failed', 'unknown_reference', 'zone_overlap'],
    write: (request, dependencies) =>
      mapPlan(
        putZone(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body,
          request.expectedVersion,
        ),
        (put) => putReply(put, `/v1/zones/${request.params.id}`),
      ),
  }),
  listingRoute({
    kind: 'zone',
    path: '/v1/zones',
    tag: 'Zones',
    operationId: 'listZones',
    noun: 'zones',
  }),
  ...readingRoutes({
    kind: 'zone',
    path: '/v1/zones/{id}',
    params: namedParams,
    idOf: (params) => params.id,
    tag: 'Zones',
    name: 'Zone',
    noun: 'zone',
  }),
  ...changeRoutes('zone', 'Zone', '/v1/zones', 'Zones', ['unknown_reference', 'zone_overlap']),
  defineRoute({
    operationId: 'putConsumption',
    method: 'put',
    path: '/v1/zones/{id}/consumption/{product}',
    summary: 'Declare what a zone plans to consume of a product',
    tag: 'Zones',
    roles: administrators,
    params: consumptionParams,
    body: consumptionTermsSchema,
    ifMatch: 'optional',
    responses: {
      200: { description: 'Replaced, or unchanged', schema: consumptionSchema },
      201: { description: 'Created', schema: consumptionSchema },
    },
    problems: ['not_found', 'precondition_failed', 'unit_not_convertible', 'off_lot'],
    write: (request, dependencies) =>
      mapPlan(
        putConsumption(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.params.product,
          request.body,
          request.expectedVersion,
        ),
        (put) => plainPutReply(put, `/v1/zones/${request.params.id}/consumption/${request.params.product}`),
      ),
  }),
  ...readingRoutes({
    kind: 'consumption',
    path: '/v1/zones/{id}/consumption/{product}',
    params: consumptionParams,
    idOf: (params) => consumptionId(params.id, params.product),
    tag: 'Zones',
    name: 'Consumption',
    noun: 'planned consumption',
  }),
  defineRoute({
    operationId: 'putDeclaredFlows',
    method: 'put',
    path: '/v1/zones/{id}/flows/{product}',
    summary: "Declare where a zone's supply of a product came from in a year",
    description:
      'From a source that can be looked up, such as customs statistics. Assessments of risk tell it apart from what is contracted here.',
    tag: 'Zones',
    roles: administrators,
    params: consumptionParams,
    body: declaredFlowsTermsSchema,
    ifMatch: 'optional',
    responses: {
      200: { description: 'Replaced, or unchanged', schema: declaredFlowsSchema },
      201: { description: 'Created', schema: declaredFlowsSchema },
    },
    problems: ['not_found', 'precondition_failed', 'unit_not_convertible'],
    write: (request, dependencies) =>
      mapPlan(
        putDeclaredFlows(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.params.product,
          request.body,
          request.expectedVersion,
        ),
        (put) => plainPutReply(put, `/v1/zones/${request.params.id}/flows/${request.params.product}`),
      ),
  }),
  ...readingRoutes({
    kind: 'flows',
    path: '/v1/zones/{id}/flows/{product}',
    params: consumptionParams,
    idOf: (params) => consumptionId(params.id, params.product),
    tag: 'Zones',
    name: 'DeclaredFlows',
    noun: 'declared flows',
  }),
];
