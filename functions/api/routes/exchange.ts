import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { exchangeAgreementSchema, exchangeTermsSchema } from '../../../shared/risk/exchange.ts';
import { pacingWarningSchema } from '../../../shared/risk/pacing.ts';
import type { ExchangeAgreement } from '../../../shared/risk/exchange.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import {
  decideExchange,
  endExchange,
  mayRead,
  proposeExchange,
  zonesOf,
} from '../../../shared/store/risk/exchange.ts';
import { pacingWarnings } from '../../../shared/store/stockpiles/pacing.ts';
import { listReference, readAll, readReference } from '../../../shared/store/reference/reference.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, nothingHere } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('exchange') });
const readers = ['administrator', 'auditor'] as const;
const path = '/v1/exchange/agreements';

/** The agreements that the caller may see: an administrator's of the zones that it speaks for, an auditor's all. */
async function seenAgreements(
  table: Table,
  caller: Caller,
): Promise<{ readonly own: readonly string[]; readonly agreements: readonly ExchangeAgreement[] }> {
  const [zones, agreements] = await Promise.all([readAll(table, 'zone'), readAll(table, 'exchange')]);
  const own = zonesOf(zones, caller.organisation);
  return { own, agreements: agreements.filter((agreement) => mayRead(agreement, caller, own)) };
}

const deciding = (verb: 'approve' | 'reject', to: 'active' | 'rejected', summary: string): Route =>
  defineRoute({
    operationId: `${verb}ExchangeAgreement`,
    method: 'post',
    path: `${path}/{id}/${verb}`,
    summary,
    description: "By an administrator of the other zone's authority.",
    tag: 'Exchange',
    roles: administrators,
    params,
    responses: { 200: { description: 'Decided', schema: exchangeAgreementSchema } },
    problems: ['not_found', 'invalid_state', 'second_approval_required'],
    write: (request, dependencies) =>
      mapPlan(
        decideExchange(dependencies.table, actOf(request, dependencies), request.params.id, to),
        (agreement) => reply(200, agreement, { version: agreement.version }),
      ),
  });

export const exchangeRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postExchangeAgreement',
    method: 'post',
    path,
    summary: 'Propose that two zones tell each other of their stocks',
    description:
      'Of which products, which figures, how finely, from when on. By an administrator of the authority of one zone; it ' +
      "binds once one of the other's has approved it. Never a single operator's position: what would tell one is withheld " +
      'however finely the zones agree to look.',
    tag: 'Exchange',
    roles: administrators,
    body: exchangeTermsSchema,
    responses: { 201: { description: 'Proposed', schema: exchangeAgreementSchema } },
    problems: ['unknown_reference', 'invalid_state', 'forbidden'],
    write: (request, dependencies) =>
      mapPlan(proposeExchange(dependencies.table, actOf(request, dependencies), request.body), (agreement) =>
        reply(201, agreement, { version: agreement.version, location: `${path}/${agreement.id}` }),
      ),
  }),
  defineRoute({
    operationId: 'listExchangeAgreements',
    method: 'get',
    path,
    summary: 'List the agreements of the zones that the caller speaks for; for auditors, all',
    tag: 'Exchange',
    roles: readers,
    paged: true,
    responses: {
      200: { description: 'Agreements, in order of id', schema: listOf(exchangeAgreementSchema) },
    },
    read: async ({ caller, page }, { table }) => {
      const own = zonesOf(await readAll(table, 'zone'), caller.organisation);
      return ok(
        reply(200, await listReference(table, 'exchange', page, (each) => mayRead(each, caller, own))),
      );
    },
  }),
  defineRoute({
    operationId: 'getExchangeAgreement',
    method: 'get',
    path: `${path}/{id}`,
    summary: 'Read an agreement',
    tag: 'Exchange',
    roles: readers,
    params,
    responses: { 200: { description: 'The agreement', schema: exchangeAgreementSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const [zones, agreement] = await Promise.all([
        readAll(table, 'zone'),
        readReference(table, 'exchange', id),
      ]);
      return agreement !== undefined && mayRead(agreement, caller, zonesOf(zones, caller.organisation))
        ? ok(reply(200, agreement, { version: agreement.version }))
        : nothingHere;
    },
  }),
  deciding('approve', 'active', 'Approve an agreement: it binds'),
  deciding('reject', 'rejected', 'Reject an agreement'),
  defineRoute({
    operationId: 'endExchangeAgreement',
    method: 'post',
    path: `${path}/{id}/end`,
    summary: 'End an agreement at once',
    description: 'By an administrator of either authority. What was told stays told.',
    tag: 'Exchange',
    roles: administrators,
    params,
    responses: { 200: { description: 'Ended', schema: exchangeAgreementSchema } },
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(endExchange(dependencies.table, actOf(request, dependencies), request.params.id), (agreement) =>
        reply(200, agreement, { version: agreement.version }),
      ),
  }),
  defineRoute({
    operationId: 'listPacingWarnings',
    method: 'get',
    path: '/v1/exchange/pacing',
    summary: 'Where partners build up stocks at the same time, too fast',
    description:
      'Of each agreement that binds: products for which both zones are buying (open bids of their stockpiles, and what is ' +
      'on its way to them), together more than the agreed share of what both plan to consume in a year. It tells neither ' +
      "how much both buy, nor how much each: of two quantities whoever knows its own knows the other's.",
    tag: 'Exchange',
    roles: readers,
    query: z.strictObject({ product: nameIdSchema.optional() }),
    responses: {
      200: { description: 'Warnings', schema: z.strictObject({ items: z.array(pacingWarningSchema) }) },
    },
    read: async ({ caller, query, at }, { table }) => {
      const { agreements } = await seenAgreements(table, caller);
      const warnings = await pacingWarnings(table, agreements, at);
      const items = warnings.filter(({ product }) => (query.product ?? product) === product);
      return ok(reply(200, { items }));
    },
  }),
];
