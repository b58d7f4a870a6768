import { beforeAll, describe, expect, it } from 'vitest';
import { auditItems } from '../../../infra/audit/audit.ts';
import { scan } from '../../../infra/audit/scan.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, bob, buyer, mine, stockpile } from '../../support/market-api.ts';
import { zoneBody } from '../../support/reference.ts';
import { Settling } from '../../support/settling.ts';
import { activeStockpile, openingBody } from '../../support/stock.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;

const europe: Caller = { ...caller('commission', 'administrator'), subject: 'eva' };
const japan: Caller = { ...caller('meti', 'administrator'), subject: 'jun' };
const stranger: Caller = { ...caller('elsewhere', 'administrator'), subject: 'sam' };
const operators = ['agency-de', 'agency-fr', 'agency-it'].map((name) => caller(name, 'stockpile-operator'));
const piles: string[] = [];

const opened = async (who: Caller, pile: string, amount: string): Promise<void> => {
  const opening = openingBody({ quantity: kg(amount), location: { country: 'DE', place: 'Hamburg' } });
  const { id } = (await market.done(who, 'POST', `/v1/stockpiles/${pile}/lots`, { opening })).body;
  await market.done(ada, 'POST', `/v1/stock-lots/${id}/verify`);
};

/** Two zones, each with its authority; in Europe three operators hold 400, 300 and 300 kg. */
beforeAll(async () => {
  market = await Trading.open(engine.client);
  await market.done(ada, 'PUT', '/v1/zones/europe', { ...zoneBody(['FR', 'IT']), authority: 'commission' });
  await market.done(ada, 'PUT', '/v1/zones/asia', { ...zoneBody(['KR']), authority: 'meti' });
  await market.done(ada, 'PUT', '/v1/zones/nobodys', zoneBody(['CH']));
  for (const zone of ['europe', 'asia'])
    await market.done(ada, 'PUT', `/v1/zones/${zone}/consumption/ndpr-oxide`, {
      quarters: ['2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4', '2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4'].map(
        (quarter) => ({ quarter, quantity: kg('1000') }),
      ),
    });
  for (const [index, who] of operators.entries()) {
    piles.push(await activeStockpile(market, { zone: 'europe' }, who));
    await opened(who, piles[index]!, index === 0 ? '400' : '300');
  }
});

const agreements = '/v1/exchange/agreements';
const publications = '/v1/exchange/publications';
const terms = (changes: object = {}) => ({
  zones: ['europe', 'asia'],
  products: ['ndpr-oxide'],
  granularity: { figures: ['available', 'planned'], coverBands: [30, 60, 90] },
  effectiveFrom: market.api.time.now.slice(0, 10),
  rationale: 'Joint stockpiling',
  ...changes,
});
const post = (who: Caller, path: string, body?: object) => market.call(who, 'POST', path, body);
const nextMonth = () => {
  market.pass(31 * 86_400_000);
};
const publish = () => post(europe, publications, { zone: 'europe', product: 'ndpr-oxide' });
const readAs = (who: Caller) => market.call(who, 'GET', `${publications}?zone=europe&product=ndpr-oxide`);
let agreement = '';

