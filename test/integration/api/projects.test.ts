import { beforeAll, describe, expect, it } from 'vitest';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, mine, otherMine, stockpile } from '../../support/market-api.ts';
import { productBody, schemeBody, zoneBody } from '../../support/reference.ts';
import { Settling } from '../../support/settling.ts';
import { kg, Trading } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
const t = (amount: string) => ({ amount, unit: 't' });

/** A union of four countries that plans to consume 1,000 t of NdPr in 2030: 1,250 t of an oxide of which 80 % is NdPr. */
beforeAll(async () => {
  market = await Trading.open(engine.client);
  await market.done(ada, 'PUT', '/v1/products/ndpr-oxide', productBody({ containedFactor: '0.8' }));
  await market.done(ada, 'PUT', '/v1/products/ndpr-ore', productBody({ name: 'Ore', stage: 'mining' }));
  await market.done(ada, 'PUT', '/v1/zones/union', zoneBody(['DE', 'FR', 'SE', 'EE']));
  await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
  const quarters = ['2030-Q1', '2030-Q2', '2030-Q3', '2030-Q4'];
  for (const [product, amount] of [
    ['ndpr-oxide', '312500'],
    ['ndpr-ore', '999999'],
  ] as const)
    await market.done(ada, 'PUT', `/v1/zones/union/consumption/${product}`, {
      quarters: quarters.map((quarter) => ({ quarter, quantity: kg(amount) })),
    });
});

const project = (changes: object = {}) => ({
  ...{ name: 'Narva', country: 'EE', stage: 'refining', mineral: 'ndpr', start: '2029-Q1' },
  capacityPerYear: t('300'),
  ...changes,
});
const enter = (changes: object = {}, who = mine) =>
  market.call(who, 'POST', '/v1/projects', project(changes));
const map = async (query = '?year=2030', who = buyer) =>
  (await market.done(who, 'GET', `/v1/zones/union/capacity/ndpr${query}`)).body as unknown as {
    demand: string | null;
    stages: { stage: string; countries: unknown[] }[];
  };
const stageOf = async (stage: string, query?: string) =>
  (await map(query)).stages.find((each) => each.stage === stage);

describe('a project', () => {
  it('is entered by a producer, read by everybody, changed by its own, verified by an administrator', async () => {
    const site = await market.siteOf(mine, { country: 'EE' });
    const answer = await enter({ sites: [site], standards: ['irma'], strategic: ['CRMA'] });
    expect(answer).toMatchObject({
      status: 201,
      body: { organisation: 'mine-au', status: 'announced', verified: false, version: 1 },
    });
    const path = `/v1/projects/${answer.body.id}`;
    for (const who of [mine, otherMine, buyer, stockpile, auditor])
      expect((await market.call(who, 'GET', path)).body).toMatchObject({ name: 'Narva', sites: [site] });
    expect((await market.call(mine, 'POST', `${path}/verify`)).status).toBe(403);
    expect((await market.done(ada, 'POST', `${path}/verify`)).body).toMatchObject({ verified: true });
    const change = (version: number, changes: object, who = mine) =>
      market.call(who, 'PATCH', path, changes, { 'If-Match': `"${version}"` });
    expect((await change(2, { status: 'producing' }, otherMine)).status).toBe(404);
    expect((await change(1, { status: 'producing' })).status).toBe(412);
    expect((await market.call(mine, 'PATCH', path, { status: 'producing' })).status).toBe(428);
    expect(await change(2, { status: 'producing' })).toMatchObject({
      status: 200,
      body: { status: 'producing', verified: false, sites: [site] },
    });
    const { body } = await market.done(
      buyer,
      'GET',
      '/v1/projects?mineral=ndpr&stage=refining&status=producing',
    );
    expect(body.items).toHaveLength(1);
    expect(await new Settling(market).findings()).toEqual([]);
  });

  it.each([
    [
      'a site of somebody else',
      async () => ({ sites: [await market.siteOf(otherMine, { country: 'EE' })] }),
      'unknown_reference',
      '/sites/0',
    ],
    [
      'a site in another country',
      async () => ({ sites: [await market.siteOf(mine)] }),
      'site_mismatch',
      '/sites/0',
    ],
    [
      'an unknown scheme',
      () => Promise.resolve({ standards: ['nothing'] }),
      'unknown_reference',
      '/standards/0',
    ],
    [
      'a capacity in units that are not of mass',
      () => Promise.resolve({ capacityPerYear: { amount: '1', unit: 'mtu' } }),
      'invalid_request',
      '/capacityPerYear/unit',
    ],
    ['a start that is no quarter', () => Promise.resolve({ start: '2029' }), 'invalid_request', '/start'],
    ['a misspelt field', () => Promise.resolve({ capacity: t('1') }), 'invalid_request', '/capacity'],
  ])('is refused with %s', async (_, changes, code, pointer) => {
    const { status, body } = await enter(await changes());
    expect([status, body.code]).toEqual([422, code]);
    expect(body['errors']).toMatchObject([{ pointer }]);
  });
});

