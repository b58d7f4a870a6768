import { Hono } from 'hono/tiny';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Env } from '../../../functions/api/answer.ts';
import { Evidence } from '../../../infra/audit/evidence.ts';
import { scan } from '../../../infra/audit/scan.ts';
import { addDevClock } from '../../../infra/local/dev-clock.ts';
import type { TestEngine } from '../../support/memory-dynamo/store.ts';
import { marketClock } from '../../../infra/local/market-clock.ts';
import { millisecondsOf } from '../../../shared/kernel/time.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { testTable } from '../../support/table.ts';

let engine: TestEngine;
let table: Table;
beforeAll(async () => {
  ({ engine, table } = await testTable());
});
afterAll(async () => {
  await engine.stop();
});

const machine = () => millisecondsOf('2026-11-22T12:00:00.000Z');

describe('the clock of a market on one machine', () => {
  it('is moved ahead and stays so, through a restart; never back, and not into another century', async () => {
    const clock = await marketClock(table, machine);
    expect(clock.now()).toBe('2026-11-22T12:00:00.000Z');
    expect(await clock.moveTo('2027-04-02T08:00:00.000Z')).toEqual({
      ok: true,
      value: '2027-04-02T08:00:00.000Z',
    });
    for (const instant of ['2027-04-02T07:59:59.999Z', '2207-04-02T08:00:00.000Z'])
      expect(await clock.moveTo(instant)).toMatchObject({ ok: false, problem: { code: 'invalid_request' } });
    const restarted = await marketClock(table, () => machine() + 60_000);
    expect(restarted.now()).toBe('2027-04-02T08:01:00.000Z');
  });

  it('of two moves at once the later one stands', async () => {
    const clock = await marketClock(table, machine);
    await Promise.all(['2027-08-01', '2027-06-01'].map((day) => clock.moveTo(`${day}T00:00:00.000Z`)));
    expect(clock.now()).toBe('2027-08-01T00:00:00.000Z');
    expect((await marketClock(table, machine)).now()).toBe(clock.now());
  });

  it('is read and moved over HTTP, and told what is wrong', async () => {
    const app = new Hono<Env>();
    addDevClock(app, await marketClock(table, machine));
    const post = async (body: unknown) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await app.request('/dev/clock', { method: 'POST', headers, body: JSON.stringify(body) });
      return [answer.status, await answer.json()];
    };
    expect(await post({ now: '2027-09-01T00:00:00.000Z' })).toEqual([
      200,
      { now: '2027-09-01T00:00:00.000Z' },
    ]);
    expect(await (await app.request('/dev/clock')).json()).toEqual({ now: '2027-09-01T00:00:00.000Z' });
    for (const body of [{ now: '2027-09-02' }, {}, { now: '2027-08-31T00:00:00.000Z' }])
      expect(await post(body)).toMatchObject([422, { errors: [{ pointer: '/now' }] }]);
  });

  it('is what the audit goes by', async () => {
    const evidence = new Evidence();
    for await (const page of scan(table)) for (const item of page) evidence.see(item);
    expect(evidence.clockAhead).toBe(millisecondsOf('2027-09-01T00:00:00.000Z') - machine());
  });
});
