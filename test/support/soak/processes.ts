import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, startServer, type Server } from '../server.ts';

export const targets = ['server', 'engine', 'both'] as const;
export type Target = (typeof targets)[number];

/** One death, and how long it took until a request was answered with 200 again. */
export interface Kill {
  readonly target: Target;
  /** From the start command, or, where the engine alone died, from its death. */
  readonly recoveredAfterMilliseconds: number;
}

/** A server and its engine as real processes on one directory and one port, to be killed and started again. */
export class KilledMarket {
  readonly url: string;
  readonly kills: Kill[] = [];
  readonly #data: string;
  readonly #port: number;
  #server: Server;

  private constructor(data: string, port: number, server: Server) {
    this.#data = data;
    this.#port = port;
    this.#server = server;
    this.url = server.url;
  }

  static async open(data: string): Promise<KilledMarket> {
    const port = await freePort();
    return new KilledMarket(data, port, await start(data, port));
  }

  /** What the server that runs now has said. */
  get printed(): string {
    return this.#server.printed();
  }

  async kill(target: Target): Promise<void> {
    // The keeper writes it anew when it has started another engine.
    const engine = Number(await readFile(join(this.#data, 'engine.pid'), 'utf8'));
    if (target === 'engine') {
      process.kill(engine, 'SIGKILL');
      const died = performance.now();
      await this.#untilHealthy();
      this.kills.push({ target, recoveredAfterMilliseconds: performance.now() - died });
      return;
    }
    const dead = this.#server.stop('SIGKILL');
    if (target === 'both') process.kill(engine, 'SIGKILL');
    await dead;
    const begun = performance.now();
    this.#server = await start(this.#data, this.#port);
    this.kills.push({ target, recoveredAfterMilliseconds: performance.now() - begun });
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async #untilHealthy(): Promise<void> {
    for (let waited = 0; waited < 30_000; waited += 10) {
      const healthy = await fetch(`${this.url}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (healthy) return;
      await pause(10);
    }
    throw new Error(`The server does not recover from its engine's death:\n${this.printed}`);
  }
}

const start = (data: string, port: number): Promise<Server> =>
  startServer(['--data', data, '--empty'], 60, {}, { port, pollMilliseconds: 10 });
