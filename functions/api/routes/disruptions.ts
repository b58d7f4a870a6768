import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import { dateSchema } from '../../../shared/kernel/time.ts';
import type { Disruption } from '../../../shared/risk/disruption.ts';
import {
  disruptionEndSchema,
  disruptionImportSchema,
  disruptionKinds,
  disruptionPatchSchema,
  disruptionSchema,
  disruptionTermsSchema,
  disruptionWithdrawalSchema,
} from '../../../shared/risk/disruption.ts';
import { exposureSchema } from '../../../shared/risk/exposure.ts';
import { isAbout, stateOn } from '../../../shared/risk/effect.ts';
import {
  changeDisruption,
  endDisruption,
  enterDisruption,
  importDisruptions,
  withdrawDisruption,
} from '../../../shared/store/reference/disruptions.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listReference, readProduct, readReference } from '../../../shared/store/reference/reference.ts';
import { disruptionColumns, disruptionsFromCsv } from '../../../shared/wire/disruption-csv.ts';
import { listOf } from '../../../shared/wire/list.ts';
import { disruptionExposure } from '../disruption-exposure.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, everyone, nothingHere, readingRoutes } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('disruption') });
const tag = 'Risk';
const changed = { 200: { description: 'The disruption', schema: disruptionSchema } } as const;
const changedReply = (plan: Plan<Disruption>) =>
  mapPlan(plan, (disruption) => reply(200, disruption, { version: disruption.version }));

const example = {
  ...{ kind: 'quota', title: 'Export quotas on cobalt', origins: ['CD'], minerals: ['cobalt'] },
  quota: { allowed: { amount: '96600', unit: 't' }, of: { amount: '230000', unit: 't' } },
  ...{ from: '2026-01-01', to: '2027-12-31', source: 'ARECOMS', reference: 'cobalt-quota-2026' },
};

export const disruptionRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postDisruption',
    method: 'post',
    path: '/v1/disruptions',
    summary: 'Enter a disruption',
    description:
      'It affects what comes from its origins, of the products that it names or that are of a mineral it names, at its ' +
      'stages, to its destinations. It is in effect on each day from `from` to `to`, both included, but not while it is ' +
      'suspended. A quota says what may leave, and what would have left without it in the same period.',
    tag,
    roles: administrators,
    body: disruptionTermsSchema,
    example,
    responses: { 201: { description: 'Entered', schema: disruptionSchema } },
    problems: ['unknown_reference', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(enterDisruption(dependencies.table, actOf(request, dependencies), request.body), (disruption) =>
        reply(201, disruption, {
          version: disruption.version,
          location: `/v1/disruptions/${disruption.id}`,
        }),
      ),
  }),
  defineRoute({
    operationId: 'importDisruptions',
    method: 'post',
    path: '/v1/disruptions/import',
    summary: 'Enter several disruptions, all or none',
    description:
      'As JSON, or as text/csv with a header and one row each. Columns: ' +
      `${disruptionColumns.join(', ')}; several origins and the like in one cell have semicolons between, suspensions ` +
      'are intervals such as 2025-11-09/2026-11-27. What is at fault is pointed to by row, the first one 0. A row with ' +
      'the source and reference of a disruption that is there changes that one, or nothing.',
    tag,
    roles: administrators,
    body: disruptionImportSchema,
    csvBody: disruptionsFromCsv,
    example: { disruptions: [example] },
    responses: {
      200: {
        description: 'What became of each row, in their order',
        schema: z.strictObject({
          disruptions: z.array(
            z.strictObject({
              outcome: z.enum(['entered', 'changed', 'unchanged']),
              record: disruptionSchema,
            }),
          ),
        }),
      },
    },
    problems: ['unknown_reference'],
    write: (request, dependencies) =>
      mapPlan(
        importDisruptions(dependencies.table, actOf(request, dependencies), request.body.disruptions),
        (imported) => reply(200, imported),
      ),
  }),
  defineRoute({
    operationId: 'listDisruptions',
    method: 'get',
    path: '/v1/disruptions',
    summary: 'List disruptions',
    tag,
    roles: everyone,
    query: z.strictObject({
      product: nameIdSchema.optional().meta({ description: 'Those that are about this product' }),
      kind: z.enum(disruptionKinds).optional(),
      inForce: dateSchema.optional().meta({ description: 'Those in effect on this day' }),
    }),
    paged: true,
    responses: { 200: { description: 'Disruptions, in order of id', schema: listOf(disruptionSchema) } },
    read: async ({ query: { product: id, kind, inForce }, page }, { table }) => {
      const product = id === undefined ? undefined : await readProduct(table, id);
      const list = await listReference(
        table,
        'disruption',
        page,
        (disruption) =>
          (kind === undefined || disruption.kind === kind) &&
          (inForce === undefined || stateOn(disruption, inForce) === 'in-force') &&
          (id === undefined || (product !== undefined && isAbout(disruption, product))),
      );
      return ok(reply(200, list));
    },
  }),
  ...readingRoutes({
    kind: 'disruption',
    path: '/v1/disruptions/{id}',
    params,
    idOf: (found) => found.id,
    tag,
    name: 'Disruption',
    noun: 'disruption',
  }),
  defineRoute({
    operationId: 'getDisruptionExposure',
    method: 'get',
    path: '/v1/disruptions/{id}/exposure',
    summary: 'What a disruption is about',
    description:
      'Over four quarters from the present one, in those that it is in force in: contracts from its origins to its ' +
      'destinations, what of them cannot come, how many days that would have lasted at planned use, what as much costs ' +
      'at the last price there (at least a border-adjusted floor), and whether open offers of other origins come to as ' +
      'much, as far as the rules there let them in: bars, floors, standards, and what caps leave open. Of all contracts for administrators ' +
      "and auditors, of the caller's own for others, who are told of offers only as `none`, `some` or `enough`, and only " +
      'where those are of three organisations at least.',
    tag,
    roles: everyone,
    params,
    responses: { 200: { description: 'The exposure', schema: exposureSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, at }, { table }) => {
      const disruption = await readReference(table, 'disruption', id);
      return disruption === undefined
        ? nothingHere
        : ok(reply(200, await disruptionExposure(table, disruption, caller, at)));
    },
  }),
  defineRoute({
    operationId: 'patchDisruption',
    method: 'patch',
    path: '/v1/disruptions/{id}',
    summary: 'Change a disruption',
    description: 'A merge patch: null takes a field away. Every version is kept.',
    tag,
    roles: administrators,
    params,
    body: disruptionPatchSchema,
    ifMatch: 'required',
    responses: changed,
    problems: ['not_found', 'invalid_state', 'unknown_reference'],
    write: (request, dependencies) =>
      changedReply(
        changeDisruption(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.expectedVersion,
          request.body,
        ),
      ),
  }),
  defineRoute({
    operationId: 'endDisruption',
    method: 'post',
    path: '/v1/disruptions/{id}/end',
    summary: 'Say when a disruption ends',
    description: '`to` is its last day.',
    tag,
    roles: administrators,
    params,
    body: disruptionEndSchema,
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(
        endDisruption(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
      ),
  }),
  defineRoute({
    operationId: 'withdrawDisruption',
    method: 'post',
    path: '/v1/disruptions/{id}/withdraw',
    summary: 'Withdraw a disruption that was entered in error',
    description: 'It has no effect on any day. What it was stays readable.',
    tag,
    roles: administrators,
    params,
    body: disruptionWithdrawalSchema,
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(
        withdrawDisruption(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body.note,
        ),
      ),
  }),
];
