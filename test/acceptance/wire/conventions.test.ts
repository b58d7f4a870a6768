import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../support/market-client.ts';
import { client, expectStatus } from '../../support/market-client.ts';
import type { Scene } from '../../support/scenario.ts';
import { flat, offer, price, quantity, scene } from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { expectProblem, raw, tokenOf } from '../../support/wire-checks.ts';

const server = emptyMarket();
let at: Scene;
let buyer: Client;
beforeAll(async () => {
  at = await scene(server.url, 'conventions');
  buyer = await client(server.url, 'magnets-de', ['buyer']);
});

const bidTerms = (changes: Record<string, unknown> = {}) => ({
  product: at.product,
  destination: 'DE',
  price: price('130.00'),
  delivery: flat('100'),
  ...changes,
});
const json = { 'content-type': 'application/json' };

describe('who is calling', () => {
  it('no token, a garbage one, one of another kind and an expired one are 401 with WWW-Authenticate', async () => {
    const expiring = await tokenOf(server.url, {
      organisation: 'o',
      roles: ['buyer'],
      subject: 's',
      expiresInSeconds: 1,
    });
    const past = await tokenOf(server.url, {
      organisation: 'o',
      roles: ['buyer'],
      subject: 's',
      expiresInSeconds: -60,
    });
    await pause(1500);
    const good = await tokenOf(server.url, { organisation: 'o', roles: ['buyer'], subject: 's' });
    const [head, claims] = good.split('.') as [string, string];
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    for (const authorization of [
      undefined,
      'Bearer garbage',
      'Bearer a.b.c',
      'Basic b3JnOnBhc3M=',
      `Bearer ${expiring}`,
      `Bearer ${past}`,
      `Bearer ${unsigned}`,
      `Bearer ${head}.${claims}.AAAA`,
    ]) {
      const answer = await raw(
        server.url,
        'GET',
        '/v1/bids',
        authorization === undefined ? {} : { authorization },
      );
      expectProblem(answer, 401, 'unauthenticated');
      expect(answer.headers.get('www-authenticate'), authorization).toMatch(/^Bearer/);
    }
    expect((await raw(server.url, 'GET', '/v1/bids', { authorization: `Bearer ${good}` })).status).toBe(200);
    expect((await raw(server.url, 'GET', '/v1/bids', { authorization: `bearer ${good}` })).status).toBe(200);
  });

  it('health, reference and OpenAPI take no token', async () => {
    expect((await raw(server.url, 'GET', '/healthz')).status).toBe(200);
    expect((await raw(server.url, 'GET', '/docs')).status).toBe(200);
    const openApi = await raw(server.url, 'GET', '/openapi.json');
    expect(openApi.body.openapi).toMatch(/^3\.1/);
    expect(openApi.body.paths).toHaveProperty(['/v1/offers', 'post']);
    for (const path of ['/healthz', '/docs', '/openapi.json', '/v1/nothing'])
      expect((await raw(server.url, 'GET', path)).headers.get('x-request-id'), path).toMatch(/\S/);
  });

  it('the local issuer refuses what is not a caller', async () => {
    for (const terms of [
      {},
      { organisation: 'o', roles: ['king'], subject: 's' },
      { organisation: 'o', roles: 'buyer', subject: 's' },
      { organisation: 'o', roles: ['buyer'], subject: 's', expires: 5 },
      { organisation: 'o', roles: ['buyer'], subject: 's', expiresInSeconds: '60' },
    ])
      expectProblem(
        await raw(server.url, 'POST', '/dev/token', json, JSON.stringify(terms)),
        422,
        'invalid_request',
      );
  });

  it('a role that may not act on a kind of resource is 403, a thing of others 404', async () => {
    const producer = await client(server.url, 'mine-au', ['producer']);
    const operator = await client(server.url, 'reserve-jp', ['stockpile-operator']);
    const one = expectStatus(await buyer.post('/v1/bids', bidTerms()), 201);
    for (const [who, method, path, body] of [
      [buyer, 'POST', '/v1/offers', { product: at.product }],
      [producer, 'POST', '/v1/bids', bidTerms()],
      [producer, 'GET', '/v1/bids', undefined],
      [buyer, 'GET', '/v1/offers', undefined],
      [at.auditor, 'POST', '/v1/bids', bidTerms()],
      [at.administrator, 'POST', '/v1/bids', bidTerms()],
      [buyer, 'POST', '/v1/clearings', { product: at.product }],
      [at.auditor, 'POST', '/v1/clearings', { product: at.product }],
      [buyer, 'GET', '/v1/clearings', undefined],
      [producer, 'PUT', '/v1/zones/z', { name: 'Z', members: ['US'] }],
      [buyer, 'POST', '/v1/sites', {}],
      [buyer, 'POST', '/v1/floors', {}],
      [at.auditor, 'POST', '/v1/standards', {}],
    ] as const)
      expectProblem(await who.call(method, path, body), 403, 'forbidden');
    const nobody = await client(server.url, 'nobody', []);
    for (const path of ['/v1/products', '/v1/bids', '/v1/contracts', '/v1/markets/conventions'])
      expectProblem(await nobody.get(path), 403, 'forbidden');
    const other = await client(server.url, 'motors-jp', ['buyer']);
    for (const who of [other, operator]) {
      expectProblem(await who.get(`/v1/bids/${one.id}`), 404, 'not_found');
      expectProblem(await who.post(`/v1/bids/${one.id}/withdraw`), 404, 'not_found');
      expectProblem(
        await who.call('PATCH', `/v1/bids/${one.id}`, { price: price('1.00') }, { 'if-match': '*' }),
        404,
        'not_found',
      );
      expectProblem(await who.get(`/v1/bids/${one.id}/explanation`), 404, 'not_found');
      expect((await who.get('/v1/bids')).body.items).toEqual([]);
    }
    for (const who of [at.administrator, at.auditor])
      expect((await who.get(`/v1/bids/${one.id}`)).body).toMatchObject({ id: one.id });
  });
});

