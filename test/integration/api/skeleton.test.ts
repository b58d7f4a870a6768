import * as z from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defineRoute, reply } from '../../../functions/api/route.ts';
import type { TestEngine } from '../../support/memory-dynamo/store.ts';
import { tokenBuckets } from '../../../functions/api/rate-limit.ts';
import { decimalCodec } from '../../../shared/kernel/decimal.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { isExpected } from '../../../shared/kernel/version.ts';
import { doesNotExist, versionIs } from '../../../shared/store/table/condition.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { listOf } from '../../../shared/wire/list.ts';
import { caller, testApi } from '../../support/api.ts';
import { testTable } from '../../support/table.ts';

/** A counter per organisation: the least that reads, writes once, is versioned and is listed. */
const noteSchema = z.strictObject({ id: z.string(), amount: decimalCodec, version: z.int() });
const noteKey = (organisation: string, id: string) => ({ pk: `NOTE#${organisation}`, sk: id });
let written = 0;
let broken = false;
const params = z.strictObject({ id: z.string().regex(/^n[0-9]+$/) });

const routes = [
  defineRoute({
    operationId: 'postNote',
    method: 'post',
    path: '/v1/notes',
    summary: 'Post a note',
    tag: 'Orders',
    roles: ['producer'],
    body: z.strictObject({ amount: decimalCodec }),
    responses: { 201: { description: 'Posted', schema: noteSchema } },
    write: ({ caller: { organisation }, body }, { newId }) => {
      return () => {
        written += 1;
        const id = `n${newId('event').length}${written}`;
        const note = { id, amount: body.amount, version: 1 };
        return Promise.resolve(
          ok({
            actions: [
              {
                name: 'note',
                put: {
                  ...noteKey(organisation, id),
                  version: 1,
                  amount: z.encode(decimalCodec, body.amount),
                },
                conditions: [doesNotExist],
              },
            ],
            value: reply(201, note, { version: 1, location: `/v1/notes/${id}` }),
          }),
        );
      };
    },
    afterwards: () => (broken ? Promise.reject(new Error('lost')) : Promise.resolve()),
  }),
  defineRoute({
    operationId: 'listNotes',
    method: 'get',
    path: '/v1/notes',
    summary: 'List notes',
    tag: 'Orders',
    roles: ['producer', 'buyer'],
    query: z.strictObject({ colour: z.string().optional() }),
    paged: true,
    responses: { 200: { description: 'Notes', schema: listOf(z.strictObject({ id: z.string() })) } },
    read: async ({ caller: { organisation }, page }, { table }) => {
      const found = await table.query(`NOTE#${organisation}`, {
        limit: page.limit + 1,
        ...(page.after === undefined ? {} : { after: page.after }),
      });
      const ids = found.slice(0, page.limit).map((item) => String(item['sk']));
      const next = found.length > page.limit ? (ids.at(-1) ?? null) : null;
      return ok(reply(200, { items: ids.map((id) => ({ id })), next }));
    },
  }),
  defineRoute({
    operationId: 'patchNote',
    method: 'patch',
    path: '/v1/notes/{id}',
    summary: 'Change a note',
    tag: 'Orders',
    roles: ['producer'],
    params,
    ifMatch: 'required',
    body: z.strictObject({ amount: decimalCodec }),
    responses: { 200: { description: 'Changed', schema: noteSchema } },
    write:
      ({ caller: { organisation }, params: { id }, body, expectedVersion }, { table }) =>
      async () => {
        const item = await table.get(noteKey(organisation, id));
        if (item === undefined) return fail(problem('not_found', 'No such note.'));
        const version = Number(item['version']);
        if (!isExpected(expectedVersion, version)) return fail(problem('precondition_failed', 'Stale.'));
        return ok({
          actions: [
            {
              name: 'note',
              put: { ...noteKey(organisation, id), version: version + 1, amount: '1' },
              conditions: [versionIs(version)],
            },
          ],
          value: reply(200, { id, amount: body.amount, version: version + 1 }, { version: version + 1 }),
        });
      },
  }),
  defineRoute({
    operationId: 'getNote',
    method: 'get',
    path: '/v1/notes/{id}',
    summary: 'Read a note',
    tag: 'Orders',
    roles: ['producer', 'auditor'],
    params,
    responses: { 200: { description: 'Note', schema: noteSchema } },
    read: async ({ caller: { organisation }, params: { id } }, { table }) => {
      if (broken) throw new Error('secret inside');
      const item = await table.get(noteKey(organisation, id));
      if (item === undefined) return fail(problem('not_found', 'No such note.'));
      const version = Number(item['version']);
      const amount = z.decode(decimalCodec, String(item['amount']));
      return ok(reply(200, { id, amount, version }, { version }));
    },
  }),
];

