import { beforeAll, describe, expect, it } from 'vitest';
import { caller } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, mine, stockpile } from '../../support/market-api.ts';
import { ruleBody, schemeBody, zoneBody } from '../../support/reference.ts';
import { flat, kg, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
const quarters = ['2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4'];

/** Three mines sell to three buyers, 300 kg a quarter of 2027; partners may take 65 % from one origin outside. */
beforeAll(async () => {
  market = await Trading.open(engine.client);
  await market.done(ada, 'PUT', '/v1/zones/partners', {
    ...zoneBody(['US', 'JP', 'DE', 'AU']),
    maxOriginShare: '0.65',
  });
  await market.done(ada, 'PUT', '/v1/zones/partners/consumption/ndpr-oxide', {
    quarters: quarters.map((quarter) => ({ quarter, quantity: kg('1000') })),
  });
  await market.done(ada, 'PUT', '/v1/zones/partners/flows/ndpr-oxide', {
    year: 2025,
    source: 'Customs statistics',
    flows: [
      { origin: 'CN', quantity: { amount: '3.3', unit: 't' } },
      { origin: 'MY', quantity: kg('700') },
    ],
  });
  const delivery = flat('100', '2027-Q1', '2027-Q4');
  await market.offerOf('mine-br', 'BR', { delivery });
  await market.offerOf('mine-my', 'BR', { delivery });
  await market.offerOf('mine-in', 'BR', { delivery });
  for (const name of ['a', 'b', 'c'])
    await market.done(caller(`buyer-${name}`, 'buyer'), 'POST', '/v1/bids', {
      ...{ product: 'ndpr-oxide', destination: 'DE', price: usd('130.00'), delivery },
    });
  await market.clear();
});

const risk = (who = ada, query = '?zone=partners&from=2027-Q1') =>
  market.call(who, 'GET', `/v1/risk/ndpr-oxide${query}`);

describe('the risk of a product', () => {
  it('tells administrators and auditors all: contracts against planned use, declared flows apart', async () => {
    const { status, body } = await risk();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ view: 'full', product: 'ndpr-oxide', zone: 'partners', consumption: '4000', total: '1200' },
      shares: [{ origin: 'BR', quantity: '1200', share: '1', shareOfUse: '0.3', headroom: '1400' }],
      ...{ hhi: 10_000, band: 'high', nMinusOne: { without: 'BR', supply: '0', cover: '0' } },
      declared: {
        source: 'Customs statistics',
        shares: [
          { origin: 'CN', quantity: '3300', shareOfUse: '0.825', aboveCap: true, headroom: '0' },
          { origin: 'MY', headroom: '1900' },
        ],
        hhi: 7112,
      },
      prices: { last: { source: 'clearings' }, change90Days: null },
    });
    expect(body).toMatchObject({ expiring: { contracts: [{}, {}, {}] } });
    expect((await risk(auditor)).body).toMatchObject({ view: 'full', total: '1200' });
  });

  it('is of the whole market without a zone, and of four quarters from any', async () => {
    expect((await risk(ada, '')).body).toMatchObject({ zone: null, consumption: null, total: '900' });
    expect((await risk(ada, '?zone=partners&from=2027-Q4')).body).toMatchObject({ total: '300' });
  });

  it.each([
    ['a buyer', buyer],
    ['a producer', mine],
    ['a stockpile operator', stockpile],
  ])('tells %s what the market shows anyhow', async (_, who) => {
    const { body } = await risk(who);
    expect(body).toMatchObject({
      view: 'public',
      contracted: { origins: [{ origin: 'BR', quantity: '1200', headroom: '1400' }], withheld: false },
      ...{ cover: [], declared: { hhi: 7112 } },
    });
    expect(Object.keys(body)).not.toContain('late');
    expect(JSON.stringify(body)).not.toMatch(/ctr_|mine-|buyer-/);
  });

  it('withholds in public what a fourth contract of one buyer would tell', async () => {
    const late = await Trading.open(engine.client);
    await late.done(ada, 'PUT', '/v1/zones/partners', { ...zoneBody(['DE']), maxOriginShare: '0.65' });
    const consumption = { quarters: quarters.map((quarter) => ({ quarter, quantity: kg('1000') })) };
    await late.done(ada, 'PUT', '/v1/zones/partners/consumption/ndpr-oxide', consumption);
    await late.offer();
    await late.bid();
    await late.clear();
    const { body } = await late.call(buyer, 'GET', '/v1/risk/ndpr-oxide?zone=partners&from=2027-Q1');
    expect(body).toMatchObject({ contracted: { origins: null, withheld: true }, prices: { last: null } });
    const all = await late.call(ada, 'GET', '/v1/risk/ndpr-oxide?zone=partners&from=2027-Q1');
    expect(all.body).toMatchObject({ total: '100' });
  });

  it.each([
    ['an unknown product', '/v1/risk/unobtainium', 404],
    ['an unknown zone', '/v1/risk/ndpr-oxide?zone=nowhere', 404],
    ['a quarter that is none', '/v1/risk/ndpr-oxide?from=2027-Q5', 400],
    ['an unknown parameter', '/v1/risk/ndpr-oxide?zones=partners', 400],
  ])('refuses %s', async (_, path, status) => {
    expect((await market.call(ada, 'GET', path)).status).toBe(status);
  });
});

