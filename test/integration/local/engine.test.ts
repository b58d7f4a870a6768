import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../../infra/local/engine.ts';
import { clientAt, openTable } from '../../../infra/local/store.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Somebody else's server, who answers whatever is asked. */
async function stranger() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers['x-amz-target'] ?? request.url));
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

describe('an engine that starts', () => {
  it('takes another port where somebody was first to take the one that was free, and is not mistaken for them', async () => {
    const first = await stranger();
    const found: number[] = [];
    const findPort = async (): Promise<number> => {
      const next = found.length === 0 ? first.port : await freedPort();
      found.push(next);
      return next;
    };
    const pids: number[] = [];
    const engine = await startEngine({ findPort, onSpawn: (pid) => pids.push(pid) });
    cleanUp.push(() => engine.stop());
    expect(found.length).toBeGreaterThan(1);
    expect(engine.port).toBe(found.at(-1));
    expect(engine.pid).toBe(pids.at(-1));
    expect(first.asked).toEqual([]);
    const client = clientAt(engine.endpoint);
    const table = await openTable(client, 'market');
    expect((await table.transact([{ name: 'put', put: { pk: 'P', sk: 'kept' } }])).done).toBe(true);
    client.destroy();
  });

  it('keeps to the port that it was asked for, and says that it is taken', async () => {
    const { port, asked } = await stranger();
    await expect(startEngine({ port })).rejects.toThrow(`port ${port} is already in use`);
    expect(asked).toEqual([]);
  });

  it('gives up where every port that is free is taken before it comes to it', async () => {
    const { port } = await stranger();
    let tries = 0;
    const findPort = (): Promise<number> => Promise.resolve((tries += 1)).then(() => port);
    await expect(startEngine({ findPort })).rejects.toThrow('already in use');
    expect(tries).toBe(5);
  });

  it('that dies on the way is told of at once, with its last words; one that cannot be run, too', async () => {
    // Node itself does not know the engine's options.
    await expect(startEngine({ binary: process.execPath })).rejects.toThrow(
      /ended with code 9: .*bad option/s,
    );
    await expect(startEngine({ binary: '/nowhere/dynoxide' })).rejects.toThrow(/ENOENT/);
  });
});

async function freedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
