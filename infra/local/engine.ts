import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A running embedded DynamoDB. */
export interface Engine {
  readonly endpoint: string;
  readonly pid: number;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

/** The engine's binary for this platform, or an error that says what to do. */
export function engineBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/dynoxide`);
  } catch {
    throw new Error(
      `No embedded DynamoDB for this platform: run "npm install --no-save ${name}", ` +
        'or set DYNAMODB_ENDPOINT to a DynamoDB of your own.',
    );
  }
}

/** Starts an engine on a free port; in memory unless `file` names its database. */
export async function startEngine(options: { file?: string } = {}): Promise<Engine> {
  const port = await freePort();
  const child = spawn(
    engineBinary(),
    ['--port', String(port), ...(options.file === undefined ? [] : ['--db-path', options.file])],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilItAnswers(endpoint, () => child.exitCode);
  return {
    endpoint,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function untilItAnswers(endpoint: string, exitCode: () => number | null): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (exitCode() !== null)
      throw new Error(`The embedded DynamoDB ended at once with code ${String(exitCode())}.`);
    try {
      await fetch(endpoint);
      return;
    } catch {
      await pause(10);
    }
  }
  throw new Error('The embedded DynamoDB did not answer within five seconds.');
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
