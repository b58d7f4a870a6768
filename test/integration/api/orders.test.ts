import { beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../../infra/audit/audit.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { assign } from '../../../shared/store/table/assign.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import type { Answer } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, everyRole, mine, otherMine, stockpile } from '../../support/market-api.ts';
import { productBody, ruleBody, schemeBody, zoneBody } from '../../support/reference.ts';
import { bidBody, flat, kg, offerBody, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

const otherBuyer = caller('motors-jp', 'buyer');
const ifMatch = (etag: string | number) => ({ 'If-Match': `"${etag}"` });
const patch = (path: string, version: number, body: object, who: Caller = mine) =>
  market.call(who, 'PATCH', path, body, ifMatch(version));
const warned = (answer: Answer) => (answer.body.warnings as { code: string }[]).map(({ code }) => code);

const q = (quarter: string, amount: string) => ({ quarter, quantity: kg(amount) });

/** One problem with one field at fault. */
const refusal = (status: number, code: string, pointer: string) => ({
  status,
  body: { code, errors: [{ pointer }] },
});

describe('posting', () => {
  it('answers with all that was posted, in the same shape, and where it is', async () => {
    const terms = offerBody(market.site, {
      destinations: ['DE', 'JP'],
      purity: '99.5',
      allOrNone: false,
      minimumQuarters: 3,
      minimumLot: kg('100'),
      priceTerms: { kind: 'fixed' },
      validUntil: '2026-12-31T00:00:00.000Z',
      delivery: flat('100', '2027-Q1', '2027-Q3'),
    });
    const posted = await market.call(mine, 'POST', '/v1/offers', terms);
    expect(posted.status).toBe(201);
    expect(posted.body).toMatchObject({
      ...terms,
      status: 'open',
      seller: 'mine-au',
      version: 1,
      warnings: [],
      remaining: ['2027-Q1', '2027-Q2', '2027-Q3'].map((quarter) => ({ quarter, quantity: kg('100') })),
      contracted: ['2027-Q1', '2027-Q2', '2027-Q3'].map((quarter) => ({ quarter, quantity: kg('0') })),
    });
    const path = `/v1/offers/${posted.body.id}`;
    expect(posted.headers.get('location')).toBe(path);
    expect(posted.headers.get('etag')).toBe('"1"');
    expect((await market.call(mine, 'GET', path)).body).toEqual(posted.body);
  });

  it('is no earlier than the source was recorded, where the computer that is asked is behind', async () => {
    const site = await market.call(mine, 'GET', `/v1/sites/${market.site}`);
    const now = market.api.time.now;
    market.api.time.now = '2026-11-22T11:58:00.000Z';
    const posted = await market.call(mine, 'POST', '/v1/offers', offerBody(market.site));
    market.api.time.now = now;
    expect(posted.body['postedAt']).toBe(site.body['recordedAt']);
    expect(posted.body['updatedAt']).toBe(site.body['recordedAt']);
  });

  it('keeps every term of a bid, a scheduled delivery in the order in which it was given', async () => {
    await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    const terms = bidBody({
      minimumPurity: '99',
      requires: [{ scheme: 'irma', level: '75' }],
      excludedOrigins: ['XX'],
      maxOriginShare: '0.65',
      delivery: {
        schedule: [
          { quarter: '2027-Q3', quantity: kg('30') },
          { quarter: '2027-Q1', quantity: kg('10') },
        ],
      },
    });
    const posted = await market.call(buyer, 'POST', '/v1/bids', terms);
    expect(posted).toMatchObject({ status: 201, body: { ...terms, buyer: 'magnets-de' } });
    expect((await market.call(buyer, 'GET', `/v1/bids/${posted.body.id}`)).body).toEqual(posted.body);
  });

  it("answers in the product's own unit: asks rounded up, limits and quantities down", async () => {
    const foreign = {
      price: usd('50.00', 'lb'),
      delivery: { ...flat('1'), quantityPerQuarter: { amount: '1001', unit: 'lb' } },
    };
    const offer = await market.offer(foreign);
    // 50 USD/lb = 110.2311… USD/kg; 1001 lb = 454.04… kg
    expect(offer.body).toMatchObject({
      price: usd('110.24'),
      delivery: flat('454'),
      remaining: [{ quantity: kg('454') }],
    });
    expect((await market.bid(foreign)).body).toMatchObject({ price: usd('110.23'), delivery: flat('454') });
  });

  it.each([
    ['a tick', { price: usd('90.001') }, 'off_tick', '/price/amount'],
    ['a lot', { delivery: flat('0.5') }, 'off_lot', '/delivery/quantityPerQuarter/amount'],
    ['the currency', { price: { ...usd('90'), currency: 'EUR' } }, 'currency_mismatch', '/price/currency'],
    ['what it contains', { price: usd('90', 'kg contained') }, 'unit_not_convertible', '/price/per'],
    ['an unknown product', { product: 'unobtainium' }, 'unknown_reference', '/product'],
    [
      'a quarter that has begun',
      { delivery: flat('1', '2026-Q4', '2027-Q1') },
      'quarter_begun',
      '/delivery/from',
    ],
    ['a past validity', { validUntil: '2026-11-22T12:00:00.000Z' }, 'invalid_request', '/validUntil'],
    ['a least lot above every quarter', { minimumLot: kg('101') }, 'condition_unsatisfiable', '/minimumLot'],
    ['a least lot off the lot', { minimumLot: kg('0.5') }, 'off_lot', '/minimumLot/amount'],
    [
      'a least lot of another kind',
      { minimumLot: { amount: '1', unit: 'kg contained' } },
      'unit_not_convertible',
      '/minimumLot/unit',
    ],
    [
      'more quarters in a row than it has',
      { minimumQuarters: 2, delivery: { schedule: [q('2027-Q1', '5'), q('2027-Q3', '5')] } },
      'condition_unsatisfiable',
      '/minimumQuarters',
    ],
    [
      'all of what cannot all hold',
      {
        allOrNone: true,
        minimumLot: kg('5'),
        delivery: { schedule: [q('2027-Q1', '4'), q('2027-Q2', '5')] },
      },
      'condition_unsatisfiable',
      '/allOrNone',
    ],
    [
      'an unknown index',
      { priceTerms: { kind: 'indexed', reference: 'x' } },
      'unknown_reference',
      '/priceTerms/reference',
    ],
  ])('is refused over %s, for offers and bids alike', async (_, changes, code, pointer) => {
    expect(await market.offer(changes)).toMatchObject(refusal(422, code, pointer));
    expect(await market.bid(changes)).toMatchObject(refusal(422, code, pointer));
  });

  it("is refused for a site that is not the caller's, or does not make the product", async () => {
    const mining = await market.siteOf(mine, { stage: 'mining' });
    const cobalt = await market.siteOf(mine, { minerals: ['cobalt'] });
    const theirs = await market.siteOf(otherMine);
    for (const site of [mining, cobalt])
      expect(await market.offer({}, mine, site)).toMatchObject(refusal(422, 'site_mismatch', '/site'));
    for (const site of [theirs, 'sit_01JD0000000000000000000000'])
      expect(await market.offer({}, mine, site)).toMatchObject(refusal(422, 'unknown_reference', '/site'));
    expect(
      await market.call(mine, 'POST', '/v1/offers', { ...offerBody(''), site: undefined }),
    ).toMatchObject(refusal(422, 'invalid_request', '/site'));
  });

  it('is refused for a bid that asks for a scheme or level that nobody certifies', async () => {
    await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    expect(await market.bid({ requires: [{ scheme: 'irma' }, { scheme: 'none' }] })).toMatchObject(
      refusal(422, 'unknown_reference', '/requires/1/scheme'),
    );
    expect(await market.bid({ requires: [{ scheme: 'irma', level: '76' }] })).toMatchObject(
      refusal(422, 'unknown_reference', '/requires/0/level'),
    );
  });

  it('is for those who sell or buy: stockpiles bid, and offer their stock lots', async () => {
    expect((await market.bid({}, stockpile)).status).toBe(201);
    const lot = { ...offerBody(''), site: undefined, stockLot: `lot_${'0'.repeat(26)}` };
    expect(await market.call(stockpile, 'POST', '/v1/offers', lot)).toMatchObject(
      refusal(422, 'unknown_reference', '/stockLot'),
    );
    for (const [who, changes] of [
      [stockpile, {}],
      [mine, { ...lot, site: market.site }],
      [mine, lot],
    ] as const)
      expect(await market.offer(changes, who)).toMatchObject(refusal(422, 'invalid_request', '/stockLot'));
    for (const who of [buyer, ada, auditor]) expect((await market.offer({}, who)).status).toBe(403);
    for (const who of [mine, ada, auditor]) expect((await market.bid({}, who)).status).toBe(403);
    expect((await market.call(undefined, 'POST', '/v1/bids', bidBody())).status).toBe(401);
  });

  it('fixes what the product is counted in', async () => {
    await market.bid();
    const changed = productBody({ lot: kg('10') });
    expect(await market.call(ada, 'PUT', '/v1/products/ndpr-oxide', changed)).toMatchObject({
      status: 409,
      body: { code: 'product_fixed' },
    });
  });

  it('under one Idempotency-Key posts one order, however often and at once it is sent', async () => {
    const send = () =>
      market.call(mine, 'POST', '/v1/offers', offerBody(market.site), { 'Idempotency-Key': 'k' });
    const answers = [...(await Promise.all([send(), send(), send()])), await send()];
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await market.call(mine, 'GET', '/v1/offers')).body.items).toHaveLength(1);
  });

  it.each([
    [{ price: { amount: 90, currency: 'USD', per: 'kg' } }, '/price/amount', 'invalid_type'],
    [{ price: usd('-1') }, '/price/amount', 'invalid_format'],
    [{ price: usd('1e2') }, '/price/amount', 'invalid_format'],
    [{ price: usd('0') }, '/price/amount', 'invalid_value'],
    [{ price: usd('9'.repeat(400)) }, '/price/amount', 'invalid_format'],
    [{ price: null }, '/price', 'invalid_type'],
    [{ delivery: { from: '2027-Q1' } }, '/delivery/to', 'required'],
    [{ delivery: flat('1', '2027-Q2', '2027-Q1') }, '/delivery/to', 'invalid_value'],
    [{ delivery: flat('1', '2027-Q1', '2099-Q1') }, '/delivery/to', 'invalid_value'],
    [{ delivery: { schedule: [] } }, '/delivery/schedule', 'too_small'],
    [{ delivery: { ...flat('1'), schedule: [] } }, '/delivery/schedule', 'unknown_field'],
    [{ limit: usd('1') }, '/limit', 'unknown_field'],
    [{ validUntil: 'tomorrow' }, '/validUntil', 'invalid_format'],
    [{ product: '../floor' }, '/product', 'invalid_format'],
  ])('tells of %j where the fault is', async (changes, pointer, code) => {
    for (const answer of [await market.offer(changes), await market.bid(changes)]) {
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
      expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer, code }));
    }
  });
});

