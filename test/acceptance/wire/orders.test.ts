import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Client, Json } from '../../support/market-client.ts';
import { clearMarket, client, expectStatus } from '../../support/market-client.ts';
import type { Scene } from '../../support/scenario.ts';
import {
  bid,
  contractsOf,
  flat,
  nextQuarter,
  offer,
  price,
  producer,
  quantity,
  scene,
} from '../../support/scenario.ts';
import { emptyMarket } from '../../support/empty-market.ts';
import { expectProblem } from '../../support/wire-checks.ts';

const server = emptyMarket();
let at: Scene;
let seller: Client;
let site: string;
let buyer: Client;
beforeAll(async () => {
  at = await scene(server.url, 'orders');
  ({ who: seller, site } = await producer(at, 'mine-au', 'AU'));
  buyer = await client(server.url, 'magnets-de', ['buyer']);
  expectStatus(
    await at.administrator.put('/v1/schemes/irma', {
      name: 'IRMA',
      levels: ['50', '75'],
      stages: ['refining'],
      minerals: ['*'],
      assurance: 'third-party',
    }),
    201,
  );
});

const [q1, q2, q3, q4] = [1, 2, 3, 4].map((ahead) => nextQuarter(ahead)) as [string, string, string, string];
const year = (ahead: number) => new Date(Date.now() + ahead * 365 * 86_400_000).toISOString();
const offerTerms = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  product: at.product,
  site,
  price: price('96.50'),
  delivery: flat('100'),
  ...changes,
});
const bidTerms = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  product: at.product,
  destination: 'DE',
  price: price('130.00'),
  delivery: flat('100'),
  ...changes,
});
/** A product of its own, for units, lots and ticks. */
async function productOf(id: string, changes: Record<string, unknown>) {
  const body = {
    name: id,
    mineral: 'ndpr',
    stage: 'refining',
    unit: 'kg',
    currency: 'USD',
    lot: quantity('1'),
    priceTick: price('0.01'),
    ...changes,
  };
  expectStatus(await at.administrator.put(`/v1/products/${id}`, body), 201);
}

