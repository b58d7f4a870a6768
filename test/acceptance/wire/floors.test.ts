import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../support/market-client.ts';
import { client, expectStatus } from '../../support/market-client.ts';
import { approvedFloor, price, scene } from '../../support/scenario.ts';
import type { Scene } from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { expectProblem } from '../../support/wire-checks.ts';

const server = emptyMarket();
let abroad: Client;
let buyer: Client;
beforeAll(async () => {
  abroad = await client(server.url, 'ministry-jp', ['administrator'], 'administrator-jp');
  buyer = await client(server.url, 'magnets-de', ['buyer']);
});

const terms = (at: Scene, changes: Record<string, unknown> = {}) => ({
  product: at.product,
  zone: 'partners',
  price: price('110.00'),
  borderAdjusted: true,
  effectiveFrom: '2026-01-01',
  rationale: 'Cost of production.',
  ...changes,
});
const ids = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);

describe('floors', () => {
  it('are proposed by one administrator and approved by another, of the same organisation or not', async () => {
    const at = await scene(server.url, 'four-eyes');
    const full = terms(at, {
      duties: [
        { origin: 'CN', rate: '0.037' },
        { origin: 'CN', destination: 'DE', rate: '0.25' },
      ],
      effectiveTo: '2027-12-31',
    });
    expectProblem(await buyer.post('/v1/floors', full), 403, 'forbidden');
    const proposed = await at.administrator.post('/v1/floors', full);
    expect(proposed).toMatchObject({ status: 201, body: { ...full, status: 'proposed' } });
    const path = `/v1/floors/${proposed.body.id}`;
    expect(proposed.headers.get('location')).toBe(path);
    expectProblem(await at.administrator.post(`${path}/approve`), 409, 'second_approval_required');
    expectProblem(await at.administrator.post(`${path}/reject`), 409, 'second_approval_required');
    expectProblem(await buyer.post(`${path}/approve`), 403, 'forbidden');
    expect((await buyer.get(path)).body).toMatchObject({ status: 'proposed' });
    expect(await at.second.post(`${path}/approve`)).toMatchObject({
      status: 200,
      body: { ...full, status: 'approved' },
    });
    for (const action of ['approve', 'reject'])
      expectProblem(await at.second.post(`${path}/${action}`), 409, 'invalid_state');
    expect((await buyer.get(path)).body).toMatchObject({ ...full, status: 'approved' });

    const next = await at.administrator.post('/v1/floors', terms(at, { effectiveFrom: '2028-01-01' }));
    expect(await abroad.post(`/v1/floors/${next.body.id}/approve`)).toMatchObject({
      status: 200,
      body: { status: 'approved' },
    });
    const third = await at.administrator.post('/v1/floors', terms(at, { effectiveFrom: '2030-01-01' }));
    expect(await at.second.post(`/v1/floors/${third.body.id}/reject`)).toMatchObject({
      status: 200,
      body: { status: 'rejected' },
    });
    expectProblem(await at.second.post(`/v1/floors/${third.body.id}/approve`), 409, 'invalid_state');
    expectProblem(
      await at.second.post('/v1/floors/flr_01JD0000000000000000000000/approve'),
      404,
      'not_found',
    );
  });

  it('approve takes an empty body, {} or none, with or without a content type', async () => {
    const at = await scene(server.url, 'bodies');
    for (const [year, body, headers] of [
      ['2030', undefined, {}],
      ['2031', undefined, { 'content-type': 'application/json' }],
      ['2032', {}, {}],
    ] as const) {
      const floor = await at.administrator.post(
        '/v1/floors',
        terms(at, { effectiveFrom: `${year}-01-01`, effectiveTo: `${year}-12-31` }),
      );
      expect(
        await at.second.call('POST', `/v1/floors/${floor.body.id}/approve`, body, headers),
      ).toMatchObject({ status: 200, body: { status: 'approved' } });
    }
  });

  it('one that begins inside an open-ended floor ends that one there; any other overlap is refused', async () => {
    const at = await scene(server.url, 'overlap');
    const first = await approvedFloor(at);
    const next = await approvedFloor(at, { effectiveFrom: '2028-07-01', price: price('120.00') });
    expect((await buyer.get(`/v1/floors/${first.id}`)).body).toMatchObject({
      status: 'approved',
      effectiveTo: '2028-06-30',
    });
    for (const changes of [
      { effectiveFrom: '2027-01-01', effectiveTo: '2027-12-31' },
      { effectiveFrom: '2025-01-01' },
      { effectiveFrom: '2028-06-30' },
    ]) {
      const floor = expectStatus(await at.administrator.post('/v1/floors', terms(at, changes)), 201);
      expectProblem(await at.second.post(`/v1/floors/${floor.id}/approve`), 409, 'floor_overlap');
      expect((await buyer.get(`/v1/floors/${floor.id}`)).body).toMatchObject({ status: 'proposed' });
    }
    expect((await buyer.get(`/v1/floors/${next.id}`)).body).not.toHaveProperty('effectiveTo');

    const on = async (day: string) =>
      ids((await buyer.get(`/v1/floors?product=${at.product}&zone=partners&on=${day}`)).body);
    expect(await on('2028-06-30')).toEqual([first.id]);
    expect(await on('2028-07-01')).toEqual([next.id]);
    expect(await on('2025-12-31')).toEqual([]);
    expect(ids((await buyer.get(`/v1/floors?product=${at.product}`)).body)).toHaveLength(5);
    expect(ids((await buyer.get(`/v1/floors?product=none`)).body)).toEqual([]);
    expect(ids((await buyer.get(`/v1/floors?product=${at.product}&zone=none`)).body)).toEqual([]);
    expectProblem(await buyer.get('/v1/floors?on=yesterday'), 400, 'invalid_request');
  });

  it('end when two administrators agree', async () => {
    const at = await scene(server.url, 'ending');
    const floor = await approvedFloor(at);
    const path = `/v1/floors/${floor.id}`;
    const end = { effectiveTo: '2029-12-31', rationale: 'Prices have recovered.' };
    expectProblem(await buyer.post(`${path}/end`, end), 403, 'forbidden');
    expectProblem(
      await at.administrator.post(`${path}/end`, { effectiveTo: '2029-12-31' }),
      422,
      'invalid_request',
      '/rationale',
    );
    expectProblem(
      await at.administrator.post(`${path}/end`, { ...end, effectiveTo: '2020-01-01' }),
      422,
      'invalid_request',
      '/effectiveTo',
    );
    const proposed = await at.administrator.post(`${path}/end`, end);
    expect(proposed).toMatchObject({ status: 200, body: { id: floor.id, status: 'approved' } });
    expect(proposed.body).not.toHaveProperty('effectiveTo');
    expectProblem(await at.administrator.post(`${path}/approve`), 409, 'second_approval_required');
    expect(await at.second.post(`${path}/approve`)).toMatchObject({
      status: 200,
      body: { status: 'approved', effectiveTo: '2029-12-31' },
    });
    const open = expectStatus(
      await at.administrator.post('/v1/floors', terms(at, { effectiveFrom: '2031-01-01' })),
      201,
    );
    expectProblem(await at.administrator.post(`/v1/floors/${open.id}/end`, end), 409, 'invalid_state');
  });

  it.each([
    ['an unknown product', { product: 'none' }, 'unknown_reference', '/product'],
    ['an unknown zone', { zone: 'none' }, 'unknown_reference', '/zone'],
    ['a price off the tick', { price: price('110.005') }, 'off_tick', '/price/amount'],
    [
      'another currency',
      { price: { ...price('110.00'), currency: 'EUR' } },
      'currency_mismatch',
      '/price/currency',
    ],
    [
      'a unit that cannot be converted',
      { price: price('110.00', 'kg contained') },
      'unit_not_convertible',
      '/price/per',
    ],
    ['a duty above one', { duties: [{ origin: 'CN', rate: '1.1' }] }, 'invalid_request', '/duties/0/rate'],
    ['a duty as a number', { duties: [{ origin: 'CN', rate: 0.037 }] }, 'invalid_request', '/duties/0/rate'],
    ['no rationale', { rationale: undefined }, 'invalid_request', '/rationale'],
    ['no border adjustment either way', { borderAdjusted: undefined }, 'invalid_request', '/borderAdjusted'],
    ['an end before its beginning', { effectiveTo: '2025-12-31' }, 'invalid_request', '/effectiveTo'],
  ])('with %s are refused', async (_, changes, code, pointer) => {
    const at = await scene(server.url, 'refused');
    expectProblem(await at.administrator.post('/v1/floors', terms(at, changes)), 422, code, pointer);
  });

  it('a price in another unit is kept in the product’s own, rounded up to the tick', async () => {
    const at = await scene(server.url, 'units');
    const floor = async (amount: string, per: string) =>
      expectStatus(await at.administrator.post('/v1/floors', terms(at, { price: price(amount, per) })), 201)
        .price;
    expect(await floor('110000', 't')).toEqual(price('110.00'));
    expect(await floor('110000.01', 't')).toEqual(price('110.01'));
    expect(await floor('49.90', 'lb')).toEqual(price('110.02'));
    expect(await floor('0.11', 'g')).toEqual(price('110.00'));
  });

  it('a destination in two zones that both have floors for one product is refused', async () => {
    const at = await scene(server.url, 'two-zones');
    expectStatus(
      await at.administrator.put('/v1/zones/overlapping', { name: 'O', members: ['DE', 'FR'] }),
      200,
      201,
    );
    await approvedFloor(at);
    const other = await at.administrator.post('/v1/floors', terms(at, { zone: 'overlapping' }));
    expectProblem(
      other.status === 201 ? await at.second.post(`/v1/floors/${other.body.id}/approve`) : other,
      409,
      'zone_overlap',
    );
    // Nor may a zone grow into a member of another one that has a floor for the product.
    const apart = { name: 'Apart', members: ['FI'] };
    expectStatus(await at.administrator.put('/v1/zones/apart', apart), 201);
    await approvedFloor(at, { zone: 'apart' });
    const grown = await at.administrator.put('/v1/zones/apart', { ...apart, members: ['FI', 'DE'] });
    expectProblem(
      grown.status === 202 ? await at.second.post(`/v1/zones/apart/changes/${grown.body.id}/approve`) : grown,
      409,
      'zone_overlap',
    );
    expect((await buyer.get('/v1/zones/apart')).body.members).toEqual(['FI']);
  });
});