describe("a site's capacity", () => {
  let site: string;
  beforeEach(async () => {
    // 1 t a year.
    site = await market.siteOf(mine, { capacityPerYear: { amount: '1', unit: 't' } });
  });
  const offer = (delivery: object, changes: object = {}) =>
    market.offer({ delivery, ...changes }, mine, site);
  const exceeded = refusal(422, 'capacity_exceeded', '/delivery');

  it('bounds all of its offers of a calendar year, in whatever unit', async () => {
    expect((await offer(flat('200', '2027-Q1', '2027-Q4'))).status).toBe(201);
    expect(await offer(flat('201', '2027-Q2'))).toMatchObject(exceeded);
    expect((await offer(flat('200', '2027-Q2'))).status).toBe(201);
    expect(await offer(flat('1', '2027-Q3'))).toMatchObject(exceeded);
    expect((await offer(flat('1000', '2028-Q1'))).status).toBe(201);
  });

  it('is counted exactly: the last gram counts', async () => {
    await market.done(ada, 'PUT', '/v1/products/in-grams', {
      ...productBody({ unit: 'g', lot: { amount: '1', unit: 'g' } }),
      priceTick: { amount: '0.01', currency: 'USD', per: 'g' },
    });
    const grams = (amount: string) =>
      offer(
        { ...flat('1'), quantityPerQuarter: { amount, unit: 'g' } },
        { product: 'in-grams', price: usd('1', 'g') },
      );
    expect((await offer(flat('999'))).status).toBe(201);
    expect(await grams('1001')).toMatchObject(exceeded);
    expect((await grams('1000')).status).toBe(201);
  });

  it('is given back by what is withdrawn or expires, and asked for again by a change', async () => {
    const first = await offer(flat('600'), { validUntil: '2026-11-23T00:00:00.000Z' });
    const second = await offer(flat('400'));
    expect(await patch(`/v1/offers/${second.body.id}`, 1, { delivery: flat('401') })).toMatchObject(exceeded);
    market.pass(24 * 3_600_000);
    expect((await market.call(mine, 'GET', `/v1/offers/${first.body.id}`)).body['status']).toBe('expired');
    expect((await patch(`/v1/offers/${second.body.id}`, 1, { delivery: flat('1000') })).status).toBe(200);
    await market.done(mine, 'POST', `/v1/offers/${second.body.id}/withdraw`);
    expect((await offer(flat('1000'))).status).toBe(201);
  });

  it('stays taken by what is contracted of an offer that is withdrawn, expires or is filled', async () => {
    const inOneDay = '2026-11-23T00:00:00.000Z';
    const withdrawn = (await offer(flat('300'))).body.id;
    await market.bid({ delivery: flat('100') });
    await market.clear();
    await market.done(mine, 'POST', `/v1/offers/${withdrawn}/withdraw`);
    await offer(flat('300'), { validUntil: inOneDay });
    await market.bid({ delivery: flat('150') });
    await market.clear();
    await offer(flat('50'), { validUntil: inOneDay });
    await market.bid({ delivery: flat('200') });
    await market.clear();
    // 100 of the withdrawn one; of the others, all until they expire, then the 300 that were filled and 50.
    market.pass(24 * 3_600_000);
    expect(await offer(flat('551'))).toMatchObject(exceeded);
    expect((await offer(flat('550'))).status).toBe(201);
  });

  it('stays taken by an expired offer while a run that closed its gate before may still contract it', async () => {
    const { table, clock } = market.api.dependencies;
    await offer(flat('1000'), { validUntil: '2026-11-23T00:00:00.000Z' });
    const clearing = await market.clear();
    const control = keys.marketControl('ndpr-oxide');
    const run = Number((await table.get(control))?.['run']) + 1;
    const open = { phase: 'locking', run, clearing, gateClosure: clock(), takes: 0, salt: '00' };
    await table.update(control, assign(open), []);
    market.pass(24 * 3_600_000);
    expect(await offer(flat('1'))).toMatchObject(exceeded);
    await table.update(control, assign({ gateClosure: clock() }), []);
    expect((await offer(flat('1'))).status).toBe(201);
    await table.update(control, assign({ phase: 'idle', ended: run }), []);
    expect((await offer(flat('999'))).status).toBe(201);
  });

  it('is found out in as many reads whatever the number of its offers', async () => {
    const reads = async (): Promise<number> => {
      let count = 0;
      engine.client.middlewareStack.add(
        (next, context) => (args) => {
          if (/^(Get|BatchGet|Query)/.test(context.commandName ?? '')) count += 1;
          return next(args);
        },
        { step: 'initialize', name: 'count' },
      );
      expect((await offer(flat('1'))).status).toBe(201);
      engine.client.middlewareStack.remove('count');
      return count;
    };
    await reads();
    const few = await reads();
    for (let more = 0; more < 10; more += 1) await offer(flat('1'));
    expect(await reads()).toBe(few);
  });

  it('cannot be oversold by offers posted at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => offer(flat('300'))));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, 422, 422, 422]);
  });
});