describe('an order answers with all that was posted, in the same shape', () => {
  it('an offer with every field', async () => {
    const terms = offerTerms({
      destinations: ['DE', 'JP'],
      purity: '99.50',
      delivery: flat('120', q1, q3),
      minimumLot: quantity('60'),
      allOrNone: true,
      minimumQuarters: 3,
      priceTerms: { kind: 'fixed' },
      validUntil: year(1),
    });
    const posted = await seller.post('/v1/offers', terms);
    expect(posted).toMatchObject({
      status: 201,
      body: { ...terms, status: 'open', version: 1, warnings: [] },
    });
    expect(posted.body.remaining).toEqual(
      [q1, q2, q3].map((quarter) => ({ quarter, quantity: quantity('120') })),
    );
    expect(posted.body.contracted).toEqual(
      [q1, q2, q3].map((quarter) => ({ quarter, quantity: quantity('0') })),
    );
    expect(posted.body.id).toMatch(/^off_/);
    expect(posted.headers.get('location')).toBe(`/v1/offers/${posted.body.id}`);
    expect((await seller.get(`/v1/offers/${posted.body.id}`)).body).toEqual(posted.body);
  });

  it('a bid with every field', async () => {
    const terms = bidTerms({
      minimumPurity: '99.5',
      requires: [{ scheme: 'irma', level: '75' }, { scheme: 'irma' }],
      excludedOrigins: ['RU', 'KP'],
      maxOriginShare: '0.65',
      delivery: {
        schedule: [
          { quarter: q1, quantity: quantity('50') },
          { quarter: q3, quantity: quantity('70') },
        ],
      },
      minimumLot: quantity('70'),
      allOrNone: false,
      minimumQuarters: 1,
      priceTerms: { kind: 'fixed' },
      validUntil: year(2),
    });
    const posted = await buyer.post('/v1/bids', terms);
    expect(posted).toMatchObject({ status: 201, body: { ...terms, status: 'open', version: 1 } });
    expect(posted.body.remaining).toEqual([
      { quarter: q1, quantity: quantity('50') },
      { quarter: q3, quantity: quantity('70') },
    ]);
    expect(posted.body.id).toMatch(/^bid_/);
    expect((await buyer.get(`/v1/bids/${posted.body.id}`)).body).toEqual(posted.body);
  });

  it('with no field but the needed ones, nothing is made up', async () => {
    const own = expectStatus(await seller.post('/v1/offers', offerTerms()), 201);
    for (const name of ['destinations', 'purity', 'validUntil', 'priceTerms', 'minimumLot', 'allOrNone'])
      expect(own).not.toHaveProperty(name);
    const wanted = expectStatus(await buyer.post('/v1/bids', bidTerms()), 201);
    for (const name of ['minimumPurity', 'requires', 'excludedOrigins', 'maxOriginShare', 'validUntil'])
      expect(wanted).not.toHaveProperty(name);
  });

  it('amounts are answered as they were written, where they are in the product’s own unit', async () => {
    await productOf('written', { lot: quantity('0.5'), priceTick: price('0.10') });
    for (const [amount, lots] of [
      ['110', '12.50'],
      ['110.5', '12.5'],
      ['110.00', '12'],
      ['110.0000', '12.000'],
    ] as const) {
      const terms = bidTerms({ product: 'written', price: price(amount), delivery: flat(lots) });
      expect(await buyer.post('/v1/bids', terms)).toMatchObject({ status: 201, body: terms });
    }
  });

  it('a schedule keeps its order, and `remaining` follows the quarters', async () => {
    const delivery = {
      schedule: [
        { quarter: q3, quantity: quantity('3') },
        { quarter: q1, quantity: quantity('1') },
      ],
    };
    const posted = expectStatus(await buyer.post('/v1/bids', bidTerms({ delivery })), 201);
    expect(posted.delivery).toEqual(delivery);
    expect(posted.remaining.map(({ quarter }: Json) => quarter)).toEqual([q1, q3]);
  });

  it('warns of an origin cap below one lot', async () => {
    const posted = expectStatus(
      await buyer.post('/v1/bids', bidTerms({ delivery: flat('1'), maxOriginShare: '0.65' })),
      201,
    );
    expect(posted.warnings).toEqual([{ code: 'origin_cap_below_lot', detail: expect.any(String) }]);
  });
});

describe('prices and quantities in other units', () => {
  it('are normalised: asks up to the tick, limits and quantities down', async () => {
    const ask = async (amount: string, per: string) =>
      expectStatus(await seller.post('/v1/offers', offerTerms({ price: price(amount, per) })), 201).price;
    const limit = async (amount: string, per: string) =>
      expectStatus(await buyer.post('/v1/bids', bidTerms({ price: price(amount, per) })), 201).price;
    expect(await ask('96500', 't')).toEqual(price('96.50'));
    expect(await ask('96500.01', 't')).toEqual(price('96.51'));
    expect(await limit('96509.99', 't')).toEqual(price('96.50'));
    // 1 lb = 0.45359237 kg: 50 ÷ 0.45359237 = 110.2311…
    expect(await ask('50.00', 'lb')).toEqual(price('110.24'));
    expect(await limit('50.00', 'lb')).toEqual(price('110.23'));
    expect(await ask('0.11', 'g')).toEqual(price('110.00'));
    const amount = async (value: string, unit: string) =>
      expectStatus(
        await buyer.post(
          '/v1/bids',
          bidTerms({ delivery: { from: q1, to: q1, quantityPerQuarter: quantity(value, unit) } }),
        ),
        201,
      );
    expect(await amount('1.2', 't')).toMatchObject({
      delivery: { quantityPerQuarter: quantity('1200') },
      remaining: [{ quarter: q1, quantity: quantity('1200') }],
    });
    expect((await amount('1000', 'lb')).delivery.quantityPerQuarter).toEqual(quantity('453'));
    expect((await amount('1999', 'g')).delivery.quantityPerQuarter).toEqual(quantity('1'));
  });

  it('contained metal by the product’s containedFactor, and mtu as ten kilograms of it', async () => {
    await productOf('oxide', { containedFactor: '0.85' });
    const limit = expectStatus(
      await buyer.post('/v1/bids', bidTerms({ product: 'oxide', price: price('100.00', 'kg contained') })),
      201,
    );
    expect(limit.price).toEqual(price('85.00'));
    const amount = expectStatus(
      await buyer.post(
        '/v1/bids',
        bidTerms({
          product: 'oxide',
          delivery: { from: q1, to: q1, quantityPerQuarter: quantity('100', 'kg contained') },
        }),
      ),
      201,
    );
    // 100 ÷ 0.85 = 117.6
    expect(amount.delivery.quantityPerQuarter).toEqual(quantity('117'));
    await productOf('apt', {
      unit: 'mtu',
      lot: quantity('1', 'mtu'),
      priceTick: price('0.01', 'mtu'),
      containedFactor: '0.88',
    });
    const apt = expectStatus(
      await buyer.post(
        '/v1/bids',
        bidTerms({
          product: 'apt',
          price: price('40.00', 'kg contained'),
          delivery: { from: q1, to: q1, quantityPerQuarter: quantity('1', 't') },
        }),
      ),
      201,
    );
    // One mtu is 10 kg contained; one tonne of it at 0.88 holds 880 kg.
    expect(apt).toMatchObject({
      price: price('400.00', 'mtu'),
      delivery: { quantityPerQuarter: quantity('88', 'mtu') },
    });
  });
});

