import * as z from 'zod';
import { generatedIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { seesAll } from '../../../shared/reference/caller.ts';
import {
  agreementOf,
  approveAgreement,
  designate,
  readAgreement,
  readDesignations,
  rejectAgreement,
} from '../../../shared/store/support/agreements.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listOwnedOrAll } from '../../../shared/store/table/listing.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import type { Agreement } from '../../../shared/support/agreement.ts';
import {
  agreementSchema,
  designationSchema,
  designationTermsSchema,
} from '../../../shared/support/agreement.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, nothingHere } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('agreement') });
const readers = ['producer', 'administrator', 'auditor'] as const;

/** The agreement, if the caller may see it: its own, or any for administrators and auditors. */
async function visible(table: Table, caller: Caller, id: string): Promise<Agreement | undefined> {
  const agreement = await readAgreement(table, id);
  return agreement !== undefined && (seesAll(caller) || agreement.producer === caller.organisation)
    ? agreement
    : undefined;
}

export const agreementRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'listAgreements',
    method: 'get',
    path: '/v1/agreements',
    summary: "List the caller's support agreements; for administrators and auditors, all",
    tag: 'Support',
    roles: readers,
    query: z.strictObject({
      programme: generatedIdSchema('programme').optional(),
      contract: generatedIdSchema('contract').optional(),
    }),
    paged: true,
    responses: { 200: { description: 'Agreements, in order of id', schema: listOf(agreementSchema) } },
    read: async ({ caller, page, query: { programme, contract } }, { table }) =>
      ok(
        reply(
          200,
          await listOwnedOrAll(table, 'agreement', caller, page, (items) =>
            Promise.resolve(
              items
                .map(agreementOf)
                .filter(
                  ({ programme: of, basis }) =>
                    (programme === undefined || of === programme) &&
                    (contract === undefined || (basis.kind === 'contract' && basis.contract === contract)),
                ),
            ),
          ),
        ),
      ),
  }),
  defineRoute({
    operationId: 'getAgreement',
    method: 'get',
    path: '/v1/agreements/{id}',
    summary: 'Read a support agreement',
    tag: 'Support',
    roles: readers,
    params,
    responses: { 200: { description: 'The agreement', schema: agreementSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const agreement = await visible(table, caller, id);
      return agreement === undefined
        ? nothingHere
        : ok(reply(200, agreement, { version: agreement.version }));
    },
  }),
  defineRoute({
    operationId: 'approveAgreement',
    method: 'post',
    path: '/v1/agreements/{id}/approve',
    summary: 'Approve an agreement about a site, and reserve its greatest exposure',
    description:
      'By an administrator other than the proposer. What a site makes in a quarter is supported under one agreement.',
    tag: 'Support',
    roles: administrators,
    params,
    responses: { 200: { description: 'Concluded', schema: agreementSchema } },
    problems: [
      ...(['not_found', 'invalid_state', 'second_approval_required', 'clearing_in_progress'] as const),
      ...(['budget_exhausted', 'quarter_begun', 'not_eligible', 'site_mismatch'] as const),
    ],
    write: (request, dependencies) =>
      mapPlan(
        approveAgreement(dependencies.table, actOf(request, dependencies), request.params.id),
        (agreement) => reply(200, agreement, { version: agreement.version }),
      ),
  }),
  defineRoute({
    operationId: 'rejectAgreement',
    method: 'post',
    path: '/v1/agreements/{id}/reject',
    summary: 'Reject a proposed agreement about a site',
    tag: 'Support',
    roles: administrators,
    params,
    responses: { 200: { description: 'Rejected', schema: agreementSchema } },
    problems: ['not_found', 'invalid_state', 'second_approval_required'],
    write: (request, dependencies) =>
      mapPlan(
        rejectAgreement(dependencies.table, actOf(request, dependencies), request.params.id),
        (agreement) => reply(200, agreement, { version: agreement.version }),
      ),
  }),
  defineRoute({
    operationId: 'postDesignation',
    method: 'post',
    path: '/v1/agreements/{id}/designations',
    summary: 'Designate what a quarter left unsold',
    description:
      'What the site made in the quarter and had not sold at its end. It is supported now, and not again when it is sold. ' +
      'Once for each quarter.',
    tag: 'Support',
    roles: ['producer'],
    params,
    body: designationTermsSchema,
    responses: { 201: { description: 'Designated', schema: designationSchema } },
    problems: [
      ...(['not_found', 'invalid_state', 'not_eligible', 'quantity_exceeded'] as const),
      ...(['unit_not_convertible', 'off_lot'] as const),
    ],
    write: (request, dependencies) =>
      mapPlan(
        designate(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        (designation) =>
          reply(201, designation, { location: `/v1/agreements/${request.params.id}/designations` }),
      ),
  }),
  defineRoute({
    operationId: 'listDesignations',
    method: 'get',
    path: '/v1/agreements/{id}/designations',
    summary: 'List what has been designated',
    tag: 'Support',
    roles: readers,
    params,
    responses: {
      200: {
        description: 'By quarter',
        schema: z.strictObject({ items: z.array(designationSchema), next: z.null() }),
      },
    },
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const agreement = await visible(table, caller, id);
      return agreement === undefined
        ? nothingHere
        : ok(reply(200, { items: await readDesignations(table, id), next: null }));
    },
  }),
];
