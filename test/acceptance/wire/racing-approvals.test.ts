import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyMarket } from '../../support/empty-market.ts';
import type { Answer, Client, Json } from '../../support/market-client.ts';
import { client, expectStatus } from '../../support/market-client.ts';
import type { Scene } from '../../support/scenario.ts';
import { flat, price, producer, quantity, scene } from '../../support/scenario.ts';

const server = emptyMarket();

let at: Scene;
let third: Client;
let operator: Client;
let stockpile: string;
const money = (amount: string) => ({ amount, currency: 'USD' });
const times = <T>(count: number, act: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)));
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).toSorted();
const made = async (who: Client, path: string, body?: object): Promise<Json> =>
  expectStatus(await who.post(path, body), 200, 201);

beforeAll(async () => {
  at = await scene(server.url, 'approvals');
  third = await client(server.url, 'other-ministry', ['administrator'], 'administrator-3');
  operator = await client(server.url, 'reserve', ['stockpile-operator']);
  stockpile = await proposedStockpile();
  expectStatus(await at.administrator.post(`/v1/stockpiles/${stockpile}/approve`), 200);
});

const use = { quantity: quantity('36500'), year: 2025, source: 'ministry' };
const proposedStockpile = async (): Promise<string> =>
  (
    await made(operator, '/v1/stockpiles', {
      ...{ name: 'Reserve', purpose: 'emergency-buffer', zone: 'partners' },
      products: [{ product: at.product, targetDays: 60, basis: 'consumption', annualUse: use }],
    })
  ).id as string;
const opened = async (amount: string): Promise<string> => {
  const opening = {
    ...{ product: at.product, quantity: quantity(amount), purity: '99.5', origin: 'AU' },
    ...{ location: { country: 'JP', place: 'Yokohama' }, inventoryPrice: price('80.00') },
    ...{ receivedOn: '2026-06-01', evidence: 'Warrant 17' },
  };
  const lot = await made(operator, `/v1/stockpiles/${stockpile}/lots`, { opening });
  expectStatus(await at.administrator.post(`/v1/stock-lots/${lot.id}/verify`), 200);
  return lot.id as string;
};

/** By what is proposed: how, and the path under which it waits. Whoever proposes is the first administrator or the operator. */
const proposals: readonly (readonly [string, () => Promise<string>])[] = [
  [
    'a programme',
    async () => {
      const series = { name: 'Gap', product: at.product, currency: 'USD', per: 'kg', source: 'Reports' };
      expectStatus(await at.administrator.put('/v1/reference-prices/gap', series), 201);
      const programme = await made(at.administrator, '/v1/programmes', {
        ...{ name: 'Price gap', product: at.product, zone: 'partners', design: { kind: 'one-way' } },
        ...{ strike: price('110.00'), reference: 'gap', eligible: {}, budget: money('20000.00') },
        ...{ maximumGap: price('40.00'), from: '2030-Q1', to: '2030-Q4', rationale: 'Bridge the gap.' },
      });
      return `/v1/programmes/${programme.id}`;
    },
  ],
  ['a stockpile', async () => `/v1/stockpiles/${await proposedStockpile()}`],
  [
    'a loss of stock',
    async () => {
      const lot = await opened('50');
      await made(operator, `/v1/stock-lots/${lot}/write-off`, { quantity: quantity('1'), reason: 'Fire' });
      return `/v1/stock-lots/${lot}/write-off`;
    },
  ],
  [
    'an agreement of two zones',
    async () => {
      for (const [zone, country, authority] of [
        ['left', 'FI', 'ministry'],
        ['right', 'SE', 'other-ministry'],
      ] as const)
        expectStatus(
          await at.administrator.put(`/v1/zones/${zone}`, { name: zone, members: [country], authority }),
          201,
        );
      const agreement = await made(at.administrator, '/v1/exchange/agreements', {
        ...{ zones: ['left', 'right'], products: [at.product], effectiveFrom: '2026-01-01' },
        ...{ granularity: { figures: ['available'] }, rationale: 'Joint stockpiling' },
      });
      return `/v1/exchange/agreements/${agreement.id}`;
    },
  ],
];

