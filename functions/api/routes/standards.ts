import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import { inRange } from '../../../shared/kernel/time.ts';
import { standardsRuleSchema, standardsRuleTermsSchema } from '../../../shared/standards/standards-rule.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listReference } from '../../../shared/store/reference/reference.ts';
import { setStandardsRule } from '../../../shared/store/reference/standards.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, everyone, onDate, readingRoutes } from './reference.ts';

export const standardsRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postStandardsRule',
    method: 'post',
    path: '/v1/standards',
    summary: 'Set a standards rule for a product in a zone',
    description:
      'One that begins inside an open-ended rule of the same product and zone ends that one the day before.',
    tag: 'Standards',
    roles: administrators,
    body: standardsRuleTermsSchema,
    responses: { 201: { description: 'Set', schema: standardsRuleSchema } },
    problems: ['unknown_reference', 'standards_overlap', 'zone_overlap'],
    write: (request, dependencies) =>
      mapPlan(setStandardsRule(dependencies.table, actOf(request, dependencies), request.body), (rule) =>
        reply(201, rule, { version: rule.version, location: `/v1/standards/${rule.id}` }),
      ),
  }),
  defineRoute({
    operationId: 'listStandardsRules',
    method: 'get',
    path: '/v1/standards',
    summary: 'List standards rules',
    tag: 'Standards',
    roles: everyone,
    query: z.strictObject({
      product: nameIdSchema.optional(),
      zone: nameIdSchema.optional(),
      on: onDate.meta({ description: 'Rules that hold on this day' }),
    }),
    paged: true,
    responses: { 200: { description: 'Rules, in order of id', schema: listOf(standardsRuleSchema) } },
    read: async ({ query: { product, zone, on }, page }, { table }) =>
      ok(
        reply(
          200,
          await listReference(
            table,
            'standards',
            page,
            (rule) =>
              (product === undefined || rule.product === product) &&
              (zone === undefined || rule.zone === zone) &&
              (on === undefined || inRange(rule, on)),
          ),
        ),
      ),
  }),
  ...readingRoutes({
    kind: 'standards',
    path: '/v1/standards/{id}',
    params: z.strictObject({ id: generatedIdSchema('standards') }),
    idOf: (params) => params.id,
    tag: 'Standards',
    name: 'StandardsRule',
    noun: 'standards rule',
  }),
];