describe('refusals', () => {
  it('an unknown path is 404, a known one by the wrong method 405 with Allow, both as problems', async () => {
    expectProblem(await buyer.get('/v1/nothing'), 404, 'not_found');
    expectProblem(await buyer.get('/v1/bids/bid_01JD0000000000000000000000'), 404, 'not_found');
    expectProblem(await buyer.get('/v1/bids/nonsense'), 404, 'not_found');
    for (const [method, path] of [
      ['DELETE', '/v1/bids'],
      ['PUT', '/v1/bids'],
      ['PATCH', '/v1/products/x'],
      ['POST', '/healthz'],
      ['GET', '/dev/token'],
      ['POST', '/openapi.json'],
    ] as const) {
      const answer = await buyer.call(method, path);
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.get('allow'), path).toMatch(/[A-Z]/);
    }
  });

  it('unknown fields are refused wherever they stand, in the body and in the query', async () => {
    expectProblem(
      await buyer.post('/v1/bids', bidTerms({ maximumOriginShare: '0.65' })),
      422,
      'invalid_request',
      '/maximumOriginShare',
    );
    expectProblem(
      await buyer.post('/v1/bids', bidTerms({ price: { ...price('130.00'), unit: 'kg' } })),
      422,
      'invalid_request',
      '/price/unit',
    );
    expectProblem(
      await buyer.post('/v1/bids', bidTerms({ delivery: { ...flat('100'), quantity: quantity('1') } })),
      422,
      'invalid_request',
      '/delivery/quantity',
    );
    expectProblem(await buyer.get('/v1/bids?produkt=x'), 400, 'invalid_request');
  });

  it('numbers are decimal strings: JSON numbers, signs, exponents and blanks are refused', async () => {
    for (const amount of [130, '-130.00', '+130.00', '1.3e2', ' 130.00', '130,00', '', '0.00', '0x10', 'NaN'])
      expectProblem(
        await buyer.post('/v1/bids', bidTerms({ price: { amount, currency: 'USD', per: 'kg' } })),
        422,
        'invalid_request',
        '/price/amount',
      );
  });

  it('every field at fault is named at once', async () => {
    expectProblem(
      await buyer.post('/v1/bids', {
        product: at.product,
        destination: 'de',
        price: { amount: '1', currency: 'XXX', per: 'stone' },
        delivery: { from: '2027-Q5', to: '2027-Q1', quantityPerQuarter: quantity('1') },
      }),
      422,
      'invalid_request',
      '/destination',
      '/price/currency',
      '/price/per',
      '/delivery/from',
    );
  });

  it('a body that is no JSON, of another type, or huge is refused, and never a 5xx', async () => {
    const authorization = `Bearer ${await tokenOf(server.url, { organisation: 'o', roles: ['buyer'], subject: 's' })}`;
    const post = (body: string, headers: Record<string, string> = json) =>
      raw(server.url, 'POST', '/v1/bids', { authorization, ...headers }, body);
    expectProblem(await post('{"product":'), 400, 'malformed_request');
    expectProblem(await post('{}', { 'content-type': 'text/xml' }), 415, 'unsupported_media_type');
    expectProblem(await post(JSON.stringify('x'.repeat(2_000_000))), 413, 'body_too_large');
    expectProblem(await post('[]'), 422, 'invalid_request');
    expectProblem(await post('null'), 422, 'invalid_request');
    expectProblem(await post('"text"'), 422, 'invalid_request');
    expectProblem(await post('{"__proto__":{"product":"x"}}'), 422, 'invalid_request');
    expectProblem(await raw(server.url, 'POST', '/v1/bids', { authorization }), 422, 'invalid_request');
    expectProblem(await post(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 422, 'invalid_request');
  });
});

