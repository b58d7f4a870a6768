import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GatewayCall, LambdaWorld, QueuedMessage } from '../support/lambda.ts';
import { gatewayCaller, lambdaWorld } from '../support/lambda.ts';
import { productBody } from '../support/reference.ts';
import { flat, price } from '../support/scenario.ts';

let world: LambdaWorld;
let administrator: GatewayCall;
let seller: GatewayCall;
let buyer: GatewayCall;
let clearing: (event: unknown, context?: unknown) => Promise<unknown>;
let tick: (event: unknown) => Promise<unknown>;
beforeAll(async () => {
  world = await lambdaWorld();
  administrator = await gatewayCaller(world, 'ministry', ['administrator']);
  seller = await gatewayCaller(world, 'refinery', ['producer']);
  buyer = await gatewayCaller(world, 'magnets', ['buyer']);
  clearing = await world.handler('clearing');
  tick = await world.handler('tick');
});
afterAll(async () => {
  await world.end();
});

/** A batch as SQS hands it to a Lambda. */
const batch = (messages: readonly Pick<QueuedMessage, 'MessageBody' | 'MessageGroupId'>[]) => ({
  Records: messages.map(({ MessageBody, MessageGroupId }, index) => ({
    messageId: `message-${index}`,
    receiptHandle: 'handle',
    body: MessageBody,
    attributes: { MessageGroupId, ApproximateReceiveCount: '1' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:clearings.fifo',
    awsRegion: 'eu-central-1',
  })),
});
const context = (id = 'request-1') => ({ awsRequestId: id, getRemainingTimeInMillis: () => 300_000 });
const consume = async (messages: Parameters<typeof batch>[0], id?: string) =>
  (await clearing(batch(messages), context(id))) as SQSBatchResponse;

async function idOf(answer: Promise<{ statusCode: number; body: unknown }>): Promise<string> {
  const { statusCode, body } = await answer;
  expect(statusCode, JSON.stringify(body)).toBeLessThan(300);
  return (body as { id: string }).id;
}
const contracts = async () =>
  ((await buyer('GET', '/v1/contracts')).body as { items: { id: string; seller: string }[] }).items;

describe('the bundled Lambdas together', () => {
  it('take a market from posted orders to contracts, through the queue', async () => {
    await idOf(administrator('PUT', '/v1/products/ndpr-oxide', productBody()));
    const site = await idOf(
      seller('POST', '/v1/sites', { name: 'Works', country: 'AU', stage: 'refining', minerals: ['ndpr'] }),
    );
    const order = { product: 'ndpr-oxide', delivery: flat('40') };
    await idOf(seller('POST', '/v1/offers', { ...order, site, price: price('90.00') }));
    await idOf(buyer('POST', '/v1/bids', { ...order, destination: 'DE', price: price('120.00') }));
    // The engine that the API reads only now sees what the clearing will do.
    const preview = await administrator('POST', '/v1/clearings/preview', { product: 'ndpr-oxide' });
    expect(preview).toMatchObject({ statusCode: 200, body: { current: { contracts: 1, blocked: [] } } });
    const id = await idOf(administrator('POST', '/v1/clearings', { product: 'ndpr-oxide' }));
    expect(await consume(world.queued)).toEqual({ batchItemFailures: [] });
    expect((await administrator('GET', `/v1/clearings/${id}`)).body).toMatchObject({
      status: 'completed',
      contracts: 1,
    });
    expect(await contracts()).toMatchObject([{ seller: 'refinery' }]);
    expect(
      [...world.bucket.keys()].filter((key) => key.startsWith(`clearings/${id}/`)).length,
    ).toBeGreaterThanOrEqual(4);
  });

  it('hand the proof out by a link to the bucket', async () => {
    const { items } = (await administrator('GET', '/v1/clearings')).body as { items: { id: string }[] };
    const { statusCode, header } = await administrator('GET', `/v1/clearings/${items[0]!.id}/proof`);
    expect(statusCode).toBe(303);
    const proof = await fetch(String(header('location')));
    expect(proof.status).toBe(200);
    expect(await proof.text()).not.toContain('refinery');
  });

  it('do nothing twice when the queue delivers twice', async () => {
    const before = await contracts();
    expect(await consume(world.queued, 'request-2')).toEqual({ batchItemFailures: [] });
    expect(await consume(world.queued, 'request-3')).toEqual({ batchItemFailures: [] });
    expect(await contracts()).toEqual(before);
  });

  it('answer a poisoned message by its id and clear the others', async () => {
    const good = { MessageBody: JSON.stringify({ product: 'ndpr-oxide' }), MessageGroupId: 'ndpr-oxide' };
    const poison = { MessageBody: '{"product":', MessageGroupId: 'poison' };
    expect(await consume([poison, good])).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  });

  it('answer 503 and when to come back while table or bucket are away, and go on with what was asked once they are there', async () => {
    const bid = ((await buyer('GET', '/v1/bids')).body as { items: { id: string }[] }).items[0]!.id;
    const explanation = () => buyer('GET', `/v1/bids/${bid}/explanation`);
    const expectAway = async (call: () => ReturnType<GatewayCall>) => {
      const { statusCode, header, body } = await call();
      expect([statusCode, header('retry-after'), body]).toMatchObject([503, '5', { code: 'unavailable' }]);
    };
    const ask = () => administrator('POST', '/v1/clearings', { product: 'ndpr-oxide' });
    const comeBack = await world.loseTable();
    await expectAway(explanation);
    await expectAway(ask);
    expect((await administrator('GET', '/healthz')).statusCode).toBe(503);
    await comeBack();
    expect((await administrator('GET', '/healthz')).statusCode).toBe(200);
    const id = await idOf(ask());
    const [message] = world.queued.slice(-1);
    world.bucketIsAway = true;
    await expectAway(explanation);
    expect((await consume([message!], 'request-away')).batchItemFailures).toHaveLength(1);
    world.bucketIsAway = false;
    expect((await explanation()).statusCode).toBe(200);
    expect(await consume([message!], 'request-away')).toEqual({ batchItemFailures: [] });
    expect((await administrator('GET', `/v1/clearings/${id}`)).body).toMatchObject({ status: 'completed' });
  });

  it('find by the tick what no message woke', async () => {
    const id = await idOf(administrator('POST', '/v1/clearings', { product: 'ndpr-oxide' }));
    world.queued.length = 0;
    await tick({ version: '0', 'detail-type': 'Scheduled Event' });
    expect(world.queued.map(({ MessageGroupId }) => MessageGroupId)).toEqual(['ndpr-oxide']);
    await consume(world.queued, 'request-4');
    expect((await administrator('GET', `/v1/clearings/${id}`)).body).toMatchObject({
      status: 'completed',
      contracts: 0,
    });
    world.queued.length = 0;
    await tick({ version: '0', 'detail-type': 'Scheduled Event' });
    expect(world.queued).toEqual([]);
  });

  it('ask once for what a schedule is due for, when the tick comes twice, and clear it once', async () => {
    await idOf(
      administrator('PUT', '/v1/products/gallium', { ...productBody(), clearingSchedule: '* * * * *' }),
    );
    const event = { version: '0', 'detail-type': 'Scheduled Event', time: '2026-11-22T12:00:00Z' };
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
    await tick(event);
    await tick(event);
    vi.useRealTimers();
    const ofGallium = async () =>
      (
        (await administrator('GET', '/v1/clearings')).body as {
          items: { id: string; product: string; status: string }[];
        }
      ).items.filter(({ product }) => product === 'gallium');
    expect(await ofGallium()).toMatchObject([{ status: 'queued' }]);
    const messages = [...world.queued];
    expect(messages.map(({ MessageGroupId }) => MessageGroupId)).toEqual(['gallium', 'gallium']);
    await consume(messages, 'request-5');
    const after = await ofGallium();
    expect(after).toMatchObject([{ status: 'completed' }]);
    await consume(messages, 'request-6');
    expect(await ofGallium()).toEqual(after);
  });
});

describe('the policy before the table', () => {
  it('refuses a function what is not its own, so that the tests above would have failed', async () => {
    const client = (user: string) =>
      new DynamoDBClient({
        endpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB']!,
        credentials: { accessKeyId: user, secretAccessKey: 'secret' },
      });
    const write = (user: string, pk: string) =>
      client(user).send(
        new PutItemCommand({ TableName: 'lodestone', Item: { pk: { S: pk }, sk: { S: 'X' } } }),
      );
    await expect(write('api', 'PLAN#clr_1#0000000001')).rejects.toThrow('not authorized');
    await expect(write('tick', 'LEDGER#led_1')).rejects.toThrow('not authorized');
    await expect(write('clearing', 'LEDGER#led_1')).rejects.toThrow('not authorized');
    await expect(write('stream', 'BOOK#cobalt#1')).rejects.toThrow('not authorized');
    await expect(write('notify', 'CONTRACT#ctr_1')).rejects.toThrow('not authorized');
    await expect(write('clearing', 'PLAN#clr_1#0000000001')).resolves.toBeDefined();
    const secrets = { TableName: 'lodestone', Key: { pk: { S: 'WEBHOOKS' }, sk: { S: 'whk_1' } } };
    for (const user of ['clearing', 'settlement', 'tick', 'stream'])
      await expect(client(user).send(new GetItemCommand(secrets)), user).rejects.toThrow('not authorized');
    await expect(client('notify').send(new GetItemCommand(secrets))).resolves.toBeDefined();
  });
});
