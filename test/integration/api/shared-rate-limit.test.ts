import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Turn } from '../../../functions/api/dependencies.ts';
import { sharedLimit } from '../../../functions/api/shared-rate-limit.ts';
import type { TestEngine } from '../../support/memory-dynamo/store.ts';
import { instantOf } from '../../../shared/kernel/time.ts';
import { tableDefinition } from '../../../shared/store/table/definition.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import type { RateLease, RateWindow } from '../../../shared/store/service/rate-leases.ts';
import { leaseRequests, windowAt } from '../../../shared/store/service/rate-leases.ts';
import { Table } from '../../../shared/store/table/table.ts';
import { UnitMeter } from '../../bench/cost/units.ts';
import { testApi } from '../../support/api.ts';
import { buyer, mine } from '../../support/market-api.ts';
import { memoryClient } from '../../support/memory-dynamo/client.ts';
import { MemoryDynamo } from '../../support/memory-dynamo/engine.ts';
import { runs } from '../../support/runs.ts';
import { freshTable, testTable } from '../../support/table.ts';

/** At `20,100`, the default on AWS: windows of five seconds, a hundred requests in each, leases of five. */
const rate = { perSecond: 20, burst: 100 };
const [windowMilliseconds, limit, batch] = [5000, 100, 5];
const midnight = Date.UTC(2026, 10, 22);

type Lease = (window: RateWindow, wanted: number) => Promise<RateLease>;

/** One instance of the API, with a clock that is off by `skew`. */
function instance(
  time: { now: number },
  lease: Lease,
  { skew = 0, patience = 1000 }: { skew?: number; patience?: number } = {},
) {
  const failures: unknown[] = [];
  const ask = sharedLimit({
    ...{ ...rate, lease, patience },
    clock: () => instantOf(time.now + skew),
    notShared: (error) => failures.push(error),
  });
  return { ask, failures, windowNow: () => Math.floor((time.now + skew) / windowMilliseconds) };
}

async function memoryTable(): Promise<Table> {
  const client = memoryClient(new MemoryDynamo());
  await client.send(new CreateTableCommand(tableDefinition('lodestone')));
  return new Table({ client, name: 'lodestone', pause: () => Promise.resolve(), random: () => 0 });
}
const leaseOf =
  (table: Table): Lease =>
  (window, wanted) =>
    leaseRequests(table, window, wanted);

const allowed = (turns: readonly Turn[]): number => turns.filter((turn) => turn.allowed).length;

