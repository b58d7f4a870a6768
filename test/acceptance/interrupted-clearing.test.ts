import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, Json } from '../support/market-client.ts';
import { clearMarket, client, expectStatus } from '../support/market-client.ts';
import { bid, flat, nextQuarter, offer, scene } from '../support/scenario.ts';
import type { Server } from '../support/server.ts';
import { startServer } from '../support/server.ts';

/** The whole process is killed at some moment of a clearing, as by a power cut, and started again. */

const sellers = 8;
const buyers = 8;
const quarters = 6;

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-'));
  server = await startServer(['--data', folder, '--empty']);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const delivery = (amount: number) => flat(String(amount), nextQuarter(), nextQuarter(quarters));

async function market(product: string): Promise<void> {
  const at = await scene(server.url, product);
  for (let n = 0; n < sellers; n += 1)
    await offer(at, `${product}-mine-${n}`, 'AU', `${80 + n}.00`, '0', { delivery: delivery(100 + 7 * n) });
  for (let n = 0; n < buyers; n += 1)
    await bid(at, `${product}-works-${n}`, `${130 - n}.00`, '0', {
      delivery: delivery(90 + 11 * n),
      maxOriginShare: '1',
    });
}

const auditor = (): Promise<Client> => client(server.url, 'court-of-auditors', ['auditor']);
const list = async (who: Client, path: string): Promise<Json[]> =>
  expectStatus(await who.get(`${path}&limit=100`), 200).items as Json[];

/** For every order and quarter: quantity = remaining + Σ contracts. Answers all that was contracted. */
async function balance(product: string): Promise<number> {
  const who = await auditor();
  const contracts = await list(who, `/v1/contracts?product=${product}`);
  expect(new Set(contracts.map(({ id }) => id as string)).size).toBe(contracts.length);
  let total = 0;
  for (const side of ['offer', 'bid'] as const)
    for (const order of await list(who, `/v1/${side}s?product=${product}`)) {
      for (const { quarter, quantity } of order.remaining as Json[]) {
        const sold = contracts
          .filter((contract) => contract[side] === order.id)
          .flatMap(({ schedule }) => schedule as Json[])
          .filter((entry) => entry.quarter === quarter)
          .reduce<number>((sum, entry) => sum + Number(entry.quantity.amount), 0);
        expect(sold + Number(quantity.amount)).toBe(Number(order.delivery.quantityPerQuarter.amount));
        if (side === 'offer') total += sold;
      }
    }
  return total;
}

describe('a clearing that is killed with everything else', () => {
  it.each([0, 10, 30, 60, 100, 160, 250, 400])(
    'after %d ms is completed by a restart, without a tonne lost or doubled',
    async (delay) => {
      const product = `killed-${delay}`;
      await market(product);
      const administrator = await client(server.url, 'ministry', ['administrator']);
      const { id } = expectStatus(await administrator.post('/v1/clearings', { product }), 202) as {
        id: string;
      };
      await pause(delay);
      await server.stop('SIGKILL');
      server = await startServer(['--data', folder, '--empty']);

      const again = await client(server.url, 'ministry', ['administrator']);
      let clearing: Json;
      for (let waited = 0; waited < 20_000; waited += 50) {
        clearing = expectStatus(await again.get(`/v1/clearings/${id}`), 200);
        if (clearing.status === 'completed' || clearing.status === 'failed') break;
        await pause(50);
      }
      expect(clearing.status).toBe('completed');
      const sold = await balance(product);
      expect(sold).toBeGreaterThan(0);
      // A second clearing makes no contract and changes nothing.
      expect(await clearMarket(again, product)).toMatchObject({ status: 'completed', contracts: 0 });
      expect(await balance(product)).toBe(sold);
    },
  );
});