let engine: TestEngine;
let table: Table;
let api: ReturnType<typeof testApi>;
beforeAll(async () => {
  ({ engine, table } = await testTable());
});
afterAll(async () => {
  await engine.stop();
});
beforeEach(() => {
  api = testApi(table, {}, routes);
  broken = false;
  written = 0;
});

let organisations = 0;
const producer = () => caller(`org-${(organisations += 1)}`, 'producer');
const key = (value: string) => ({ 'Idempotency-Key': value });

describe('a route, end to end', () => {
  it('is written, answered with Location and ETag, and read back', async () => {
    const who = producer();
    const posted = await api.call(who, 'POST', '/v1/notes', { amount: '110.00' });
    expect(posted).toMatchObject({ status: 201, body: { amount: '110.00', version: 1 } });
    expect(posted.headers.get('etag')).toBe('"1"');
    const location = posted.headers.get('location') ?? '';
    const read = await api.call(who, 'GET', location);
    expect(read).toMatchObject({ status: 200, body: posted.body });
    expect((await api.call(who, 'GET', location, undefined, { 'If-None-Match': '"1"' })).status).toBe(304);
    expect((await api.call(producer(), 'GET', location)).status).toBe(404);
  });

  it('is not healthy while the store does not answer', async () => {
    expect((await api.call(undefined, 'GET', '/healthz')).status).toBe(200);
    const lost = new Table({
      client: table.client,
      name: 'there-is-no-such-table',
      pause: () => Promise.resolve(),
      random: () => 0,
    });
    api = testApi(lost, {}, routes);
    expect(await api.call(undefined, 'GET', '/healthz')).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    expect(await api.call(undefined, 'GET', '/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('carries a request id, the caller’s own where it is well-formed, and security headers', async () => {
    const named = await api.call(undefined, 'GET', '/healthz', undefined, { 'X-Request-Id': 'abc-12345678' });
    expect(named.headers.get('x-request-id')).toBe('abc-12345678');
    const forged = await api.call(undefined, 'GET', '/healthz', undefined, { 'X-Request-Id': 'a b' });
    expect(forged.headers.get('x-request-id')).toMatch(/^req_/);
    expect(forged.headers.get('x-content-type-options')).toBe('nosniff');
    expect(forged.headers.get('cache-control')).toBe('no-store');
    expect(forged.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what is refused at the door', () => {
  const problemOf = async (...request: Parameters<typeof api.call>) => {
    const answer = await api.call(...request);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ status: answer.status });
    return { status: answer.status, code: answer.body.code, answer };
  };

  it('no token, or a bad one: 401 with a challenge', async () => {
    const { status, code, answer: none } = await problemOf(undefined, 'GET', '/v1/notes');
    expect([status, code]).toEqual([401, 'unauthenticated']);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    const { answer: bad } = await problemOf(undefined, 'GET', '/v1/notes', undefined, {
      Authorization: 'Bearer nonsense',
    });
    expect(bad.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('a role that may not act here: 403, whatever else is wrong', async () => {
    expect(await problemOf(caller('x', 'buyer'), 'POST', '/v1/notes', '{')).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect(await problemOf(caller('x'), 'GET', '/v1/notes')).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
  });

  it('paths and methods that do not exist', async () => {
    expect(await problemOf(producer(), 'GET', '/v1/nothing')).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    expect(await problemOf(producer(), 'GET', '/v1/notes/not-an-id')).toMatchObject({
      status: 404,
      code: 'not_found',
    });
    const { status, code, answer } = await problemOf(producer(), 'DELETE', '/v1/notes');
    expect([status, code]).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toBe('POST, GET');
  });

  it('bodies that are not JSON in UTF-8, too large, or of another type', async () => {
    const post = (body: unknown, headers: Record<string, string> = {}) =>
      problemOf(producer(), 'POST', '/v1/notes', body, headers);
    expect(await post('{')).toMatchObject({ status: 400, code: 'malformed_request' });
    expect(await post('{"amount":"\\ud800"}')).toMatchObject({ status: 400, code: 'malformed_request' });
    expect(await post('['.repeat(200_000))).toMatchObject({ status: 400, code: 'malformed_request' });
    expect(await post('<a/>', { 'Content-Type': 'text/xml' })).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
    expect(await post(JSON.stringify({ amount: '1'.repeat(300_000) }))).toMatchObject({
      status: 413,
      code: 'body_too_large',
    });
  });

  it('fields that are missing, wrong or unknown, by pointer', async () => {
    const errors = async (body: unknown) => {
      const { status, code, answer } = await problemOf(producer(), 'POST', '/v1/notes', body);
      expect([status, code]).toEqual([422, 'invalid_request']);
      return answer.body.errors;
    };
    expect(await errors({})).toMatchObject([{ pointer: '/amount', code: 'required' }]);
    expect(await errors({ amount: 110 })).toMatchObject([{ pointer: '/amount', code: 'invalid_type' }]);
    expect(await errors({ amount: '1e3' })).toMatchObject([{ pointer: '/amount', code: 'invalid_format' }]);
    expect(await errors({ amount: '1', 'a/b': 1 })).toMatchObject([
      { pointer: '/a~1b', code: 'unknown_field' },
    ]);
    expect(await errors('{"amount":"1","__proto__":{"x":1}}')).toMatchObject([{ code: 'unknown_field' }]);
    expect(await errors(undefined)).toMatchObject([{ pointer: '/amount', code: 'required' }]);
    expect(await errors('[]')).toMatchObject([{ pointer: '', code: 'invalid_type' }]);
  });

  it('query parameters that are unknown, repeated or out of range: 400', async () => {
    for (const query of ['color=red', 'colour=a&colour=b', 'limit=0', 'limit=101', 'limit=1.5', 'limit='])
      expect(await problemOf(producer(), 'GET', `/v1/notes?${query}`), query).toMatchObject({
        status: 400,
        code: 'invalid_request',
      });
  });

  it('requests above the rate limit: 429 with Retry-After', async () => {
    const rateLimit = tokenBuckets({ perSecond: 0.5, burst: 2, clock: () => api.time.now });
    api = testApi(table, { rateLimit }, routes);
    const who = producer();
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt += 1)
      statuses.push((await api.call(who, 'GET', '/v1/notes')).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await api.call(who, 'GET', '/v1/notes')).headers.get('retry-after')).toBe('2');
    expect((await api.call(producer(), 'GET', '/v1/notes')).status).toBe(200);
  });

  it('a surprise: 500 that tells nothing, logged with the request id', async () => {
    broken = true;
    const { status, code, answer } = await problemOf(producer(), 'GET', '/v1/notes/n1');
    expect([status, code]).toEqual([500, 'internal']);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(api.log).toContainEqual(
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ requestId: answer.headers.get('x-request-id') }) as unknown,
      }),
    );
  });
});