describe('warnings', () => {
  it('name what the rule of each zone in reach would refuse an offer for', async () => {
    await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    await market.done(ada, 'PUT', '/v1/zones/north', zoneBody(['SE', 'FI'], { barredOrigins: ['AU'] }));
    await market.done(ada, 'PUT', '/v1/zones/strict', zoneBody(['CA'], { verifiedSitesOnly: true }));
    await market.done(ada, 'POST', '/v1/standards', ruleBody());
    expect(warned(await market.offer()).toSorted()).toEqual([
      'certificate_missing',
      'origin_barred',
      'site_unverified',
    ]);
    expect(warned(await market.offer({ destinations: ['DE'] }))).toEqual(['certificate_missing']);
    expect(warned(await market.offer({ destinations: ['SE'] }))).toEqual(['origin_barred']);
    expect(warned(await market.offer({ destinations: ['BR'] }))).toEqual([]);

    const certificate = await market.done(mine, 'POST', `/v1/sites/${market.site}/certificates`, {
      scheme: 'irma',
      level: '50',
      validFrom: '2026-01-01',
      validTo: '2027-03-31',
      reference: 'IRMA-1',
    });
    const toGermany = (changes: object = {}) => market.offer({ destinations: ['DE'], ...changes });
    expect(warned(await toGermany())).toEqual(['certificate_missing']);
    await market.done(ada, 'POST', `/v1/certificates/${certificate.body.id}/verify`);
    expect(warned(await toGermany())).toEqual(['certificate_level']);
  });

  it('tell of a certificate that ends before the last quarter begins', async () => {
    await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    await market.done(ada, 'POST', '/v1/standards', ruleBody());
    const certificate = await market.done(mine, 'POST', `/v1/sites/${market.site}/certificates`, {
      ...{ scheme: 'irma', level: '75', reference: 'IRMA-1' },
      ...{ validFrom: '2026-01-01', validTo: '2027-03-31' },
    });
    await market.done(ada, 'POST', `/v1/certificates/${certificate.body.id}/verify`);
    expect(warned(await market.offer())).toEqual([]);
    expect(warned(await market.offer({ delivery: flat('1', '2027-Q1', '2027-Q2') }))).toEqual([
      'certificate_expired',
    ]);
  });

  it('tell a bid that it is below the floor, or that its cap on origins is less than a lot', async () => {
    await market.approvedFloor();
    market.pass(1);
    expect(warned(await market.bid({ price: usd('109.99') }))).toEqual(['price_below_floor']);
    expect(warned(await market.bid({ price: usd('110.00') }))).toEqual([]);
    expect(warned(await market.bid({ price: usd('1.00'), destination: 'BR' }))).toEqual([]);
    expect(warned(await market.bid({ maxOriginShare: '0.65', delivery: flat('1') }))).toEqual([
      'origin_cap_below_lot',
    ]);
  });

  it('tell a bid that its zone has no floor where the product trades under one only', async () => {
    await market.done(ada, 'PUT', '/v1/products/ndpr-oxide', productBody({ floorRequired: true }));
    expect(warned(await market.bid())).toEqual(['floor_not_defined']);
  });
});