describe('refused with 422', () => {
  const oneQuarter = (value: string, unit = 'kg') => ({
    from: q1,
    to: q1,
    quantityPerQuarter: quantity(value, unit),
  });
  it.each([
    ['an unknown product', { product: 'none' }, 'unknown_reference', '/product'],
    ['a price off the tick', { price: price('96.505') }, 'off_tick', '/price/amount'],
    [
      'a quantity off the lot',
      { delivery: oneQuarter('1.5') },
      'off_lot',
      '/delivery/quantityPerQuarter/amount',
    ],
    [
      'less than a lot',
      { delivery: oneQuarter('999', 'g') },
      'off_lot',
      '/delivery/quantityPerQuarter/amount',
    ],
    [
      'a listed quantity off the lot',
      {
        delivery: {
          schedule: [
            { quarter: q1, quantity: quantity('1') },
            { quarter: q2, quantity: quantity('0.5') },
          ],
        },
      },
      'off_lot',
      '/delivery/schedule/1/quantity/amount',
    ],
    [
      'a unit that cannot be converted',
      { price: price('96.50', 'kg contained') },
      'unit_not_convertible',
      '/price/per',
    ],
    [
      'a quantity that cannot be converted',
      { delivery: oneQuarter('1', 'mtu') },
      'unit_not_convertible',
      '/delivery/quantityPerQuarter/unit',
    ],
    [
      'another currency',
      { price: { ...price('96.50'), currency: 'EUR' } },
      'currency_mismatch',
      '/price/currency',
    ],
    [
      'a quarter that has begun',
      { delivery: flat('1', nextQuarter(0), q1) },
      'quarter_begun',
      '/delivery/from',
    ],
    [
      'a listed quarter long past',
      { delivery: { schedule: [{ quarter: '2020-Q1', quantity: quantity('1') }] } },
      'quarter_begun',
      '/delivery/schedule/0/quarter',
    ],
    ['an end before its beginning', { delivery: flat('1', q2, q1) }, 'invalid_request', '/delivery/to'],
    [
      'a quarter listed twice',
      { delivery: { schedule: [1, 2].map(() => ({ quarter: q1, quantity: quantity('1') })) } },
      'invalid_request',
      '/delivery/schedule',
    ],
    ['an empty schedule', { delivery: { schedule: [] } }, 'invalid_request', '/delivery/schedule'],
    ['no quantity', { delivery: oneQuarter('0') }, 'invalid_request', '/delivery/quantityPerQuarter/amount'],
    ['a validity in the past', { validUntil: '2020-01-01T00:00:00.000Z' }, 'invalid_request', '/validUntil'],
    ['a validity that is a date', { validUntil: '2036-01-01' }, 'invalid_request', '/validUntil'],
    [
      'a minimum lot above every quarter',
      { minimumLot: quantity('1000000') },
      'condition_unsatisfiable',
      '/minimumLot',
    ],
    ['more quarters than it has', { minimumQuarters: 80 }, 'condition_unsatisfiable', '/minimumQuarters'],
    [
      'a price indexed to what is not there',
      { priceTerms: { kind: 'indexed', reference: 'smm-ndpr' } },
      'unknown_reference',
      '/priceTerms/reference',
    ],
    [
      'the same with a cap',
      { priceTerms: { kind: 'indexed', reference: 'smm-ndpr', cap: price('200.00') } },
      'unknown_reference',
      '/priceTerms/reference',
    ],
  ])('%s, in an offer and in a bid', async (_, changes, code, pointer) => {
    expectProblem(await seller.post('/v1/offers', offerTerms(changes)), 422, code, pointer);
    expectProblem(await buyer.post('/v1/bids', bidTerms(changes)), 422, code, pointer);
  });

  it.each([
    ['a site of nobody', { site: 'sit_01JD0000000000000000000000' }, 'unknown_reference', '/site'],
    ['no site', { site: undefined }, 'invalid_request', '/site'],
    ['a purity above 100 %', { purity: '100.1' }, 'invalid_request', '/purity'],
    ['a destination in lower case', { destinations: ['de'] }, 'invalid_request', '/destinations/0'],
    ['a field of bids', { destination: 'DE' }, 'invalid_request', '/destination'],
  ])('%s, in an offer', async (_, changes, code, pointer) => {
    expectProblem(await seller.post('/v1/offers', offerTerms(changes)), 422, code, pointer);
  });

  it.each([
    ['no destination', { destination: undefined }, 'invalid_request', '/destination'],
    ['a share above one', { maxOriginShare: '1.01' }, 'invalid_request', '/maxOriginShare'],
    ['a share as per cent', { maxOriginShare: '65 %' }, 'invalid_request', '/maxOriginShare'],
    ['an unknown scheme', { requires: [{ scheme: 'none' }] }, 'unknown_reference', '/requires/0/scheme'],
    ['an origin in lower case', { excludedOrigins: ['ru'] }, 'invalid_request', '/excludedOrigins/0'],
    ['a field of offers', { purity: '99' }, 'invalid_request', '/purity'],
  ])('%s, in a bid', async (_, changes, code, pointer) => {
    expectProblem(await buyer.post('/v1/bids', bidTerms(changes)), 422, code, pointer);
  });

  it("a site without the product's stage or mineral, or of somebody else", async () => {
    for (const changes of [{ stage: 'mining' }, { minerals: ['lithium'] }]) {
      const other = expectStatus(
        await seller.post('/v1/sites', {
          name: 'Other',
          country: 'AU',
          stage: 'refining',
          minerals: ['ndpr'],
          ...changes,
        }),
        201,
      );
      expectProblem(
        await seller.post('/v1/offers', offerTerms({ site: other.id })),
        422,
        'site_mismatch',
        '/site',
      );
    }
    const rival = await producer(at, 'mine-cl', 'CL');
    // Another's site does not exist for the caller.
    expectProblem(
      await seller.post('/v1/offers', offerTerms({ site: rival.site })),
      422,
      'unknown_reference',
      '/site',
    );
  });

  it("a stockpile operator's stock lot", async () => {
    const operator = await client(server.url, 'reserve-jp', ['stockpile-operator']);
    const terms = offerTerms({ site: undefined, stockLot: `lot_${'0'.repeat(26)}` });
    expectProblem(await operator.post('/v1/offers', terms), 422, 'unknown_reference', '/stockLot');
    expect(await operator.post('/v1/bids', bidTerms())).toMatchObject({ status: 201 });
  });

  it('more than the site can make in a year, open and contracted together', async () => {
    const small = expectStatus(
      await seller.post('/v1/sites', {
        name: 'Small',
        country: 'AU',
        stage: 'refining',
        minerals: ['ndpr'],
        capacityPerYear: quantity('1', 't'),
      }),
      201,
    );
    const january = Number(q1.slice(0, 4)) + 1;
    const offered = (amount: string, from = `${january}-Q1`, to = from) =>
      seller.post('/v1/offers', offerTerms({ site: small.id, delivery: flat(amount, from, to) }));
    expectProblem(await offered('1001'), 422, 'capacity_exceeded');
    expectProblem(await offered('251', `${january}-Q1`, `${january}-Q4`), 422, 'capacity_exceeded');
    const first = expectStatus(await offered('600'), 201);
    expectProblem(await offered('401', `${january}-Q4`), 422, 'capacity_exceeded');
    expect(await offered('1000', `${january + 1}-Q1`)).toMatchObject({ status: 201 });
    expect(await offered('400', `${january}-Q4`)).toMatchObject({ status: 201 });
    expectProblem(
      await seller.call(
        'PATCH',
        `/v1/offers/${first.id}`,
        { delivery: flat('601', `${january}-Q1`) },
        { 'if-match': '*' },
      ),
      422,
      'capacity_exceeded',
    );
    expectStatus(await seller.post(`/v1/offers/${first.id}/withdraw`), 200);
    expect(await offered('600')).toMatchObject({ status: 201 });
  });
});