describe('If-Match', () => {
  it('is needed where the route says so, and compared strongly', async () => {
    const who = producer();
    const { headers } = await api.call(who, 'POST', '/v1/notes', { amount: '1' });
    const patch = async (ifMatch?: string) =>
      (
        await api.call(
          who,
          'PATCH',
          headers.get('location') ?? '',
          { amount: '2' },
          ifMatch === undefined ? {} : { 'If-Match': ifMatch },
        )
      ).status;
    expect(await patch()).toBe(428);
    expect(await patch('1')).toBe(400);
    expect(await patch('W/"1"')).toBe(412);
    expect(await patch('"2"')).toBe(412);
    expect(await patch('"7", "1"')).toBe(200);
    expect(await patch('"1"')).toBe(412);
    expect(await patch('*')).toBe(200);
  });
});

describe('Idempotency-Key', () => {
  it('answers a repeated request as the first time, and refuses another under the same key', async () => {
    const who = producer();
    const first = await api.call(who, 'POST', '/v1/notes', { amount: '1.5' }, key('k1'));
    const again = await api.call(who, 'POST', '/v1/notes', '{ "amount" : "1.5" }', key('k1'));
    expect(again.body).toEqual(first.body);
    expect(again.status).toBe(201);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const other = await api.call(who, 'POST', '/v1/notes', { amount: '2' }, key('k1'));
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const elsewhere = await api.call(producer(), 'POST', '/v1/notes', { amount: '2' }, key('k1'));
    expect(elsewhere.status).toBe(201);
    expect((await api.call(who, 'POST', '/v1/notes', { amount: '2' }, key('a b'))).status).toBe(400);
  });

  it('lets racing callers do it once, and all get the one answer', async () => {
    const who = producer();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => api.call(who, 'POST', '/v1/notes', { amount: '1' }, key('race'))),
    );
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 12 }, () => 201));
    expect(answers.filter((answer) => !answer.headers.has('idempotency-replayed'))).toHaveLength(1);
    expect((await api.call(who, 'GET', '/v1/notes')).body.items).toHaveLength(1);
  });

  it('is kept for a day at least, then forgotten by the clock, swept or not', async () => {
    const who = producer();
    const first = await api.call(who, 'POST', '/v1/notes', { amount: '1' }, key('k'));
    api.time.now = '2026-11-23T12:00:00.000Z';
    const nextDay = await api.call(who, 'POST', '/v1/notes', { amount: '1' }, key('k'));
    expect(nextDay.headers.get('location')).toBe(first.headers.get('location'));
    api.time.now = '2026-11-24T12:00:00.000Z';
    const later = await api.call(who, 'POST', '/v1/notes', { amount: '9' }, key('k'));
    expect(later.status).toBe(201);
    expect(later.headers.get('location')).not.toBe(first.headers.get('location'));
  });

  it('is not spent by a request that was refused', async () => {
    const who = producer();
    expect((await api.call(who, 'POST', '/v1/notes', { amount: 1 }, key('k'))).status).toBe(422);
    expect((await api.call(who, 'POST', '/v1/notes', { amount: '1' }, key('k'))).status).toBe(201);
  });

  it('answers success though what comes after the write fails', async () => {
    broken = true;
    expect((await api.call(producer(), 'POST', '/v1/notes', { amount: '1' })).status).toBe(201);
  });
});

