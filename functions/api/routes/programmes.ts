import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import { proposeAgreement } from '../../../shared/store/support/agreements.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listRounds } from '../../../shared/store/support/funding-rounds.ts';
import {
  approveBudget,
  approveProgramme,
  closeProgramme,
  programmeBudget,
  proposeBudget,
  proposeProgramme,
  rejectBudget,
  rejectProgramme,
} from '../../../shared/store/support/programmes.ts';
import { listReference, readReference } from '../../../shared/store/reference/reference.ts';
import { agreementSchema, siteAgreementTermsSchema } from '../../../shared/support/agreement.ts';
import { programmeBudgetSchema } from '../../../shared/support/budget.ts';
import type { Programme } from '../../../shared/support/programme.ts';
import {
  budgetChangeTermsSchema,
  programmeSchema,
  programmeTermsSchema,
} from '../../../shared/support/programme.ts';
import { fundingRoundSchema } from '../../../shared/support/round.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { decisionRoutes } from './decisions.ts';
import { actOf, administrators, everyone, nothingHere, readingRoutes } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('programme') });
const changed = { 200: { description: 'The programme', schema: programmeSchema } } as const;
const changedReply = (plan: Plan<Programme>) =>
  mapPlan(plan, (programme) => reply(200, programme, { version: programme.version }));

