import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeptEngine } from '../../../infra/local/engine-keeper.ts';
import { keepEngine } from '../../../infra/local/engine-keeper.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { clientAt, openTable } from '../../../infra/local/store.ts';

let folder: string;
let directory: { database: string; enginePid: string };
const cleanUp: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-'));
  directory = { database: join(folder, 'market.db'), enginePid: join(folder, 'engine.pid') };
});
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
  await rm(folder, { recursive: true, force: true });
});

const keep = async (where: typeof directory | undefined = directory) => {
  const seen = { leftovers: [] as number[], restarts: 0 };
  const engine = await keepEngine(where, {
    replacedLeftover: (pid) => seen.leftovers.push(pid),
    restarted: () => (seen.restarts += 1),
  });
  cleanUp.push(() => engine.stop());
  return { engine, seen };
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const keysIn = async (engine: KeptEngine): Promise<string[]> => {
  const client = clientAt(engine.endpoint);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'market' }));
  client.destroy();
  return Items.map((item) => item['sk']?.S ?? '').sort();
};

describe('the engine that is kept running', () => {
  it('keeps its data from one start to the next, and leaves no process and no pid file behind', async () => {
    const first = await keep();
    const client = clientAt(first.engine.endpoint);
    const table = await openTable(client, 'market');
    await table.transact([{ name: 'put', put: { pk: 'P', sk: 'kept' } }]);
    client.destroy();
    const pid = first.engine.pid();
    expect(await readFile(directory.enginePid, 'utf8')).toBe(String(pid));
    await first.engine.stop();
    expect(isAlive(pid)).toBe(false);
    await expect(readFile(directory.enginePid)).rejects.toThrow('ENOENT');

    const second = await keep();
    expect(await keysIn(second.engine)).toEqual(['kept']);
    expect(second.seen.leftovers).toEqual([]);
  });

  it('loses nothing acknowledged when it is killed while being written to, again and again', async () => {
    const { engine, seen } = await keep();
    const client = clientAt(engine.endpoint);
    cleanUp.push(() => {
      client.destroy();
    });
    await openTable(client, 'market');
    const acknowledged: string[] = [];
    let writing = true;
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; writing; count += 1) {
        const sk = `${writer}-${String(count).padStart(6, '0')}`;
        await client
          .send(new PutItemCommand({ TableName: 'market', Item: { pk: { S: 'P' }, sk: { S: sk } } }))
          .then(
            () => acknowledged.push(sk),
            // Not acknowledged: it may be there or not.
            () => undefined,
          );
      }
    };
    const writers = [0, 1, 2, 3].map(write);
    for (let kill = 1; kill <= 3; kill += 1) {
      await pause(300);
      process.kill(engine.pid(), 'SIGKILL');
      while (seen.restarts < kill) await pause(10);
    }
    await pause(300);
    writing = false;
    await Promise.all(writers);
    const kept = new Set(await keysIn(engine));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((sk) => !kept.has(sk))).toEqual([]);
  });

  it('replaces the engine that a killed run left behind', async () => {
    const leftover = await startEngine({ file: directory.database });
    cleanUp.push(() => leftover.stop());
    await writeFile(directory.enginePid, String(leftover.pid));
    const { engine, seen } = await keep();
    expect(seen.leftovers).toEqual([leftover.pid]);
    expect(isAlive(leftover.pid)).toBe(false);
    expect(isAlive(engine.pid())).toBe(true);
  });

  it('never touches a process that only has the recorded id', async () => {
    const innocent = spawn('sleep', ['60']);
    cleanUp.push(() => void innocent.kill());
    await writeFile(directory.enginePid, String(innocent.pid));
    const { seen } = await keep();
    expect(seen.leftovers).toEqual([]);
    expect(isAlive(innocent.pid ?? 0)).toBe(true);
  });

  it('never touches an engine on another database', async () => {
    const other = await startEngine({ file: join(folder, 'other.db') });
    cleanUp.push(() => other.stop());
    await writeFile(directory.enginePid, String(other.pid));
    const { seen } = await keep();
    expect(seen.leftovers).toEqual([]);
    expect(isAlive(other.pid)).toBe(true);
  });

  it('does not mind a pid file that holds no pid', async () => {
    await writeFile(directory.enginePid, '-1\n');
    const { engine, seen } = await keep();
    expect(seen.leftovers).toEqual([]);
    expect(isAlive(engine.pid())).toBe(true);
  });

  it('is lost when its data was in memory only', async () => {
    const { engine } = await keepInMemory();
    process.kill(engine.pid(), 'SIGKILL');
    expect(await engine.lost).toMatch(/SIGKILL, and its data was in memory only/);
  });

  it('is lost when it keeps crashing', async () => {
    const { engine, seen } = await keep();
    for (let crash = 1; crash <= 6; crash += 1) {
      process.kill(engine.pid(), 'SIGKILL');
      while (seen.restarts < Math.min(crash, 5)) await pause(10);
    }
    expect(await engine.lost).toMatch(/for the 6th time in a minute/);
  });
});

const keepInMemory = async () => {
  const engine = await keepEngine(undefined, {
    replacedLeftover: () => undefined,
    restarted: () => undefined,
  });
  cleanUp.push(() => engine.stop());
  return { engine };
};
