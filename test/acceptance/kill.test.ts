import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, Json } from '../support/market-client.ts';
import { client, expectStatus } from '../support/market-client.ts';
import { flat, nextQuarter, price, producer, scene, type Scene } from '../support/scenario.ts';
import { startServer, type Server } from '../support/server.ts';

let data: string;
let server: Server;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'lodestone-kill-'));
  server = await startServer(['--data', data, '--empty']);
});
afterAll(async () => {
  await server.stop();
  await rm(data, { recursive: true, force: true });
});

/** What the clearing was doing when the server died: the test must not pass by always coming too late. */
const killedWhile: string[] = [];

const sellers = 8;
const buyers = 30;

/** Eight sellers, thirty buyers with limits that decline: every bid is met in part by several offers. */
async function fillBook(at: Scene): Promise<void> {
  const to = nextQuarter(8);
  await Promise.all(
    Array.from({ length: sellers }, async (_, index) => {
      const { who, site } = await producer(at, `mine-${index}`, ['AU', 'CL', 'US', 'BR'][index % 4]!);
      const body = {
        product: at.product,
        site,
        price: price(`${60 + index}.00`),
        delivery: flat('97', nextQuarter(), to),
      };
      expectStatus(await who.post('/v1/offers', body), 201);
    }),
  );
  await Promise.all(
    Array.from({ length: buyers }, async (_, index) => {
      const who = await client(at.url, `works-${index}`, ['buyer']);
      const body = {
        product: at.product,
        destination: 'DE',
        price: price(`${130 - index}.00`),
        delivery: flat('41', nextQuarter(), to),
        maxOriginShare: '0.65',
      };
      expectStatus(await who.post('/v1/bids', body), 201);
    }),
  );
}

async function everything(who: Client, path: string): Promise<Json[]> {
  const items: Json[] = [];
  let cursor: string | null = null;
  do {
    const page: Json = expectStatus(
      await who.get(`${path}&limit=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`),
      200,
    );
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}

/** Every order's quantity is what remains of it and what its contracts carry, quarter by quarter. */
async function expectNothingLostOrDoubled(auditor: Client, product: string, clearing: Json): Promise<void> {
  const contracts = await everything(auditor, `/v1/contracts?product=${product}`);
  expect(new Set(contracts.map(({ id }) => id)).size).toBe(contracts.length);
  expect(contracts.filter((contract) => contract.clearing === clearing.id)).toHaveLength(clearing.contracts);
  const carried = new Map<string, number>();
  for (const contract of contracts)
    for (const { quarter, quantity } of contract.schedule)
      for (const order of [contract.offer, contract.bid]) {
        const key = `${order} ${quarter}`;
        carried.set(key, (carried.get(key) ?? 0) + Number(quantity.amount));
      }
  for (const [kind, quantity] of [
    ['offers', 97],
    ['bids', 41],
  ] as const)
    for (const order of await everything(auditor, `/v1/${kind}?product=${product}`))
      for (const { quarter, quantity: left } of order.remaining)
        expect(Number(left.amount) + (carried.get(`${order.id} ${quarter}`) ?? 0)).toBe(quantity);
}

describe('kill -9 in the middle of a clearing', () => {
  it.each([15, 150, 300, 500, 800])(
    'after %i ms: a restart completes it, nothing lost or doubled',
    async (delay) => {
      const product = `killed-${delay}`;
      const at = await scene(server.url, product);
      await fillBook(at);
      const { id } = expectStatus(await at.administrator.post('/v1/clearings', { product }), 202);
      await pause(delay);
      const before: Json = expectStatus(await at.administrator.get(`/v1/clearings/${id}`), 200);
      await server.stop('SIGKILL');
      killedWhile.push(before.status);

      server = await startServer(['--data', data, '--empty']);
      const auditor = await client(server.url, 'court-of-auditors', ['auditor']);
      let clearing: Json;
      const deadline = Date.now() + 20_000;
      do {
        await pause(20);
        clearing = expectStatus(await auditor.get(`/v1/clearings/${id}`), 200);
      } while (clearing.status !== 'completed' && clearing.status !== 'failed' && Date.now() < deadline);
      expect(clearing.status).toBe('completed');
      expect(clearing.contracts).toBeGreaterThan(30);
      await expectNothingLostOrDoubled(auditor, product, clearing);
    },
  );

  it('met clearings that were under way', () => {
    expect(killedWhile.filter((status) => status !== 'completed')).not.toEqual([]);
  });
});