describe('PATCH', () => {
  const change = (who: Client, path: string, body: unknown) =>
    who.call('PATCH', path, body, { 'if-match': '*' });

  it('changes price, quantities and validity, and nothing else', async () => {
    const posted = expectStatus(
      await buyer.post('/v1/bids', bidTerms({ delivery: flat('100', q1, q2) })),
      201,
    );
    const path = `/v1/bids/${posted.id}`;
    expect(await change(buyer, path, { price: price('125.00') })).toMatchObject({
      status: 200,
      body: { price: price('125.00'), version: 2 },
    });
    expect(await change(buyer, path, { price: price('60', 'lb') })).toMatchObject({
      status: 200,
      body: { price: price('132.27') },
    });
    const delivery = {
      schedule: [
        { quarter: q2, quantity: quantity('10') },
        { quarter: q4, quantity: quantity('20') },
      ],
    };
    expect(await change(buyer, path, { delivery })).toMatchObject({
      status: 200,
      body: {
        delivery,
        remaining: [
          { quarter: q2, quantity: quantity('10') },
          { quarter: q4, quantity: quantity('20') },
        ],
      },
    });
    const validUntil = year(1);
    expect(await change(buyer, path, { validUntil })).toMatchObject({ status: 200, body: { validUntil } });
    const removed = await change(buyer, path, { validUntil: null });
    expect(removed.status).toBe(200);
    expect(removed.body).not.toHaveProperty('validUntil');
    for (const [body, code, pointer] of [
      [{ destination: 'JP' }, 'invalid_request', '/destination'],
      [{ status: 'filled' }, 'invalid_request', '/status'],
      [{ product: at.product }, 'invalid_request', '/product'],
      [{ price: price('1.005') }, 'off_tick', '/price/amount'],
      [{ delivery: flat('0.5') }, 'off_lot', '/delivery/quantityPerQuarter/amount'],
      [{ delivery: flat('1', nextQuarter(0)) }, 'quarter_begun', '/delivery/from'],
      [{ validUntil: '2020-01-01T00:00:00.000Z' }, 'invalid_request', '/validUntil'],
    ] as const)
      expectProblem(await change(buyer, path, body), 422, code, pointer);
    expectProblem(await change(buyer, path, {}), 422, 'invalid_request');
  });

  it('a withdrawn order is closed; withdrawing again changes nothing', async () => {
    const posted = expectStatus(await seller.post('/v1/offers', offerTerms()), 201);
    const path = `/v1/offers/${posted.id}`;
    const withdrawn = await seller.post(`${path}/withdraw`);
    expect(withdrawn).toMatchObject({ status: 200, body: { status: 'withdrawn' } });
    expect((await seller.post(`${path}/withdraw`)).body).toEqual(withdrawn.body);
    expectProblem(await change(seller, path, { price: price('1.00') }), 409, 'order_closed');
    expect((await seller.get(path)).body).toEqual(withdrawn.body);
  });

  it('quantities not below what is contracted, and what is contracted stays so', async () => {
    const own = await scene(server.url, 'partly');
    const supply = await offer(own, 'mine-partly', 'AU', '90.00', '40');
    const demand = await bid(own, 'magnets-partly', '130.00', '100');
    await clearMarket(own.administrator, own.product);
    const path = `/v1/bids/${demand.order.id}`;
    expect((await demand.who.get(path)).body).toMatchObject({
      status: 'open',
      remaining: [{ quarter: q1, quantity: quantity('60') }],
      contracted: [{ quarter: q1, quantity: quantity('40') }],
    });
    expectProblem(
      await change(demand.who, path, { delivery: flat('39') }),
      422,
      'below_contracted',
      '/delivery/from',
    );
    expectProblem(await change(demand.who, path, { delivery: flat('100', q2) }), 422, 'below_contracted');
    expect(await change(demand.who, path, { delivery: flat('50') })).toMatchObject({
      status: 200,
      body: {
        status: 'open',
        remaining: [{ quarter: q1, quantity: quantity('10') }],
        contracted: [{ quarter: q1, quantity: quantity('40') }],
      },
    });
    expect(await demand.who.post(`${path}/withdraw`)).toMatchObject({
      status: 200,
      body: { status: 'withdrawn', contracted: [{ quarter: q1, quantity: quantity('40') }] },
    });
    expect(await contractsOf(demand.who, own.product)).toHaveLength(1);
    const filled = `/v1/offers/${supply.order.id}`;
    expect((await supply.who.get(filled)).body).toMatchObject({
      status: 'filled',
      remaining: [{ quarter: q1, quantity: quantity('0') }],
    });
    expectProblem(await change(supply.who, filled, { price: price('95.00') }), 409, 'order_closed');
    expectProblem(await supply.who.post(`${filled}/withdraw`), 409, 'order_closed');
  });
});

