import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { CannotStart } from './cannot-start.ts';
import { endWithUs } from './watchdog.ts';

/** A running embedded DynamoDB. */
export interface Engine {
  readonly endpoint: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, with its last words where it had any. */
  readonly ended: Promise<string>;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** Its database; in memory without one. */
  readonly file?: string | undefined;
  /** A free port unless given: an engine that replaces another one must answer where that one did. */
  readonly port?: number | undefined;
  /** In a process group of its own, so that a Ctrl-C in the terminal does not reach it before its clients. */
  readonly ownGroup?: boolean | undefined;
  /** Called as soon as there is a process, before it answers. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
  /** @default that of this platform */
  readonly binary?: string | undefined;
  /** Finds a port that is free now, where none is given. */
  readonly findPort?: (() => Promise<number>) | undefined;
}

/** So often another port is tried, where somebody else was first to take the one that was free. */
const portTries = 5;
/** What an engine says that could not have its port, and one that has it. */
const taken = /port \d+ is already in use/;
const listening = /^Dynoxide listening on .*$/m;

/** The engine's binary for this platform, or an error that says what to do. */
export function engineBinary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`${name}/dynoxide`);
  } catch {
    throw new CannotStart(
      `No embedded DynamoDB for this platform: run "npm install --no-save ${name}", ` +
        'or set DYNAMODB_ENDPOINT to a DynamoDB of your own.',
    );
  }
}

/** Starts an engine and waits until it answers. @throws with its last words, where it ends before it does */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const { port, findPort = freePort } = options;
  if (port !== undefined) return startAt(port, options);
  for (let tries = 1; ; tries += 1)
    try {
      return await startAt(await findPort(), options);
    } catch (error) {
      if (tries === portTries || !(error instanceof Error) || !taken.test(error.message)) throw error;
    }
}

async function startAt(port: number, options: EngineOptions): Promise<Engine> {
  const child = spawn(
    options.binary ?? engineBinary(),
    ['--port', String(port), ...(options.file === undefined ? [] : ['--db-path', options.file])],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: options.ownGroup === true },
  );
  const said = tail(child.stderr);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      const lastWords = said().replace(listening, '').trim();
      resolve([`ended with ${signal ?? `code ${String(code)}`}`, lastWords].filter(Boolean).join(': '));
    });
  });
  if (child.pid === undefined) throw new Error(`The embedded DynamoDB could not be started: ${await ended}`);
  options.onSpawn?.(child.pid);
  // Whatever ends this process in good order or by a surprise, it does not leave an engine behind.
  const killNow = (): void => void child.kill('SIGKILL');
  process.once('exit', killNow);
  // What a killed process had in a file, its next start takes over; what it had in memory is of no use to anybody.
  const callOff = options.file === undefined ? endWithUs(child.pid) : undefined;
  void ended.then(() => {
    process.off('exit', killNow);
    callOff?.();
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(patience);
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await untilItAnswers(endpoint, ended, () => listening.test(said()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, port, pid: child.pid, ended, stop };
}

/** An answer alone says little: it may be that of another process, which holds the port that this one failed to get. */
async function untilItAnswers(
  endpoint: string,
  ended: Promise<string>,
  listens: () => boolean,
): Promise<void> {
  let words: string | undefined;
  void ended.then((last) => {
    words = last;
  });
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const answers =
      listens() &&
      (await fetch(endpoint).then(
        () => true,
        () => false,
      ));
    if (!answers) await pause(10);
    if (words !== undefined) throw new Error(`The embedded DynamoDB ${words}`);
    if (answers) return;
  }
  throw new Error('The embedded DynamoDB did not answer within five seconds.');
}

/** The last of what a stream has said. */
function tail(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-2000);
  });
  return () => text;
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
