import { beforeEach, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { TestApi } from '../../support/market-api.ts';
import { ada, auditor, bob, buyer, everyRole, freshApi, mine } from '../../support/market-api.ts';
import { floorBody, productBody, zoneBody } from '../../support/reference.ts';

const engine = engineOfFile();
let api: TestApi;
beforeEach(async () => {
  api = await freshApi(engine.client);
  await api.call(ada, 'PUT', '/v1/products/ndpr-oxide', productBody({ containedFactor: '0.8' }));
  await api.call(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP']));
});

const propose = (changes: object = {}, who = ada) => api.call(who, 'POST', '/v1/floors', floorBody(changes));
const post = (who: typeof ada, id: string, verb: string, body?: object) =>
  api.call(who, 'POST', `/v1/floors/${id}/${verb}`, body);
const approved = async (changes: object = {}) => {
  const { body } = await propose(changes);
  return (await post(bob, body.id, 'approve')).body;
};
const price = (amount: string, per = 'kg', currency = 'USD') => ({ amount, currency, per });

describe('POST /v1/floors', () => {
  it('proposes: everybody reads its inputs, version and author, and it is not in force', async () => {
    const duties = [
      { origin: 'CN', rate: '0.037' },
      { origin: 'CN', destination: 'JP', rate: '0' },
    ];
    const proposed = await propose({ duties });
    expect(proposed).toMatchObject({
      status: 201,
      body: { ...floorBody({ duties }), status: 'proposed', proposedBy: 'ada', version: 1 },
    });
    expect(proposed.headers.get('location')).toBe(`/v1/floors/${proposed.body.id}`);
    for (const who of everyRole) {
      const read = await api.call(who, 'GET', `/v1/floors/${proposed.body.id}`);
      expect(read.body).toEqual(proposed.body);
      expect((await api.call(who, 'GET', '/v1/floors')).body.items).toEqual([proposed.body]);
    }
    expect((await api.call(buyer, 'GET', '/v1/floors?on=2026-11-22')).body.items).toEqual([]);
  });

  it("keeps its price in the product's unit, rounded up to the tick", async () => {
    expect((await propose({ price: price('50', 'lb') })).body['price']).toEqual(price('110.24'));
    expect((await propose({ price: price('100', 'kg contained') })).body['price']).toEqual(price('80.00'));
    expect((await propose({ price: price('110000', 't') })).body['price']).toEqual(price('110.00'));
  });

  it.each([
    [{ price: price('110.001') }, 'off_tick', '/price/amount'],
    [{ price: price('110', 'kg', 'EUR') }, 'currency_mismatch', '/price/currency'],
    [{ product: 'unknown' }, 'unknown_reference', '/product'],
    [{ zone: 'unknown' }, 'unknown_reference', '/zone'],
    [{ effectiveTo: '2026-11-21' }, 'invalid_request', '/effectiveTo'],
    [{ effectiveTo: '2025-12-31' }, 'invalid_value', '/effectiveTo'],
    [{ price: price('0') }, 'invalid_value', '/price/amount'],
    [{ price: { ...price('110'), amount: 110 } }, 'invalid_type', '/price/amount'],
    [{ duties: [{ origin: 'CN', rate: '1.01' }] }, 'invalid_value', '/duties/0/rate'],
    [{ rationale: ' ' }, 'too_small', '/rationale'],
    [{ status: 'approved' }, 'unknown_field', '/status'],
  ])('refuses %j: %s at %s', async (changes, code, pointer) => {
    const refused = await propose(changes);
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ pointer, code }]);
  });

  it('refuses a unit that the product gives no way to convert', async () => {
    await api.call(ada, 'PUT', '/v1/products/other', productBody());
    const refused = await propose({ product: 'other', price: price('110', 'kg contained') });
    expect(refused).toMatchObject({ status: 422, body: { code: 'unit_not_convertible' } });
  });

  it('is for administrators', async () => {
    const { body } = await propose();
    for (const who of everyRole.slice(1)) {
      expect((await propose({}, who)).status).toBe(403);
      for (const verb of ['approve', 'reject', 'end'])
        expect((await post(who, body.id, verb)).status).toBe(403);
    }
    expect((await api.call(undefined, 'GET', '/v1/floors')).status).toBe(401);
  });
});