describe('declared flows', () => {
  const put = (changes: object, who = ada) =>
    market.call(who, 'PUT', '/v1/zones/partners/flows/ndpr-oxide', {
      ...{ year: 2025, source: 'Customs', flows: [{ origin: 'CN', quantity: kg('1') }], ...changes },
    });
  it.each([
    ['an origin named twice', { flows: ['CN', 'CN'].map((origin) => ({ origin, quantity: kg('1') })) }, 422],
    ['a year that is none', { year: 1999 }, 422],
    ['control characters', { source: 'a\u0000b' }, 422],
    ['another unit of contents', { flows: [{ origin: 'CN', quantity: { amount: '1', unit: 'mtu' } }] }, 422],
  ])('refuses %s', async (_, changes, status) => {
    expect((await put(changes)).status).toBe(status);
  });
  it('are for administrators to declare, and for everybody to read', async () => {
    expect((await put({}, buyer)).status).toBe(403);
    const { status, body } = await market.call(mine, 'GET', '/v1/zones/partners/flows/ndpr-oxide');
    expect(status).toBe(200);
    expect(body.flows).toEqual([
      { origin: 'CN', quantity: kg('3300') },
      { origin: 'MY', quantity: kg('700') },
    ]);
  });
});

describe('the cover of a zone', () => {
  it('is for administrators, auditors and operators', async () => {
    for (const who of [ada, auditor, stockpile])
      expect((await market.call(who, 'GET', '/v1/zones/partners/cover')).status).toBe(200);
    for (const who of [buyer, mine])
      expect((await market.call(who, 'GET', '/v1/zones/partners/cover')).status).toBe(403);
    expect((await market.call(ada, 'GET', '/v1/zones/nowhere/cover')).status).toBe(404);
  });
});

