import { beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../../infra/audit/audit.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { freezeFixing } from '../../../shared/store/prices/fixings.ts';
import type { TestApi } from '../../support/market-api.ts';
import { ada, auditor, bob, buyer, everyRole, freshApi, mine } from '../../support/market-api.ts';
import { productBody } from '../../support/reference.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { meddleWith } from '../../support/faults.ts';
import { clientFor } from '../../support/table.ts';

const engine = engineOfFile();
let api: TestApi;
beforeEach(async () => {
  api = await freshApi(engine.client);
  await api.call(ada, 'PUT', '/v1/products/ndpr-oxide', productBody());
  await api.call(ada, 'PUT', '/v1/reference-prices/ndpr-europe', seriesBody());
});

const seriesBody = (changes: object = {}) => ({
  name: 'NdPr oxide, Europe',
  product: 'ndpr-oxide',
  currency: 'USD',
  per: 'kg',
  source: 'Reports of buyers and sellers',
  ...changes,
});
const put = (id: string, changes: object = {}, who = ada) =>
  api.call(who, 'PUT', `/v1/reference-prices/${id}`, seriesBody(changes));
const point = (firm: string, amount: string, changes: object = {}) => ({
  date: '2026-11-10',
  firm,
  price: { amount, currency: 'USD', per: 'kg' },
  quantity: { amount: '1000', unit: 'kg' },
  ...changes,
});
const post = (body: object, who = ada, id = 'ndpr-europe') =>
  api.call(who, 'POST', `/v1/reference-prices/${id}/points`, body);
const five = (amounts: readonly string[] = ['80', '81', '82', '83', '84'], changes: object = {}) => ({
  points: amounts.map((amount, index) => point(`firm-${index}`, amount, changes)),
});
const fixings = (window: string, who = buyer) =>
  api.call(who, 'GET', `/v1/reference-prices/ndpr-europe/fixings?${window}`);
const november = 'from=2026-11-01&to=2026-11-22';
const pointsOf = (body: object) => (body as { points: { id: string }[] }).points;
const freeze = (at: string) =>
  freezeFixing(api.dependencies.table, 'ndpr-europe', { from: '2026-11-01', to: '2026-11-22' }, at);

describe('PUT /v1/reference-prices/{id}', () => {
  it('keeps every version, with the guards that hold where none are given', async () => {
    expect(await put('other')).toMatchObject({
      status: 201,
      body: {
        minimumFirms: 5,
        outlierShare: '0.5',
        staleAfterDays: 31,
        windowDays: 30,
        lastGoodDays: 0,
        version: 1,
      },
    });
    expect(await put('other')).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await put('other', { minimumFirms: 7 })).toMatchObject({ status: 200, body: { version: 2 } });
    const versions = await api.call(buyer, 'GET', '/v1/reference-prices/other/versions');
    expect(versions.body.items.map((each) => each['minimumFirms'])).toEqual([5, 7]);
  });

  it.each([
    [{ minimumFirms: 4 }, 'too_small', '/minimumFirms'],
    [{ product: 'unknown' }, 'unknown_reference', '/product'],
    [{ currency: 'EUR' }, 'series_fixed', '/currency'],
    [{ per: 'lb' }, 'series_fixed', '/per'],
    [{ fallbacks: ['unknown'] }, 'unknown_reference', '/fallbacks/0'],
    [{ fallbacks: ['ndpr-europe'] }, 'invalid_request', '/fallbacks/0'],
    [{ fallbacks: ['euro'] }, 'invalid_request', '/fallbacks/0'],
    [{ minimumFirm: 5 }, 'unknown_field', '/minimumFirm'],
  ])('refuses %j: %s at %s', async (changes, code, pointer) => {
    await put('euro', { currency: 'EUR' });
    const refused = await put('ndpr-europe', changes);
    expect([409, 422]).toContain(refused.status);
    expect(refused.body.errors).toMatchObject([{ pointer, code }]);
  });

  it('takes another administrator once the series has points', async () => {
    await post(point('firm-0', '80'));
    expect(await put('ndpr-europe')).toMatchObject({ status: 200, body: { version: 1 } });
    const proposed = await put('ndpr-europe', { outlierShare: '1' });
    expect(proposed).toMatchObject({
      status: 202,
      body: { kind: 'reference-price', status: 'proposed', proposed: { outlierShare: '1' } },
    });
    const at = String(proposed.headers.get('location'));
    expect(at).toBe(`/v1/reference-prices/ndpr-europe/changes/${proposed.body.id}`);
    const guards = async () => (await api.call(buyer, 'GET', '/v1/reference-prices/ndpr-europe')).body;
    expect(await guards()).toMatchObject({ outlierShare: '0.5', version: 1 });
    expect((await api.call(ada, 'POST', `${at}/approve`)).body.code).toBe('second_approval_required');
    expect((await api.call(buyer, 'POST', `${at}/approve`)).status).toBe(403);
    expect((await api.call(bob, 'POST', `${at}/approve`)).status).toBe(200);
    expect(await guards()).toMatchObject({ outlierShare: '1', version: 2, recordedBy: 'bob' });
    expect((await put('ndpr-europe', { outlierShare: '1', per: 'lb' })).body.code).toBe('series_fixed');
  });

  it('is for administrators; everybody reads', async () => {
    for (const who of everyRole.slice(1)) {
      expect((await put('mine', {}, who)).status).toBe(403);
      expect((await api.call(who, 'GET', '/v1/reference-prices/ndpr-europe')).status).toBe(200);
    }
    expect((await api.call(undefined, 'GET', '/v1/reference-prices')).status).toBe(401);
    expect((await api.call(buyer, 'GET', '/v1/reference-prices/unknown')).status).toBe(404);
  });
});