describe('lists', () => {
  it('come in pages, bound by limit, continued by cursor and Link, each item once', async () => {
    const who = await client(server.url, 'pager', ['buyer']);
    const posted: string[] = [];
    for (let index = 0; index < 5; index += 1)
      posted.push(expectStatus(await who.post('/v1/bids', bidTerms()), 201).id);
    const seen: string[] = [];
    let path = '/v1/bids?limit=2&status=open';
    for (let pages = 1; ; pages += 1) {
      const answer = await who.get(path);
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.body).sort()).toEqual(['items', 'next']);
      seen.push(...answer.body.items.map(({ id }: { id: string }) => id));
      if (answer.body.next === null) {
        expect(answer.headers.get('link')).toBeNull();
        expect(pages).toBe(3);
        break;
      }
      expect(answer.body.items).toHaveLength(2);
      const [, target] = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '') ?? [];
      expect(new URL(target ?? '', server.url).searchParams.get('cursor')).toBe(answer.body.next);
      expect(new URL(target ?? '', server.url).searchParams.get('limit')).toBe('2');
      path =
        pages === 1
          ? `/v1/bids?limit=2&status=open&cursor=${encodeURIComponent(answer.body.next)}`
          : (target ?? '');
    }
    expect(seen.toSorted()).toEqual(posted.toSorted());
  });

  it('25 at a time by default', async () => {
    const who = await client(server.url, 'many', ['buyer']);
    await Promise.all(Array.from({ length: 27 }, () => who.post('/v1/bids', bidTerms())));
    const first = (await who.get('/v1/bids')).body;
    expect(first.items).toHaveLength(25);
    expect((await who.get(`/v1/bids?cursor=${first.next}`)).body.items).toHaveLength(2);
    expect((await who.get('/v1/bids?limit=100')).body.items).toHaveLength(27);
  });

  it.each(['limit=0', 'limit=101', 'limit=-1', 'limit=1.5', 'limit=ten', 'limit=', 'limit=1&limit=2'])(
    '%s is refused',
    async (query) => {
      expectProblem(await buyer.get(`/v1/bids?${query}`), 400, 'invalid_request');
    },
  );

  it('a cursor that is made up, of another list, of another caller or of other filters is refused', async () => {
    const who = await client(server.url, 'pager', ['buyer']);
    const { next } = (await who.get('/v1/bids?limit=2')).body;
    expect(next).toEqual(expect.any(String));
    for (const [caller, path] of [
      [who, '/v1/bids?cursor=abc'],
      [who, '/v1/bids?cursor='],
      [who, `/v1/bids?cursor=${next}&status=open`],
      [who, `/v1/contracts?cursor=${next}`],
      [await client(server.url, 'many', ['buyer']), `/v1/bids?cursor=${next}`],
    ] as const)
      expectProblem(await caller.get(path), 400, 'cursor_invalid');
  });
});

