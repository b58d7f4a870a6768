import * as z from 'zod';
import { settlementSchema } from '../../../shared/contracts/settlement/settlement.ts';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { quarterSchema } from '../../../shared/kernel/quarter.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { seesAll } from '../../../shared/reference/caller.ts';
import { roles } from '../../../shared/reference/role.ts';
import { readAgreement } from '../../../shared/store/support/agreements.ts';
import {
  supportSettlementViewSchema,
  viewSupportSettlements,
} from '../../../shared/store/support/support-settlements.ts';
import {
  listContractSettlements,
  listSettlements,
} from '../../../shared/store/contracts/settlement-lists.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

const kinds = z.enum(['provisional', 'delivery', 'year']);

const of = {
  contract: generatedIdSchema('contract').optional(),
  agreement: generatedIdSchema('agreement').optional(),
};
const runSchema = z
  .strictObject({
    looked: z.int().nonnegative(),
    settlements: z
      .array(
        z.strictObject({
          id: generatedIdSchema('settlement'),
          ...of,
          kind: z.enum([...kinds.options, 'support']),
          quarter: quarterSchema,
        }),
      )
      .readonly(),
    held: z
      .array(
        z.strictObject({
          ...of,
          quarter: quarterSchema,
          /** `contract_open`: a contract of the site is not settled yet; `not_covered`: its programme lacks the money. */
          code: z.enum(['reference_unavailable', 'index_unavailable', 'contract_open', 'not_covered']),
        }),
      )
      .readonly(),
    rounds: z
      .array(z.strictObject({ programme: generatedIdSchema('programme'), round: z.int().positive() }))
      .readonly(),
    failed: z.array(z.string()).readonly(),
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
      'reference price, and the fixings of its series say why; with `more` time was up: call it again. With `quarter`, that one alone.',
    roles: ['administrator'],
    body: z.strictObject({ quarter: quarterSchema.optional() }),
    example: {},
    responses: { 200: { description: 'What was done', schema: runSchema } },
    read: async ({ body: { quarter } }, { table, clock, logger }) => {
      const began = performance.now();
      const { settleNow } = await import('../settle-now.ts');
      return ok(reply(200, await settleNow({ table, clock, logger, began, only: quarter })));
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
    operationId: 'listAgreementSettlements',
    method: 'get',
    path: '/v1/agreements/{id}/settlements',
    tag: 'Settlements',
    summary: "List the settled quarters of a site's support agreement",
    description: 'For its producer, administrators and auditors.',
    roles,
    params: z.strictObject({ id: generatedIdSchema('agreement') }),
    paged: true,
    responses: { 200: { description: 'A page of settlements', schema: listOf(supportSettlementViewSchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) => {
      const agreement = await readAgreement(table, id);
      if (agreement === undefined || !(seesAll(caller) || agreement.producer === caller.organisation))
        return fail(problem('not_found', 'There is no such agreement.'));
      const all = (await viewSupportSettlements(table, agreement)).filter(
        (each) => page.after === undefined || each.id > page.after,
      );
      const items = all.slice(0, page.limit);
      const next = all.length > items.length ? (items.at(-1)?.id ?? null) : null;
      return ok(reply(200, { items, next }));
    },
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
