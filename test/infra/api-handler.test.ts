import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayCaller, lambdaWorld, type GatewayCall, type LambdaWorld } from '../support/lambda.ts';
import { productBody } from '../support/reference.ts';

let world: LambdaWorld;
let call: GatewayCall;
beforeAll(async () => {
  world = await lambdaWorld();
  process.env['RATE_LIMIT'] = '100,200';
  call = await gatewayCaller(world, 'ministry', ['administrator']);
});
afterAll(async () => {
  await world.end();
});

describe('the bundled API', () => {
  it('has its reference beside it', async () => {
    const { statusCode, body } = await call('GET', '/openapi.json');
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ openapi: '3.1.0' });
  });

  it('is healthy once the table answers, and goes by the gateway’s request id', async () => {
    const { statusCode, header } = await call('GET', '/healthz');
    expect(statusCode).toBe(200);
    expect(header('x-request-id')).toBe('c6af9ac6-7b61-11e6-9a41-93e8deadbeef');
  });

  it('writes and reads through the table, with tokens of its issuer only', async () => {
    expect((await call('PUT', '/v1/products/ndpr-oxide', productBody())).statusCode).toBe(201);
    expect(await call('GET', '/v1/products/ndpr-oxide')).toMatchObject({
      statusCode: 200,
      body: { id: 'ndpr-oxide', lot: { amount: '1', unit: 'kg' } },
    });
    const bad = await call('GET', '/v1/products/ndpr-oxide', undefined, { Authorization: 'Bearer x.y.z' });
    expect(bad).toMatchObject({ statusCode: 401, body: { code: 'unauthenticated' } });
    expect(bad.header('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('puts locations and next pages behind the stage', async () => {
    await call('PUT', '/v1/products/cobalt', productBody({ name: 'Cobalt', mineral: 'cobalt' }));
    const { header } = await call('GET', '/v1/products?limit=1');
    expect(header('link')).toMatch(/^<\/live\/v1\/products\?limit=1&cursor=[\w-]+>; rel="next"$/);
    const clearing = await call('POST', '/v1/clearings', { product: 'ndpr-oxide' });
    expect(clearing.statusCode).toBe(202);
    expect(clearing.header('location')).toMatch(/^\/live\/v1\/clearings\/clr_/);
  });

  it('wakes the product’s clearing through the queue', async () => {
    world.queued.length = 0;
    await call('POST', '/v1/clearings', { product: 'ndpr-oxide' });
    expect(world.queued).toHaveLength(1);
    expect(world.queued[0]).toMatchObject({
      MessageBody: JSON.stringify({ product: 'ndpr-oxide' }),
      MessageGroupId: 'ndpr-oxide',
    });
  });

  it('counts an organisation for all instances by the table, as its policy lets it', async () => {
    const busy = await gatewayCaller(world, 'busy', ['buyer']);
    const { client, name } = world.table();
    const counted = async () => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'RATE#busy' } },
        }),
      );
      return Items;
    };
    // Half of the limit is more than an instance serves on trust; a new window may begin in between.
    for (let request = 0; request < 100 && (await counted()).length === 0; request += 1)
      expect((await busy('GET', '/v1/products')).header('ratelimit')).toMatch(/^"organisation";r=\d+$/);
    const [first] = await counted();
    expect(Number(first?.['taken']?.N)).toBe(10);
  });

  it('refuses what is refused, as problem details', async () => {
    const refused = await call('GET', '/v1/products?limit=1&limit=2');
    expect(refused.statusCode).toBe(400);
    expect(refused.header('content-type')).toBe('application/problem+json');
    expect((await call('DELETE', '/v1/products/ndpr-oxide')).statusCode).toBe(405);
    expect((await call('GET', '/v1/nothing')).statusCode).toBe(404);
  });
});