describe('Idempotency-Key', () => {
  it('replays the first answer, refuses another body, and is kept per organisation and operation', async () => {
    const key = randomUUID();
    const first = await buyer.post('/v1/bids', bidTerms(), { 'idempotency-key': key });
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const again = await buyer.post('/v1/bids', bidTerms(), { 'idempotency-key': key });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    // Key order and white space are no other body.
    const reordered = Object.fromEntries(Object.entries(bidTerms()).reverse());
    expect((await buyer.post('/v1/bids', reordered, { 'idempotency-key': key })).body).toEqual(first.body);
    expectProblem(
      await buyer.post('/v1/bids', bidTerms({ destination: 'JP' }), { 'idempotency-key': key }),
      422,
      'idempotency_key_reused',
    );
    const other = await client(server.url, 'motors-jp', ['buyer']);
    const theirs = await other.post('/v1/bids', bidTerms(), { 'idempotency-key': key });
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(first.body.id);
    const withdrawn = await buyer.post(`/v1/bids/${first.body.id}/withdraw`, undefined, {
      'idempotency-key': key,
    });
    expect(withdrawn).toMatchObject({ status: 200, body: { status: 'withdrawn' } });
    // The answer was recorded: it does not show what happened since.
    expect((await buyer.post('/v1/bids', bidTerms(), { 'idempotency-key': key })).body).toMatchObject({
      status: 'open',
    });
  });

  it('gives racing callers one order and one answer', async () => {
    const who = await client(server.url, 'racer', ['buyer']);
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => who.post('/v1/bids', bidTerms(), headers)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect((await who.get('/v1/bids')).body.items).toHaveLength(1);
  });

  it('is honoured on every POST that writes', async () => {
    const { administrator, second, product } = at;
    const producer = await client(server.url, 'mine-au', ['producer']);
    const scheme = { name: 'S', levels: ['1'], stages: ['refining'], minerals: ['*'], assurance: 'self' };
    expectStatus(await administrator.put('/v1/schemes/s', scheme), 200, 201);
    expectStatus(await administrator.put('/v1/zones/apart', { name: 'Apart', members: ['KR'] }), 200, 201);
    const twice = async (who: Client, path: string, body?: unknown) => {
      const headers = { 'idempotency-key': randomUUID() };
      const first = await who.post(path, body, headers);
      const again = await who.post(path, body, headers);
      expect(again, path).toMatchObject({ status: first.status, body: first.body });
      expect(again.headers.get('idempotency-replayed'), path).toBe('true');
      return expectStatus(first, 200, 201, 202);
    };
    const site = await twice(producer, '/v1/sites', {
      name: 'Works',
      country: 'AU',
      stage: 'refining',
      minerals: ['ndpr'],
    });
    await twice(administrator, `/v1/sites/${site.id}/verify`);
    const certificate = await twice(producer, `/v1/sites/${site.id}/certificates`, {
      scheme: 's',
      validFrom: '2026-01-01',
      validTo: '2036-01-01',
      reference: 'S-1',
    });
    await twice(administrator, `/v1/certificates/${certificate.id}/verify`);
    await twice(administrator, `/v1/certificates/${certificate.id}/suspend`, { reason: 'audit' });
    await twice(administrator, `/v1/certificates/${certificate.id}/reinstate`);
    await twice(administrator, `/v1/certificates/${certificate.id}/revoke`, { reason: 'fraud' });
    await twice(administrator, '/v1/standards', {
      product,
      zone: 'apart',
      topics: [{ topic: 't', anyOf: [{ scheme: 's' }] }],
      effectiveFrom: '2026-01-01',
    });
    const floor = await twice(administrator, '/v1/floors', {
      product,
      zone: 'apart',
      price: price('10.00'),
      borderAdjusted: true,
      effectiveFrom: '2026-01-01',
      rationale: 'r',
    });
    await twice(second, `/v1/floors/${floor.id}/approve`);
    await twice(administrator, `/v1/floors/${floor.id}/end`, {
      effectiveTo: '2039-12-31',
      rationale: 'r',
    });
    await twice(second, `/v1/floors/${floor.id}/reject`);
    const own = await twice(producer, '/v1/offers', {
      product,
      site: site.id,
      price: price('9.00'),
      delivery: flat('1'),
    });
    await twice(producer, `/v1/offers/${own.id}/withdraw`);
    const clearing = await twice(administrator, '/v1/clearings', { product });
    expect(clearing).toMatchObject({ product, status: 'queued' });
  });

  it('a refusal is not kept: the same key may be tried again', async () => {
    const key = { 'idempotency-key': randomUUID() };
    expectProblem(
      await buyer.post('/v1/bids', bidTerms({ product: 'later' }), key),
      422,
      'unknown_reference',
    );
    expectProblem(
      await buyer.post('/v1/bids', bidTerms({ product: 'later' }), key),
      422,
      'unknown_reference',
    );
    expect((await buyer.post('/v1/bids', bidTerms(), key)).status).toBe(201);
    expectProblem(
      await buyer.post('/v1/bids', bidTerms(), { 'idempotency-key': 'x'.repeat(300) }),
      400,
      'malformed_request',
    );
  });
});

