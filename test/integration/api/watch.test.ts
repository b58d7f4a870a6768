import { beforeEach, describe, expect, it } from 'vitest';
import { tokenBuckets } from '../../../functions/api/rate-limit.ts';
import { consume } from '../../../functions/clearing/consume.ts';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { follow, sweep } from '../../../functions/stream/follow.ts';
import { followBeat } from '../../../functions/stream/follow-beat.ts';
import { tick } from '../../../functions/tick/tick.ts';
import { readAll } from '../../../shared/store/reference/reference.ts';
import { caller, testApi } from '../../support/api.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { ada, auditor, buyer, mine } from '../../support/market-api.ts';
import { memoryMetrics } from '../../support/metrics.ts';
import { bidBody, flat, Trading, usd } from '../../support/trading.ts';

const engine = engineOfFile();
let market: Trading;
let metrics: ReturnType<typeof memoryMetrics>;
beforeEach(async () => {
  market = await Trading.open(engine.client);
  metrics = memoryMetrics();
});

const run = async () => {
  market.pass(2000);
  return runDueClearings({ ...market.worker, metrics }, { product: 'ndpr-oxide' });
};
const ticker = () => {
  const { table, clock, logger } = market.api.dependencies;
  return {
    ...{ table, clock, logger, metrics },
    products: () => readAll(table, 'product'),
    productAt: () => Promise.resolve(undefined),
    wake: () => Promise.resolve(),
  };
};

