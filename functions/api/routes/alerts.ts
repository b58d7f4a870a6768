import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import { dateOf } from '../../../shared/kernel/time.ts';
import type { Alert } from '../../../shared/risk/alert.ts';
import { alertKinds, alertSchema, alertStatuses } from '../../../shared/risk/alert.ts';
import { alertViewSchema } from '../../../shared/risk/alert-view.ts';
import {
  acknowledgeAlert,
  alertVersions,
  listAlerts,
  resolveAlert,
  viewAlert,
} from '../../../shared/store/risk/alerts.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, everyone, nothingHere } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('alert') });
const tag = 'Risk';
const changed = { 200: { description: 'The alert', schema: alertSchema } } as const;
const changedReply = (plan: Plan<Alert>) =>
  mapPlan(plan, (alert) => reply(200, alert, { version: alert.version }));

export const alertRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'listAlerts',
    method: 'get',
    path: '/v1/alerts',
    summary: 'List alerts',
    description:
      'One alert for each cause, however often it comes and goes; its level is 0 (watched) to 3. Everybody is told of ' +
      'disruptions, prices and floors that end; parties of what is about their own contracts and certificates; ' +
      "operators of what is about their zones and stockpiles. Severity, figures and history are administrators' and " +
      "auditors', and an operator's of its own stockpile.",
    tag,
    roles: everyone,
    query: z.strictObject({
      product: nameIdSchema.optional(),
      zone: nameIdSchema.optional(),
      kind: z.enum(alertKinds).optional(),
      status: z.enum(alertStatuses).optional(),
      minimumLevel: z.enum(['0', '1', '2', '3']).optional(),
    }),
    paged: true,
    responses: { 200: { description: 'Alerts, in order of id', schema: listOf(alertViewSchema) } },
    read: async ({ caller, query, page, at }, { table }) => {
      const { product, zone, kind, status, minimumLevel = '0' } = query;
      const list = await listAlerts(
        table,
        caller,
        dateOf(at),
        page,
        (alert) =>
          (product === undefined || alert.cause.product === product) &&
          (zone === undefined || alert.cause.zone === zone) &&
          (kind === undefined || alert.cause.kind === kind) &&
          (status === undefined || alert.status === status) &&
          alert.level >= Number(minimumLevel),
      );
      return ok(reply(200, list));
    },
  }),
  defineRoute({
    operationId: 'getAlert',
    method: 'get',
    path: '/v1/alerts/{id}',
    summary: 'Read an alert',
    tag,
    roles: everyone,
    params,
    responses: { 200: { description: 'The alert', schema: alertViewSchema } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, at }, { table }) => {
      const alert = await viewAlert(table, caller, id, dateOf(at));
      return alert.ok ? ok(reply(200, alert.value, { version: alert.value.version })) : alert;
    },
  }),
  defineRoute({
    operationId: 'listAlertVersions',
    method: 'get',
    path: '/v1/alerts/{id}/versions',
    summary: 'List the versions of an alert',
    description: 'Oldest first: every step of its life, and its figures then.',
    tag,
    roles: ['administrator', 'auditor'],
    params,
    paged: true,
    responses: { 200: { description: 'Versions', schema: listOf(alertSchema) } },
    problems: ['not_found'],
    read: async ({ params: { id }, page }, { table }) => {
      const versions = await alertVersions(table, id, page);
      return versions.items.length > 0 || page.after !== undefined ? ok(reply(200, versions)) : nothingHere;
    },
  }),
  defineRoute({
    operationId: 'acknowledgeAlert',
    method: 'post',
    path: '/v1/alerts/{id}/acknowledge',
    summary: 'Say that somebody looks into an alert',
    description: 'Should it get worse, it is raised again.',
    tag,
    roles: administrators,
    params,
    body: z.strictObject({ note: textSchema(1000).optional() }),
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(
        acknowledgeAlert(
          dependencies.table,
          actOf(request, dependencies),
          request.params.id,
          request.body.note,
        ),
      ),
  }),
  defineRoute({
    operationId: 'resolveAlert',
    method: 'post',
    path: '/v1/alerts/{id}/resolve',
    summary: 'Close an alert whose cause still stands',
    description:
      'It is raised again when its cause has gone and come back, or is worse than it was. An alert whose cause has gone ' +
      'is resolved by itself.',
    tag,
    roles: administrators,
    params,
    body: z.strictObject({ note: textSchema(1000) }),
    responses: changed,
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      changedReply(
        resolveAlert(dependencies.table, actOf(request, dependencies), request.params.id, request.body.note),
      ),
  }),
];