describe('ETag and If-Match', () => {
  it('PATCH takes the ETag last read: 428 without, 412 when stale', async () => {
    const posted = await buyer.post('/v1/bids', bidTerms());
    const path = `/v1/bids/${posted.body.id}`;
    expect(posted.headers.get('location')).toBe(path);
    const read = await buyer.get(path);
    const etag = read.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(posted.headers.get('etag')).toBe(etag);
    const change = { price: price('131.00') };
    expectProblem(await buyer.call('PATCH', path, change), 428, 'precondition_required');
    expectProblem(
      await buyer.call('PATCH', path, change, { 'if-match': '"99"' }),
      412,
      'precondition_failed',
    );
    expectProblem(
      await buyer.call('PATCH', path, change, { 'if-match': `W/${etag}` }),
      412,
      'precondition_failed',
    );
    const changed = await buyer.call('PATCH', path, change, { 'if-match': etag });
    expect(changed).toMatchObject({ status: 200, body: { price: price('131.00'), version: 2 } });
    expect(changed.headers.get('etag')).not.toBe(etag);
    expectProblem(await buyer.call('PATCH', path, change, { 'if-match': etag }), 412, 'precondition_failed');
    expect((await buyer.call('PATCH', path, change, { 'if-match': '*' })).status).toBe(200);
  });

  it('PUT may carry it', async () => {
    const path = '/v1/organisations/cartel';
    const created = await at.administrator.put(path, { name: 'Cartel' });
    expect(created.status).toBe(201);
    const etag = created.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    expectProblem(
      await at.administrator.call('PUT', path, { name: 'C' }, { 'if-match': '"77"' }),
      412,
      'precondition_failed',
    );
    expect(await at.administrator.call('PUT', path, { name: 'C' }, { 'if-match': etag })).toMatchObject({
      status: 200,
      body: { id: 'cartel', name: 'C', version: 2 },
    });
    expectProblem(
      await at.administrator.call('PUT', path, { name: 'D' }, { 'if-match': etag }),
      412,
      'precondition_failed',
    );
    expect((await at.administrator.put(path, { name: 'D' })).status).toBe(200);
  });

  it('every single resource has one', async () => {
    const seller = await offer(at, 'mine-etag', 'AU', '90.00', '1');
    const who = at.administrator;
    expectStatus(await who.put('/v1/organisations/some', { name: 'Some' }), 200, 201);
    for (const path of [
      '/v1/organisations/some',
      `/v1/products/${at.product}`,
      '/v1/zones/partners',
      `/v1/sites/${seller.site}`,
      `/v1/offers/${seller.order.id}`,
    ]) {
      const answer = await who.get(path);
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('etag'), path).toMatch(/^"[^"]+"$/);
    }
  });
});

describe('odd but reasonable calls', () => {
  it('HEAD answers as GET without a body, OPTIONS tells what can be done', async () => {
    const authorization = `Bearer ${await tokenOf(server.url, { organisation: 'o', roles: ['buyer'], subject: 's' })}`;
    const head = await raw(server.url, 'HEAD', `/v1/products/${at.product}`, { authorization });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers.get('etag')).toMatch(/^"/);
    expect((await raw(server.url, 'OPTIONS', '/v1/bids')).status).toBeLessThan(500);
    expect((await raw(server.url, 'GET', '/v1/bids/', { authorization })).status).toBeLessThan(500);
    expect((await raw(server.url, 'GET', '/v1//bids', { authorization })).status).toBe(404);
    expect((await raw(server.url, 'GET', '/v1/bids/%00', { authorization })).status).toBe(404);
    expect((await raw(server.url, 'GET', '/v1/products/%E0%A4%A', { authorization })).status).toBeLessThan(
      500,
    );
    expect((await raw(server.url, 'GET', '/v1/products/..%2f..%2f', { authorization })).status).toBe(404);
  });

  it('the request id of the caller is given back', async () => {
    const answer = await raw(server.url, 'GET', '/v1/nothing', { 'x-request-id': 'my-request-0001' });
    expect(answer.headers.get('x-request-id')).toBe('my-request-0001');
    const forged = await raw(server.url, 'GET', '/v1/nothing', { 'x-request-id': '<script>' });
    expect(forged.headers.get('x-request-id')).not.toBe('<script>');
  });

  it('withdrawing takes no body, an empty one, or {}', async () => {
    const token = await tokenOf(server.url, { organisation: 'plain', roles: ['buyer'], subject: 's' });
    const headers = { authorization: `Bearer ${token}` };
    for (const [more, body] of [
      [{}, undefined],
      [json, undefined],
      [json, ''],
      [json, '{}'],
    ] as const) {
      const posted = await raw(
        server.url,
        'POST',
        '/v1/bids',
        { ...headers, ...json },
        JSON.stringify(bidTerms()),
      );
      const path = `/v1/bids/${posted.body.id}/withdraw`;
      expect(await raw(server.url, 'POST', path, { ...headers, ...more }, body)).toMatchObject({
        status: 200,
        body: { status: 'withdrawn' },
      });
    }
  });
});
