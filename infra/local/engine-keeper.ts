import { writeFileSync } from 'node:fs';
import { realpath, rm } from 'node:fs/promises';
import type { DataDirectory } from './data-directory.ts';
import type { Engine } from './engine.ts';
import { engineBinary, startEngine } from './engine.ts';
import { replaceLeftover } from './leftover.ts';

export interface KeptEngine {
  readonly endpoint: string;
  /** The process that serves now: another one after each restart. */
  pid(): number;
  /** Resolves with the reason when the engine has ended and cannot be kept running. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

export interface KeeperEvents {
  readonly replacedLeftover: (pid: number) => void;
  readonly restarted: (reason: string) => void;
}

const restartsPerMinute = 5;

/**
 * Keeps an engine running on the directory's database, or in memory without one. An engine that crashes is
 * started again on the same port and database: what it had acknowledged is in the database, and clients retry
 * the rest. One that keeps crashing, or had its data in memory only, is lost.
 */
export async function keepEngine(
  directory:
    (Pick<DataDirectory, 'database' | 'enginePid'> & { readonly engineEndpoint?: string }) | undefined,
  events: KeeperEvents,
): Promise<KeptEngine> {
  if (directory !== undefined) {
    const leftover = await replaceLeftover({
      pidFile: directory.enginePid,
      binary: await realpath(engineBinary()),
      database: directory.database,
    });
    if (leftover !== undefined) events.replacedLeftover(leftover);
  }
  const start = (port?: number): Promise<Engine> =>
    startEngine({
      file: directory?.database,
      port,
      ownGroup: true,
      onSpawn: (pid) => {
        if (directory !== undefined) writeFileSync(directory.enginePid, String(pid), { mode: 0o600 });
      },
    });

  let engine = await start();
  // A restarted engine answers where the first one did.
  if (directory?.engineEndpoint !== undefined)
    writeFileSync(directory.engineEndpoint, engine.endpoint, { mode: 0o600 });
  let stopping = false;
  const isStopping = (): boolean => stopping;
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();

  const keep = async (): Promise<void> => {
    const restarts: number[] = [];
    for (;;) {
      const reason = await engine.ended;
      if (isStopping()) return;
      const now = performance.now();
      while (restarts[0] !== undefined && restarts[0] < now - 60_000) restarts.shift();
      if (directory === undefined) throw new Error(`${reason}, and its data was in memory only`);
      if (restarts.length >= restartsPerMinute)
        throw new Error(`${reason}, for the ${restartsPerMinute + 1}th time in a minute`);
      restarts.push(now);
      engine = await start(engine.port);
      if (isStopping()) {
        await engine.stop();
        return;
      }
      events.restarted(reason);
    }
  };
  const kept = keep().catch((error: unknown) => {
    lose(error instanceof Error ? error.message : String(error));
  });

  return {
    endpoint: engine.endpoint,
    pid: () => engine.pid,
    lost,
    stop: async () => {
      stopping = true;
      await engine.stop();
      await kept;
      if (directory !== undefined) await rm(directory.enginePid, { force: true });
      if (directory?.engineEndpoint !== undefined) await rm(directory.engineEndpoint, { force: true });
    },
  };
}
