import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import type { TestApi } from '../../support/market-api.ts';
import { ada, bob, buyer, everyRole, freshApi, mine } from '../../support/market-api.ts';
import { floorBody, productBody, ruleBody, schemeBody, zoneBody } from '../../support/reference.ts';

const engine = engineOfFile();
let api: TestApi;
beforeEach(async () => {
  api = await freshApi(engine.client);
});

const product = (changes: object = {}) =>
  api.call(ada, 'PUT', '/v1/products/ndpr-oxide', productBody(changes));
const zone = (members: readonly string[], changes: object = {}, id = 'partners') =>
  api.call(ada, 'PUT', `/v1/zones/${id}`, zoneBody(members, changes));
const underAFloor = async () => {
  await product();
  await zone(['US', 'JP']);
  const { body } = await api.call(ada, 'POST', '/v1/floors', floorBody());
  await api.call(bob, 'POST', `/v1/floors/${body.id}/approve`);
  return body.id;
};
const pointers = (answer: Awaited<ReturnType<typeof product>>) =>
  answer.body.errors.map(({ pointer, code }) => [pointer, code]);

/** Every noun that is put under a name, with one body and another. */
const puts = [
  {
    path: '/v1/organisations/mine-au',
    list: '/v1/organisations',
    body: { name: 'Mine' },
    other: { name: 'Mine', group: 'g' },
  },
  {
    path: '/v1/products/ndpr-oxide',
    list: '/v1/products',
    body: productBody(),
    other: productBody({ floorRequired: true }),
  },
  { path: '/v1/zones/partners', list: '/v1/zones', body: zoneBody(['US']), other: zoneBody(['US', 'JP']) },
  {
    path: '/v1/schemes/irma',
    list: '/v1/schemes',
    body: schemeBody(),
    other: schemeBody({ levels: ['50'] }),
  },
];

describe.each(puts)('PUT $path', ({ path, list, body, other }) => {
  it('creates, replaces, keeps every version, and everybody reads it', async () => {
    const created = await api.call(ada, 'PUT', path, body);
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.body).toMatchObject({
      ...body,
      id: path.split('/').at(-1),
      version: 1,
      recordedBy: 'ada',
    });
    expect((await api.call(ada, 'PUT', path, body)).headers.get('etag')).toBe('"1"');
    api.time.now = '2026-11-23T12:00:00.000Z';
    const replaced = await api.call(bob, 'PUT', path, other);
    expect(replaced).toMatchObject({ status: 200, body: { ...other, version: 2, recordedBy: 'bob' } });
    for (const who of everyRole) {
      const read = await api.call(who, 'GET', path);
      expect(read).toMatchObject({ status: 200, body: other });
      expect(read.headers.get('etag')).toBe('"2"');
      expect((await api.call(who, 'GET', list)).body.items).toMatchObject([other]);
    }
    const versions = await api.call(buyer, 'GET', `${path}/versions`);
    expect(versions.body.items.map(({ version, recordedAt }) => [version, recordedAt])).toEqual([
      [1, '2026-11-22T12:00:00.000Z'],
      [2, '2026-11-23T12:00:00.000Z'],
    ]);
    expect((await api.call(buyer, 'GET', `${path}?on=2026-11-22`)).body.version).toBe(1);
    expect((await api.call(buyer, 'GET', `${path}?on=2026-11-21`)).status).toBe(404);
  });

  it('heeds If-Match', async () => {
    const put = (ifMatch: string) => api.call(ada, 'PUT', path, other, { 'If-Match': ifMatch });
    expect((await put('"1"')).body.code).toBe('precondition_failed');
    await api.call(ada, 'PUT', path, body);
    expect((await put('"1"')).status).toBe(200);
    expect((await put('"1"')).status).toBe(412);
    expect((await put('*')).status).toBe(200);
  });

  it('takes only administrators, and only fields that exist', async () => {
    for (const who of everyRole.slice(1)) {
      const refused = await api.call(who, 'PUT', path, body);
      expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    expect((await api.call(undefined, 'PUT', path, body)).status).toBe(401);
    const misspelt = await api.call(ada, 'PUT', path, { ...body, nmae: 'x' });
    expect(misspelt.status).toBe(422);
    expect(pointers(misspelt)).toContainEqual(['/nmae', 'unknown_field']);
    expect((await api.call(ada, 'PUT', path, '{"name"')).status).toBe(400);
    expect((await api.call(ada, 'GET', path)).status).toBe(404);
    expect((await api.call(ada, 'GET', `${path}/versions`)).status).toBe(404);
  });

  it('takes no id that could not stand in a key or a path', async () => {
    for (const id of ['a%7Cb', '%2e%2e', 'a%23b', 'x'.repeat(65)]) {
      const answer = await api.call(ada, 'PUT', path.replace(/[^/]+$/, id), body);
      expect([400, 404]).toContain(answer.status);
    }
    expect((await api.call(ada, 'GET', list)).body.items).toEqual([]);
  });
});

