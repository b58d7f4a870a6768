import { Logger } from '@aws-lambda-powertools/logger';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { once } from '../../shared/kernel/once.ts';
import type { Clock } from '../../shared/kernel/instant.ts';
import { instantOf } from '../../shared/kernel/instant.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { readItem } from '../../shared/store/table/item.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import { Table } from '../../shared/store/table/table.ts';

/** What every Lambda of the marketplace finds around it, by the names that the service stack gives. */
export const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

export const clock: Clock = () => instantOf(Date.now());
const pause = async (milliseconds: number): Promise<void> => {
  await setTimeout(milliseconds);
};

export const logger = new Logger();

/**
 * Milliseconds: a table that does not answer at all is given up on, and tried again, well within a call of the gateway,
 * which ends after 29 s; DynamoDB itself answers within tens.
 */
const patience = { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true };

export const table = (): Table =>
  new Table({
    client: new DynamoDBClient({ requestHandler: patience }),
    ...{ name: setting('TABLE_NAME'), pause, random: Math.random },
  });

/**
 * The bucket. `AWS_ENDPOINT_URL_S3`, as the SDK understands it, points it at another S3. What calls it is read when it is
 * first called: few calls of the API do that.
 */
export function objects(): ObjectStore {
  const bucket = setting('BUCKET_NAME');
  const region = setting('AWS_REGION');
  const other = process.env['AWS_ENDPOINT_URL_S3'];
  const endpoint = new URL(
    other === undefined ? `https://${bucket}.s3.${region}.amazonaws.com` : `${other}/${bucket}`,
  );
  const credentials = () => ({
    accessKeyId: setting('AWS_ACCESS_KEY_ID'),
    secretAccessKey: setting('AWS_SECRET_ACCESS_KEY'),
    sessionToken: process.env['AWS_SESSION_TOKEN'],
  });
  const store = once(async () => {
    const { S3ObjectStore } = await import('../../shared/store/service/s3-object-store.ts');
    return new S3ObjectStore({ endpoint, region, credentials, clock, fetch, pause, random: Math.random });
  });
  return {
    put: async (key, bytes) => (await store()).put(key, bytes),
    get: async (key) => (await store()).get(key),
    linkTo: async (key) => (await store()).linkTo(key),
  };
}

/**
 * Wakes a worker for a market. The queue lets one message of a market through at a time. Every message is one of its
 * own: deduplicated, one that follows another within five minutes would be lost, and its request wait for the tick.
 * The queue's client is read when somebody is first woken: few calls of the API do that.
 */
export function wakeByQueue(): (product: string, requestId?: string) => Promise<void> {
  const QueueUrl = setting('QUEUE_URL');
  const opened = once(openQueue);
  return async (product, requestId) => {
    const { queue, SendMessageCommand } = await opened();
    await queue.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: JSON.stringify({ product }),
        MessageGroupId: product,
        MessageDeduplicationId: randomUUID(),
        // Beside the body, which a worker of the version before reads strictly.
        ...(requestId === undefined
          ? {}
          : { MessageAttributes: { requestId: { DataType: 'String', StringValue: requestId } } }),
      }),
    );
  };
}

async function openQueue() {
  const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  return { queue: new SQSClient(), SendMessageCommand };
}

/** The items that records of the table's stream tell of as they now are. */
export const changedItems = (records: readonly DynamoDBRecord[]): Item[] =>
  records.flatMap(({ dynamodb }) =>
    dynamodb?.NewImage === undefined ? [] : [readItem(dynamodb.NewImage as Record<string, AttributeValue>)],
  );

/** The items that records of the table's stream tell were put for the first time. */
export const putItems = (records: readonly DynamoDBRecord[]): Item[] =>
  changedItems(records.filter(({ eventName }) => eventName === 'INSERT'));
