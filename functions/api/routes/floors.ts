import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import { inRange } from '../../../shared/kernel/time.ts';
import type { Floor } from '../../../shared/pricing/floor.ts';
import { floorEndTermsSchema, floorSchema, floorTermsSchema } from '../../../shared/pricing/floor.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import {
  approveFloor,
  proposeFloor,
  proposeFloorEnd,
  rejectFloor,
} from '../../../shared/store/reference/floors.ts';
import { listReference } from '../../../shared/store/reference/reference.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { decisionRoutes } from './decisions.ts';
import { actOf, administrators, everyone, onDate, readingRoutes } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('floor') });
const changed = { 200: { description: 'The floor', schema: floorSchema } } as const;
const changedReply = (plan: Plan<Floor>) =>
  mapPlan(plan, (floor) => reply(200, floor, { version: floor.version }));

export const floorRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postFloor',
    method: 'post',
    path: '/v1/floors',
    summary: 'Propose a floor',
    description:
      "The price is kept in the product's own unit, rounded up to its tick. The floor acts only on gate closures " +
      'after another administrator has approved it, whatever its dates.',
    tag: 'Floors',
    roles: administrators,
    body: floorTermsSchema,
    responses: { 201: { description: 'Proposed', schema: floorSchema } },
    problems: ['unknown_reference', 'currency_mismatch', 'unit_not_convertible', 'off_tick', 'zone_overlap'],
    write: (request, dependencies) =>
      mapPlan(proposeFloor(dependencies.table, actOf(request, dependencies), request.body), (floor) =>
        reply(201, floor, { version: floor.version, location: `/v1/floors/${floor.id}` }),
      ),
  }),
  ...decisionRoutes({
    ...{ name: 'Floor', path: '/v1/floors/{id}', tag: 'Floors', params, answer: changed[200] },
    approve: {
      summary: 'Approve a floor, or its proposed end',
      description:
        'By an administrator other than the proposer. A floor that begins inside an open-ended one of the same ' +
        'product and zone ends that one the day before.',
      problems: ['floor_overlap', 'zone_overlap'],
      plan: (table, act, { id }) => approveFloor(table, act, id),
    },
    reject: {
      summary: 'Reject a proposed floor, or its proposed end',
      plan: (table, act, { id }) => rejectFloor(table, act, id),
    },
  }),
  defineRoute({
    operationId: 'endFloor',
    method: 'post',
    path: '/v1/floors/{id}/end',
    summary: 'Propose the end of a floor',
    description: '`effectiveTo` is its last day, today at the earliest. Approved or rejected as a floor is.',
    tag: 'Floors',
    roles: administrators,
    params,
    body: floorEndTermsSchema,
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(
        proposeFloorEnd(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
      ),
  }),
  defineRoute({
    operationId: 'listFloors',
    method: 'get',
    path: '/v1/floors',
    summary: 'List floors',
    tag: 'Floors',
    roles: everyone,
    query: z.strictObject({
      product: nameIdSchema.optional(),
      zone: nameIdSchema.optional(),
      on: onDate.meta({ description: 'Approved floors whose dates include this day' }),
      status: floorSchema.shape.status.optional(),
    }),
    paged: true,
    responses: { 200: { description: 'Floors, in order of id', schema: listOf(floorSchema) } },
    read: async ({ query: { product, zone, on, status }, page }, { table }) =>
      ok(
        reply(
          200,
          await listReference(
            table,
            'floor',
            page,
            (floor) =>
              (product === undefined || floor.product === product) &&
              (zone === undefined || floor.zone === zone) &&
              (on === undefined || (floor.status === 'approved' && inRange(floor, on))) &&
              (status === undefined || floor.status === status),
          ),
        ),
      ),
  }),
  ...readingRoutes({
    kind: 'floor',
    path: '/v1/floors/{id}',
    params,
    idOf: (floor) => floor.id,
    tag: 'Floors',
    name: 'Floor',
    noun: 'floor',
  }),
];