describe('POST /v1/reference-prices/{id}/points', () => {
  it('records one or several, in order of date', async () => {
    const one = await post(point('firm-0', '80', { date: '2026-11-12' }));
    expect(one).toMatchObject({
      status: 201,
      body: { points: [{ series: 'ndpr-europe', recordedBy: 'ada' }], warnings: [] },
    });
    expect((await post(five())).status).toBe(201);
    const listed = await api.call(auditor, 'GET', '/v1/reference-prices/ndpr-europe/points?limit=4');
    expect(listed.body.items).toHaveLength(4);
    const rest = await api.call(
      auditor,
      'GET',
      `/v1/reference-prices/ndpr-europe/points?limit=4&cursor=${listed.body.next}`,
    );
    expect(rest.body.items.map((each) => each['date'])).toEqual(['2026-11-10', '2026-11-12']);
    expect(rest.body.next).toBeNull();
    const some = await api.call(
      ada,
      'GET',
      '/v1/reference-prices/ndpr-europe/points?from=2026-11-11&to=2026-11-12',
    );
    expect(some.body.items).toHaveLength(1);
  });

  it('names every bad point, and records none', async () => {
    const good = point('firm-1', '80');
    const refused = await post({
      points: [
        good,
        point('firm-2', '80', { price: { amount: '80', currency: 'EUR', per: 'kg' } }),
        point('firm-3', '80', { date: '2026-11-23' }),
        point('firm-4', '80', { quantity: { amount: '1', unit: 'mtu' } }),
        point('firm-5', '80', { replaces: `pnt_${'0'.repeat(26)}` }),
      ],
    });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/points/1/price/currency currency_mismatch',
      '/points/2/date invalid_request',
      '/points/3/quantity/unit unit_not_convertible',
      '/points/4/replaces unknown_reference',
    ]);
    const listed = await api.call(ada, 'GET', '/v1/reference-prices/ndpr-europe/points');
    expect(listed.body.items).toEqual([]);
    expect(
      (await post({ ...good, price: { amount: '80', currency: 'EUR', per: 'kg' } })).body.errors,
    ).toMatchObject([{ pointer: '/price/currency' }]);
    expect((await post({ points: [] })).status).toBe(422);
    expect((await post(good, ada, 'unknown')).status).toBe(404);
  });

  it("restates a point in the series' own unit, and keeps what was stated", async () => {
    const stated = {
      price: { amount: '45.359237', currency: 'USD', per: 'lb' },
      quantity: { amount: '2', unit: 't' },
    };
    expect((await post(point('firm-0', '1', stated))).body).toMatchObject({
      points: [{ price: { amount: '100.00', per: 'kg' }, quantity: { amount: '2000', unit: 'kg' }, stated }],
    });
  });

  it('warns of a price that seems to be in another unit, and records it', async () => {
    await post(five());
    const wrong = await post({
      points: [point('firm-0', '83'), point('firm-1', '83000'), point('firm-2', '900')],
    });
    expect(wrong).toMatchObject({ status: 201, body: { warnings: [{ index: 1 }, { index: 2 }] } });
    expect(JSON.stringify(wrong.body['warnings'])).toContain('per t');
  });

  it('takes a correction once, and leaves the corrected point as it was', async () => {
    const [first] = pointsOf((await post(five())).body);
    const correction = point('firm-0', '90', { replaces: first?.id });
    const corrected = pointsOf((await post(correction)).body)[0];
    expect((await post(correction)).body.errors).toMatchObject([
      { pointer: '/replaces', code: 'invalid_state' },
    ]);
    const { body } = await api.call(ada, 'GET', '/v1/reference-prices/ndpr-europe/points');
    expect(body.items.find(({ id }) => id === first?.id)).toMatchObject({
      price: { amount: '80' },
      replacedBy: corrected?.id,
    });
    const twice = { points: [1, 2].map(() => point('firm-0', '91', { replaces: corrected?.id })) };
    expect((await post(twice)).body.errors).toMatchObject([{ pointer: '/points/1/replaces' }]);
  });

  it('takes a correction of what a price was fixed by from two administrators only', async () => {
    const [first] = pointsOf((await post(five())).body);
    const day = '2026-11-10';
    api.time.now = '2026-11-24T12:00:00.000Z';
    const window = { from: day, to: day };
    await freezeFixing(api.dependencies.table, 'ndpr-europe', window, api.time.now);
    api.time.now = '2026-11-24T13:00:00.000Z';
    const proposed = await post(point('firm-0', '90', { replaces: first?.id }));
    expect(proposed).toMatchObject({ status: 202, body: { kind: 'price-points', status: 'proposed' } });
    const read = async () =>
      (await api.call(ada, 'GET', '/v1/reference-prices/ndpr-europe/points')).body.items.length;
    expect(await read()).toBe(5);
    const path = `/v1/reference-prices/ndpr-europe/points/changes/${proposed.body.id}`;
    expect((await api.call(mine, 'GET', path)).status).toBe(403);
    expect((await api.call(ada, 'POST', `${path}/approve`)).body.code).toBe('second_approval_required');
    expect((await api.call(bob, 'POST', `${path}/approve`)).body).toMatchObject({ status: 'approved' });
    expect(await read()).toBe(6);
    expect((await api.call(bob, 'POST', `${path}/approve`)).body.code).toBe('invalid_state');
    // A point that nobody has replaced is recorded by one, in a window that was used, too.
    expect((await post(point('firm-9', '84'))).status).toBe(201);
  });

  it('of two corrections of one point at once takes one', async () => {
    const [first] = pointsOf((await post(five())).body);
    const answers = await Promise.all(
      ['90', '91', '92'].map((amount) => post(point('firm-0', amount, { replaces: first?.id }))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422]);
  });

  it('is for administrators; points are not for everybody', async () => {
    for (const who of everyRole.slice(1)) expect((await post(five(), who)).status).toBe(403);
    for (const who of [mine, buyer])
      expect((await api.call(who, 'GET', '/v1/reference-prices/ndpr-europe/points')).status).toBe(403);
    expect((await api.call(ada, 'GET', '/v1/reference-prices/unknown/points')).status).toBe(404);
  });

  it('takes as many as one transaction holds, with its record of the key', async () => {
    const many = (count: number) => ({ points: Array.from({ length: count }, () => point('firm-0', '80')) });
    const sent = () =>
      api.call(ada, 'POST', '/v1/reference-prices/ndpr-europe/points', many(95), {
        'Idempotency-Key': 'feed-1',
      });
    expect((await sent()).status).toBe(201);
    expect((await sent()).headers.get('idempotency-replayed')).toBe('true');
    expect((await post(many(96))).status).toBe(422);
  });
});

