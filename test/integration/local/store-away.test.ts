import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../../infra/audit/audit.ts';
import { engineBinary, startEngine } from '../../../infra/local/engine.ts';
import type { Reporter } from '../../../infra/local/reporter.ts';
import { start } from '../../../infra/local/start.ts';
import { clientAt, openTable } from '../../../infra/local/store.ts';
import { watchStores } from '../../../infra/local/store-watch.ts';
import type { Answer, Json } from '../../support/market-client.ts';
import { client, expectStatus } from '../../support/market-client.ts';
import { bid, flat, price, producer, scene } from '../../support/scenario.ts';
import { freePort } from '../../support/server.ts';

let folder: string;
let told: string[];
const cleanUp: (() => unknown)[] = [];
beforeEach(async () => {
  told = [];
  folder = await mkdtemp(join(tmpdir(), 'lodestone-'));
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await rm(folder, { recursive: true, force: true });
});

const report: Reporter = {
  step: () => undefined,
  event: () => undefined,
  problem: (text) => {
    told.push(text);
  },
};
const startOn = (endpoint: string, port: number, signal = new AbortController().signal) =>
  start(
    { port, data: join(folder, 'data'), empty: true, json: false, webhookHosts: [] },
    { endpoint, tableName: undefined },
    report,
    signal,
  );

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let waited = 0; waited < 20_000; waited += 25) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await pause(25);
  }
  throw new Error(`never: ${what}`);
}
const health = (url: string): Promise<Response | undefined> => fetch(`${url}/healthz`).catch(() => undefined);

describe('a store that is away at the start', () => {
  it('is waited for, which health and the operator are told, and is taken when it comes', async () => {
    const [enginePort, port] = [await freePort(), await freePort()];
    const endpoint = `http://127.0.0.1:${enginePort}`;
    const starting = startOn(endpoint, port);
    const away = await until('health says so', async () => {
      const answer = await health(`http://127.0.0.1:${port}`);
      const body = (await answer?.json()) as Json;
      return body?.detail?.includes('waits for its store') === true ? { answer, body } : undefined;
    });
    expect(away.answer?.status).toBe(503);
    expect(away.answer?.headers.get('retry-after')).toBe('5');
    expect(away.body).toMatchObject({ code: 'unavailable' });
    expect(told).toEqual([`No DynamoDB answers at ${endpoint} (ECONNREFUSED); waiting for it.`]);
    const engine = await startEngine({ port: enginePort });
    cleanUp.push(() => engine.stop());
    const running = await starting;
    cleanUp.push(() => running.stop());
    expect((await health(running.url))?.status).toBe(200);
    await scene(running.url, 'after-all');
  });

  it('is no longer waited for when told to stop', async () => {
    const stop = new AbortController();
    const starting = startOn(`http://127.0.0.1:${await freePort()}`, 0, stop.signal);
    await until('it waits', () => Promise.resolve(told[0]));
    stop.abort();
    await expect(starting).rejects.toThrow('aborted');
  });
});

describe('a store whose disk is full', () => {
  /** An engine that meets its file size limit as it would a full disk: writes fail, and it goes on. */
  async function limitedEngine() {
    const port = await freePort();
    const args = ['--port', String(port), '--db-path', join(folder, 'market.db')];
    const child = spawn('sh', ['-c', `trap '' XFSZ; exec "$@"`, 'sh', engineBinary(), ...args], {
      stdio: 'ignore',
    });
    cleanUp.push(async () => {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    });
    const endpoint = `http://127.0.0.1:${port}`;
    await until('the engine answers', () => fetch(endpoint).catch(() => undefined));
    const room = (bytes: string) => {
      execFileSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`]);
    };
    return { endpoint, room };
  }

  it('refuses writes with 503, keeps what it has, and goes on once there is room', async () => {
    const { endpoint, room } = await limitedEngine();
    const running = await startOn(endpoint, 0);
    cleanUp.push(() => running.stop());
    const at = await scene(running.url, 'ndpr-oxide');
    const { who, site } = await producer(at, 'mine-au', 'AU');
    const body = { product: at.product, site, price: price('90.00'), delivery: flat('100') };
    expectStatus(await who.post('/v1/offers', body), 201);
    await bid(at, 'magnets-de', '130.00', '80');
    const asked = expectStatus(await at.administrator.post('/v1/clearings', { product: at.product }), 202);

    // Whatever the clearing has come to, from here on nothing can be written.
    room('1');
    const dear = { ...body, price: price('150.00') };
    const again: Answer = await who.post('/v1/offers', dear, { 'Idempotency-Key': 'full' });
    expect(again.status).toBe(503);
    expect(again.headers.get('content-type')).toBe('application/problem+json');
    expect(again.headers.get('retry-after')).toBe('5');
    expect(again.body.code).toBe('unavailable');
    // What is inside is for the operator, not for callers.
    expect(JSON.stringify(again.body)).not.toMatch(/disk|sqlite|engine/i);
    expect(told.filter((text) => text.startsWith('The disk takes no more writes'))).toEqual([
      expect.stringMatching(/: \d+ MB free in .+ Make room, and the market goes on by itself; nothing/),
    ]);
    expect((await health(running.url))?.status).toBe(503);
    expect(expectStatus(await who.get('/v1/offers'), 200).items).toHaveLength(1);

    room('unlimited');
    await until('health', async () => ((await health(running.url))?.status === 200 ? true : undefined));
    expect(told).toContain('The store answers again, and takes writes.');
    expectStatus(await who.post('/v1/offers', dear, { 'Idempotency-Key': 'full' }), 201);
    const repeated = await who.post('/v1/offers', dear, { 'Idempotency-Key': 'full' });
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    const auditor = await client(running.url, 'court-of-auditors', ['auditor']);
    const clearing: Json = await until('the clearing has ended', async () => {
      const { body: now } = await auditor.get(`/v1/clearings/${asked.id}`);
      return now.status === 'completed' ? now : undefined;
    });
    expect(clearing.contracts).toBe(1);
    expect(expectStatus(await who.get('/v1/offers'), 200).items).toHaveLength(2);
    expect((await audit(await openTable(clientAt(endpoint), 'lodestone'))).findings).toEqual([]);
  });

  it('is told to the operator when documents do not fit, too', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    let recovered = 0;
    let isFull = true;
    const watch = watchStores(clientAt('http://127.0.0.1:1'), {
      directory: folder,
      tell: (text) => void told.push(text),
      recovered: () => (recovered += 1),
    });
    const objects = watch.objects({
      put: () => (isFull ? Promise.reject(full) : Promise.resolve()),
      get: () => Promise.resolve(undefined),
    });
    for (let times = 0; times < 3; times += 1)
      await expect(objects.put('clearings/a', new Uint8Array())).rejects.toBe(full);
    expect(told).toEqual([expect.stringContaining('The disk takes no more writes')]);
    isFull = false;
    await objects.put('clearings/a', new Uint8Array());
    expect(told).toHaveLength(2);
    expect(recovered).toBe(1);
  });
});