describe('lists', () => {
  it('go on by a cursor that is bound to its caller and query', async () => {
    const who = producer();
    for (let n = 0; n < 5; n += 1) await api.call(who, 'POST', '/v1/notes', { amount: '1' });
    const seen: string[] = [];
    let path: string | undefined = '/v1/notes?limit=2&colour=red';
    let cursor = '';
    while (path !== undefined) {
      const { status, body, headers } = await api.call(who, 'GET', path);
      expect(status).toBe(200);
      seen.push(...body.items.map(({ id }) => id));
      path = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      cursor = body.next ?? cursor;
      expect(body.next === null).toBe(path === undefined);
    }
    expect(new Set(seen).size).toBe(5);
    const follow = (by: typeof who, query: string) => api.call(by, 'GET', `/v1/notes?cursor=${query}`);
    expect((await follow(who, `${cursor}&colour=red`)).status).toBe(200);
    for (const answer of [
      await follow(who, cursor),
      await follow(who, `${cursor}&colour=blue`),
      await follow(producer(), `${cursor}&colour=red`),
      await follow({ ...who, roles: ['buyer'] }, `${cursor}&colour=red`),
      await follow(who, 'nonsense&colour=red'),
      await follow(who, `${cursor.slice(0, -2)}AA&colour=red`),
    ])
      expect(answer).toMatchObject({ status: 400, body: { code: 'cursor_invalid' } });
  });
});
