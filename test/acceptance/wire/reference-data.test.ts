import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../support/market-client.ts';
import { client, expectStatus } from '../../support/market-client.ts';
import { approvedFloor, bid, nextQuarter, price, quantity, scene } from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { expectProblem } from '../../support/wire-checks.ts';

const server = emptyMarket();
let administrator: Client;
let second: Client;
let producer: Client;
let buyer: Client;
beforeAll(async () => {
  administrator = await client(server.url, 'ministry', ['administrator'], 'administrator-1');
  second = await client(server.url, 'ministry', ['administrator'], 'administrator-2');
  producer = await client(server.url, 'mine-au', ['producer']);
  buyer = await client(server.url, 'magnets-de', ['buyer']);
});

const product = (changes: Record<string, unknown> = {}) => ({
  name: 'NdPr oxide',
  mineral: 'ndpr',
  stage: 'refining',
  unit: 'kg',
  currency: 'USD',
  lot: quantity('1'),
  priceTick: price('0.01'),
  ...changes,
});

describe('PUT of reference data', () => {
  const cases: readonly [string, string, Record<string, unknown>, Record<string, unknown>][] = [
    ['organisation', '/v1/organisations/org-1', { name: 'One' }, { name: 'One', group: 'holding' }],
    [
      'product',
      '/v1/products/p-1',
      product(),
      product({
        name: 'NdPr oxide, 99.5 %',
        floorRequired: false,
        clearingSchedule: '0 16 * * 5',
        hsCode: '2846.90',
        containedFactor: '0.8499',
      }),
    ],
    [
      'zone',
      '/v1/zones/z-1',
      { name: 'Partners', members: ['US', 'JP'] },
      {
        name: 'Partners',
        members: ['US', 'JP', 'DE'],
        equivalentOrigins: [{ origin: 'CA' }, { origin: 'GB', product: 'p-1' }],
        barredOrigins: ['RU'],
        verifiedSitesOnly: true,
      },
    ],
    [
      'planned consumption',
      '/v1/zones/z-1/consumption/p-1',
      { quarters: [{ quarter: '2028-Q1', quantity: quantity('1200') }] },
      {
        quarters: [
          { quarter: '2028-Q1', quantity: quantity('1300') },
          { quarter: '2028-Q2', quantity: quantity('0') },
        ],
      },
    ],
    [
      'scheme',
      '/v1/schemes/s-1',
      { name: 'Plain', levels: [], stages: ['mining'], minerals: ['*'], assurance: 'self' },
      {
        name: 'IRMA',
        levels: ['50', '75', '100'],
        stages: ['mining', 'processing', 'refining', 'recycling'],
        minerals: ['ndpr', 'lithium'],
        assurance: 'third-party',
      },
    ],
  ];
  it.each(cases)(
    'of one %s: created, replaced, every version dated and readable',
    async (_, path, first, next) => {
      expectProblem(await buyer.get(path), 404, 'not_found');
      expectProblem(await buyer.put(path, first), 403, 'forbidden');
      expectProblem(
        await administrator.put(path, { ...first, surprise: 1 }),
        422,
        'invalid_request',
        '/surprise',
      );
      const created = await administrator.put(path, first);
      expect(created).toMatchObject({ status: 201, body: { ...first, version: 1 } });
      expect(created.headers.get('location')).toBe(path);
      const replaced = await administrator.put(path, next);
      expect(replaced).toMatchObject({ status: 200, body: { ...next, version: 2 } });
      for (const who of [buyer, producer, administrator])
        expect((await who.get(path)).body).toEqual(replaced.body);
      const versions = (await buyer.get(`${path}/versions`)).body.items;
      expect(versions).toMatchObject([first, next]);
      for (const { recordedAt } of versions) expect(recordedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/);
      const today = new Date().toISOString().slice(0, 10);
      expect((await buyer.get(`${path}?on=${today}`)).body).toEqual(replaced.body);
      expectProblem(await buyer.get(`${path}?on=2020-01-01`), 404, 'not_found');
      // What is left out is gone, not kept.
      const back = await administrator.put(path, first);
      expect(back).toMatchObject({ status: 200, body: { ...first, version: 3 } });
      for (const name of Object.keys(next).filter((name) => !(name in first)))
        expect(back.body, name).not.toHaveProperty(name);
    },
  );

  it.each([
    ['a lot in another unit', product({ lot: quantity('1', 't') }), '/lot/unit'],
    [
      'a tick in another currency',
      product({ priceTick: { ...price('0.01'), currency: 'EUR' } }),
      '/priceTick/currency',
    ],
    ['a tick per another unit', product({ priceTick: price('0.01', 't') }), '/priceTick/per'],
    ['a tick that no lot can pay', product({ priceTick: price('0.001') }), '/priceTick/amount'],
    ['an unknown stage', product({ stage: 'smelting' }), '/stage'],
    ['an unknown unit', product({ unit: 'oz' }), '/unit'],
    ['no lot', { ...product(), lot: undefined }, '/lot'],
    ['a schedule that is none', product({ clearingSchedule: 'friday' }), '/clearingSchedule'],
    ['a factor of nothing', product({ containedFactor: '0' }), '/containedFactor'],
  ])('a product with %s is refused', async (_, body, pointer) => {
    expectProblem(await administrator.put('/v1/products/bad', body), 422, 'invalid_request', pointer);
    expectProblem(await administrator.get('/v1/products/bad'), 404, 'not_found');
  });

  it.each([
    ['no members', { name: 'Z', members: [] }, '/members'],
    ['a country in lower case', { name: 'Z', members: ['us'] }, '/members/0'],
    ['a country twice', { name: 'Z', members: ['US', 'US'] }, '/members'],
    ['a share above one', { name: 'Z', members: ['US'], maxOriginShare: '1.1' }, '/maxOriginShare'],
    [
      'an equivalent origin in the wrong shape',
      { name: 'Z', members: ['US'], equivalentOrigins: ['CA'] },
      '/equivalentOrigins/0',
    ],
  ])('a zone with %s is refused', async (_, body, pointer) => {
    expectProblem(await administrator.put('/v1/zones/bad', body), 422, 'invalid_request', pointer);
  });

  it("a zone's cap on single origins is taken and answered", async () => {
    const body = { name: 'Z', members: ['US'], maxOriginShare: '0.65' };
    expect((await administrator.put('/v1/zones/capped', body)).status).toBe(201);
    expect((await administrator.get('/v1/zones/capped')).body).toMatchObject(body);
  });

  it('consumption needs its zone and product', async () => {
    const body = { quarters: [{ quarter: '2028-Q1', quantity: quantity('1') }] };
    expectProblem(await administrator.put('/v1/zones/none/consumption/p-1', body), 404, 'not_found');
    expectProblem(await administrator.put('/v1/zones/z-1/consumption/none', body), 404, 'not_found');
  });

  it('lists are there for everybody', async () => {
    for (const path of ['organisations', 'products', 'zones', 'schemes', 'standards', 'floors']) {
      const answer = await buyer.get(`/v1/${path}`);
      expect(answer, path).toMatchObject({ status: 200, body: { items: expect.any(Array), next: null } });
    }
  });

  it('what counts orders is fixed once an order exists', async () => {
    const at = await scene(server.url, 'counted');
    const path = '/v1/products/counted';
    expect((await administrator.put(path, product({ lot: quantity('2') }))).status).toBe(200);
    expect((await administrator.put(path, product())).status).toBe(200);
    await bid(at, 'magnets-de', '130.00', '10');
    for (const changes of [
      { lot: quantity('2') },
      { priceTick: price('0.10') },
      { stage: 'mining' },
      { mineral: 'lithium' },
      { unit: 't', lot: quantity('1', 't'), priceTick: price('0.01', 't') },
      { currency: 'EUR', priceTick: { ...price('0.01'), currency: 'EUR' } },
    ])
      expectProblem(await administrator.put(path, product(changes)), 409, 'product_fixed');
    expect(await administrator.put(path, product({ name: 'Renamed' }))).toMatchObject({
      status: 200,
      body: { name: 'Renamed' },
    });
  });
});

