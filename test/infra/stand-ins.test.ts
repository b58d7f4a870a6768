import * as sdk from '@aws-sdk/client-dynamodb';
import { AwsV4Signer } from 'aws4fetch';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as standIn from '../../infra/aws/stand-ins/dynamodb.ts';
import { EventBridgeClient, PutEventsCommand } from '../../infra/aws/stand-ins/eventbridge.ts';
import { fetch } from '../../infra/aws/stand-ins/fetch/index.ts';
import type { Engine } from '../../infra/local/engine.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { tableDefinition } from '../../shared/store/definition.ts';
import { isUnavailable } from '../../shared/store/transient.ts';
import { clientFor } from '../support/table.ts';

const surroundings = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'session',
};
beforeEach(() => {
  for (const [name, value] of Object.entries(surroundings)) vi.stubEnv(name, value);
  // No waiting between tries: the jitter is none.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('what stands in for the client of DynamoDB', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
    for (const name of ['sdk', 'own'])
      await clientFor(engine.endpoint).send(new sdk.CreateTableCommand(tableDefinition(name)));
  });
  afterAll(() => engine.stop());

  const key = { pk: { S: 'P#1' }, sk: { S: 'S#1' } };
  const item = {
    ...key,
    ...{ number: { N: '12345678901234567890.5' }, yes: { BOOL: true }, nothing: { NULL: true } },
    ...{
      bytes: { B: Buffer.from('bytes "B":"x"') },
      many: { BS: [Uint8Array.of(0, 255), Uint8Array.of(1)] },
    },
    // Attributes that are called as types are.
    ...{ B: { S: 'text' }, map: { M: { B: { L: [{ B: Uint8Array.of(7) }] }, BS: { S: '"BS":["' } } } },
    ...{ numbers: { NS: ['1'] }, texts: { SS: ['ü'] } },
  };
  const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
  const told = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
  const set = {
    UpdateExpression: 'SET #a = :a',
    ExpressionAttributeNames: { '#a': 'a' },
    ExpressionAttributeValues: { ':a': { B: Uint8Array.of(1, 2) } },
  };
  const byKey = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'P#1' } } };
  const steps: readonly (readonly [
    keyof typeof standIn & keyof typeof sdk,
    (TableName: string) => object,
  ])[] = [
    ['PutItemCommand', (TableName) => ({ TableName, Item: item, ...absent })],
    [
      'GetItemCommand',
      (TableName) => ({ TableName, Key: key, ConsistentRead: true, ProjectionExpression: undefined }),
    ],
    ['GetItemCommand', (TableName) => ({ TableName, Key: { ...key, sk: { S: 'none' } } })],
    ['PutItemCommand', (TableName) => ({ TableName, Item: key, ...absent, ...told })],
    ['PutItemCommand', (TableName) => ({ TableName, Item: key, ...absent })],
    ['UpdateItemCommand', (TableName) => ({ TableName, Key: key, ...set, ReturnValues: 'ALL_NEW' })],
    ['QueryCommand', (TableName) => ({ TableName, ...byKey, ConsistentRead: true, Limit: 1 })],
    [
      'BatchGetItemCommand',
      (TableName) => ({ RequestItems: { [TableName]: { Keys: [key], ConsistentRead: true } } }),
    ],
    [
      'TransactWriteItemsCommand',
      (TableName) => ({
        TransactItems: [
          { Put: { TableName, Item: { ...key, sk: { S: 'S#2' } } } },
          { Put: { TableName, Item: key, ...absent, ...told } },
        ],
        ClientRequestToken: undefined,
      }),
    ],
    ['DeleteItemCommand', (TableName) => ({ TableName, Key: key })],
    [
      'TransactWriteItemsCommand',
      (TableName) => ({ TransactItems: [{ Put: { TableName, Item: item, ...absent } }] }),
    ],
    ['QueryCommand', (TableName) => ({ TableName, ...byKey })],
    ['QueryCommand', (TableName) => ({ TableName, KeyConditionExpression: 'nonsense' })],
    ['GetItemCommand', () => ({ TableName: 'none', Key: key })],
  ];

  /** What a call comes to: the answer, or all that an error tells, without what each try has of its own. */
  async function outcome(send: () => Promise<unknown>) {
    try {
      const answer = (await send()) as object;
      return { answer: { ...answer, $metadata: undefined } };
    } catch (error) {
      const { name, message, Item, CancellationReasons, $metadata } =
        error as sdk.DynamoDBServiceException & {
          Item?: unknown;
          CancellationReasons?: unknown;
        };
      return { name, message, Item, CancellationReasons, status: $metadata.httpStatusCode };
    }
  }

  it('answers and refuses as the SDK’s own does, every kind of value and command', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', engine.endpoint);
    const client = clientFor(engine.endpoint);
    const own = new standIn.DynamoDBClient();
    const kinds = new Set<string>();
    for (const [command, inputFor] of steps) {
      const theirs = await outcome(() =>
        client.send(new (sdk[command] as unknown as typeof sdk.GetItemCommand)(inputFor('sdk') as never)),
      );
      const ours = await outcome(() =>
        own.send(new (standIn[command] as typeof standIn.GetItemCommand)(inputFor('own'))),
      );
      // The tables differ by name alone, and so do the tables' names in what is told.
      const renamed = JSON.parse(JSON.stringify(theirs, tagged).replaceAll('sdk', 'own')) as unknown;
      expect(JSON.parse(JSON.stringify(ours, tagged)), command).toEqual(renamed);
      kinds.add('name' in ours ? ours.name : 'answer');
    }
    expect([...kinds].sort()).toEqual([
      ...['ConditionalCheckFailedException', 'ResourceNotFoundException', 'TransactionCanceledException'],
      ...['ValidationException', 'answer'],
    ]);
    client.destroy();
  });

  it('tells by their classes what the table asks for', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', engine.endpoint);
    const own = new standIn.DynamoDBClient();
    const put = (sk: string) => ({ TableName: 'own', Item: { ...key, sk: { S: sk } }, ...absent });
    await own.send(new standIn.PutItemCommand(put('twice')));
    await expect(own.send(new standIn.PutItemCommand(put('twice')))).rejects.toBeInstanceOf(
      standIn.ConditionalCheckFailedException,
    );
    await expect(
      own.send(new standIn.TransactWriteItemsCommand({ TransactItems: [{ Put: put('twice') }] } as object)),
    ).rejects.toBeInstanceOf(standIn.TransactionCanceledException);
  });
});