describe('an agreement to exchange', () => {
  it('is proposed by one authority and binds once the other has approved it', async () => {
    const proposed = await post(europe, agreements, terms());
    expect(proposed).toMatchObject({
      status: 201,
      body: { status: 'proposed', proposedBy: { zone: 'europe' } },
    });
    agreement = proposed.body.id;
    const path = `${agreements}/${agreement}`;
    expect((await readAs(japan)).status).toBe(404);
    expect(await post(europe, `${path}/approve`)).toMatchObject({
      status: 409,
      body: { code: 'second_approval_required' },
    });
    expect((await post(stranger, `${path}/approve`)).status).toBe(404);
    expect((await market.call(stranger, 'GET', path)).status).toBe(404);
    expect((await market.done(stranger, 'GET', agreements)).body).toMatchObject({ items: [] });
    expect(await post(japan, `${path}/approve`)).toMatchObject({
      status: 200,
      body: { status: 'active', approvedBy: { zone: 'asia' } },
    });
    expect(await post(japan, `${path}/reject`)).toMatchObject({
      status: 409,
      body: { code: 'invalid_state' },
    });
    for (const who of [europe, japan, auditor])
      expect((await market.call(who, 'GET', path)).status).toBe(200);
  });

  it.each([
    ['of zones the caller does not speak for', () => stranger, {}, 403, 'forbidden'],
    ['of an unknown zone', () => europe, { zones: ['europe', 'nowhere'] }, 422, 'unknown_reference'],
    [
      'of a zone that nobody speaks for',
      () => europe,
      { zones: ['europe', 'nobodys'] },
      409,
      'invalid_state',
    ],
    ['of one zone with itself', () => europe, { zones: ['europe', 'europe'] }, 422, 'invalid_request'],
    ['of an unknown product', () => europe, { products: ['unobtainium'] }, 422, 'unknown_reference'],
    [
      'in bands that do not ascend',
      () => europe,
      { granularity: { figures: ['planned'], coverBands: [60, 30] } },
      422,
      'invalid_request',
    ],
    ['that ends before it begins', () => europe, { effectiveTo: '2020-01-01' }, 422, 'invalid_request'],
    [
      'of figures that there are not',
      () => europe,
      { granularity: { figures: ['operators'] } },
      422,
      'invalid_request',
    ],
  ])('is refused %s', async (_, who, changes, status, code) => {
    const answer = await post(who(), agreements, terms(changes));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is no business of those who trade', async () => {
    for (const who of [mine, buyer, stockpile]) {
      expect((await post(who, agreements, terms())).status).toBe(403);
      expect((await market.call(who, 'GET', agreements)).status).toBe(403);
      expect((await readAs(who)).status).toBe(403);
    }
  });
});

describe('what a zone publishes', () => {
  it('is totals of all operators, once a month, as finely as was agreed', async () => {
    expect(await publish()).toMatchObject({
      status: 201,
      body: {
        figures: {
          available: { quantity: '1000', withheld: false },
          physical: { quantity: '1000' },
          planned: { quantity: '0' },
        },
        // 1,000 kg of 4,000 kg a year.
        cover: { from: 90, to: 180 },
      },
    });
    expect(await publish()).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    expect((await post(japan, publications, { zone: 'europe', product: 'ndpr-oxide' })).status).toBe(403);
    const { body } = await readAs(japan);
    expect(body).toMatchObject({ items: [{ zone: 'europe', cover: { from: 90, to: null } }] });
    const [{ figures }] = body.items as unknown as [{ figures: object }];
    expect(Object.keys(figures)).toEqual(['available', 'planned']);
    expect(JSON.stringify(body)).not.toMatch(/agency-/);
  });

  it('withholds a month whose difference to an earlier one would tell what one operator did', async () => {
    nextMonth();
    await opened(operators[0]!, piles[0]!, '60');
    expect(await publish()).toMatchObject({
      status: 201,
      body: {
        figures: { available: { quantity: null, withheld: true }, planned: { withheld: false } },
        cover: null,
      },
    });
    // A month later two others have bought as well: three moved, none of them most of it.
    nextMonth();
    for (const [index, who] of operators.entries()) if (index > 0) await opened(who, piles[index]!, '50');
    expect(await publish()).toMatchObject({
      body: { figures: { available: { quantity: '1160', withheld: false } } },
    });
    // One of three buys, another one gives up as much: the total stands still, and what moved is still hidden.
    expect((await readAs(auditor)).body.items).toHaveLength(3);
  });

  it('leaves a trail of who read what', async () => {
    const { body } = await market.done(europe, 'GET', '/v1/exchange/reads?zone=europe');
    expect(body.items).toMatchObject([
      { organisation: 'meti', subject: 'jun', agreement, publications: [expect.stringMatching(/^pub_/)] },
      { organisation: 'court-of-auditors', agreement: null },
    ]);
    for (const who of [japan, stranger])
      expect((await market.call(who, 'GET', '/v1/exchange/reads?zone=europe')).status).toBe(404);
  });

  it('is read by nobody any more once the agreement has ended', async () => {
    const second = (await market.done(japan, 'POST', agreements, terms())).body.id;
    await market.done(europe, 'POST', `${agreements}/${second}/approve`);
    await market.done(japan, 'POST', `${agreements}/${agreement}/end`);
    expect((await readAs(japan)).status).toBe(200);
    await market.done(europe, 'POST', `${agreements}/${second}/end`);
    expect((await readAs(japan)).status).toBe(404);
  });
});