describe('lists', () => {
  it('go on behind a cursor that is bound to its caller', async () => {
    for (const id of ['c', 'a', 'b']) await api.call(ada, 'PUT', `/v1/organisations/${id}`, { name: id });
    const first = await api.call(buyer, 'GET', '/v1/organisations?limit=2');
    expect(first.body.items.map(({ id }) => id)).toEqual(['a', 'b']);
    const next = `/v1/organisations?limit=2&cursor=${first.body.next ?? ''}`;
    expect(await api.call(buyer, 'GET', next)).toMatchObject({ body: { items: [{ id: 'c' }], next: null } });
    expect((await api.call(mine, 'GET', next)).status).toBe(400);
  });
});

describe('a product', () => {
  it('must be in its own unit, and payable in whole minor units', async () => {
    const wrongUnit = await product({ lot: { amount: '1', unit: 't' } });
    expect(wrongUnit.status).toBe(422);
    expect(pointers(wrongUnit).map(([pointer]) => pointer)).toEqual(['/lot/unit']);
    const tick = { amount: '0.001', currency: 'USD', per: 'kg' };
    expect(pointers(await product({ priceTick: tick })).map(([pointer]) => pointer)).toEqual([
      '/priceTick/amount',
    ]);
  });

  it('under a floor changes only by two, and never so that the floor is no price of it', async () => {
    await underAFloor();
    expect((await product()).status).toBe(200);
    const proposed = await product({ floorRequired: true });
    expect(proposed).toMatchObject({
      status: 202,
      body: { kind: 'product', target: 'ndpr-oxide', status: 'proposed', proposedBy: 'ada', basedOn: 1 },
    });
    const path = `/v1/products/ndpr-oxide/changes/${proposed.body.id}`;
    expect(proposed.headers.get('location')).toBe(path);
    expect((await api.call(buyer, 'GET', '/v1/products/ndpr-oxide')).body).not.toHaveProperty(
      'floorRequired',
    );
    expect((await api.call(ada, 'POST', `${path}/approve`)).body.code).toBe('second_approval_required');
    expect((await api.call(bob, 'POST', `${path}/approve`)).body.status).toBe('approved');
    expect((await api.call(bob, 'POST', `${path}/approve`)).body.code).toBe('invalid_state');
    expect((await api.call(buyer, 'GET', '/v1/products/ndpr-oxide')).body).toMatchObject({
      floorRequired: true,
      version: 2,
      recordedBy: 'bob',
    });
    const inTonnes = await product({
      unit: 't',
      lot: { amount: '1', unit: 't' },
      priceTick: { amount: '0.01', currency: 'USD', per: 't' },
    });
    expect(inTonnes).toMatchObject({ status: 409, body: { code: 'product_fixed' } });
    expect(pointers(inTonnes).map(([pointer]) => pointer)).toEqual(['/unit', '/priceTick']);
  });
});