describe('a product or zone under a floor', () => {
  it('changes only when a second administrator approves', async () => {
    const at = await scene(server.url, 'guarded');
    const zone = { name: 'Guarded', members: ['US', 'CA'] };
    expectStatus(await administrator.put('/v1/zones/guarded', zone), 201);
    await approvedFloor(at, { zone: 'guarded' });
    for (const [path, body, name] of [
      ['/v1/zones/guarded', { name: 'Guarded', members: ['US'] }, 'members'],
      ['/v1/products/guarded', product({ floorRequired: true }), 'floorRequired'],
    ] as const) {
      const before = (await buyer.get(path)).body;
      const proposed = await administrator.put(path, body);
      expect(proposed).toMatchObject({ status: 202, body: { status: 'proposed' } });
      const change = `${path}/changes/${proposed.body.id}`;
      expect(proposed.headers.get('location')).toBe(change);
      expect((await buyer.get(path)).body).toEqual(before);
      expect((await second.get(change)).body).toEqual(proposed.body);
      expect((await second.get(`${path}/changes?status=proposed`)).body.items).toEqual([proposed.body]);
      expectProblem(await administrator.post(`${change}/approve`), 409, 'second_approval_required');
      expectProblem(await buyer.post(`${change}/approve`), 403, 'forbidden');
      expect(await second.post(`${change}/approve`)).toMatchObject({
        status: 200,
        body: { id: proposed.body.id, status: 'approved' },
      });
      expect((await buyer.get(path)).body).toMatchObject({
        version: 2,
        [name]: (body as Record<string, unknown>)[name],
      });
      expectProblem(await second.post(`${change}/approve`), 409, 'invalid_state');
      expectProblem(await second.post(`${change}/reject`), 409, 'invalid_state');
    }
    // The change belongs to its own zone or product only.
    const again = await administrator.put('/v1/zones/guarded', zone);
    expect(again.status).toBe(202);
    expectProblem(await second.post(`/v1/zones/partners/changes/${again.body.id}/approve`), 404, 'not_found');
    expectProblem(
      await second.post(`/v1/products/guarded/changes/${again.body.id}/approve`),
      404,
      'not_found',
    );
    expect(await second.post(`/v1/zones/guarded/changes/${again.body.id}/reject`)).toMatchObject({
      status: 200,
      body: { status: 'rejected' },
    });
    expect((await buyer.get('/v1/zones/guarded')).body.members).toEqual(['US']);
    expectProblem(
      await second.post('/v1/zones/guarded/changes/chg_01JD0000000000000000000000/approve'),
      404,
      'not_found',
    );
  });
});