describe('validUntil', () => {
  it('decides when the order is read and when it clears', async () => {
    const own = await scene(server.url, 'fleeting');
    const soon = new Date(Date.now() + 1500).toISOString();
    const supply = await offer(own, 'mine-fleeting', 'AU', '90.00', '40', { validUntil: soon });
    const demand = await bid(own, 'magnets-fleeting', '130.00', '40');
    expect(supply.order.status).toBe('open');
    await pause(1700);
    const path = `/v1/offers/${supply.order.id}`;
    expect((await supply.who.get(path)).body).toMatchObject({ status: 'expired' });
    expectProblem(
      await supply.who.call('PATCH', path, { price: price('80.00') }, { 'if-match': '*' }),
      409,
      'order_closed',
    );
    const listed = async (status: string) =>
      (await supply.who.get(`/v1/offers?product=fleeting&status=${status}`)).body.items.map(
        ({ id }: Json) => id,
      );
    expect(await listed('expired')).toEqual([supply.order.id]);
    expect(await listed('open')).toEqual([]);
    expect(await clearMarket(own.administrator, own.product)).toMatchObject({
      status: 'completed',
      contracts: 0,
    });
    expect((await demand.who.get(`/v1/bids/${demand.order.id}`)).body).toMatchObject({ status: 'open' });
  });
});

