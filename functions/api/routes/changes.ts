import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import type { ProblemCode } from '../../../shared/kernel/problem.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { ChangeKind } from '../../../shared/contracts/change.ts';
import { changeSchema } from '../../../shared/contracts/change.ts';
import { approveChange, readChange, rejectChange } from '../../../shared/store/reference/change-decisions.ts';
import { listReference } from '../../../shared/store/reference/reference.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route, Tag } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { decisionRoutes } from './decisions.ts';
import { everyone, namedParams, nothingHere } from './reference.ts';

const params = z.strictObject({ id: nameIdSchema, change: generatedIdSchema('change') });

const nouns: Partial<Record<ChangeKind, string>> = {
  terms: "product's standard terms",
  'price-points': "reference price's points",
};

/** Changes of a product or zone that await, or had, a second administrator. */
export function changeRoutes(
  kind: ChangeKind,
  name: string,
  path: `/v1/${string}`,
  tag: Tag,
  problems: readonly ProblemCode[],
): Route[] {
  // Points tell what single firms paid.
  const readers = kind === 'price-points' ? (['administrator', 'auditor'] as const) : everyone;
  const noun = nouns[kind] ?? kind;
  const all: `/v1/${string}` = path.includes('{id}') ? `${path}/changes` : `${path}/{id}/changes`;
  const one: `/v1/${string}` = `${all}/{change}`;
  return [
    defineRoute({
      operationId: `list${name}Changes`,
      method: 'get',
      path: all,
      summary: `List the changes of a ${noun} that were proposed to a second administrator`,
      tag,
      roles: readers,
      params: namedParams,
      query: z.strictObject({ status: z.enum(['proposed', 'approved', 'rejected']).optional() }),
      paged: true,
      responses: { 200: { description: 'Changes, oldest first', schema: listOf(changeSchema) } },
      read: async ({ params: { id }, query: { status }, page }, { table }) => {
        const changes = await listReference(
          table,
          'change',
          page,
          (change) =>
            change.kind === kind &&
            change.target === id &&
            (status === undefined || change.status === status),
        );
        return ok(reply(200, changes));
      },
    }),
    defineRoute({
      operationId: `get${name}Change`,
      method: 'get',
      path: one,
      summary: `Read a change of a ${noun}`,
      tag,
      roles: readers,
      params,
      responses: { 200: { description: 'The change', schema: changeSchema } },
      problems: ['not_found'],
      read: async (request, { table }) => {
        const change = await readChange(table, kind, request.params.id, request.params.change);
        return change === undefined ? nothingHere : ok(reply(200, change, { version: change.version }));
      },
    }),
    ...decisionRoutes({
      ...{ name: `${name}Change`, path: one, tag, params },
      answer: { description: 'The change, decided', schema: changeSchema },
      approve: {
        summary: `Approve a change of a ${noun}: it takes effect`,
        problems,
        plan: (table, act, { id, change }) => approveChange(table, act, kind, id, change),
      },
      reject: {
        summary: `Reject a change of a ${noun}`,
        plan: (table, act, { id, change }) => rejectChange(table, act, kind, id, change),
      },
    }),
  ];
}