describe('instances that share a table', () => {
  it('serve an organisation in a window no more than the limit and a batch each, whatever their clocks say', async () => {
    const step = fc.record({ which: fc.nat(5), times: fc.integer({ min: 1, max: 50 }), later: fc.nat(3000) });
    const skews = fc.array(fc.integer({ min: -7000, max: 7000 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(skews, fc.array(step, { minLength: 4, maxLength: 12 }), async (offsets, steps) => {
        const lease = leaseOf(await memoryTable());
        const time = { now: midnight };
        const instances = offsets.map((skew) => instance(time, lease, { skew }));
        const served = new Map<number, number>();
        for (const { which, times, later } of steps) {
          const { ask, windowNow } = instances[which % instances.length]!;
          const window = windowNow();
          const turns = await Promise.all(Array.from({ length: times }, () => ask('org')));
          served.set(window, (served.get(window) ?? 0) + allowed(turns));
          time.now += later;
        }
        for (const count of served.values())
          expect(count).toBeLessThanOrEqual(limit + batch * instances.length);
        expect(instances.flatMap(({ failures }) => failures)).toEqual([]);
      }),
      { numRuns: runs(20) },
    );
  });

  it('refuse nobody who asks no more often than it may, however its requests fall on them', async () => {
    const spread = fc.array(fc.nat(15), { minLength: limit, maxLength: limit });
    await fc.assert(
      fc.asyncProperty(spread, async (requests) => {
        const lease = leaseOf(await memoryTable());
        const time = { now: midnight };
        const instances = Array.from({ length: 16 }, () => instance(time, lease));
        for (const which of requests) expect((await instances[which]!.ask('org')).allowed).toBe(true);
      }),
      { numRuns: runs(20) },
    );
  });

  it('let one that asks for more use all of it, by one of them or by many, and again in the next window', async () => {
    for (const many of [1, 2, 7]) {
      const lease = leaseOf(await memoryTable());
      const time = { now: midnight };
      const instances = Array.from({ length: many }, () => instance(time, lease));
      for (let window = 0; window < 3; window += 1) {
        const turns: Turn[] = [];
        for (let request = 0; request < 2 * limit; request += 1)
          turns.push(await instances[request % many]!.ask('org'));
        expect(allowed(turns), `${many} instances`).toBe(limit + many * batch);
        time.now += windowMilliseconds;
      }
    }
  });

  it('say when to come back, what is left, and refuse nobody else', async () => {
    const lease = leaseOf(await memoryTable());
    const time = { now: midnight + 1200 };
    const { ask } = instance(time, lease);
    expect(await ask('org')).toEqual({ allowed: true, left: 104 });
    for (let request = 2; request <= limit + batch; request += 1)
      expect((await ask('org')).allowed, `${request}`).toBe(true);
    expect(await ask('org')).toEqual({ allowed: false, retryAfterSeconds: 4 });
    time.now = midnight + windowMilliseconds - 1;
    expect(await ask('org')).toEqual({ allowed: false, retryAfterSeconds: 1 });
    expect((await ask('other')).allowed).toBe(true);
    time.now = midnight + windowMilliseconds;
    expect(await ask('org')).toEqual({ allowed: true, left: 104 });
  });
});

describe('what it costs', () => {
  let engine: TestEngine;
  let table: Table;
  const meter = new UnitMeter();
  const time = { now: midnight };
  const leases: number[] = [];
  const counted: Lease = (window, wanted) => {
    leases.push(wanted);
    return leaseRequests(table, window, wanted);
  };
  beforeAll(async () => {
    const { client, ...started } = await testTable();
    engine = started.engine;
    table = await freshTable(client);
    meter.attach(client);
  });
  afterAll(() => engine.stop());

  it('is nothing for an organisation that asks less than once a second', async () => {
    const { ask } = instance(time, counted);
    for (let request = 0; request < 40; request += 1) {
      expect((await ask('quiet')).allowed).toBe(true);
      time.now += 1300;
    }
    expect(leases).toEqual([]);
  });

  it('is one unit for a batch, of racing instances too, and nothing once the limit is reached', async () => {
    const instances = Array.from({ length: 4 }, () => instance(time, counted));
    const race = () =>
      Promise.all(instances.flatMap(({ ask }) => Array.from({ length: 100 }, () => ask('racing'))));
    meter.take();
    const served = allowed(await race());
    expect(served).toBeGreaterThanOrEqual(limit);
    expect(served).toBeLessThanOrEqual(limit + batch * instances.length);
    // A lease for each batch, and of each instance one that finds nothing left.
    expect(leases.length).toBeLessThanOrEqual(limit / batch + instances.length);
    const { units } = meter.take();
    expect(units.readTable + units.readIndexes + units.writeIndexes).toBe(0);
    expect(units.writeTable).toBeLessThanOrEqual(leases.length);
    leases.length = 0;
    expect(allowed(await race())).toBe(0);
    expect(leases).toEqual([]);
  });

  it('is an item for a window, which expires and names nothing but the organisation and its count', async () => {
    const { ask } = instance(time, counted);
    for (let request = 0; request < 3 * batch; request += 1) await ask('kept');
    const begins = Math.floor(time.now / windowMilliseconds) * windowMilliseconds;
    const { expiresAt, ...item } = (await table.get(keys.rateWindow('kept', instantOf(begins)))) ?? {};
    expect(item).toEqual({ pk: 'RATE#kept', sk: instantOf(begins), taken: expect.any(BigInt) as unknown });
    const [soonest, latest] = [time.now / 1000 + 3600, time.now / 1000 + 7200];
    expect(Number(expiresAt)).toBeGreaterThan(soonest);
    expect(Number(expiresAt)).toBeLessThan(latest);
  });

  it('is given in full until the last, which is what is left, and then nothing is added', async () => {
    const window = windowAt('last', instantOf(time.now), windowMilliseconds, limit);
    const take = (wanted: number) => leaseRequests(table, window, wanted);
    expect(await take(60)).toEqual({ given: 60, taken: 60 });
    expect(await take(60)).toEqual({ given: 40, taken: 120 });
    for (let again = 0; again < 2; again += 1) expect(await take(5)).toEqual({ given: 0, taken: 120 });
  });
});

describe('a table that does not say what is left', () => {
  const refuses: Lease = () => Promise.reject(new Error('throttled'));
  const isSilent: Lease = () => new Promise(() => undefined);
  const burstOf = async (ask: ReturnType<typeof instance>['ask']): Promise<Turn[]> => {
    const turns: Turn[] = [];
    for (let request = 0; request < 3 * limit; request += 1) turns.push(await ask('org'));
    return turns;
  };

  it.each([
    ['refuses', refuses],
    ['is silent', isSilent],
  ])('%s: each instance serves what it would alone, and tells of it once a window', async (_, lease) => {
    const time = { now: midnight };
    const { ask, failures } = instance(time, lease, { patience: 5 });
    const turns = await burstOf(ask);
    expect(allowed(turns)).toBe(rate.burst);
    expect(turns.at(-1)).toEqual({ allowed: false, retryAfterSeconds: 1 });
    expect(failures).toHaveLength(1);
    time.now += windowMilliseconds;
    expect(allowed(await burstOf(ask))).toBe(rate.burst);
    expect(failures).toHaveLength(2);
  });

  it('is believed again when its answer comes after all', async () => {
    const table = await memoryTable();
    const { promise: slow, resolve: answer } = Promise.withResolvers<undefined>();
    const late: Lease = async (window, wanted) => {
      await slow;
      return leaseRequests(table, window, wanted);
    };
    const time = { now: midnight };
    const one = instance(time, late, { patience: 5 });
    const other = instance(time, leaseOf(table));
    for (let request = 0; request < 20; request += 1) expect((await one.ask('org')).allowed).toBe(true);
    expect(allowed(await burstOf(other.ask))).toBe(limit + batch);
    answer(undefined);
    await slow;
    await expect.poll(async () => (await one.ask('org')).allowed).toBe(false);
  });

  it('stops no request and makes none fail', async () => {
    const time = { now: midnight };
    const { ask } = instance(time, refuses);
    const api = testApi(await memoryTable(), { rateLimit: ask });
    for (let request = 2; request < rate.burst; request += 1) await ask(mine.organisation);
    for (let request = 0; request < 2; request += 1)
      expect((await api.call(mine, 'GET', '/v1/bids/none')).status).toBe(403);
    const refused = await api.call(mine, 'GET', '/v1/bids/none');
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect((await api.call(buyer, 'GET', '/v1/bids/none')).status).toBe(404);
  });
});