describe('approval', () => {
  it('takes another administrator, once', async () => {
    const { body } = await propose();
    expect(await post(ada, body.id, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'second_approval_required' },
    });
    expect((await post(ada, body.id, 'reject')).body.code).toBe('second_approval_required');
    expect(await post(bob, body.id, 'approve')).toMatchObject({
      status: 200,
      body: { status: 'approved', approvedBy: 'bob', approvedAt: '2026-11-22T12:00:00.000Z', version: 2 },
    });
    for (const verb of ['approve', 'reject'])
      expect((await post(bob, body.id, verb)).body.code).toBe('invalid_state');
    expect((await post(bob, `flr_${'0'.repeat(26)}`, 'approve')).status).toBe(404);
    expect((await post(bob, 'nonsense', 'approve')).status).toBe(404);
  });

  it('that was refused leaves a floor that stays refused', async () => {
    const { body } = await propose();
    expect((await post(bob, body.id, 'reject')).body.status).toBe('rejected');
    expect((await post(bob, body.id, 'approve')).body.code).toBe('invalid_state');
  });

  it('ends the open-ended floor it begins in, and is refused on any other overlap', async () => {
    const first = await approved();
    const second = await approved({ effectiveFrom: '2027-03-01', effectiveTo: '2027-06-30' });
    expect((await api.call(buyer, 'GET', `/v1/floors/${first.id}`)).body).toMatchObject({
      effectiveTo: '2027-02-28',
      supersededBy: second.id,
    });
    const { body: third } = await propose({ effectiveFrom: '2027-06-30' });
    expect(await post(bob, third.id, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'floor_overlap' },
    });
    const on = async (day: string) =>
      (await api.call(buyer, 'GET', `/v1/floors?product=ndpr-oxide&zone=partners&on=${day}`)).body.items.map(
        ({ id }) => id,
      );
    expect(await on('2027-02-28')).toEqual([first.id]);
    expect(await on('2027-03-01')).toEqual([second.id]);
    expect(await on('2027-07-01')).toEqual([]);
    expect((await api.call(buyer, 'GET', '/v1/floors?status=proposed')).body.items).toMatchObject([
      { id: third.id },
    ]);
  });

  it('that begins on the same day replaces the floor whole', async () => {
    const first = await approved();
    const second = await approved({ price: price('120.00') });
    const items = (await api.call(buyer, 'GET', '/v1/floors?on=2026-11-22')).body.items;
    expect(items.map(({ id }) => id)).toEqual([second.id]);
    expect((await api.call(buyer, 'GET', `/v1/floors/${first.id}`)).body['effectiveTo']).toBe('2025-12-31');
  });

  it('is refused when the floor is over by then', async () => {
    const { body } = await propose({ effectiveTo: '2026-11-22' });
    api.time.now = '2026-11-23T00:00:00.000Z';
    expect((await post(bob, body.id, 'approve')).body.code).toBe('invalid_state');
  });

  it('is refused when the product has been given another tick meanwhile', async () => {
    const { body } = await propose({ price: price('110.01') });
    const priceTick = price('0.05');
    const put = await api.call(ada, 'PUT', '/v1/products/ndpr-oxide', productBody({ priceTick }));
    expect(put.status).toBe(200);
    expect((await post(bob, body.id, 'approve')).body.code).toBe('invalid_state');
  });
});

describe('the end of a floor', () => {
  const end = (effectiveTo: string) => ({ effectiveTo, rationale: 'Supply has come.' });

  it('is proposed by one and approved by another; nobody changes the past', async () => {
    const { id } = await approved();
    expect(await post(bob, id, 'end', end('2026-11-21'))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/effectiveTo' }] },
    });
    expect((await post(bob, id, 'end', { effectiveTo: '2026-12-31' })).status).toBe(422);
    expect(await post(bob, id, 'end', end('2026-12-31'))).toMatchObject({
      status: 200,
      body: { status: 'approved', proposedEnd: { effectiveTo: '2026-12-31', proposedBy: 'bob' } },
    });
    expect((await post(ada, id, 'end', end('2026-12-30'))).body.code).toBe('invalid_state');
    expect((await post(bob, id, 'approve')).body.code).toBe('second_approval_required');
    expect((await post(ada, id, 'approve')).body).toMatchObject({
      effectiveTo: '2026-12-31',
      end: { proposedBy: 'bob', approvedBy: 'ada', rationale: 'Supply has come.' },
    });
    expect((await post(ada, id, 'approve')).body.code).toBe('invalid_state');
    expect((await post(ada, id, 'end', end('2027-01-31'))).status).toBe(422);
  });

  it('may be rejected, and then the floor goes on', async () => {
    const { id } = await approved();
    await post(ada, id, 'end', end('2026-12-31'));
    expect((await post(ada, id, 'reject')).body.code).toBe('second_approval_required');
    const rejected = await post(bob, id, 'reject');
    expect(rejected.body).toMatchObject({ status: 'approved' });
    expect(rejected.body).not.toHaveProperty('proposedEnd');
    expect(rejected.body).not.toHaveProperty('effectiveTo');
  });

  it('is not before the beginning, and not of a floor that is only proposed', async () => {
    const { id } = await approved({ effectiveFrom: '2027-06-01' });
    expect((await post(ada, id, 'end', end('2027-05-31'))).status).toBe(422);
    const { body } = await propose();
    expect((await post(ada, body.id, 'end', end('2027-05-31'))).body.code).toBe('invalid_state');
  });
});

describe('the history of a floor', () => {
  it('is a chain of hashes that anybody can check from the answers alone', async () => {
    const first = await approved();
    await approved({ effectiveFrom: '2027-01-01' });
    const { items } = (await api.call(auditor, 'GET', `/v1/floors/${first.id}/versions`)).body;
    expect(items.map(({ version, recordedBy }) => [version, recordedBy])).toEqual([
      [1, 'ada'],
      [2, 'bob'],
      [3, 'bob'],
    ]);
    let before: unknown;
    for (const item of items) {
      const { hash, ...rest } = item;
      expect(rest['previousHash']).toBe(before);
      expect(hash).toBe(sha256(canonicalJson(rest)));
      before = hash;
    }
  });

  it('answers a proposal once under one Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'floor-1' };
    const first = await api.call(ada, 'POST', '/v1/floors', floorBody(), headers);
    const again = await api.call(ada, 'POST', '/v1/floors', floorBody(), headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await api.call(mine, 'GET', '/v1/floors')).body.items).toHaveLength(1);
  });
});
