import * as z from 'zod';
import { derivedId } from '../kernel/derived-id.ts';
import { generatedIdSchema } from '../kernel/ids.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Alert, AlertStep } from './alert.ts';
import { alertSchema } from './alert.ts';

/** What subscribers are told of: the steps of an alert's life. */
export const noticeTypes = [
  'alert.raised',
  'alert.level',
  'alert.acknowledged',
  'alert.resolved',
] as const satisfies `alert.${AlertStep['what']}`[];

/** One message to all subscribers. Each gets it under the same id, once or more often. */
export const noticeSchema = z.strictObject({
  id: generatedIdSchema('notice'),
  type: z.enum(noticeTypes),
  at: instantSchema,
  /** As it stood then, whole. Each subscriber is told what it may know. */
  alert: alertSchema,
});
export type Notice = z.output<typeof noticeSchema>;

/** The id follows from alert and version, and begins with the time: the same step makes the same message. */
export const noticeOf = (alert: Alert, step: AlertStep): Notice => ({
  id: derivedId('notice', step.at, `${alert.id}#${alert.version}`),
  type: `alert.${step.what}`,
  at: step.at,
  alert,
});
