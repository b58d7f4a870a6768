import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { CryptoKey } from 'jose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandler } from '../../infra/aws/bundle.ts';
import type { Engine } from '../../infra/local/engine.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { tableDefinition } from '../../shared/store/definition.ts';
import { productBody } from '../support/reference.ts';
import { clientFor } from '../support/table.ts';

/** The bundled Lambda as it is deployed, on real events: its issuer and queue are small servers of the test. */
let folder: string;
let bundle: string;
let engine: Engine;
let outside: Server;
let issuer: string;
let privateKey: CryptoKey;
let handler: (event: unknown) => Promise<APIGatewayProxyResult>;
const queued: string[] = [];
const before = { ...process.env };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-api-'));
  bundle = await bundleHandler('api', folder);
  engine = await startEngine();
  await clientFor(engine.endpoint).send(new CreateTableCommand(tableDefinition('lodestone')));
  const pair = await generateKeyPair('RS256');
  ({ privateKey } = pair);
  const keySet = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'key-1', alg: 'RS256' }] };
  outside = createServer((request, response) => {
    response.setHeader('Content-Type', 'application/json');
    if (request.url === '/pool/.well-known/jwks.json') {
      response.end(JSON.stringify(keySet));
      return;
    }
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      queued.push(body);
      response.end(JSON.stringify({ MessageId: 'message-1' }));
    });
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  issuer = `${address}/pool`;
  Object.assign(process.env, {
    TABLE_NAME: 'lodestone',
    BUCKET_NAME: 'proofs',
    QUEUE_URL: `${address}/queue.fifo`,
    ISSUER: issuer,
    CLIENT_IDS: 'web,system',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    AWS_ENDPOINT_URL_SQS: address,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  ({ handler } = (await import(pathToFileURL(bundle).href)) as { handler: typeof handler });
});
afterAll(async () => {
  process.env = before;
  outside.closeAllConnections();
  outside.close();
  await engine.stop();
  await rm(folder, { recursive: true });
});

const token = (roles: string[]) =>
  new SignJWT({ token_use: 'access', client_id: 'web', organisation: 'ministry', roles })
    .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
    .setIssuer(issuer)
    .setSubject('ada')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);

/** What API Gateway hands a Lambda behind `{proxy+}` of a REST API at stage `live`. */
async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const [bare = '', search = ''] = path.split('?');
  const all = {
    Authorization: `Bearer ${await token(['administrator'])}`,
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...headers,
  };
  const query = new URLSearchParams(search);
  const names = [...new Set(query.keys())];
  const event: Partial<APIGatewayProxyEvent> = {
    resource: '/{proxy+}',
    path: bare,
    httpMethod: method,
    headers: all,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    // The last of each, as the gateway does: only the other map has them all.
    queryStringParameters: query.size === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters:
      query.size === 0 ? null : Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
    body: body === undefined ? null : Buffer.from(JSON.stringify(body)).toString('base64'),
    isBase64Encoded: body !== undefined,
    requestContext: {
      stage: 'live',
      path: `/live${bare}`,
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    } as APIGatewayProxyEvent['requestContext'],
  };
  const { statusCode, multiValueHeaders = {}, body: text } = await handler(event);
  const header = (name: string) => multiValueHeaders[name]?.[0];
  return { statusCode, header, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
}

describe('the bundled API', () => {
  it('is under 650 KB, its reference beside it', async () => {
    expect((await stat(bundle)).size).toBeLessThan(650_000);
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
    queued.length = 0;
    await call('POST', '/v1/clearings', { product: 'ndpr-oxide' });
    expect(queued).toHaveLength(1);
    expect(JSON.parse(queued[0] ?? '')).toMatchObject({
      MessageBody: JSON.stringify({ product: 'ndpr-oxide' }),
      MessageGroupId: 'ndpr-oxide',
    });
  });

  it('refuses what is refused, as problem details', async () => {
    const refused = await call('GET', '/v1/products?limit=1&limit=2');
    expect(refused.statusCode).toBe(400);
    expect(refused.header('content-type')).toBe('application/problem+json');
    expect((await call('DELETE', '/v1/products/ndpr-oxide')).statusCode).toBe(405);
    expect((await call('GET', '/v1/nothing')).statusCode).toBe(404);
  });
});
