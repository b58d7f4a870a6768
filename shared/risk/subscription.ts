import * as z from 'zod';
import { generatedIdSchema, nameIdSchema, textSchema } from '../kernel/ids.ts';
import { instantSchema } from '../kernel/time.ts';
import { roles } from '../reference/role.ts';
import { levelSchema } from './alert.ts';
import type { Notice } from './notice.ts';
import { noticeTypes } from './notice.ts';

/** What a subscriber asks for. Everything that it leaves out is sent. */
export const webhookTermsSchema = z.strictObject({
  /** https, of the public internet. */
  url: z.string().min(1).max(2048),
  events: z.array(z.enum(noticeTypes)).min(1).max(noticeTypes.length).optional(),
  products: z.array(nameIdSchema).min(1).max(100).optional(),
  minimumLevel: levelSchema.optional(),
  description: textSchema(200).optional(),
});
export type WebhookTerms = z.output<typeof webhookTermsSchema>;

/** Why a webhook is not called any more. */
const disabledSchema = z.strictObject({
  at: instantSchema,
  reason: z.enum(['failing', 'gone', 'by-request']),
});

export const webhookSchema = webhookTermsSchema
  .extend({
    id: generatedIdSchema('webhook'),
    organisation: nameIdSchema,
    /** Of whoever made it: it is told what they may know. */
    roles: z.array(z.enum(roles)),
    createdAt: instantSchema,
    createdBy: z.string(),
    status: z.enum(['active', 'disabled']),
    disabled: disabledSchema.optional(),
    /** No call has succeeded since. */
    failingSince: instantSchema.optional(),
    version: z.int().positive(),
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.output<typeof webhookSchema>;

/** It has asked to be told of this; whether it may know is another matter. */
export const isAskedFor = ({ events, products, minimumLevel }: Webhook, { type, alert }: Notice): boolean =>
  (events === undefined || events.includes(type)) &&
  (products === undefined || products.includes(alert.cause.product)) &&
  alert.level >= (minimumLevel ?? 0);

const tryResultSchema = z.strictObject({
  at: instantSchema,
  /** The status answered, or what kept an answer from coming. Never what was answered. */
  result: z.union([z.int(), z.enum(['refused-address', 'unreachable', 'timeout', 'oversized'])]),
});
export type TryResult = z.output<typeof tryResultSchema>;

const deliveryStatuses = ['pending', 'delivered', 'failed', 'held'] as const;

/** One notice to one webhook: at least once, always under the notice's id. */
export const webhookDeliverySchema = z
  .strictObject({
    notice: generatedIdSchema('notice'),
    webhook: generatedIdSchema('webhook'),
    type: z.enum(noticeTypes),
    /** Held: the webhook was disabled; a replay sends it. */
    status: z.enum(deliveryStatuses),
    /** Begun since it was made or last replayed; one that died on the way is among them. */
    attempts: z.int().nonnegative(),
    nextAt: instantSchema.optional(),
    tries: z.array(tryResultSchema),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.output<typeof webhookDeliverySchema>;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Milliseconds to wait after each attempt that failed: the schedule that the Standard Webhooks specification proposes. */
export const retryAfter: readonly number[] = [
  ...[5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
];

/** A webhook that has failed for so long is disabled, */
export const patienceMilliseconds = 5 * 24 * hour;
/** once one message has been tried so often in vain: days in which we called nobody are not held against it. */
export const patienceAttempts = 4;
/** A secret that was replaced signs beside the new one for so long. */
export const overlapMilliseconds = 24 * hour;