/** Binary values as such, whatever class of them. */
function tagged(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const given = this[name];
  return given instanceof Uint8Array ? { bytes: Buffer.from(given).toString('hex') } : value;
}

interface Asked {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
/** Status and body, headers if any; `cut`: the connection ends; `silent`: nothing comes. */
type Reply = readonly [status: number, body: string, headers?: Record<string, string>] | 'cut' | 'silent';

describe('a call of what stands in for the SDK', () => {
  let asked: Asked[];
  let replies: Reply[];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      const reply = replies.shift() ?? [200, '{}'];
      if (reply === 'cut') request.socket.destroy();
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
  beforeEach(() => {
    [asked, replies] = [[], []];
    for (const service of ['DYNAMODB', 'EVENTBRIDGE']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, address);
  });
  const get = new standIn.GetItemCommand({ TableName: 'lodestone', Key: { pk: { S: 'ü' } } });
  const problem = (type: string): string =>
    JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'm' });

  it('is signed as another signer signs it, under the session of the credentials', async () => {
    await new standIn.DynamoDBClient().send(get);
    const { headers, body } = asked[0]!;
    expect(headers).toMatchObject({
      ...{ 'x-amz-target': 'DynamoDB_20120810.GetItem', 'content-type': 'application/x-amz-json-1.0' },
      'x-amz-security-token': 'session',
    });
    const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization!)![1]!.split(';');
    const again = await new AwsV4Signer({
      ...{
        method: 'POST',
        url: address,
        body,
        service: 'dynamodb',
        region: 'eu-central-1',
        allHeaders: true,
      },
      ...{ accessKeyId: 'local', secretAccessKey: 'secret', datetime: String(headers['x-amz-date']) },
      headers: Object.fromEntries(
        signed.filter((name) => name !== 'host').map((name) => [name, String(headers[name])]),
      ),
    }).sign();
    expect(headers.authorization).toBe(again.headers.get('authorization'));
  });

  it.each<[string, Reply[]]>([
    [
      'a fault of theirs',
      [
        [500, problem('InternalServerError')],
        [503, '<html>', {}],
      ],
    ],
    ['throttling', [[400, problem('ThrottlingException')]]],
    ['a connection that is cut', ['cut']],
    ['no answer in time', ['silent']],
  ])('is tried again after %s', async (_, before) => {
    replies = [...before, [200, '{"Item":{"a":{"N":"1"}}}']];
    const client = new standIn.DynamoDBClient({
      requestHandler: { connectionTimeout: 1000, requestTimeout: 300 },
    });
    expect(await client.send(get)).toEqual({ Item: { a: { N: '1' } } });
    expect(asked).toHaveLength(before.length + 1);
  });

  it('is given up after three tries, which is told as a store that is away', async () => {
    replies = [[500, ''], 'cut', [503, '<html>']];
    const failed = new standIn.DynamoDBClient().send(get);
    await expect(failed).rejects.toSatisfy(isUnavailable);
    expect(asked).toHaveLength(3);
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:1');
    await expect(new standIn.DynamoDBClient().send(get)).rejects.toSatisfy(isUnavailable);
  });

  it('is not tried again where that would not help', async () => {
    replies = [[400, problem('ConditionalCheckFailedException')]];
    await expect(new standIn.DynamoDBClient().send(get)).rejects.toMatchObject({
      ...{ name: 'ConditionalCheckFailedException', message: 'm' },
    });
    replies = [[400, '{}', { 'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/' }]];
    await expect(new standIn.DynamoDBClient().send(get)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(asked).toHaveLength(2);
  });

  it('of a transaction is the same call each time it is tried, and another the next time', async () => {
    replies = ['cut'];
    const client = new standIn.DynamoDBClient();
    for (const ClientRequestToken of [undefined, undefined, 'mine'])
      await client.send(new standIn.TransactWriteItemsCommand({ ClientRequestToken }));
    const [first, again, second, mine] = asked.map(({ body }) => body);
    expect(first).toMatch(/^\{"ClientRequestToken":"[\w-]{36}"\}$/);
    expect(again).toBe(first);
    expect(second).not.toBe(first);
    expect(mine).toBe('{"ClientRequestToken":"mine"}');
  });

  it('belongs to the trace of the call that a function serves, and tells instants in seconds', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'notify');
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-a');
    await new EventBridgeClient().send(new PutEventsCommand({ Entries: [{ Time: new Date(1500) }] }));
    expect(asked[0]).toMatchObject({
      body: '{"Entries":[{"Time":1.5}]}',
      headers: { 'x-amzn-trace-id': 'Root=1-a', 'x-amz-target': 'AWSEvents.PutEvents' },
    });
  });

  it('by fetch answers whatever came, and ends when it is told to', async () => {
    replies = [[403, 'é', { 'X-A': 'b' }], 'silent', [204, '']];
    const answer = await fetch(`${address}/x`, { method: 'PUT', headers: { 'X-Sent': 'c' }, body: 'body' });
    expect([answer.status, answer.ok, answer.headers.get('x-a'), await answer.text()]).toEqual([
      403,
      false,
      'b',
      'é',
    ]);
    expect(asked[0]).toMatchObject({ body: 'body', headers: { 'x-sent': 'c', 'content-length': '4' } });
    const late = fetch(address, { signal: AbortSignal.timeout(30) });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await fetch(address)).body).toBeNull();
  });
});
