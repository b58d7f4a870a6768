import * as z from 'zod';
import { settlementSchema } from '../../../shared/contracts/settlement/settlement.ts';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { quarterSchema } from '../../../shared/kernel/quarter.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { roles } from '../../../shared/reference/role.ts';
import { listContractSettlements, listSettlements } from '../../../shared/store/settlement-lists.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

const kinds = z.enum(['provisional', 'delivery', 'year']);

const runSchema = z
  .strictObject({
    contracts: z.int().nonnegative(),
    settlements: z
      .array(
        z.strictObject({
          id: generatedIdSchema('settlement'),
          contract: generatedIdSchema('contract'),
          kind: kinds,
          quarter: quarterSchema,
        }),
      )
      .readonly(),
    held: z
      .array(z.strictObject({ contract: generatedIdSchema('contract'), quarter: quarterSchema }))
      .readonly(),
    failed: z.array(generatedIdSchema('contract')).readonly(),
    more: z.boolean(),
  })
  .meta({ id: 'SettlementRun' });

export const settlementRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'runSettlements',
    method: 'post',
    path: '/v1/settlements',
    tag: 'Settlements',
    summary: 'Settle what is due now',
    description:
      'The same that a schedule does every quarter of an hour: quarters and years that are due are settled, what has ' +
      'changed of settled ones is corrected by new entries, contracts whose conditions lapsed are terminated, those ' +
      'that are done completed. Nothing is settled twice, however often and at once this is called. `held` waits for a ' +
      'reference price; with `more` time was up: call it again.',
    roles: ['administrator'],
    body: z.strictObject({}),
    example: {},
    responses: { 200: { description: 'What was done', schema: runSchema } },
    read: async (_request, { table, clock, logger }) => {
      const began = performance.now();
      const { settleNow } = await import('../settle-now.ts');
      return ok(reply(200, await settleNow({ table, clock, logger, began })));
    },
  }),
  defineRoute({
    operationId: 'listSettlements',
    method: 'get',
    path: '/v1/settlements',
    tag: 'Settlements',
    summary: 'List settlements',
    description: 'Of contracts that the caller sells or buys under; administrators and auditors see all.',
    roles,
    query: z.strictObject({
      quarter: quarterSchema.optional(),
      product: nameIdSchema.optional(),
      kind: kinds.optional(),
    }),
    paged: true,
    responses: { 200: { description: 'A page of settlements', schema: listOf(settlementSchema) } },
    read: async ({ caller, query, page }, { table }) =>
      ok(reply(200, await listSettlements(table, caller, query, page))),
  }),
  defineRoute({
    operationId: 'listContractSettlements',
    method: 'get',
    path: '/v1/contracts/{id}/settlements',
    tag: 'Settlements',
    summary: 'List the settlements of a contract',
    roles,
    params: z.strictObject({ id: generatedIdSchema('contract') }),
    paged: true,
    responses: { 200: { description: 'A page of settlements', schema: listOf(settlementSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const found = await listContractSettlements(table, id, caller, page);
      return found === undefined
        ? fail(problem('not_found', 'There is no such contract.'))
        : ok(reply(200, found));
    },
  }),
];