describe('a zone', () => {
  it('may cap single origins, and names only products that exist', async () => {
    expect(await zone(['US'], { maxOriginShare: '0.65' })).toMatchObject({
      status: 201,
      body: { maxOriginShare: '0.65' },
    });
    const equivalentOrigins = [{ origin: 'CA' }, { origin: 'AU', product: 'ndpr-oxide' }];
    expect(await zone(['US'], { equivalentOrigins })).toMatchObject({
      status: 422,
      body: { code: 'unknown_reference', errors: [{ pointer: '/equivalentOrigins/1/product' }] },
    });
    expect((await zone(['US', 'US'])).status).toBe(422);
  });

  it('under a floor loses no member by one administrator alone', async () => {
    await underAFloor();
    const drop = await zone(['US']);
    expect(drop.status).toBe(202);
    expect((await api.call(mine, 'GET', '/v1/zones/partners')).body['members']).toEqual(['US', 'JP']);
    const path = `/v1/zones/partners/changes/${drop.body.id}`;
    expect((await api.call(mine, 'POST', `${path}/approve`)).status).toBe(403);
    expect((await api.call(bob, 'POST', `${path}/reject`)).body.status).toBe('rejected');
    const again = await zone(['US', 'JP', 'DE']);
    const stale = await zone(['US', 'JP', 'FR']);
    const approve = (id: string) => api.call(bob, 'POST', `/v1/zones/partners/changes/${id}/approve`);
    expect((await approve(again.body.id)).status).toBe(200);
    expect(await approve(stale.body.id)).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    expect((await api.call(mine, 'GET', '/v1/zones/partners')).body['members']).toEqual(['US', 'JP', 'DE']);
    const listed = await api.call(buyer, 'GET', '/v1/zones/partners/changes?status=proposed');
    expect(listed.body.items.map(({ id }) => id)).toEqual([stale.body.id]);
    expect((await api.call(buyer, 'GET', path)).body.status).toBe('rejected');
    expect((await api.call(buyer, 'GET', path.replace('zones/partners', 'products/partners'))).status).toBe(
      404,
    );
    expect((await api.call(bob, 'POST', path.replace('partners', 'others') + '/approve')).status).toBe(404);
  });

  it('takes no country that another zone regulates for the same product, also at approval', async () => {
    await underAFloor();
    await zone(['AU'], {}, 'pacific');
    const { body } = await api.call(ada, 'POST', '/v1/floors', floorBody({ zone: 'pacific' }));
    await api.call(bob, 'POST', `/v1/floors/${body.id}/approve`);
    expect((await zone(['AU', 'JP'], {}, 'pacific')).body.code).toBe('zone_overlap');
    const korea = await zone(['AU', 'KR'], {}, 'pacific');
    const too = await zone(['US', 'JP', 'KR']);
    expect([korea.status, too.status]).toEqual([202, 202]);
    expect((await api.call(bob, 'POST', `/v1/zones/pacific/changes/${korea.body.id}/approve`)).status).toBe(
      200,
    );
    expect((await api.call(bob, 'POST', `/v1/zones/partners/changes/${too.body.id}/approve`)).body.code).toBe(
      'zone_overlap',
    );
  });

  it('declares its consumption in the unit of the product', async () => {
    await product();
    await zone(['US']);
    const path = '/v1/zones/partners/consumption/ndpr-oxide';
    const put = (quantity: object, who = ada, at = path) =>
      api.call(who, 'PUT', at, { quarters: [{ quarter: '2027-Q1', quantity }] });
    expect(await put({ amount: '1.2', unit: 't' })).toMatchObject({
      status: 201,
      body: { quarters: [{ quarter: '2027-Q1', quantity: { amount: '1200', unit: 'kg' } }], version: 1 },
    });
    expect((await put({ amount: '0', unit: 't' })).status).toBe(200);
    expect((await api.call(buyer, 'GET', path)).body).toMatchObject({
      quarters: [{ quantity: { amount: '0', unit: 'kg' } }],
      version: 2,
    });
    expect((await api.call(buyer, 'GET', `${path}/versions`)).body.items).toHaveLength(2);
    const wrong = await put({ amount: '5', unit: 'kg contained' });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'unit_not_convertible' } });
    expect(pointers(wrong)).toEqual([['/quarters/0/quantity/unit', 'unit_not_convertible']]);
    expect((await put({ amount: '1.5', unit: 'kg' })).body.code).toBe('off_lot');
    expect((await put({ amount: '1', unit: 'kg' }, mine)).status).toBe(403);
    expect((await put({ amount: '1', unit: 'kg' }, ada, path.replace('partners', 'others'))).status).toBe(
      404,
    );
    expect((await put({ amount: '1', unit: 'kg' }, ada, path.replace('ndpr', 'xx'))).status).toBe(404);
  });
});

