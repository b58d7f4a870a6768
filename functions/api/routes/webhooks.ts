import * as z from 'zod';
import { generatedIdSchema } from '../../../shared/kernel/ids.ts';
import { ok } from '../../../shared/kernel/result.ts';
import { instantSchema } from '../../../shared/kernel/time.ts';
import type { Webhook } from '../../../shared/risk/subscription.ts';
import {
  webhookDeliverySchema,
  webhookSchema,
  webhookTermsSchema,
} from '../../../shared/risk/subscription.ts';
import type { Plan } from '../../../shared/store/table/effect.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import {
  closeWebhook,
  disableWebhook,
  enableWebhook,
  listDeliveries,
  listWebhooks,
  openWebhook,
  replayWebhook,
  rotateSecret,
  viewWebhook,
} from '../../../shared/store/risk/webhooks.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, everyone, nothingHere } from './reference.ts';

const params = z.strictObject({ id: generatedIdSchema('webhook') });
const tag = 'Webhooks';
const changed = { 200: { description: 'The webhook', schema: webhookSchema } } as const;
const changedReply = (plan: Plan<Webhook>) =>
  mapPlan(plan, (webhook) => reply(200, webhook, { version: webhook.version }));

const withSecretSchema = webhookSchema
  .extend({ secret: z.string().meta({ description: 'Signs every message. It is not shown again.' }) })
  .meta({ id: 'WebhookWithSecret' });

export const webhookRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'postWebhook',
    method: 'post',
    path: '/v1/webhooks',
    summary: 'Be told of alerts by a webhook',
    description:
      'Messages follow the Standard Webhooks specification: `{type, timestamp, data}` with the alert as the caller may see ' +
      'it, signed (`webhook-signature`, HMAC-SHA-256) with the secret of the answer. Each is sent at least once, always ' +
      'under one `webhook-id`; refuse a `webhook-timestamp` more than five minutes off. Answer 2xx within ten seconds, or ' +
      'it is sent again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h; 410 disables the webhook, and so do ' +
      'five days without success, once a message was tried four times. Redirects are not followed. The URL is https at a public address.',
    tag,
    roles: everyone,
    body: webhookTermsSchema,
    example: { url: 'https://ministry.example.org/hooks/lodestone', minimumLevel: 2 },
    responses: { 201: { description: 'Made; its secret is shown this once', schema: withSecretSchema } },
    problems: ['invalid_state'],
    write: (request, dependencies) =>
      mapPlan(
        openWebhook(dependencies.table, actOf(request, dependencies), request.caller, request.body, {
          allowedHosts: dependencies.webhookHosts ?? new Set(),
          newSecret: dependencies.newSecret,
        }),
        ({ webhook, secret }) =>
          reply(
            201,
            { ...webhook, secret },
            { version: webhook.version, location: `/v1/webhooks/${webhook.id}` },
          ),
      ),
  }),
  defineRoute({
    operationId: 'listWebhooks',
    method: 'get',
    path: '/v1/webhooks',
    summary: 'List webhooks',
    description: "The caller's own; administrators and auditors see all.",
    tag,
    roles: everyone,
    paged: true,
    responses: { 200: { description: 'Webhooks, in order of id', schema: listOf(webhookSchema) } },
    read: async ({ caller, page }, { table }) => ok(reply(200, await listWebhooks(table, caller, page))),
  }),
  defineRoute({
    operationId: 'getWebhook',
    method: 'get',
    path: '/v1/webhooks/{id}',
    summary: 'Read a webhook',
    tag,
    roles: everyone,
    params,
    responses: changed,
    problems: ['not_found'],
    read: async ({ caller, params: { id } }, { table }) => {
      const webhook = await viewWebhook(table, caller, id);
      return webhook === undefined ? nothingHere : ok(reply(200, webhook, { version: webhook.version }));
    },
  }),
  defineRoute({
    operationId: 'listWebhookDeliveries',
    method: 'get',
    path: '/v1/webhooks/{id}/deliveries',
    summary: 'List what a webhook was sent or is to be sent',
    description: 'The newest first, for thirty days, with what came of each attempt.',
    tag,
    roles: everyone,
    params,
    paged: true,
    responses: { 200: { description: 'Deliveries', schema: listOf(webhookDeliverySchema) } },
    problems: ['not_found'],
    read: async ({ caller, params: { id }, page }, { table }) =>
      (await viewWebhook(table, caller, id)) === undefined
        ? nothingHere
        : ok(reply(200, await listDeliveries(table, id, page))),
  }),
  defineRoute({
    operationId: 'replayWebhook',
    method: 'post',
    path: '/v1/webhooks/{id}/replay',
    summary: 'Send again what a webhook has been or should have been sent',
    description: 'Everything since `from`, at most thirty days back, soon and under the same ids.',
    tag,
    roles: everyone,
    params,
    body: z.strictObject({ from: instantSchema }),
    responses: {
      202: {
        description: 'Under way',
        schema: z.strictObject({
          webhook: generatedIdSchema('webhook'),
          id: generatedIdSchema('replay'),
          from: instantSchema,
        }),
      },
    },
    problems: ['not_found', 'invalid_state'],
    write: (request, dependencies) =>
      mapPlan(
        replayWebhook(
          dependencies.table,
          actOf(request, dependencies),
          request.caller,
          request.params.id,
          request.body.from,
        ),
        (replay) => reply(202, replay, { location: `/v1/webhooks/${replay.webhook}/deliveries` }),
      ),
  }),
  defineRoute({
    operationId: 'rotateWebhookSecret',
    method: 'post',
    path: '/v1/webhooks/{id}/rotate-secret',
    summary: 'Replace the secret of a webhook',
    description: 'For a day messages carry a signature by each of the two.',
    tag,
    roles: everyone,
    params,
    responses: {
      200: { description: 'The webhook, its new secret shown this once', schema: withSecretSchema },
    },
    problems: ['not_found'],
    write: (request, dependencies) =>
      mapPlan(
        rotateSecret(
          dependencies.table,
          actOf(request, dependencies),
          request.caller,
          request.params.id,
          dependencies.newSecret,
        ),
        ({ webhook, secret }) => reply(200, { ...webhook, secret }, { version: webhook.version }),
      ),
  }),
  defineRoute({
    operationId: 'disableWebhook',
    method: 'post',
    path: '/v1/webhooks/{id}/disable',
    summary: 'Stop calling a webhook',
    description: 'What it misses is held, and can be replayed once it is enabled.',
    tag,
    roles: everyone,
    params,
    responses: changed,
    problems: ['not_found'],
    write: (request, dependencies) =>
      changedReply(
        disableWebhook(dependencies.table, actOf(request, dependencies), request.caller, request.params.id),
      ),
  }),
  defineRoute({
    operationId: 'enableWebhook',
    method: 'post',
    path: '/v1/webhooks/{id}/enable',
    summary: 'Call a webhook again',
    tag,
    roles: everyone,
    params,
    responses: changed,
    problems: ['not_found'],
    write: (request, dependencies) =>
      changedReply(enableWebhook(dependencies.table, request.caller, request.params.id)),
  }),
  defineRoute({
    operationId: 'closeWebhook',
    method: 'post',
    path: '/v1/webhooks/{id}/close',
    summary: 'Take a webhook away',
    tag,
    roles: everyone,
    params,
    responses: changed,
    problems: ['not_found'],
    write: (request, dependencies) =>
      changedReply(closeWebhook(dependencies.table, request.caller, request.params.id)),
  }),
];