describe('administrators who approve at the same moment', () => {
  it.each(proposals)('%s is approved once, and never by who proposed it alone', async (what, propose) => {
    const path = await propose();
    const approvers = [at.second, third, at.second, third];
    const answers = await Promise.all(approvers.map((who) => who.post(`${path}/approve`)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won, `${what}: ${JSON.stringify(answers.map(({ body }) => body))}`).toHaveLength(1);
    for (const { status } of answers) expect([200, 403, 404, 409]).toContain(status);
  });

  it('a release takes two of them: the same one twice at once is one', async () => {
    await opened('2000');
    const { id } = await made(operator, `/v1/stockpiles/${stockpile}/releases`, {
      ...{ product: at.product, quantity: quantity('10'), reason: 'The strait is closed.' },
    });
    const member = await client(server.url, 'magnets-de', ['buyer']);
    const need = `/v1/stockpiles/${stockpile}/needs/${at.product}`;
    const declared = { annualUse: quantity('3650'), essential: false, evidence: 'Accounts' };
    expectStatus(await member.put(need, declared), 200, 201);
    await made(at.administrator, `${need}/magnets-de/verify`, { annualUse: quantity('3650') });
    const approve = (who: Client) => who.post(`/v1/releases/${id}/approve`);
    expect(statuses(await times(4, () => approve(at.second)))).toEqual([200, 409, 409, 409]);
    // Nobody but those who decide knows of it yet.
    expect((await operator.get(`/v1/releases/${id}`)).status).toBe(404);
    expect(statuses(await Promise.all([approve(third), approve(third), approve(at.administrator)]))).toEqual([
      200, 409, 409,
    ]);
    expect((await operator.get(`/v1/releases/${id}`)).body.status).toBe('approved');
    const deliver = () => operator.post(`/v1/releases/${id}/deliver`, { organisation: 'magnets-de' });
    expect(statuses(await times(4, deliver))).toEqual([200, 409, 409, 409]);
  });
});

describe('the same request from many callers at once', () => {
  it('under one Idempotency-Key has one effect, and equal answers', async () => {
    const { who, site } = await producer(at, 'keys-s', 'AU');
    const headers = { 'idempotency-key': randomUUID() };
    const body = { product: at.product, site, price: price('90.00'), delivery: flat('10') };
    const answers = await times(20, () => who.post('/v1/offers', body, headers));
    expect(new Set(answers.map(({ status, body: { id } }) => `${status} ${id}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body);
    const replayed = answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true');
    expect(replayed).toHaveLength(19);
    expect((await who.get(`/v1/offers?product=${at.product}`)).body.items).toHaveLength(1);
  });

  it('draws and transfers at once take no more out of an account than is in it, and each once', async () => {
    await opened('1000');
    const account = async (member: string): Promise<readonly [Client, string]> => {
      const who = await client(server.url, member, ['buyer']);
      const { id } = await made(operator, `/v1/stockpiles/${stockpile}/accounts`, {
        ...{ member, product: at.product, committed: quantity('1000'), inventoryPrice: price('80.00') },
        ...{ entryFee: money('500.00'), interestRate: '0.055', storageRate: '0.006', dayCount: 'ACT/360' },
        ...{ term: '2099-12-31', replenishDays: 365 },
      });
      await made(who, `/v1/stock-accounts/${id}/accept`);
      await made(operator, `/v1/stock-accounts/${id}/allocate`, { quantity: quantity('100') });
      return [who, id as string];
    };
    const [[who, own], [other, others]] = [await account('maker-x'), await account('maker-y')];
    const key = { 'idempotency-key': randomUUID() };
    const draw = (headers = {}) =>
      who.post(`/v1/stock-accounts/${own}/draw`, { quantity: quantity('30') }, headers);
    const transfer = () =>
      who.post(`/v1/stock-accounts/${own}/transfer`, { to: others, quantity: quantity('20') });
    const [keyed, draws, transfers] = await Promise.all([
      times(6, () => draw(key)),
      times(4, () => draw()),
      times(4, transfer),
    ]);
    const done = (answers: readonly Answer[]): number => answers.filter(({ status }) => status < 300).length;
    for (const { status } of [...keyed, ...draws, ...transfers])
      expect([200, 201, 409, 422]).toContain(status);
    // Those under the one key count once.
    const [drawn, moved] = [30 * (Math.min(1, done(keyed)) + done(draws)), 20 * done(transfers)];
    const leftIn = async (client: Client, id: string): Promise<number> =>
      Number((await client.get(`/v1/stock-accounts/${id}`)).body.entitlement.amount);
    expect(await leftIn(who, own)).toBe(100 - drawn - moved);
    expect(await leftIn(other, others)).toBe(100 + moved);
    expect(drawn + moved).toBeGreaterThan(70);
  });
});
