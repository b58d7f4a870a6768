import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { doesNotExist, versionIs } from '../../../shared/store/table/condition.ts';
import type { Action } from '../../../shared/store/table/action.ts';
import { Table } from '../../../shared/store/table/table.ts';

/** Failures that the embedded engine never makes. */
const client = new DynamoDBClient({ region: 'eu-central-1' });
const dynamo = mockClient(client);
const pauses: number[] = [];
const table = new Table({
  client,
  name: 'lodestone',
  pause: (milliseconds) => {
    pauses.push(milliseconds);
    return Promise.resolve();
  },
  random: () => 0.5,
});
beforeEach(() => {
  dynamo.reset();
  pauses.length = 0;
});

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const key = { pk: 'A', sk: 'B' };
const put: Action = { name: 'order', put: key, conditions: [doesNotExist] };
const update: Action = {
  name: 'raise',
  update: key,
  set: { expression: 'SET #version = :next', names: { '#version': 'version' }, values: { ':next': 2 } },
  conditions: [versionIs(1)],
};

describe('a transaction', () => {
  it('is tried again, ever later, when it collides with another or is throttled', async () => {
    dynamo
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled('None', 'TransactionConflict'))
      .rejectsOnce(cancelled('ThrottlingError'))
      .rejectsOnce(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }))
      .resolves({});
    expect(await table.transact([put, update])).toEqual({ done: true });
    expect(pauses).toEqual([25, 50, 100]);
  });

  it('is the same call each time, under its token', async () => {
    dynamo.on(TransactWriteItemsCommand).rejectsOnce(cancelled('TransactionConflict')).resolves({});
    await table.transact([put], 'token-1');
    const tokens = dynamo
      .commandCalls(TransactWriteItemsCommand)
      .map(({ args }) => args[0].input.ClientRequestToken);
    expect(tokens).toEqual(['token-1', 'token-1']);
  });

  it('is given up on at last, with what went wrong', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('TransactionConflict'));
    await expect(table.transact([put])).rejects.toThrow('cancelled');
    expect(dynamo.commandCalls(TransactWriteItemsCommand).length).toBeGreaterThan(5);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2000);
  });

  it('names the condition that did not hold, even beside a collision: trying again would not help', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('TransactionConflict', 'ConditionalCheckFailed'));
    expect(await table.transact([put, update])).toEqual({
      done: false,
      refusals: [{ action: 'raise', index: 1, item: undefined }],
    });
    expect(pauses).toEqual([]);
  });

  it('throws at once what is no passing trouble', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(cancelled('ValidationError'));
    await expect(table.transact([put])).rejects.toThrow();
    expect(dynamo.commandCalls(TransactWriteItemsCommand)).toHaveLength(1);
  });

  it('refuses more actions than DynamoDB takes before it asks', async () => {
    await expect(table.transact(Array.from({ length: 101 }, () => put))).rejects.toThrow('101 actions');
    expect(dynamo.calls()).toHaveLength(0);
  });
});

describe('the put of one item', () => {
  const item = { ...key, content: 'text' };

  it('is tried again when it collides with a transaction or is throttled', async () => {
    dynamo
      .on(PutItemCommand)
      .rejectsOnce(Object.assign(new Error('collided'), { name: 'TransactionConflictException' }))
      .rejectsOnce(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }))
      .resolves({});
    expect(await table.put(item, [doesNotExist])).toEqual({ done: true, item });
    expect(pauses).toEqual([25, 50]);
    for (const { args } of dynamo.commandCalls(PutItemCommand))
      expect(args[0].input).toMatchObject({
        ...{ TableName: 'lodestone', Item: marshall(item) },
        ConditionExpression: '(attribute_not_exists(pk))',
      });
  });

  it('answers what stands in its way', async () => {
    dynamo.on(PutItemCommand).rejects(
      new ConditionalCheckFailedException({
        ...{ message: 'refused', $metadata: {} },
        Item: marshall({ ...key, content: 'other' }),
      }),
    );
    expect(await table.put(item, [doesNotExist])).toEqual({
      done: false,
      item: { ...key, content: 'other' },
    });
    expect(dynamo.commandCalls(PutItemCommand)).toHaveLength(1);
  });

  it('throws at once what is no passing trouble', async () => {
    dynamo.on(PutItemCommand).rejects(new Error('no'));
    await expect(table.put(item, [])).rejects.toThrow('no');
    expect(dynamo.commandCalls(PutItemCommand)).toHaveLength(1);
  });
});

describe('reading many', () => {
  it('asks again for what was left unread', async () => {
    const other = { pk: 'C', sk: 'D' };
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { lodestone: [marshall(key)] },
        UnprocessedKeys: { lodestone: { Keys: [marshall(other)] } },
      })
      .resolves({ Responses: { lodestone: [marshall(other)] } });
    expect(await table.getMany([key, other])).toEqual([key, other]);
    expect(pauses).toHaveLength(1);
  });
});