describe('simultaneous build-ups', () => {
  it('warn both partners, without telling how much either buys', async () => {
    const asia = caller('jogmec', 'stockpile-operator');
    const { id } = (await market.done(europe, 'POST', agreements, terms())).body;
    await market.done(japan, 'POST', `${agreements}/${id}/approve`);
    const pacing = async (who: Caller) => (await market.done(who, 'GET', '/v1/exchange/pacing')).body.items;
    const bid = (who: Caller, pile: string, destination: string, amount: string) =>
      market.done(who, 'POST', '/v1/bids', {
        ...{ product: 'ndpr-oxide', destination, price: usd('90.00'), stockpile: pile },
        delivery: flat(amount, '2027-Q4'),
      });
    await bid(operators[0]!, piles[0]!, 'FR', '790');
    expect(await pacing(japan)).toEqual([]);
    const pile = await activeStockpile(market, { zone: 'asia' }, asia);
    await bid(asia, pile, 'KR', '10');
    // Exactly a tenth of what both plan to consume: not above it.
    expect(await pacing(japan)).toEqual([]);
    await bid(asia, pile, 'KR', '5');
    for (const who of [japan, europe, auditor])
      expect(await pacing(who)).toEqual([
        {
          ...{ agreement: id, product: 'ndpr-oxide', zones: ['europe', 'asia'] },
          ...{ consumption: '8000', unit: 'kg', pacingShare: '0.1' },
        },
      ]);
    expect(await pacing(stranger)).toEqual([]);
    expect(await pacing(bob)).toEqual([]);
  });

  it('leaves nothing that the audit would find; it finds a figure that should have been withheld', async () => {
    expect(await new Settling(market).findings()).toEqual([]);
    const items: Item[] = [];
    for await (const page of scan(market.api.dependencies.table)) items.push(...page);
    const isOfMonth = (item: Item): boolean => /^PERIOD#/.test(String(item['sk']));
    const [, second] = items.filter(isOfMonth).sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
    (second!['body'] as { shown: string[] }).shown.push('available');
    const { findings } = auditItems(items, market.api.time.now);
    expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(['publication']));
  });
});

describe('the cover of a zone with stockpiles', () => {
  it('adds up targets and cover; an operator sees its own', async () => {
    const { body } = await market.done(auditor, 'GET', '/v1/zones/europe/cover');
    expect(body).toMatchObject({
      products: [
        {
          product: 'ndpr-oxide',
          zoneCover: { stockpiles: 3, available: '1160', deficitFunded: '790', target: '18000' },
        },
      ],
    });
    const own = (await market.done(operators[0], 'GET', '/v1/zones/europe/cover')).body;
    expect(own).toMatchObject({
      products: [{ cover: [{ stockpile: piles[0], available: '460' }], zoneCover: null, withheld: true }],
    });
    const others = await market.done(operators[0], 'GET', '/v1/risk/ndpr-oxide?zone=europe');
    expect(others.body.cover).toMatchObject([{ stockpile: piles[0] }]);
  });
});
