import type { GetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as standIn from '../../infra/aws/stand-ins/dynamodb.ts';
import { fetch } from '../../infra/aws/stand-ins/fetch/later.ts';
import type { Engine } from '../../infra/local/engine.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { tableDefinition } from '../../shared/store/table/definition.ts';
import { clientFor } from '../support/table.ts';

describe('what stands in for the client of DynamoDB', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
    await clientFor(engine.endpoint).send(new CreateTableCommand(tableDefinition('lodestone')));
  });
  afterAll(() => engine.stop());
  const opened = () =>
    new standIn.DynamoDBClient({
      ...{ endpoint: engine.endpoint, region: 'eu-central-1' },
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });

  const TableName = 'lodestone';
  const itemOf = (name: string) => ({ pk: { S: 'P#1' }, sk: { S: name } });
  const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
  const byKey = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'P#1' } } };

  it('passes on every command to the SDK’s, and its answers', async () => {
    const client = opened();
    const [Item, Key] = [{ ...itemOf('a'), n: { N: '1' } }, itemOf('a')];
    await client.send(new standIn.PutItemCommand({ TableName, Item, ...absent }));
    const update = { UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '2' } } };
    await client.send(new standIn.UpdateItemCommand({ TableName, Key, ...update }));
    await client.send(
      new standIn.TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: itemOf('b') } }] }),
    );
    const got = await client.send(new standIn.GetItemCommand({ TableName, Key, ConsistentRead: true }));
    expect((got as GetItemCommandOutput).Item).toEqual({ ...Key, n: { N: '2' } });
    expect(await client.send(new standIn.QueryCommand({ TableName, ...byKey }))).toMatchObject({ Count: 2 });
    await client.send(new standIn.DeleteItemCommand({ TableName, Key }));
    const left = { RequestItems: { [TableName]: { Keys: [Key, itemOf('b')] } } };
    expect(await client.send(new standIn.BatchGetItemCommand(left))).toMatchObject({
      Responses: { [TableName]: [itemOf('b')] },
    });
  });

  it('has errors told by their class, as the SDK throws them', async () => {
    const client = opened();
    const Put = { TableName, Item: itemOf('twice'), ...absent };
    await client.send(new standIn.PutItemCommand(Put));
    const again: unknown = await client
      .send(new standIn.PutItemCommand(Put))
      .catch((error: unknown) => error);
    expect(again).toBeInstanceOf(ConditionalCheckFailedException);
    expect(again).toBeInstanceOf(standIn.ConditionalCheckFailedException);
    expect(again).not.toBeInstanceOf(standIn.TransactionCanceledException);
    const cancelled: unknown = await client
      .send(new standIn.TransactWriteItemsCommand({ TransactItems: [{ Put }] }))
      .catch((error: unknown) => error);
    expect(cancelled).toBeInstanceOf(standIn.TransactionCanceledException);
    expect(cancelled).toMatchObject({ CancellationReasons: [{ Code: 'ConditionalCheckFailed' }] });
    expect({ name: 'TransactionCanceledException' }).not.toBeInstanceOf(standIn.TransactionCanceledException);
  });

  it('asks for nothing before it is asked', () => {
    vi.stubEnv('AWS_REGION', '');
    expect(() => new standIn.DynamoDBClient({})).not.toThrow();
    vi.unstubAllEnvs();
  });
});

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('fetch in a bundle', () => {
  let asked: Asked[];
  /** Status, body and headers; `silent`: nothing comes; `half`: it begins and does not end. */
  let replies: (readonly [number, string, Record<string, string>?] | 'silent' | 'half')[];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, headers, body: Buffer.concat(parts).toString() });
      const reply = replies.shift() ?? [200, '{}'];
      if (reply === 'half') response.writeHead(200).write('half');
      else if (reply !== 'silent') response.writeHead(reply[0], reply[2]).end(reply[1]);
    });
  });
  let address: string;
  beforeAll(async () => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => ([asked, replies] = [[], []]));
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('sends what it is given, and answers whatever came', async () => {
    replies = [
      [403, 'é', { 'X-A': 'b' }],
      [307, '', { Location: '/y' }],
      [204, ''],
    ];
    const init = { method: 'PUT', headers: { 'X-Sent': 'c' }, body: 'é' };
    const answer = await fetch(`${address}/x%20y/é?b=2&a=%2F`, init);
    expect([answer.status, answer.ok, answer.headers.get('x-a')]).toEqual([403, false, 'b']);
    expect(await answer.text()).toBe('é');
    expect(asked[0]).toMatchObject({
      ...{ method: 'PUT', url: '/x%20y/%C3%A9?b=2&a=%2F', body: 'é' },
      headers: { 'x-sent': 'c', 'content-length': '2' },
    });
    expect((await fetch(address)).headers.get('location')).toBe('/y');
    expect((await fetch(address)).body).toBeNull();
  });

  it.each(['silent', 'half'] as const)('ends when it is told to, where what comes is %s', async (reply) => {
    replies = [reply];
    const late = fetch(address, { signal: AbortSignal.timeout(50) });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('tells that nobody is there', async () => {
    await expect(fetch('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
