import * as z from 'zod';
import { contractStatuses } from '../../../shared/contracts/state.ts';
import { contractViewSchema } from '../../../shared/contracts/view.ts';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { roles } from '../../../shared/reference/role.ts';
import { listContracts, readContractView } from '../../../shared/store/contracts/contract-lists.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

const visibility =
  'Seller and buyer see their own contracts, administrators and auditors all. `ask`, `floorUplift` and `scarcity` are shown to the seller, administrators and auditors; `interval` to administrators and auditors.';

export const contractRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'listContracts',
    method: 'get',
    path: '/v1/contracts',
    tag: 'Contracts',
    summary: 'List contracts',
    description: `${visibility} With \`role\`, only those that the caller's organisation sells or buys under.`,
    roles,
    query: z.strictObject({
      role: z.enum(['seller', 'buyer']).optional(),
      product: nameIdSchema.optional(),
      status: z.enum(contractStatuses).optional(),
    }),
    paged: true,
    responses: { 200: { description: 'A page of contracts', schema: listOf(contractViewSchema) } },
    read: async ({ caller, query, page }, { table }) =>
      ok(reply(200, await listContracts(table, caller, query, page))),
  }),
  defineRoute({
    operationId: 'getContract',
    method: 'get',
    path: '/v1/contracts/{id}',
    tag: 'Contracts',
    summary: 'Read one contract',
    description: visibility,
    roles,
    params: z.strictObject({ id: generatedIdSchema('contract') }),
    responses: { 200: { description: 'The contract', schema: contractViewSchema } },
    read: async ({ caller, params: { id } }, { table }) => {
      const contract = await readContractView(table, id, caller);
      return contract === undefined
        ? fail(problem('not_found', 'There is no such contract.'))
        : ok(reply(200, contract, { version: contract.events.length }));
    },
  }),
];