describe('reading', () => {
  it("shows one's own orders; all of them to administrators and auditors; to others they do not exist", async () => {
    const offer = (await market.offer()).body;
    const bid = (await market.bid()).body;
    for (const [path, owner, other] of [
      [`/v1/offers/${offer.id}`, mine, otherMine],
      [`/v1/bids/${bid.id}`, buyer, otherBuyer],
    ] as const) {
      for (const who of [owner, ada, auditor]) expect((await market.call(who, 'GET', path)).status).toBe(200);
      for (const suffix of ['', '/explanation'])
        expect(await market.call(other, 'GET', `${path}${suffix}`)).toMatchObject({
          status: 404,
          body: { code: 'not_found' },
        });
      expect((await market.call(other, 'POST', `${path}/withdraw`)).status).toBe(404);
      expect((await patch(path, 1, { price: usd('1') }, other)).status).toBe(404);
    }
    expect((await market.call(mine, 'GET', `/v1/offers/${bid.id}`)).status).toBe(404);
    expect((await market.call(buyer, 'GET', `/v1/bids/${offer.id.replace('off', 'bid')}`)).status).toBe(404);
  });

  it('lists oldest first, by product and status, page by page', async () => {
    await market.done(ada, 'PUT', '/v1/products/other', productBody());
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await market.bid()).body.id);
    const elsewhere = (await market.bid({ product: 'other' })).body.id;
    const expiring = (await market.bid({ validUntil: '2026-11-23T00:00:00.000Z' })).body.id;
    await market.done(buyer, 'POST', `/v1/bids/${ids[0] ?? ''}/withdraw`);
    await market.bid({}, otherBuyer);
    market.pass(24 * 3_600_000);
    const list = async (who: Caller, query: string) =>
      (await market.done(who, 'GET', `/v1/bids${query}`)).body.items.map(({ id }) => id);
    expect(await list(buyer, '')).toEqual([...ids, elsewhere, expiring]);
    expect(await list(buyer, '?product=other')).toEqual([elsewhere]);
    expect(await list(buyer, '?status=withdrawn')).toEqual([ids[0]]);
    expect(await list(buyer, '?status=expired')).toEqual([expiring]);
    expect(await list(buyer, '?status=open&product=ndpr-oxide')).toEqual(ids.slice(1));
    expect(await list(auditor, '')).toHaveLength(8);
    expect(await list(otherBuyer, '')).toHaveLength(1);

    const seen: string[] = [];
    let query = '?limit=3&status=open';
    for (let page = 0; query !== '' && page < 9; page += 1) {
      const { body } = await market.done(auditor, 'GET', `/v1/bids${query}`);
      seen.push(...body.items.map(({ id }) => id));
      query = body.next === null ? '' : `?limit=3&status=open&cursor=${body.next}`;
    }
    expect(seen).toEqual(await list(auditor, '?status=open'));
    expect((await market.call(buyer, 'GET', '/v1/bids?status=lost')).status).toBe(400);
  });

  it('is for the roles that have to do with the kind of order', async () => {
    const allowed = async (path: string) => {
      const statuses = await Promise.all(everyRole.map((who) => market.call(who, 'GET', path)));
      return everyRole.filter((_, n) => statuses[n]?.status === 200);
    };
    expect(await allowed('/v1/offers')).toEqual([ada, auditor, mine, stockpile]);
    expect(await allowed('/v1/bids')).toEqual([ada, auditor, buyer, stockpile]);
  });
});