describe('the map of capacity against demand', () => {
  it('goes by declared flows where nothing is planned, unless some of them are withheld', async () => {
    const flows = (more: object = {}) =>
      market.done(ada, 'PUT', '/v1/zones/union/flows/ndpr-oxide', {
        ...{ year: 2025, source: 'Customs', flows: [{ origin: 'CN', quantity: t('500') }], ...more },
      });
    await flows();
    // 500 t of oxide contain 400 t.
    expect(await map('?year=2026')).toMatchObject({
      ...{ demand: '400', demandBasis: 'declared', products: ['ndpr-oxide'] },
    });
    expect(await map('?year=2030')).toMatchObject({ demand: '1000', demandBasis: 'planned' });
    await flows({ withheld: ['MY'] });
    expect(await map('?year=2026')).toMatchObject({ demand: null, demandBasis: null });
  });

  it('counts what produces and what is ahead, by stage and country, against the benchmarks', async () => {
    // Beside Narva (300 t, producing): half a year of 300 t inside, 700 t outside, and a cancelled one.
    await enter({ country: 'FR', start: '2030-Q3', status: 'building' });
    await enter({ country: 'CN', start: '2020-Q1', status: 'producing', capacityPerYear: t('700') });
    await enter({ country: 'SE', start: '2020-Q1', status: 'cancelled' });
    await enter({ country: 'SE', stage: 'recycling', status: 'producing', capacityPerYear: t('249.9') });
    expect((await map()).demand).toBe('1000');
    expect(await stageOf('refining')).toEqual({
      ...{ stage: 'refining', inside: '300', insideAhead: '150', outside: '700', outsideAhead: '0' },
      ...{ benchmark: '0.40', share: '0.3', shareAhead: '0.45', meets: false, meetsAhead: true, gap: '100' },
      countries: [
        {
          country: 'CN',
          inside: false,
          producing: '700',
          ahead: '0',
          share: '0.608696',
          aboveBenchmark: true,
        },
        {
          country: 'EE',
          inside: true,
          producing: '300',
          ahead: '0',
          share: '0.26087',
          aboveBenchmark: false,
        },
        {
          country: 'FR',
          inside: true,
          producing: '0',
          ahead: '150',
          share: '0.130435',
          aboveBenchmark: false,
        },
        { country: 'SE', inside: true, producing: '0', ahead: '0', share: '0', aboveBenchmark: false },
      ],
    });
    // 25 %, not the 15 % of the proposal of 2023.
    expect(await stageOf('recycling')).toMatchObject({ share: '0.2499', meets: false, gap: '0.1' });
    expect(await stageOf('mining')).toMatchObject({ inside: '0', meets: false, gap: '100' });
  });

  it('says nothing of benchmarks where no consumption is declared for the year', async () => {
    expect((await map('?year=2031')).demand).toBeNull();
    expect(await stageOf('refining', '?year=2031')).toMatchObject({
      insideAhead: '300',
      share: null,
      meets: null,
    });
    expect((await market.call(buyer, 'GET', '/v1/zones/nowhere/capacity/ndpr')).status).toBe(404);
    expect((await market.call(buyer, 'GET', '/v1/zones/union/capacity/ndpr?year=30')).status).toBe(400);
  });
});
