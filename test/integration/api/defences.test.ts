import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSettings } from '../../../functions/api/access-settings.ts';
import type { ApiDependencies } from '../../../functions/api/dependencies.ts';
import type { TestEngine } from '../../support/memory-dynamo/store.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { caller, memoryLog, testApi } from '../../support/api.ts';
import { ada, buyer, mine } from '../../support/market-api.ts';
import { testTable } from '../../support/table.ts';
import { bidBody, Trading } from '../../support/trading.ts';

let engine: TestEngine;
let table: Table;
let market: Trading;
beforeAll(async () => {
  const { client, ...started } = await testTable();
  ({ engine, table } = started);
  market = await Trading.open(client);
});
afterAll(async () => {
  await engine.stop();
});

const clock = () => '2026-11-22T12:00:00.000Z';
const withEnvironment = (environment: Record<string, string>, more: Partial<ApiDependencies> = {}) =>
  testApi(table, { ...accessSettings(environment, clock), ...more });
const app = 'https://market.example';

describe('security headers', () => {
  it('are on every answer: of success, of refusal, of what is not there, of documents', async () => {
    const api = testApi(table);
    for (const [who, method, path] of [
      [ada, 'GET', '/v1/products'],
      [undefined, 'GET', '/v1/products'],
      [mine, 'GET', '/v1/clearings'],
      [ada, 'GET', '/nowhere'],
      [ada, 'DELETE', '/v1/products'],
      [undefined, 'GET', '/healthz'],
      [undefined, 'GET', '/openapi.json'],
    ] as const) {
      const { headers } = await api.call(who, method, path);
      expect(Object.fromEntries(headers), `${method} ${path}`).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
      });
      for (const name of ['server', 'x-powered-by', 'set-cookie'])
        expect(headers.has(name), name).toBe(false);
    }
  });
});

describe('scripts of other origins', () => {
  const preflight = (api: ReturnType<typeof testApi>, origin: string) =>
    api.call(undefined, 'OPTIONS', '/v1/offers', undefined, {
      ...{ Origin: origin, 'Access-Control-Request-Method': 'POST' },
    });

  it('are let in by nobody unless it is configured', async () => {
    const api = withEnvironment({});
    expect(await preflight(api, app)).toMatchObject({ status: 405 });
    const { headers } = await api.call(ada, 'GET', '/v1/products', undefined, { Origin: app });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('are let in where their origin is named, and no other, without cookies', async () => {
    const api = withEnvironment({ CORS_ORIGINS: `${app}, https://admin.example:8443` });
    const asked = await preflight(api, app);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(app);
    expect(asked.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const read = await api.call(ada, 'GET', '/v1/products', undefined, { Origin: app });
    expect(read.headers.get('access-control-allow-origin')).toBe(app);
    expect(read.headers.get('access-control-expose-headers')).toContain('ETag');
    for (const origin of [
      'https://evil.example',
      `${app}.evil.example`,
      'https://market.example:444',
      'null',
      '',
    ]) {
      expect((await preflight(api, origin)).status, origin).toBe(405);
      const other = await api.call(ada, 'GET', '/v1/products', undefined, { Origin: origin });
      expect(other.headers.get('access-control-allow-origin'), origin).toBeNull();
      expect(other.headers.get('vary'), origin).toContain('Origin');
    }
    // A preflight is no way in: the request itself is judged as any.
    expect((await api.call(undefined, 'GET', '/v1/products', undefined, { Origin: app })).status).toBe(401);
  });

  it.each(['*', 'https://market.example/', 'market.example', 'https://a.example,*'])(
    'are not configured as %s',
    (text) => {
      expect(() => accessSettings({ CORS_ORIGINS: text }, clock)).toThrow('expected an origin');
    },
  );
});

describe('requests of one organisation', () => {
  it('are refused above their rate with Retry-After, by organisation and not by user or role', async () => {
    const api = withEnvironment({ RATE_LIMIT: '0.5,2' });
    const users = ['a', 'b', 'c'].map((subject) => ({ ...mine, subject }));
    const [statuses, left]: [number[], (string | null)[]] = [[], []];
    for (const who of users) {
      const { status, headers } = await api.call(who, 'GET', '/v1/products');
      statuses.push(status);
      left.push(headers.get('ratelimit'));
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect(left).toEqual(['"organisation";r=1', '"organisation";r=0', null]);
    const refused = await api.call({ ...mine, roles: ['auditor'] }, 'POST', '/v1/offers', '{"not":"read"}');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(refused.headers.get('retry-after')).toBe('2');
    expect((await api.call(buyer, 'GET', '/v1/products')).status).toBe(200);
    // Who names nobody takes nothing from anybody's rate.
    for (let times = 0; times < 5; times += 1)
      expect((await api.call(undefined, 'GET', '/v1/products')).status).toBe(401);
  });

  it.each(['0,5', '5', 'fast', '-1,5', '5,0'])('are not limited by nonsense such as %s', (text) => {
    expect(() => accessSettings({ RATE_LIMIT: text }, clock)).toThrow();
  });
});

describe('the log', () => {
  it('has who asked for what and what became of it, and no token, no price, no text of anybody', async () => {
    const logger = memoryLog();
    const api = testApi(market.api.dependencies.table, { logger, newId: market.api.dependencies.newId });
    const limit = { amount: '131.77', currency: 'USD', per: 'kg' };
    const key = { 'Idempotency-Key': 'key-of-mine-77' };
    const posted = await api.call(buyer, 'POST', '/v1/bids', bidBody({ price: limit }), key);
    expect(posted.status).toBe(201);
    await api.call(buyer, 'POST', '/v1/bids', bidBody({ price: { ...limit, amount: '131.771' } }));
    await api.call(buyer, 'POST', '/v1/bids', '{"price":"131.77"');
    await api.call(buyer, 'GET', `/v1/bids/${posted.body.id}?cursor=secret-cursor-77`);
    await api.call(caller('stranger', 'buyer'), 'GET', `/v1/bids/${posted.body.id}`);
    await api.app.request('/v1/bids', { headers: { Authorization: 'Bearer eyJsecret.token.here' } });
    const broken = testApi(market.api.dependencies.table, {
      logger,
      verifyToken: () => Promise.reject(new Error('the store is gone')),
    });
    expect((await broken.call(buyer, 'GET', '/v1/bids')).status).toBe(500);
    const told = JSON.stringify(logger.lines);
    for (const secret of ['131.77', 'key-of-mine-77', 'secret-cursor-77', 'eyJ', 'Bearer', 'authorization'])
      expect(told.toLowerCase(), secret).not.toContain(secret.toLowerCase());
    expect(logger.lines.filter(({ message }) => message === 'request')).toHaveLength(7);
    for (const { message, fields } of logger.lines)
      if (message === 'request')
        expect(Object.keys(fields).sort()).toEqual([
          ...[
            'method',
            'milliseconds',
            'operation',
            'organisation',
            'problem',
            'requestId',
            'resource',
            'status',
          ],
        ]);
  });
});