describe('lists of orders', () => {
  it('show the own ones, filtered by product and status, every status by default', async () => {
    const one = await scene(server.url, 'list-one');
    const two = await scene(server.url, 'list-two');
    const first = await bid(one, 'lister', '130.00', '10');
    const second = await bid(two, 'lister', '130.00', '10');
    const third = await bid(one, 'lister', '130.00', '10');
    const foreign = await bid(one, 'stranger', '130.00', '10');
    expectStatus(await third.who.post(`/v1/bids/${third.order.id}/withdraw`), 200);
    const list = async (who: Client, query: string) =>
      expectStatus(await who.get(`/v1/bids${query}`), 200).items.map(({ id }: Json) => id) as string[];
    const ids = (...orders: { order: Json }[]) => orders.map(({ order }) => order.id as string);
    expect((await list(first.who, '')).toSorted()).toEqual(ids(first, second, third).toSorted());
    expect((await list(first.who, '?product=list-one')).toSorted()).toEqual(ids(first, third).toSorted());
    expect(await list(first.who, '?product=list-one&status=open')).toEqual(ids(first));
    expect(await list(first.who, '?status=withdrawn')).toEqual(ids(third));
    expect(await list(first.who, '?status=filled')).toEqual([]);
    expect(await list(first.who, '?product=none')).toEqual([]);
    for (const who of [one.administrator, one.auditor])
      expect((await list(who, '?product=list-one')).toSorted()).toEqual(
        ids(first, third, foreign).toSorted(),
      );
    expectProblem(await first.who.get('/v1/bids?status=closed'), 400, 'invalid_request');
  });
});