describe('a standards rule', () => {
  beforeEach(async () => {
    await product();
    await zone(['US', 'JP']);
    await api.call(ada, 'PUT', '/v1/schemes/irma', schemeBody());
  });
  const rule = (changes: object = {}, who = ada, headers = {}) =>
    api.call(who, 'POST', '/v1/standards', ruleBody(changes), headers);

  it('is set, read, and listed by product, zone and day', async () => {
    const first = await rule();
    expect(first).toMatchObject({ status: 201, body: { ...ruleBody(), version: 1, recordedBy: 'ada' } });
    expect(first.headers.get('location')).toBe(`/v1/standards/${first.body.id}`);
    const second = await rule({ effectiveFrom: '2027-01-01' });
    const on = async (query: string) =>
      (await api.call(buyer, 'GET', `/v1/standards?${query}`)).body.items.map(({ id }) => id);
    expect(await on('product=ndpr-oxide&zone=partners&on=2026-12-31')).toEqual([first.body.id]);
    expect(await on('on=2027-01-01')).toEqual([second.body.id]);
    expect(await on('zone=others')).toEqual([]);
    expect((await api.call(buyer, 'GET', `/v1/standards/${first.body.id}`)).body).toMatchObject({
      effectiveTo: '2026-12-31',
      version: 2,
    });
    expect((await api.call(buyer, 'GET', `/v1/standards/${first.body.id}/versions`)).body.items).toHaveLength(
      2,
    );
  });

  it('names only what exists, and does not overlap', async () => {
    expect(pointers(await rule({ product: 'x' }))).toEqual([['/product', 'unknown_reference']]);
    expect(pointers(await rule({ zone: 'x' }))).toEqual([['/zone', 'unknown_reference']]);
    const topics = [
      { topic: 'a', anyOf: [{ scheme: 'irma' }, { scheme: 'none' }] },
      { topic: 'b', anyOf: [{ scheme: 'irma', level: '60' }] },
    ];
    const unknown = await rule({ topics });
    expect(unknown).toMatchObject({ status: 422, body: { code: 'unknown_reference' } });
    expect(pointers(unknown)).toEqual([
      ['/topics/0/anyOf/1/scheme', 'unknown_reference'],
      ['/topics/1/anyOf/0/level', 'invalid_request'],
    ]);
    expect((await rule({ effectiveTo: '2026-11-21' })).status).toBe(422);
    await rule({ effectiveTo: '2027-12-31' });
    expect(await rule({ effectiveFrom: '2027-12-31' })).toMatchObject({
      status: 409,
      body: { code: 'standards_overlap' },
    });
    expect((await rule({}, mine)).status).toBe(403);
    expect((await api.call(undefined, 'GET', '/v1/standards')).status).toBe(401);
  });

  it('is set once under one Idempotency-Key', async () => {
    const twice = await Promise.all([1, 2].map(() => rule({}, ada, { 'Idempotency-Key': 'k1' })));
    expect(new Set(twice.map(({ body }) => body.id)).size).toBe(1);
    expect((await api.call(ada, 'GET', '/v1/standards')).body.items).toHaveLength(1);
  });
});