describe('a contract', () => {
  it('can be followed back to the request that asked for its clearing, and that one’s lines in the log', async () => {
    await market.offer();
    await market.bid();
    const named = { 'X-Request-Id': 'audit-2026-0001' };
    const asked = await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' }, named);
    const record = {
      messageId: 'message-1',
      body: JSON.stringify({ product: 'ndpr-oxide' }),
      attributes: { MessageGroupId: 'ndpr-oxide' },
      messageAttributes: { requestId: { stringValue: 'audit-2026-0001' } },
    };
    const { logger } = market.api.dependencies;
    expect(await consume([record], { run, logger, wake: () => Promise.resolve() })).toEqual({
      batchItemFailures: [],
    });

    const { items } = (await market.done(auditor, 'GET', '/v1/contracts?product=ndpr-oxide')).body;
    const contract = (await market.done(auditor, 'GET', `/v1/contracts/${items[0]!.id}`)).body;
    const clearing = (await market.done(auditor, 'GET', `/v1/clearings/${String(contract['clearing'])}`))
      .body;
    expect(clearing).toMatchObject({ id: asked.body.id, requestId: 'audit-2026-0001', status: 'completed' });
    const lines = market.api.log
      .filter(({ fields }) => 'requestId' in fields && fields.requestId === 'audit-2026-0001')
      .map(({ message, fields }) => ({ message, ...fields }));
    expect(lines).toMatchObject([
      { message: 'request', operation: 'requestClearing', resource: `/v1/clearings/${clearing.id}` },
      { message: 'a message', messageId: 'message-1' },
      { message: 'run opened', clearing: clearing.id, run: 1 },
      { message: 'run decided', clearing: clearing.id },
      { message: 'run closed', clearing: clearing.id, contracts: 1 },
    ]);
  });

  it('keeps the request of whoever asked first, where a request is repeated under its key', async () => {
    const ask = (requestId: string) =>
      market.done(...([ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' }] as const), {
        'Idempotency-Key': 'once',
        'X-Request-Id': requestId,
      });
    const first = await ask('request-1');
    await ask('request-2');
    const { body } = await market.done(auditor, 'GET', `/v1/clearings/${first.body.id}`);
    expect(body['requestId']).toBe('request-1');
  });

  it('whatever is logged on its way holds no price, no quantity and no token', async () => {
    const offered = await market.offer({ price: usd('91.37'), delivery: flat('73') });
    await market.bid({ price: usd('129.83'), delivery: flat('73') });
    await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    await run();
    const log = JSON.stringify(market.api.log);
    expect(log).toContain(offered.body.id);
    for (const secret of ['91.37', '9137', '129.83', '12983', '"73"', 'Bearer', 'eyJ'])
      expect(log).not.toContain(secret);
  });
});

describe('what the API measures', () => {
  it('orders once each however often they are sent, refusals by code, and how long it took', async () => {
    const api = testApi(market.api.dependencies.table, {
      metrics,
      clock: market.api.dependencies.clock,
      rateLimit: tokenBuckets({ perSecond: 1, burst: 4, clock: market.api.dependencies.clock }),
    });
    const key = { 'Idempotency-Key': 'bid-1' };
    const { body } = await api.call(buyer, 'POST', '/v1/bids', bidBody(), key);
    expect((await api.call(buyer, 'POST', '/v1/bids', bidBody(), key)).status).toBe(201);
    expect((await api.call(buyer, 'POST', '/v1/bids', bidBody({ price: 3 }))).status).toBe(422);
    expect((await api.call(buyer, 'POST', `/v1/bids/${body.id}/withdraw`)).status).toBe(200);
    expect((await api.call(buyer, 'GET', '/v1/bids')).status).toBe(429);
    const counted = ['Requests', 'OrdersPosted', 'OrdersWithdrawn', 'ClientErrors', 'RateLimited'] as const;
    expect(counted.map((name) => metrics.sumOf(name))).toEqual([5, 1, 1, 2, 1]);
    expect(metrics.sumOf('Refusals', { code: 'rate_limited' })).toBe(1);
    expect(metrics.measured.filter(({ name }) => name === 'RequestTime')).toHaveLength(5);
    expect(JSON.stringify(metrics.measured)).not.toContain(buyer.organisation);
  });

  it('faults of ours, and answers all the same where nothing can be measured', async () => {
    const api = testApi(market.api.dependencies.table, {
      metrics,
      verifyToken: () => Promise.reject(new Error('keys are away')),
    });
    expect((await api.call(buyer, 'GET', '/v1/bids')).status).toBe(500);
    expect(metrics.sumOf('ServerErrors')).toBe(1);
    expect(metrics.sumOf('Refusals', { code: 'internal' })).toBe(1);
  });
});

describe('what a clearing measures', () => {
  const clear = async () => {
    await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    await run();
  };
  const named = (name: string) => metrics.measured.find((each) => each.name === name);

  it('that it ended, how long it took, and no figure of a trade between two', async () => {
    await market.offer();
    await market.bid();
    await clear();
    expect(metrics.measured.map(({ name, value }) => [name, value])).toEqual([
      ['ContractsConcluded', 1],
      ['FiguresWithheld', 1],
      ['ClearingsCompleted', 1],
      ['AwardsNotConcluded', 0],
      ['TimeToClear', 2],
    ]);
  });

  it('its figures where three stand on either side', async () => {
    await market.approvedFloor();
    for (const organisation of ['a', 'b', 'c', 'd'])
      await market.offerOf(`works-${organisation}`, 'CN', { price: usd('90.00') });
    for (const organisation of ['a', 'b', 'c'])
      await market.bid({}, caller(`magnets-${organisation}`, 'buyer'));
    await clear();
    expect(named('FiguresWithheld')).toBeUndefined();
    expect(named('Volume')).toMatchObject({ value: 0.3, dimensions: {} });
    const view = (await market.done(buyer, 'GET', '/v1/markets/ndpr-oxide')).body;
    expect(view['clearings']).toMatchObject([{ volume: { amount: '300', unit: 'kg' }, withheld: false }]);
    // 300 kg at the floor of USD 110, sellers paid the 90 that they ask; buyers would have paid 130.
    expect(named('Value')).toMatchObject({ value: 33_000, dimensions: { currency: 'USD' } });
    expect(named('FloorBoundShare')).toMatchObject({ value: 100 });
    expect(named('Levy')).toMatchObject({ value: 6000, dimensions: { currency: 'USD' } });
    expect(named('Gains')).toMatchObject({ value: 6000, dimensions: { currency: 'USD' } });
  });

  it('no share of what a floor bound, where the rest of the volume is one seller’s', async () => {
    await market.approvedFloor();
    for (const organisation of ['a', 'b', 'c'])
      await market.offerOf(`works-${organisation}`, 'CN', { price: usd('90.00') });
    await market.offerOf('works-d', 'CN', { price: usd('115.00') });
    for (const organisation of ['a', 'b', 'c', 'd'])
      await market.bid({}, caller(`magnets-${organisation}`, 'buyer'));
    await clear();
    expect(named('Volume')).toMatchObject({ value: 0.4 });
    expect(named('FloorBoundShare')).toBeUndefined();
  });
});

describe('the tick', () => {
  it('beats: health knows when it was, what waits, and whether the beat came through the stream', async () => {
    const health = async () => (await market.done(undefined, 'GET', '/healthz')).body;
    await tick(ticker());
    const { table } = market.api.dependencies;
    await followBeat(table, await table.query('HEALTH'));
    expect(await health()).toMatchObject({ status: 'ok' });

    await market.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
    market.pass(1_800_001);
    expect(await health()).toMatchObject({
      status: 'degraded',
      parts: { table: 'ok', tick: 'late', follower: 'late', leftovers: 'ok' },
    });
    await tick(ticker());
    expect(await health()).toMatchObject({ parts: { tick: 'ok', follower: 'late', leftovers: 'late' } });
    expect(metrics.sumOf('OldestRequestAge')).toBeCloseTo(1800, 0);
    expect(metrics.sumOf('FollowerLag')).toBeGreaterThan(1800);
    await run();
    await tick(ticker());
    await followBeat(table, await table.query('HEALTH'));
    expect(await health()).toMatchObject({ status: 'ok' });
  });

  it('tells a stranger no more than words', async () => {
    await market.offer({}, mine);
    await tick(ticker());
    const { body } = await market.done(undefined, 'GET', '/healthz');
    expect(Object.keys(body).toSorted()).toEqual(['parts', 'status']);
    const words = Object.values(body['parts'] as object);
    expect(words.every((word) => ['ok', 'late', 'unknown'].includes(word as string))).toBe(true);
  });
});

describe('the follower', () => {
  it('counts what it follows, and the products that it could not assess', async () => {
    const { table, clock, logger } = market.api.dependencies;
    const follower = { table, clock, logger, metrics };
    await follow(follower, [{ id: 'an event', concerns: () => true }]);
    expect(metrics.sumOf('EventsFollowed')).toBe(1);
    expect(await sweep(follower)).toMatchObject({ failed: [] });
    expect(metrics.measured.at(-1)).toMatchObject({ name: 'ProductsNotAssessed', value: 0 });
  });
});
