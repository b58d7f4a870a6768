import * as z from 'zod';
import { publicRisk, riskViewSchema } from '../../../shared/clearing/documents/risk-view.ts';
import { nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { quarterSchema } from '../../../shared/kernel/quarter.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { seesAll } from '../../../shared/reference/caller.ts';
import { roles } from '../../../shared/reference/role.ts';
import { assess } from '../../../shared/risk/assessment.ts';
import { zoneCoversSchema } from '../../../shared/risk/zone-cover-view.ts';
import { readAssessmentInputs, readZoneCovers } from '../../../shared/store/risk/assessment-inputs.ts';
import { readShownUse } from '../../../shared/store/clearing/origin-use.ts';
import { readAll, readProduct, readReference } from '../../../shared/store/reference/reference.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { namedParams, nothingHere } from './reference.ts';

export const riskRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'getRisk',
    method: 'get',
    path: '/v1/risk/{product}',
    tag: 'Risk',
    summary: "How secure a product's supply is",
    description:
      'Of a zone, or of the whole market without one, over four quarters from `from` (default: the present one): cover, ' +
      'concentration by origin against planned consumption and its headroom, what is left without the largest source, ' +
      'what is late, how prices moved, what expires, and disruptions. Contracted and declared flows are told apart. ' +
      '`full` for administrators and auditors. All others get the `public` view: no positions but their own, and of ' +
      "contracts only what the market's own view tells.",
    roles,
    params: z.strictObject({ product: nameIdSchema }),
    query: z.strictObject({ zone: nameIdSchema.optional(), from: quarterSchema.optional() }),
    responses: { 200: { description: 'The assessment', schema: riskViewSchema } },
    problems: ['not_found', 'invalid_request'],
    read: async ({ caller, params, query: { zone: zoneId, from }, at }, { table }) => {
      const [product, zones] = await Promise.all([
        readProduct(table, params.product),
        readAll(table, 'zone'),
      ]);
      const zone = zoneId === undefined ? null : zones.find(({ id }) => id === zoneId);
      if (product === undefined || zone === undefined)
        return fail(problem('not_found', 'There is no such product or zone.'));
      const isPublic = !seesAll(caller);
      const inputs = await readAssessmentInputs(table, product, zone, at, {
        ...{ from, isPublic },
        ...(isPublic ? { operator: caller.organisation } : {}),
      });
      const assessment = assess(inputs);
      if (!isPublic) return ok(reply(200, { view: 'full' as const, ...assessment }));
      const shown = await readShownUse(table, product);
      return ok(reply(200, publicRisk(assessment, { product, zone, zones, shown })));
    },
  }),
  defineRoute({
    operationId: 'getZoneCover',
    method: 'get',
    path: '/v1/zones/{id}/cover',
    tag: 'Risk',
    summary: "How long a zone's stockpiles last",
    description:
      'By product: days of cover, target and deficit (what open bids ask for already, and what nothing stands behind) ' +
      'of each stockpile and of all together. Operators see their own stockpiles.',
    roles: ['administrator', 'auditor', 'stockpile-operator'],
    params: namedParams,
    responses: { 200: { description: 'Cover by product', schema: zoneCoversSchema } },
    problems: ['not_found'],
    read: async ({ caller, params, at }, { table }) => {
      const zone = await readReference(table, 'zone', params.id);
      if (zone === undefined) return nothingHere;
      const operator = seesAll(caller) ? undefined : caller.organisation;
      return ok(reply(200, await readZoneCovers(table, zone, at, operator)));
    },
  }),
];