describe('standards', () => {
  it('are set for a product in a zone, echoed, filtered and superseded', async () => {
    const at = await scene(server.url, 'ruled');
    expectStatus(
      await administrator.put('/v1/schemes/irma', {
        name: 'IRMA',
        levels: ['50', '75', '100'],
        stages: ['mining', 'refining'],
        minerals: ['*'],
        assurance: 'third-party',
      }),
      201,
    );
    const terms = {
      product: at.product,
      zone: 'partners',
      topics: [
        { topic: 'responsible production', anyOf: [{ scheme: 'irma', level: '75' }, { scheme: 'irma' }] },
        { topic: 'chain of custody', anyOf: [{ scheme: 'irma' }] },
      ],
      minimumAssurance: 'third-party',
      renewalCovenant: true,
      effectiveFrom: '2026-01-01',
    };
    expectProblem(await producer.post('/v1/standards', terms), 403, 'forbidden');
    const first = await administrator.post('/v1/standards', terms);
    expect(first).toMatchObject({ status: 201, body: terms });
    expect(first.headers.get('location')).toBe(`/v1/standards/${first.body.id}`);
    expect((await producer.get(`/v1/standards/${first.body.id}`)).body).toEqual(first.body);
    const minimal = {
      product: at.product,
      zone: 'partners',
      topics: [{ topic: 't', anyOf: [{ scheme: 'irma' }] }],
      effectiveFrom: '2030-01-01',
      effectiveTo: '2030-12-31',
    };
    const next = await administrator.post('/v1/standards', minimal);
    expect(next).toMatchObject({ status: 201, body: minimal });
    expect((await producer.get(`/v1/standards/${first.body.id}`)).body).toMatchObject({
      effectiveTo: '2029-12-31',
    });
    expectProblem(
      await administrator.post('/v1/standards', {
        ...minimal,
        effectiveFrom: '2030-06-01',
        effectiveTo: undefined,
      }),
      409,
      'standards_overlap',
    );
    const on = async (day: string) =>
      (await buyer.get(`/v1/standards?product=${at.product}&zone=partners&on=${day}`)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    expect(await on('2026-12-31')).toEqual([first.body.id]);
    expect(await on('2030-06-30')).toEqual([next.body.id]);
    expect(await on('2031-01-01')).toEqual([]);
    for (const [changes, code, pointer] of [
      [{ product: 'none' }, 'unknown_reference', '/product'],
      [{ zone: 'none' }, 'unknown_reference', '/zone'],
      [
        { topics: [{ topic: 't', anyOf: [{ scheme: 'none' }] }] },
        'unknown_reference',
        '/topics/0/anyOf/0/scheme',
      ],
      [
        { topics: [{ topic: 't', anyOf: [{ scheme: 'irma', level: '80' }] }] },
        'invalid_request',
        '/topics/0/anyOf/0/level',
      ],
      [{ topics: [] }, 'invalid_request', '/topics'],
      [{ minimumAssurance: 'none' }, 'invalid_request', '/minimumAssurance'],
      [{ effectiveFrom: '2026-02-30' }, 'invalid_request', '/effectiveFrom'],
      [{ effectiveTo: '2025-12-31' }, 'invalid_request', '/effectiveTo'],
    ] as const)
      expectProblem(await administrator.post('/v1/standards', { ...terms, ...changes }), 422, code, pointer);
  });
});

describe('sites and certificates', () => {
  it('a site answers with all that was posted, and is verified by an administrator', async () => {
    const full = {
      name: 'Kalgoorlie',
      country: 'AU',
      stage: 'processing',
      minerals: ['ndpr', 'dysprosium'],
      capacityPerYear: quantity('1200', 't'),
      strategic: ['CRMA'],
    };
    const posted = await producer.post('/v1/sites', full);
    expect(posted).toMatchObject({
      status: 201,
      body: { ...full, organisation: 'mine-au', verified: false },
    });
    expect(posted.headers.get('location')).toBe(`/v1/sites/${posted.body.id}`);
    const bare = { name: 'Bare', country: 'AU', stage: 'mining', minerals: ['ndpr'] };
    const other = await producer.post('/v1/sites', bare);
    expect(other).toMatchObject({ status: 201, body: bare });
    expect(other.body).not.toHaveProperty('capacityPerYear');
    const path = `/v1/sites/${posted.body.id}`;
    expectProblem(await producer.post(`${path}/verify`), 403, 'forbidden');
    expect(await administrator.post(`${path}/verify`)).toMatchObject({
      status: 200,
      body: { ...full, verified: true },
    });
    expect((await administrator.post(`${path}/verify`)).status).toBeLessThan(500);
    expect((await producer.get(path)).body).toMatchObject({ verified: true });
    const rival = await client(server.url, 'mine-cl', ['producer']);
    expectProblem(await rival.get(path), 404, 'not_found');
    expectProblem(await rival.post(`${path}/certificates`, certificate()), 404, 'not_found');
    expectProblem(
      await administrator.post('/v1/sites/sit_01JD0000000000000000000000/verify'),
      404,
      'not_found',
    );
    for (const [changes, pointer] of [
      [{ country: 'au' }, '/country'],
      [{ country: 'AUS' }, '/country'],
      [{ stage: 'smelting' }, '/stage'],
      [{ minerals: [] }, '/minerals'],
      [{ capacityPerYear: '1200' }, '/capacityPerYear'],
      [{ owner: 'me' }, '/owner'],
    ] as const)
      expectProblem(
        await producer.post('/v1/sites', { ...full, ...changes }),
        422,
        'invalid_request',
        pointer,
      );
  });

  const certificate = (changes: Record<string, unknown> = {}) => ({
    scheme: 'rmap',
    level: 'b',
    validFrom: '2026-01-01',
    validTo: '2036-12-31',
    reference: 'RMAP-2026-17',
    ...changes,
  });

  it('a certificate passes through submitted, active, suspended, active, revoked', async () => {
    expectStatus(
      await administrator.put('/v1/schemes/rmap', {
        name: 'RMAP',
        levels: ['a', 'b'],
        stages: ['refining', 'mining'],
        minerals: ['ndpr', 'cobalt'],
        assurance: 'second-party',
      }),
      201,
    );
    const site = expectStatus(
      await producer.post('/v1/sites', { name: 'S', country: 'AU', stage: 'refining', minerals: ['ndpr'] }),
      201,
    );
    const submit = `/v1/sites/${site.id}/certificates`;
    const full = certificate({ minerals: ['ndpr'], stages: ['refining'] });
    const posted = await producer.post(submit, full);
    expect(posted).toMatchObject({ status: 201, body: { ...full, site: site.id, status: 'submitted' } });
    const path = `/v1/certificates/${posted.body.id}`;
    expect(posted.headers.get('location')).toBe(path);
    const acts = async (action: string, body?: unknown) => administrator.post(`${path}/${action}`, body);
    expectProblem(await producer.post(`${path}/verify`), 403, 'forbidden');
    expectProblem(await acts('suspend', { reason: 'r' }), 409, 'invalid_state');
    expectProblem(await acts('reinstate'), 409, 'invalid_state');
    expect(await acts('verify')).toMatchObject({ status: 200, body: { status: 'active' } });
    expectProblem(await acts('verify'), 409, 'invalid_state');
    expectProblem(await acts('suspend'), 422, 'invalid_request');
    expectProblem(await acts('suspend', {}), 422, 'invalid_request', '/reason');
    expectProblem(await acts('revoke', { reason: ' ' }), 422, 'invalid_request', '/reason');
    expect(await acts('suspend', { reason: 'audit' })).toMatchObject({
      status: 200,
      body: { status: 'suspended', reason: 'audit' },
    });
    expectProblem(await acts('suspend', { reason: 'r' }), 409, 'invalid_state');
    expect(await acts('reinstate', {})).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await acts('revoke', { reason: 'fraud' })).toMatchObject({
      status: 200,
      body: { status: 'revoked', reason: 'fraud' },
    });
    for (const [action, body] of [
      ['verify', undefined],
      ['reinstate', undefined],
      ['suspend', { reason: 'r' }],
      ['revoke', { reason: 'r' }],
    ] as const)
      expectProblem(await acts(action, body), 409, 'invalid_state');
    expect((await producer.get(path)).body).toMatchObject({ status: 'revoked' });
    expect(
      (await producer.get(`${path}/versions`)).body.items.map(({ status }: { status: string }) => status),
    ).toEqual(['submitted', 'active', 'suspended', 'active', 'revoked']);
    expect((await producer.get(submit)).body.items).toHaveLength(1);
    expectProblem(
      await administrator.post('/v1/certificates/crt_01JD0000000000000000000000/verify'),
      404,
      'not_found',
    );
    for (const [changes, code, pointer] of [
      [{ scheme: 'none' }, 'unknown_reference', '/scheme'],
      [{ level: 'c' }, 'invalid_request', '/level'],
      [{ minerals: ['lithium'] }, 'invalid_request', '/minerals/0'],
      [{ stages: ['recycling'] }, 'invalid_request', '/stages/0'],
      [{ validTo: '2025-12-31' }, 'invalid_request', '/validTo'],
      [{ validFrom: '01.01.2026' }, 'invalid_request', '/validFrom'],
      [{ reference: '' }, 'invalid_request', '/reference'],
      [{ status: 'active' }, 'invalid_request', '/status'],
    ] as const)
      expectProblem(await producer.post(submit, certificate(changes)), 422, code, pointer);
    expect(await producer.post(submit, { ...certificate(), level: undefined })).toMatchObject({
      status: 201,
    });
  });
});

describe('quarters', () => {
  it('are calendar quarters, and nothing else', async () => {
    for (const quarter of ['2027-Q0', '2027-Q5', '2027Q1', '27-Q1', '2027-q1', '2027-01'])
      expectProblem(
        await administrator.put('/v1/zones/z-1/consumption/p-1', {
          quarters: [{ quarter, quantity: quantity('1') }],
        }),
        422,
        'invalid_request',
        '/quarters/0/quarter',
      );
    expect(nextQuarter()).toMatch(/^\d{4}-Q[1-4]$/);
  });
});
