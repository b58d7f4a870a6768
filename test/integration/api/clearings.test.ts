import { beforeEach, describe, expect, it } from 'vitest';
import { isIncluded } from '../../../shared/clearing/documents/digest.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import type { AnswerBody } from '../../support/api.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, everyRole, mine, otherMine, stockpile } from '../../support/market-api.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
beforeEach(async () => {
  market = await Trading.open(engine.client);
});

const get = (who: Caller | undefined, path: string) => market.call(who, 'GET', path);

describe('a clearing', () => {
  it('is asked for by an administrator, answered before it is done, and somebody is woken', async () => {
    const asked = await market.call(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    expect(asked).toMatchObject({
      status: 202,
      body: { product: 'ndpr-oxide', status: 'queued', contracts: 0, gateClosure: null },
    });
    const location = asked.headers.get('location') ?? '';
    expect(location).toBe(`/v1/clearings/${asked.body.id}`);
    expect(market.api.woken).toEqual(['ndpr-oxide']);
    expect((await get(auditor, location)).body).toEqual(asked.body);
    expect(await market.call(ada, 'POST', '/v1/clearings', { product: 'unobtainium' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_reference', errors: [{ pointer: '/product' }] },
    });
    for (const who of [auditor, mine, buyer, stockpile]) {
      expect((await market.call(who, 'POST', '/v1/clearings', { product: 'ndpr-oxide' })).status).toBe(403);
      if (who !== auditor) expect((await get(who, location)).status).toBe(403);
    }
    expect((await get(auditor, '/v1/clearings/clr_01JD0000000000000000000000')).status).toBe(404);
  });

  it('is asked for no earlier than its product was recorded, where one computer is behind another', async () => {
    const [{ recordedAt }, now] = [(await get(ada, '/v1/products/ndpr-oxide')).body, market.api.time.now];
    market.api.time.now = '2026-11-22T11:58:00.000Z';
    const asked = await market.call(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    market.api.time.now = now;
    expect(asked.body['requestedAt']).toBe(recordedAt);
  });

  it('asked for twice under one Idempotency-Key is one clearing, and wakes again', async () => {
    const ask = () =>
      market.call(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' }, { 'Idempotency-Key': 'k' });
    const ids = [(await ask()).body.id, (await ask()).body.id];
    expect(new Set(ids).size).toBe(1);
    expect(market.api.woken).toHaveLength(2);
    expect((await get(ada, '/v1/clearings')).body.items).toHaveLength(1);
  });

  it('tells what it found, and is listed newest first', async () => {
    await market.approvedFloor();
    await market.offer();
    await market.bid();
    const first = await market.clear();
    const second = await market.clear();
    expect((await get(ada, `/v1/clearings/${first}`)).body).toMatchObject({
      status: 'completed',
      contracts: 1,
      quarters: [{ quarter: '2027-Q1', volume: kg('100') }],
      floors: [{ zone: 'partners', price: usd('110.00') }],
      levyTotal: { amount: '0.00', currency: 'USD' },
    });
    expect((await get(ada, `/v1/clearings/${second}`)).body).toMatchObject({
      status: 'completed',
      contracts: 0,
    });
    const list = async (query: string) =>
      (await market.done(auditor, 'GET', `/v1/clearings${query}`)).body.items.map(({ id }) => id);
    expect(await list('')).toEqual([second, first]);
    expect(await list('?status=queued')).toEqual([]);
    expect(await list('?product=other')).toEqual([]);
    const { body } = await market.done(auditor, 'GET', '/v1/clearings?limit=1');
    expect(await list(`?limit=1&cursor=${body.next ?? ''}`)).toEqual([first]);
  });

  it('leaves a proof that carries its snapshot and names no organisation', async () => {
    await market.offer();
    await market.bid();
    const queued = (await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' })).body.id;
    expect(await get(ada, `/v1/clearings/${queued}/proof`)).toMatchObject({
      status: 409,
      body: { code: 'clearing_not_completed' },
    });
    const id = await market.clear();
    const seeOther = await get(auditor, `/v1/clearings/${id}/proof`);
    expect(seeOther.status).toBe(303);
    const proof = await get(auditor, seeOther.headers.get('location') ?? '');
    const clearing = (await get(auditor, `/v1/clearings/${id}`)).body;
    expect(proof).toMatchObject({
      status: 200,
      body: { clearing: id, inputDigest: clearing['inputDigest'], snapshot: { clearing: id } },
    });
    const text = JSON.stringify(proof.body);
    for (const { organisation } of [mine, buyer]) expect(text).not.toContain(organisation);
    for (const path of ['proof', 'proof/document'])
      expect((await get(mine, `/v1/clearings/${id}/${path}`)).status).toBe(403);
  });
});

describe('an explanation', () => {
  it('tells each order why, and that it was in', async () => {
    await market.approvedFloor();
    const low = (await market.bid({ price: usd('109.99') })).body.id;
    const good = (await market.bid()).body.id;
    await market.offer();
    const clearing = await market.clear();
    const { status, body } = await get(buyer, `/v1/bids/${low}/explanation`);
    expect(status).toBe(200);
    const record = (await get(ada, `/v1/clearings/${clearing}`)).body;
    expect(body).toMatchObject({
      order: low,
      clearing,
      inputDigest: record['inputDigest'],
      quarters: [{ quarter: '2027-Q1', requested: kg('100'), awarded: kg('0'), remaining: kg('100') }],
    });
    expect(JSON.stringify(body['quarters'])).toContain('price_below_floor');
    expect(
      isIncluded(
        body['entry'] as Parameters<typeof isIncluded>[0],
        body['inclusion'] as string[],
        String(body['inputDigest']),
      ),
    ).toBe(true);
    const filled = (await get(buyer, `/v1/bids/${good}/explanation`)).body;
    expect(filled).toMatchObject({ quarters: [{ awarded: kg('100'), remaining: kg('0') }] });
  });

  it('is read from one object, and not at all from one that is not what was stored', async () => {
    const { id } = (await market.bid()).body;
    await market.clear();
    const { objects } = market.api.dependencies;
    const read: string[] = [];
    const original = objects.get.bind(objects);
    objects.get = (key) => {
      read.push(key);
      return original(key);
    };
    const explain = () => get(buyer, `/v1/bids/${id}/explanation`);
    const { body } = await explain();
    expect(body).toMatchObject({ order: id });
    expect(body['leaf']).toContain(`"id":"${id}"`);
    expect(read).toEqual([expect.stringMatching(/^clearings\/clr_\w+\/\d+\/explanations\/0\.json$/)]);
    const [key = ''] = read;
    const text = new TextDecoder().decode(await original(key));
    await objects.put(key, new TextEncoder().encode(text.replace('"amount":"0"', '"amount":"1"')));
    expect((await explain()).status).toBe(500);
    await objects.put(key, new TextEncoder().encode(text));
    expect((await explain()).body).toEqual(body);
  });

  it('is by the last clearing that the order took part in, or by the one asked for', async () => {
    const early = (await market.bid({ delivery: flat('10') })).body.id;
    const first = await market.clear();
    await market.offer({ delivery: flat('10') });
    const second = await market.clear();
    const third = await market.clear();
    const late = (await market.bid()).body.id;
    const of = async (id: string, query = '') => get(buyer, `/v1/bids/${id}/explanation${query}`);
    expect((await of(early)).body).toMatchObject({ clearing: second });
    expect((await of(early, `?clearing=${first}`)).body).toMatchObject({ clearing: first });
    expect((await of(early, `?clearing=${third}`)).status).toBe(404);
    expect((await of(late)).status).toBe(404);
    expect((await of(early, '?clearing=nonsense')).status).toBe(400);
    const queued = (await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' })).body.id;
    expect((await of(early, `?clearing=${queued}`)).body.code).toBe('clearing_not_completed');
  });
});

describe('a contract', () => {
  const sellersParts = ['ask', 'floorUplift', 'scarcity'];
  let id: string;
  beforeEach(async () => {
    await market.approvedFloor();
    await market.offer();
    await market.bid();
    await market.clear();
    id = (await market.done(auditor, 'GET', '/v1/contracts')).body.items[0]?.id ?? '';
  });

  const partsSeen = async (who: Caller) => {
    const { body } = await market.done(who, 'GET', `/v1/contracts/${id}`);
    const [entry] = body['schedule'] as { waterfall: object; interval?: object }[];
    expect(Object.keys(entry?.waterfall ?? {})).toEqual(Object.keys(body['totals'] as object));
    const listed = (await market.done(who, 'GET', '/v1/contracts')).body.items[0];
    expect(listed).toEqual(body);
    return { parts: Object.keys(entry?.waterfall ?? {}), interval: entry?.interval !== undefined };
  };

  it('shows each reader what is theirs to see', async () => {
    const open = ['duties', 'levy', 'support', 'landed'];
    const all = [...sellersParts, ...open];
    expect(await partsSeen(ada)).toEqual({ parts: all, interval: true });
    expect(await partsSeen(auditor)).toEqual({ parts: all, interval: true });
    expect(await partsSeen(mine)).toEqual({ parts: all, interval: false });
    expect(await partsSeen(buyer)).toEqual({ parts: open, interval: false });
    for (const who of [otherMine, stockpile, caller('motors-jp', 'buyer')]) {
      expect(await get(who, `/v1/contracts/${id}`)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
      expect((await get(who, '/v1/contracts')).body.items).toEqual([]);
    }
    expect((await get(undefined, `/v1/contracts/${id}`)).status).toBe(401);
  });

  it('adds up exactly', async () => {
    const { body } = await market.done(ada, 'GET', `/v1/contracts/${id}`);
    const cents = (amount: string | undefined) => Math.round(Number(amount) * 100);
    const [{ price, waterfall }] = body['schedule'] as [
      { price: { amount: string }; waterfall: Record<string, string> },
    ];
    const sum = (...parts: string[]) => parts.reduce((total, part) => total + cents(waterfall[part]), 0);
    expect(sum(...sellersParts)).toBe(cents(price.amount));
    expect(sum(...sellersParts, 'duties', 'levy')).toBe(sum('landed'));
  });

  it('is listed by the side one is on, by product and by status', async () => {
    const count = async (who: Caller, query: string) =>
      (await market.done(who, 'GET', `/v1/contracts${query}`)).body.items.length;
    expect(await count(mine, '?role=seller')).toBe(1);
    expect(await count(mine, '?role=buyer')).toBe(0);
    expect(await count(buyer, '?role=buyer&product=ndpr-oxide&status=concluded')).toBe(1);
    expect(await count(buyer, '?product=other')).toBe(0);
    expect(await count(ada, '?role=seller')).toBe(0);
    expect((await get(buyer, '/v1/contracts?role=owner')).status).toBe(400);
  });
});

describe('the public view of a market', () => {
  const view = async (who: Caller = stockpile) =>
    (await market.done(who, 'GET', '/v1/markets/ndpr-oxide')).body;
  const last = (body: AnswerBody) => (body['clearings'] as Record<string, unknown>[])[0];

  it('shows floors in force to everyone, and hides a trade of one with one', async () => {
    await market.approvedFloor();
    await market.offer();
    await market.bid();
    await market.clear();
    for (const who of everyRole) expect((await view(who))['floors']).toMatchObject([{ zone: 'partners' }]);
    const clearing = last(await view());
    expect(clearing).toMatchObject({
      status: 'completed',
      volume: null,
      withheld: true,
      quarters: [{ quarter: '2027-Q1', volume: null, landedPrice: null, withheld: true }],
      depth: [{ supply: { quantity: null, withheld: true }, demand: { quantity: null, withheld: true } }],
      concentration: { origins: null, withheld: true },
    });
    expect(JSON.stringify(await view())).not.toMatch(/mine-au|magnets-de|off_|bid_|ctr_/);
  });

  it('shows what enough stand behind', async () => {
    for (const seller of ['a', 'b', 'c']) await market.offerOf(`mine-${seller}`, 'AU');
    for (const name of ['d', 'e', 'f']) await market.bid({}, caller(`buyer-${name}`, 'buyer'));
    await market.clear();
    expect(last(await view())).toMatchObject({
      volume: kg('300'),
      withheld: false,
      quarters: [{ volume: kg('300'), withheld: false }],
      depth: [{ supply: { quantity: kg('300') }, demand: { quantity: kg('300') } }],
      concentration: { origins: [{ origin: 'AU', share: '1.0000' }], withheld: false },
    });
    expect((await market.done(buyer, 'GET', '/v1/markets')).body.items).toHaveLength(1);
  });

  it('does not exist for what is no product', async () => {
    expect((await get(buyer, '/v1/markets/unobtainium')).status).toBe(404);
  });
});
