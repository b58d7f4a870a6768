import * as z from 'zod';
import { nameIdSchema } from '../../shared/kernel/ids.ts';
import type { Log } from '../lambda/log.ts';
import type { Remainder } from './run-due-clearings.ts';

/** What wakes a worker: the product whose market wants one. */
export const wakeMessageSchema = z.strictObject({ product: nameIdSchema });

export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly MessageGroupId?: string | undefined };
  /** `requestId`: of the HTTP request that has woken the worker. */
  readonly messageAttributes?: Readonly<Record<string, { readonly stringValue?: string | undefined }>>;
}

export interface Consumer {
  readonly run: (product: string) => Promise<Remainder>;
  readonly wake: (product: string) => Promise<void>;
  readonly logger: Log;
}

/**
 * Works through a batch of a FIFO queue. A message that fails is answered by its id, and so are those of its group
 * behind it, untried: the queue then offers them again in their order.
 */
export async function consume(
  records: readonly QueueRecord[],
  { run, wake, logger }: Consumer,
): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const failedGroups = new Set<string>();
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body, attributes, messageAttributes } of records) {
    const group = attributes.MessageGroupId ?? messageId;
    const requestId = messageAttributes?.['requestId']?.stringValue;
    logger.info('a message', { messageId, group, requestId });
    try {
      if (failedGroups.has(group)) throw new Error('an earlier message of the group failed');
      const { product } = wakeMessageSchema.parse(JSON.parse(body));
      if ((await run(product)) === 'more') await wake(product);
    } catch (error) {
      logger.error('a message failed', { messageId, group, requestId, error });
      failedGroups.add(group);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