export const programmeRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postProgramme',
    method: 'post',
    path: '/v1/programmes',
    summary: 'Propose a support programme',
    description:
      "Prices are kept in the product's own unit: strike and greatest gap rounded down to the tick, least reference price " +
      'and ceiling up. It acts only on gate closures after another administrator has approved it, and its terms never ' +
      'change.',
    tag: 'Support',
    roles: administrators,
    body: programmeTermsSchema,
    responses: { 201: { description: 'Proposed', schema: programmeSchema } },
    problems: ['unknown_reference', 'currency_mismatch', 'unit_not_convertible', 'off_tick'],
    write: (request, dependencies) =>
      mapPlan(proposeProgramme(dependencies.table, actOf(request, dependencies), request.body), (programme) =>
        reply(201, programme, { version: programme.version, location: `/v1/programmes/${programme.id}` }),
      ),
  }),
  ...decisionRoutes({
    ...{ name: 'Programme', path: '/v1/programmes/{id}', tag: 'Support', params, answer: changed[200] },
    approve: {
      summary: 'Approve a proposed programme, and open its budget',
      description: 'By an administrator other than the proposer.',
      plan: (table, act, { id }) => approveProgramme(table, act, id),
    },
    reject: {
      summary: 'Reject a proposed programme',
      plan: (table, act, { id }) => rejectProgramme(table, act, id),
    },
  }),
  defineRoute({
    operationId: 'closeProgramme',
    method: 'post',
    path: '/v1/programmes/{id}/close',
    summary: 'Close an approved programme',
    description: 'It takes nobody in any more. What it has promised it keeps.',
    tag: 'Support',
    roles: administrators,
    params,
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(closeProgramme(dependencies.table, actOf(request, dependencies), request.params.id)),
  }),
  defineRoute({
    operationId: 'proposeProgrammeBudget',
    method: 'post',
    path: '/v1/programmes/{id}/budget-change',
    summary: 'Propose another budget of a programme',
    description:
      'What it may spend in all, what it has spent included. It takes effect when another administrator approves it.',
    tag: 'Support',
    roles: administrators,
    params,
    body: budgetChangeTermsSchema,
    responses: changed,
    problems: ['not_found', 'invalid_state', 'currency_mismatch'],
    write: (request, dependencies) =>
      changedReply(
        proposeBudget(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
      ),
  }),
  ...decisionRoutes({
    ...{ name: 'ProgrammeBudget', path: '/v1/programmes/{id}/budget-change', tag: 'Support', params },
    answer: changed[200],
    approve: {
      summary: 'Approve the budget that was proposed',
      description:
        'A cut takes neither what is paid nor what concluded contracts are promised. Beyond what is left, it leaves claims ' +
        'of sites unpaid until the budget is raised: they are carried over and paid the oldest first.',
      problems: ['budget_exhausted', 'clearing_in_progress'],
      plan: (table, act, { id }) => approveBudget(table, act, id),
    },
    reject: {
      summary: 'Reject the budget that was proposed',
      plan: (table, act, { id }) => rejectBudget(table, act, id),
    },
  }),
  defineRoute({
    operationId: 'listFundingRounds',
    method: 'get',
    path: '/v1/programmes/{id}/rounds',
    summary: 'List what a programme has paid to sites, round by round',
    description:
      'Each with every claim that was open: what of it was paid, what was carried over and how old it was.',
    tag: 'Support',
    roles: ['administrator', 'auditor'],
    params,
    paged: true,
    responses: { 200: { description: 'Rounds, oldest first', schema: listOf(fundingRoundSchema) } },
    problems: ['not_found'],
    read: async ({ params: { id }, page }, { table }) =>
      (await readReference(table, 'programme', id)) === undefined
        ? nothingHere
        : ok(reply(200, await listRounds(table, id, page))),
  }),
  defineRoute({
    operationId: 'listProgrammes',
    method: 'get',
    path: '/v1/programmes',
    summary: 'List support programmes',
    tag: 'Support',
    roles: everyone,
    query: z.strictObject({
      product: nameIdSchema.optional(),
      status: programmeSchema.shape.status.optional(),
    }),
    paged: true,
    responses: { 200: { description: 'Programmes, in order of id', schema: listOf(programmeSchema) } },
    read: async ({ query: { product, status }, page }, { table }) =>
      ok(
        reply(
          200,
          await listReference(
            table,
            'programme',
            page,
            (programme) =>
              (product === undefined || programme.product === product) &&
              (status === undefined || programme.status === status),
          ),
        ),
      ),
  }),
  ...readingRoutes({
    kind: 'programme',
    path: '/v1/programmes/{id}',
    params,
    idOf: (programme) => programme.id,
    tag: 'Support',
    name: 'Programme',
    noun: 'programme',
  }),
  defineRoute({
    operationId: 'getProgrammeBudget',
    method: 'get',
    path: '/v1/programmes/{id}/budget',
    summary: 'Read what a programme has paid, reserved and left',
    tag: 'Support',
    roles: ['administrator', 'auditor'],
    params,
    responses: { 200: { description: 'budget = paid + reserved + left', schema: programmeBudgetSchema } },
    problems: ['not_found', 'invalid_state'],
    read: async ({ params: { id } }, { table }) => {
      const budget = await programmeBudget(table, id);
      return budget.ok ? ok(reply(200, budget.value)) : budget;
    },
  }),
  defineRoute({
    operationId: 'postAgreement',
    method: 'post',
    path: '/v1/programmes/{id}/agreements',
    summary: 'Propose to take a site into a programme',
    description:
      'Its output is supported quarter by quarter, up to the caps. What that may cost at most is reserved: the gap between ' +
      'the strike and the least reference price on all of it, once another administrator has approved it.',
    tag: 'Support',
    roles: administrators,
    params,
    body: siteAgreementTermsSchema,
    responses: { 201: { description: 'Proposed', schema: agreementSchema } },
    problems: [
      ...(['not_found', 'unknown_reference', 'invalid_state', 'not_eligible', 'site_mismatch'] as const),
      ...(['quarter_begun', 'budget_exhausted'] as const),
      ...(['unit_not_convertible', 'off_lot'] as const),
    ],
    write: (request, dependencies) =>
      mapPlan(
        proposeAgreement(dependencies.table, actOf(request, dependencies), request.params.id, request.body),
        (agreement) =>
          reply(201, agreement, { version: agreement.version, location: `/v1/agreements/${agreement.id}` }),
      ),
  }),
];