describe('changing', () => {
  let path: string;
  beforeEach(async () => {
    path = `/v1/offers/${(await market.offer()).body.id}`;
  });

  it('takes price, quantities and validity, in new versions', async () => {
    const changed = await patch(path, 1, {
      price: usd('95.00'),
      delivery: flat('40', '2027-Q2', '2027-Q3'),
      validUntil: '2027-01-01T00:00:00.000Z',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        version: 2,
        price: usd('95.00'),
        validUntil: '2027-01-01T00:00:00.000Z',
        remaining: [{ quarter: '2027-Q2', quantity: kg('40') }, { quarter: '2027-Q3' }],
      },
    });
    expect(changed.headers.get('etag')).toBe('"2"');
    expect((await market.call(mine, 'GET', path)).body).toEqual(changed.body);
    const cleared = await patch(path, 2, { validUntil: null });
    expect(cleared.body).not.toHaveProperty('validUntil');
    expect(cleared.body.version).toBe(3);
  });

  it('needs If-Match with the version that stands', async () => {
    const body = { price: usd('95.00') };
    expect((await market.call(mine, 'PATCH', path, body)).status).toBe(428);
    expect(await patch(path, 2, body)).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    expect((await market.call(mine, 'PATCH', path, body, { 'If-Match': '*' })).status).toBe(200);
  });

  it('lets one of those win who change the same version at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => patch(path, 1, { price: usd(`9${n}.00`) })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412]);
  });

  it('refuses what posting would, and what is no change', async () => {
    for (const [changes, code] of [
      [{}, 'invalid_request'],
      [{ product: 'other' }, 'invalid_request'],
      [{ price: usd('95.001') }, 'off_tick'],
      [{ delivery: flat('1', '2026-Q4') }, 'quarter_begun'],
      [{ validUntil: '2026-01-01T00:00:00.000Z' }, 'invalid_request'],
    ] as const)
      expect(await patch(path, 1, changes), JSON.stringify(changes)).toMatchObject({
        status: 422,
        body: { code },
      });
  });

  it('is over once the order is withdrawn or has expired; withdrawing twice is as good as once', async () => {
    const withdrawn = await market.done(mine, 'POST', `${path}/withdraw`);
    expect(withdrawn.body).toMatchObject({ status: 'withdrawn', version: 2 });
    expect((await market.done(mine, 'POST', `${path}/withdraw`)).body).toEqual(withdrawn.body);
    const closed = { status: 409, body: { code: 'order_closed' } };
    expect(await patch(path, 2, { price: usd('1.00') })).toMatchObject(closed);

    const expiring = `/v1/offers/${(await market.offer({ validUntil: '2026-11-23T00:00:00.000Z' })).body.id}`;
    market.pass(24 * 3_600_000);
    expect(await patch(expiring, 1, { validUntil: null })).toMatchObject(closed);
    expect(await market.call(mine, 'POST', `${expiring}/withdraw`)).toMatchObject(closed);
  });

  it('brings an order that no clearing reads any more, its quarters having begun, back into the book', async () => {
    const { table } = market.api.dependencies;
    const id = path.slice('/v1/offers/'.length);
    const inBook = async () => (await table.get(keys.bookEntry('ndpr-oxide', id))) !== undefined;
    const findings = async () => (await audit(table, { at: market.api.time.now })).findings;
    // The offer is of 2027-Q1; on its first day it stays, for a clock that may be behind.
    market.pass(Date.parse('2027-01-01') - Date.parse(market.api.time.now));
    await market.clear();
    expect(await inBook()).toBe(true);
    market.pass(24 * 3_600_000);
    await market.clear();
    expect(await inBook()).toBe(false);
    expect((await market.call(mine, 'GET', path)).body).toMatchObject({ status: 'open', version: 1 });
    expect(await findings()).toEqual([]);

    expect((await patch(path, 1, { delivery: flat('10', '2027-Q1', '2027-Q2') })).status).toBe(200);
    await market.bid({ delivery: flat('10', '2027-Q2') });
    await market.clear();
    expect((await market.call(mine, 'GET', path)).body).toMatchObject({
      contracted: [{ quantity: kg('0') }, q('2027-Q2', '10')],
    });
    await market.clear();
    expect(await inBook()).toBe(false);
    expect(await findings()).toEqual([]);
  });

  it('waits for a clearing that holds the order, and is free again when that has ended', async () => {
    const { table } = market.api.dependencies;
    const id = path.slice('/v1/offers/'.length);
    const control = keys.marketControl('ndpr-oxide');
    const clearing = await market.clear();
    const ended = Number((await table.get(control))?.['ended']);
    await table.update(keys.order(id), assign({ lock: ended + 1 }), []);
    const open = {
      phase: 'locking',
      run: ended + 1,
      clearing,
      gateClosure: market.api.dependencies.clock(),
    };
    await table.update(control, assign({ ...open, takes: 0, salt: '00' }), []);
    const held = { status: 409, body: { code: 'clearing_in_progress' } };
    expect(await patch(path, 1, { price: usd('95.00') })).toMatchObject(held);
    expect(await market.call(mine, 'POST', `${path}/withdraw`)).toMatchObject(held);
    await table.update(control, assign({ phase: 'idle', ended: ended + 1 }), []);
    expect((await patch(path, 1, { price: usd('95.00') })).status).toBe(200);
  });

  it('keeps what is contracted, and fills the order when that is all there is left', async () => {
    await market.bid({ delivery: flat('40') });
    await market.clear();
    const { version } = (await market.call(mine, 'GET', path)).body;
    expect(await patch(path, version, { delivery: flat('39') })).toMatchObject({
      status: 422,
      body: { code: 'below_contracted', errors: [{ pointer: '/delivery/from' }] },
    });
    expect(await patch(path, version, { delivery: flat('50', '2027-Q2') })).toMatchObject({
      body: { code: 'below_contracted' },
    });
    const more = await patch(path, version, { delivery: flat('70') });
    expect(more.body).toMatchObject({
      remaining: [{ quantity: kg('30') }],
      contracted: [{ quantity: kg('40') }],
    });
    const filled = await patch(path, version + 1, { delivery: flat('40') });
    expect(filled.body).toMatchObject({ status: 'filled', remaining: [{ quantity: kg('0') }] });
    expect(await patch(path, version + 2, { delivery: flat('90') })).toMatchObject({
      body: { code: 'order_closed' },
    });
    expect(await market.call(mine, 'POST', `${path}/withdraw`)).toMatchObject({
      body: { code: 'order_closed' },
    });
  });
});