describe('GET /v1/reference-prices/{id}/fixings', () => {
  it('tells everybody the figure of now, or why there is none', async () => {
    await post({ points: five().points.slice(1) });
    expect((await fixings(november)).body).toMatchObject({
      series: 'ndpr-europe',
      now: { status: 'held', code: 'reference_unavailable', reasons: [{ code: 'too_few_firms' }] },
      frozen: [],
    });
    await post(point('firm-0', '80'));
    for (const who of everyRole)
      expect((await fixings(november, who)).body).toMatchObject({
        now: { status: 'available', fixing: { price: { amount: '82.00', per: 'kg' }, firms: 5 } },
      });
    for (const wrong of ['from=2026-11-22&to=2026-11-01', 'from=2025-11-22&to=2026-11-23', 'from=2026-11-22'])
      expect((await fixings(wrong)).status).toBe(400);
    expect((await fixings('from=2025-11-23&to=2026-11-23')).status).toBe(200);
    expect((await fixings('')).body['window']).toEqual({ from: '2026-10-24', to: '2026-11-22' });
    expect((await api.call(buyer, 'GET', `/v1/reference-prices/unknown/fixings?${november}`)).status).toBe(
      404,
    );
  });

  it('counts firms of one group as one', async () => {
    await post(five());
    for (const id of ['firm-0', 'firm-1'])
      await api.call(ada, 'PUT', `/v1/organisations/${id}`, { name: id, group: 'holding' });
    expect((await fixings(november)).body).toMatchObject({ now: { reasons: [{ code: 'too_few_firms' }] } });
  });

  it('shows what was frozen, which no later point changes: it makes a new version', async () => {
    await post(five());
    const at = (time: string): string => `2026-11-22T${time}:00.000Z`;
    const first = await freeze(at('13:00'));
    expect(first).toMatchObject({ ok: true, value: { version: 1, fixedAt: at('13:00') } });
    expect(await freeze(at('14:00'))).toEqual(first);
    api.time.now = at('15:00');
    await post(point('firm-5', '88'));
    const second = await freeze(at('16:00'));
    expect(second).toMatchObject({ ok: true, value: { version: 2, points: 6 } });
    const { body } = await fixings(november);
    expect(body).toMatchObject({
      frozen: [
        { version: 1, points: 5 },
        { version: 2, points: 6 },
      ],
    });
    const listed = await api.call(auditor, 'GET', '/v1/reference-prices/ndpr-europe/fixings/frozen');
    expect(listed.body.items).toEqual(body['frozen']);
    expect((await api.call(buyer, 'GET', '/v1/reference-prices/unknown/fixings/frozen')).status).toBe(404);
  });

  it('is frozen once, whoever freezes it at the same time', async () => {
    await post(five());
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => freeze('2026-11-22T13:00:00.000Z')));
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect((await fixings(november)).body['frozen']).toHaveLength(1);
  });

  it('once frozen at an instant takes nothing recorded at or before it', async () => {
    await post(five());
    await freeze('2026-11-22T13:00:00.000Z');
    const late = pointsOf((await post(point('firm-5', '88'), bob)).body)[0] as unknown as {
      recordedAt: string;
    };
    expect(late.recordedAt > '2026-11-22T13:00:00.000Z').toBe(true);
    expect(await freeze('2026-11-22T13:00:00.000Z')).toMatchObject({
      ok: true,
      value: { version: 1, points: 5 },
    });
  });

  it('does not freeze a window that has not ended, nor one that is thin', async () => {
    expect(await freeze('2026-11-21T13:00:00.000Z')).toMatchObject({
      ok: false,
      problem: { code: 'reference_unavailable', reasons: [{ code: 'window_open' }] },
    });
    expect(await freeze('2026-11-22T13:00:00.000Z')).toMatchObject({
      ok: false,
      problem: { reasons: [{ code: 'no_points' }] },
    });
    expect(
      await freezeFixing(
        api.dependencies.table,
        'unknown',
        { from: '2026-11-01', to: '2026-11-02' },
        '2026-11-22T13:00:00.000Z',
      ),
    ).toBeUndefined();
  });

  it('climbs the ladder: a fallback, then the last good figure', async () => {
    await put('ndpr-us');
    await put('ndpr-europe', { fallbacks: ['ndpr-us'], lastGoodDays: 30 });
    await post(five(undefined, { date: '2026-10-20' }));
    const october = { from: '2026-10-01', to: '2026-10-31' };
    await freezeFixing(api.dependencies.table, 'ndpr-europe', october, '2026-11-22T12:30:00.000Z');
    api.time.now = '2026-11-22T13:00:00.000Z';
    expect((await fixings(november)).body).toMatchObject({
      now: {
        fixing: { price: { amount: '82.00' }, basis: { kind: 'last-good', window: october, version: 1 } },
      },
    });
    await post(five(['90', '91', '92', '93', '94']), ada, 'ndpr-us');
    expect((await fixings(november)).body).toMatchObject({
      now: { fixing: { price: { amount: '92.00' }, basis: { kind: 'fallback', series: 'ndpr-us' } } },
    });
  });

  it('carries over what was frozen before it, and what is frozen meanwhile is before it', async () => {
    await put('ndpr-europe', { lastGoodDays: 60 });
    for (const date of ['2026-10-20', '2026-09-20'])
      await post(five(date === '2026-10-20' ? ['90', '90', '90', '90', '90'] : undefined, { date }));
    const { table } = api.dependencies;
    const ofMonth = (from: string, to: string, on: Table, at: string) =>
      freezeFixing(on, 'ndpr-europe', { from, to }, at);
    await ofMonth('2026-09-01', '2026-09-30', table, '2026-11-22T12:30:00.000Z');
    // While November is carried over from September, October is frozen by somebody with an earlier clock.
    let isFirst = true;
    const client = clientFor(engine.endpoint);
    meddleWith(async (send, { input }) => {
      if (isFirst && JSON.stringify(input).includes('2026-11-21#2026-11-01')) {
        isFirst = false;
        await ofMonth('2026-10-01', '2026-10-31', table, '2026-11-22T12:45:00.000Z');
      }
      return send();
    })(client);
    const slow = new Table({
      client,
      name: table.name,
      pause: () => Promise.resolve(),
      random: () => 0,
    });
    const november = await ofMonth('2026-11-01', '2026-11-21', slow, '2026-11-22T13:00:00.000Z');
    expect(isFirst).toBe(false);
    expect(november).toMatchObject({ value: { basis: { kind: 'last-good', window: { to: '2026-10-31' } } } });
    // September's figure, corrected and frozen again later with an earlier time: what was carried over stands.
    await ofMonth('2026-09-01', '2026-09-30', table, '2026-11-22T12:50:00.000Z');
    expect((await audit(table, { at: '2026-11-22T14:00:00.000Z' })).findings).toEqual([]);
  });
});