describe('a stress test', () => {
  const stop = (changes: object = {}, who = ada) =>
    market.call(who, 'POST', '/v1/stress-tests', {
      ...{ product: 'ndpr-oxide', origin: 'BR', quarters: 2 },
      ...changes,
    });
  const everything = async () => {
    const { body } = await risk();
    const { items } = (await market.done(ada, 'GET', '/v1/clearings')).body;
    return JSON.stringify([body['total'], body['shares'], items.length]);
  };

  it('tells what stops, what the rest of the book restores, and what neither brings; and changes nothing', async () => {
    const before = await everything();
    // Of what a mine inside the zone offers, 150 kg in the second quarter of the stop are dear, and 40 too dear.
    await market.offer({ price: usd('125.00'), delivery: flat('150', '2027-Q2') });
    await market.offer({ price: usd('131.00'), delivery: flat('40', '2027-Q2') });
    await market.offerOf('mine-br', 'BR', { delivery: flat('500', '2027-Q1') });
    const { status, body } = await stop();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ origin: 'BR', lost: '600', restored: '150', unmet: '450', clearingUnderWay: null },
      quarters: [
        { quarter: '2027-Q1', contracted: '300', lost: '300', restored: '0', consumption: '1000' },
        { quarter: '2027-Q2', contracted: '300', lost: '300', restored: '150', unmet: '150' },
      ],
      zones: [
        {
          ...{ zone: 'partners', lost: '600', unmet: '450', releasable: '0', unmetAfterRelease: '450' },
          declaredLoss: { quantity: '0', source: 'Customs statistics' },
        },
      ],
      clearing: { current: { volume: kg('0') }, without: { volume: kg('150') } },
    });
    expect(body['contracts']).toHaveLength(3);
    expect(await everything()).toBe(before);
  });

  it('of an origin that only statistics know tells what they tell', async () => {
    const { body } = await stop({ origin: 'CN', quarters: 4 });
    expect(body).toMatchObject({
      ...{ lost: '0', contracts: [] },
      zones: [{ zone: 'partners', daysBridged: null, declaredLoss: { quantity: '3300' } }],
    });
  });

  it.each([
    ['an unknown product', { product: 'unobtainium' }, 422, 'unknown_reference'],
    ['a quarter that has begun', { from: '2026-Q1' }, 422, 'quarter_begun'],
    ['no quarters', { quarters: 0 }, 422, 'invalid_request'],
    ['more than twenty', { quarters: 21 }, 422, 'invalid_request'],
    ['an origin that is no country', { origin: 'Brazil' }, 422, 'invalid_request'],
    ['a misspelt field', { orgin: 'BR' }, 422, 'invalid_request'],
  ])('refuses %s', async (_, changes, status, code) => {
    const answer = await stop(changes);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it('is for administrators', async () => {
    for (const who of [buyer, mine, stockpile, auditor]) expect((await stop({}, who)).status).toBe(403);
  });
});

