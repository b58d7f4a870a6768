import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HandlerName } from '../../infra/aws/bundle.ts';
import { bundleHandler } from '../../infra/aws/bundle.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { tableDefinition } from '../../shared/store/table/definition.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { clientFor } from './table.ts';
import { guardTable } from './table-guard.ts';

/** What a message of the clearing queue was sent as. */
export interface QueuedMessage {
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue: string }>>;
  /** As SQS hands it on to the trace of whoever takes the message. */
  readonly traceHeader?: string;
}

/**
 * The bundled Lambdas as they are deployed, and around them an embedded DynamoDB behind their policies and small servers
 * in the place of the token issuer, the queue and the bucket. One world per test file: bundles read their environment once.
 */
export interface LambdaWorld {
  readonly queued: QueuedMessage[];
  /** Keys and bytes of the bucket. */
  readonly bucket: Map<string, Buffer>;
  /** While set, the bucket answers 503. */
  bucketIsAway: boolean;
  /** The table does not answer until that which is returned is called; then it is as it was. */
  loseTable(): Promise<() => Promise<void>>;
  /** The table behind the policies, for whoever looks at what was written. */
  table(): Pick<Table, 'client' | 'name'>;
  bundle(name: HandlerName): Promise<string>;
  handler(name: HandlerName): Promise<(event: unknown, context?: unknown) => Promise<unknown>>;
  /** Good for an hour from `at`, which is now. */
  token(organisation: string, roles: readonly string[], at?: Date): Promise<string>;
  end(): Promise<void>;
}

export async function lambdaWorld(): Promise<LambdaWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-lambda-'));
  const before = { ...process.env };
  const file = join(folder, 'market.db');
  let engine = await startEngine({ file });
  await clientFor(engine.endpoint).send(new CreateTableCommand(tableDefinition('lodestone')));
  const guard = await guardTable(engine.endpoint);
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256' }] });
  const queued: QueuedMessage[] = [];
  const bucket = new Map<string, Buffer>();
  const outside = createServer((request, response) => {
    void answer(request, response, { keySet, queued, bucket, bucketIsAway: () => world.bucketIsAway });
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    TABLE_NAME: 'lodestone',
    BUCKET_NAME: 'proofs',
    QUEUE_URL: `${address}/queue.fifo`,
    ISSUER: `${address}/pool`,
    CLIENT_IDS: 'web,system',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: guard.endpoint,
    AWS_ENDPOINT_URL_SQS: address,
    AWS_ENDPOINT_URL_S3: address,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  const bundles = new Map<HandlerName, Promise<string>>();
  const bundle = (name: HandlerName): Promise<string> => {
    const known = bundles.get(name) ?? bundleHandler(name, folder).then(({ entry }) => entry);
    bundles.set(name, known);
    return known;
  };
  const world: LambdaWorld = {
    queued,
    bucket,
    bucketIsAway: false,
    loseTable: async () => {
      await engine.stop();
      return async () => {
        engine = await startEngine({ file, port: engine.port });
      };
    },
    table: () => ({ client: clientFor(engine.endpoint), name: 'lodestone' }),
    bundle,
    handler: async (name) => {
      const module = (await import(pathToFileURL(await bundle(name)).href)) as {
        handler: (event: unknown, context?: unknown) => Promise<unknown>;
      };
      return (event, context) => {
        // Signs with its own name: the credentials of a function are read, once, when it first calls the table.
        process.env['AWS_ACCESS_KEY_ID'] = name;
        return module.handler(event, context);
      };
    },
    token: (organisation, roles, at = new Date()) =>
      new SignJWT({ token_use: 'access', client_id: 'web', organisation, roles })
        .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
        .setIssuer(`${address}/pool`)
        .setSubject(`${organisation}-1`)
        .setIssuedAt(at)
        .setExpirationTime(new Date(at.getTime() + 3_600_000))
        .sign(privateKey),
    end: async () => {
      // In place: `process.env` is no object like others, and a copy of it would be one.
      for (const name of Object.keys(process.env))
        if (!(name in before)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
      outside.closeAllConnections();
      outside.close();
      guard.close();
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
  return world;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {
    keySet,
    queued,
    bucket,
    bucketIsAway,
  }: Pick<LambdaWorld, 'queued' | 'bucket'> & { keySet: string; bucketIsAway: () => boolean },
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const [url = ''] = (request.url ?? '').split('?');
  if (url === '/pool/.well-known/jwks.json')
    response.setHeader('Content-Type', 'application/json').end(keySet);
  else if (url.startsWith('/proofs/') && bucketIsAway()) response.writeHead(503).end();
  else if (url.startsWith('/proofs/')) {
    const key = url.slice('/proofs/'.length);
    if (request.method === 'PUT') bucket.set(key, body);
    const object = bucket.get(key);
    if (object === undefined) response.writeHead(404).end();
    else response.end(request.method === 'PUT' ? '' : object);
  } else {
    const message = JSON.parse(body.toString()) as QueuedMessage;
    const traceHeader = request.headers['x-amzn-trace-id'];
    queued.push({ ...message, ...(typeof traceHeader === 'string' ? { traceHeader } : {}) });
    const MD5OfMessageBody = createHash('md5').update(message.MessageBody).digest('hex');
    response
      .setHeader('Content-Type', 'application/x-amz-json-1.0')
      .end(JSON.stringify({ MessageId: 'message-1', MD5OfMessageBody }));
  }
}

/** An answer of the bundled API. */
export interface GatewayAnswer {
  readonly statusCode: number;
  readonly header: (name: string) => string | number | boolean | undefined;
  readonly body: unknown;
}
export type GatewayCall = (
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<GatewayAnswer>;

/** Calls the bundled API as API Gateway does behind `{proxy+}` of a REST API at stage `live`. */
export async function gatewayCaller(
  world: LambdaWorld,
  organisation: string,
  roles: readonly string[],
): Promise<GatewayCall> {
  const handler = await world.handler('api');
  const token = await world.token(organisation, roles);
  return async (method, path, body, headers = {}) => {
    const [bare = '', search = ''] = path.split('?');
    const all = {
      Authorization: `Bearer ${token}`,
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
    const {
      statusCode,
      multiValueHeaders = {},
      body: text,
    } = (await handler(event)) as APIGatewayProxyResult;
    const header = (name: string) => multiValueHeaders[name]?.[0];
    return { statusCode, header, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
  };
}
