import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '../..');

interface Scripts {
  readonly scripts: { readonly start: string };
}
const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as Scripts;
/** What `npm start` gives to Node: the bounds of its memory, and the program. */
export const startArguments = scripts.start.split(' ').slice(1);

/** The server as a person starts it: a process of its own, reached through HTTP only. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  /** Everything it has printed so far. */
  printed(): string;
  /** Ends it as Ctrl-C does, or as the kernel does with SIGKILL, and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts `npm start -- …` without npm, and waits until orders can be taken. */
export async function startServer(
  options: readonly string[],
  timeoutSeconds = 60,
  environment: Readonly<Record<string, string>> = {},
  at: { readonly port?: number; readonly pollMilliseconds?: number } = {},
): Promise<Server> {
  const port = at.port ?? (await freePort());
  const child = spawn(
    resolve(root, 'node_modules/.bin/node'),
    [...startArguments, '--port', String(port), ...options],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${output}`);
    const healthy = await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) break;
    if (Date.now() > deadline) throw new Error(`The server is not up after ${timeoutSeconds} s:\n${output}`);
    await pause(at.pollMilliseconds ?? 50);
  }
  return {
    url,
    pid: child.pid ?? 0,
    printed: () => output,
    stop: async (signal = 'SIGINT') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

export const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) found(address.port);
        else failed(new Error('no free port'));
      });
    });
  });