describe('the exposure to a disruption', () => {
  const exposure = async (terms: object, who = ada) => {
    const { body } = await market.done(ada, 'POST', '/v1/disruptions', {
      ...{ kind: 'export-ban', title: 'Brazil, second quarter', origins: ['BR'], minerals: ['ndpr'] },
      ...{ from: '2027-04-01', to: '2027-06-30', source: 'gazette' },
      ...terms,
    });
    const seen = await market.done(who, 'GET', `/v1/disruptions/${body.id}/exposure`);
    const [product] = seen.body['products'] as [Record<string, unknown>];
    const answer: Record<string, unknown> = { scope: seen.body['scope'], ...product };
    return answer;
  };

  it('is what cannot come, how long it would have lasted, who else offers, and what as much costs', async () => {
    // A year from 2026-Q4 on in which 4,000 kg are used; each of three contracts delivers 100 kg a quarter from 2027 on.
    await market.done(ada, 'PUT', '/v1/zones/partners/consumption/ndpr-oxide', {
      quarters: ['2026-Q4', ...quarters].map((quarter) => ({ quarter, quantity: kg('1000') })),
    });
    // Inside, 150 and 40 kg are on offer in that quarter. The last price is midway between asks of 90 and limits of 130.
    expect(await exposure({})).toMatchObject({
      ...{ scope: 'all', product: 'ndpr-oxide', exposed: kg('300'), days: '27.375' },
      quarters: [
        { quarter: '2026-Q4', contracted: kg('0'), exposed: kg('0') },
        { quarter: '2027-Q1', contracted: kg('0'), exposed: kg('0') },
        { quarter: '2027-Q2', contracted: kg('300'), exposed: kg('300') },
        { quarter: '2027-Q3', contracted: kg('0'), exposed: kg('0') },
      ],
      contracts: [{ exposed: kg('100') }, { exposed: kg('100') }, { exposed: kg('100') }],
      replacement: { price: usd('110'), cost: { amount: '33000.00', currency: 'USD' } },
      elsewhere: {
        ...{ offers: 'some', withheld: false },
        origins: [{ origin: 'AU', offered: kg('190'), sites: 0, certified: 0 }],
      },
    });
    // A quarter of it may leave: 225 kg cannot, 225 × 365 ÷ 4,000 days rounded down.
    const quota = { allowed: kg('100'), of: kg('400') };
    expect(await exposure({ kind: 'quota', quota })).toMatchObject({
      ...{ exposed: kg('225'), days: '20.5312' },
      replacement: { cost: { amount: '24750.00', currency: 'USD' } },
    });
  });

  it("is a buyer's own for a buyer, and tells nobody's offers where one stands behind them", async () => {
    const own = await exposure({}, caller('buyer-a', 'buyer'));
    expect(own).toMatchObject({
      ...{ scope: 'own', exposed: kg('100'), days: '9.125', elsewhere: { offers: null, withheld: true } },
    });
    expect(own).toMatchObject({ contracts: [{ exposed: kg('100') }] });
    expect(own['elsewhere']).not.toHaveProperty('origins');
    expect(await exposure({}, caller('elsewhere', 'buyer'))).toMatchObject({
      exposed: kg('0'),
      contracts: [],
    });
  });

  it("counts elsewhere only what the zone's rules let in, and no price below the floor there", async () => {
    const origins = async (who = ada) => {
      const { elsewhere, replacement } = await exposure({}, who);
      return { ...(elsewhere as { offers: string | null; origins: object[] }), replacement };
    };
    // 650 kg may come from one origin outside: 65 % of 1,000.
    await market.offerOf('mine-cn', 'CN', { delivery: flat('900', '2027-Q2') });
    await market.offerOf('mine-ru', 'RU', { delivery: flat('700', '2027-Q2') });
    // Delivers only to where nothing is missing.
    await market.offerOf('mine-za', 'ZA', { delivery: flat('700', '2027-Q2'), destinations: ['FR'] });
    const none = { sites: 0, certified: 0 };
    const australia = { origin: 'AU', offered: kg('190'), ...none };
    expect(await origins()).toMatchObject({
      offers: 'enough',
      origins: [
        australia,
        { origin: 'CN', offered: kg('650'), ...none },
        { origin: 'RU', offered: kg('650'), ...none },
      ],
    });
    const zone = { ...zoneBody(['US', 'JP', 'DE', 'AU']), maxOriginShare: '0.65', barredOrigins: ['RU'] };
    await market.done(ada, 'PUT', '/v1/zones/partners', zone);
    expect(await origins()).toMatchObject({ origins: [australia, { origin: 'CN' }] });
    // Two groups stand behind what is let in: with the third, which is barred, it would have been told.
    expect(await origins(caller('buyer-a', 'buyer'))).toMatchObject({ offers: null, withheld: true });

    await market.done(ada, 'PUT', '/v1/schemes/irma', schemeBody());
    await market.done(ada, 'POST', '/v1/standards', ruleBody());
    expect(await origins()).toMatchObject({ offers: 'none', origins: [] });
    for (const [country, level] of [
      ['CN', '75'],
      ['CA', '50'],
      ['RU', '75'],
    ] as const) {
      const owner = caller(`mine-${country.toLowerCase()}`, 'producer');
      const [own] = (await market.done(owner, 'GET', '/v1/sites')).body.items;
      const site = own?.id ?? (await market.siteOf(owner, { country }));
      const { body } = await market.done(owner, 'POST', `/v1/sites/${site}/certificates`, {
        ...{ scheme: 'irma', level, validFrom: '2026-01-01', validTo: '2027-03-31', reference: 'C-1' },
      });
      await market.done(ada, 'POST', `/v1/sites/${site}/verify`);
      await market.done(ada, 'POST', `/v1/certificates/${body.id}/verify`);
    }
    // They end the day before the quarter of the offers begins, and are valid when another one does.
    const certified = [
      { origin: 'CA', offered: kg('0'), sites: 1, certified: 0 },
      { origin: 'CN', offered: kg('0'), sites: 1, certified: 1 },
    ];
    expect(await origins()).toMatchObject({ offers: 'none', origins: certified });

    // At 110, the last price, as much costs 33,000.
    await market.approvedFloor({ price: usd('120.00'), borderAdjusted: false });
    expect(await origins()).toMatchObject({ replacement: { price: usd('110') } });
    await market.approvedFloor({ price: usd('121.00'), effectiveFrom: '2026-11-23' });
    market.api.time.now = '2026-11-23T12:00:00.000Z';
    const floored = { price: usd('121.00'), cost: { amount: '36300.00', currency: 'USD' } };
    expect(await origins()).toMatchObject({ replacement: floored });
    expect(await origins(caller('buyer-a', 'buyer'))).toMatchObject({
      replacement: { cost: { amount: '12100.00', currency: 'USD' } },
    });
  });
});
