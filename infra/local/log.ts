import { createWriteStream, renameSync, statSync } from 'node:fs';
import type { Log } from '../../functions/api/dependencies.ts';

/** The log of one machine: a JSON line each, in a file, so that the terminal stays for people. */
export interface LocalLog extends Log {
  close(): Promise<void>;
}

/** Between two warnings of one kind in the terminal; the file has all of them. */
const quietMilliseconds = 10_000;
const largestBytes = 20 * 1024 * 1024;

/** Writes to `file`, if there is one; warnings and errors are also told in a line each. */
export function localLog(file: string | undefined, tell: (line: string) => void): LocalLog {
  if (file !== undefined) startAfreshIfLarge(file);
  const stream = file === undefined ? undefined : createWriteStream(file, { flags: 'a', mode: 0o600 });
  // A full disk must not take the market down with the log.
  stream?.on('error', () => undefined);
  const told = new Map<string, number>();
  const write = (level: string, message: string, fields: Record<string, unknown>): void => {
    stream?.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
    if (level === 'info') return;
    // What goes wrong with every request, as while the store is away, is told now and then.
    const kind = `${level} ${message}`;
    if (performance.now() - (told.get(kind) ?? -Infinity) < quietMilliseconds && level === 'warn') return;
    told.set(kind, performance.now());
    tell(`${level}: ${message} ${inBrief(fields)}`);
  };
  return {
    info: (message, fields) => {
      write('info', message, fields);
    },
    warn: (message, fields) => {
      write('warn', message, fields);
    },
    error: (message, fields) => {
      write('error', message, fields);
    },
    close: () =>
      new Promise((done) => {
        if (stream === undefined) done();
        else stream.end(done);
      }),
  };
}

const inBrief = (fields: Record<string, unknown>): string => {
  const { error, requestId, product } = fields;
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return JSON.stringify({ requestId, product, error: message });
};

/** One file back is kept. */
function startAfreshIfLarge(file: string): void {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size > largestBytes) renameSync(file, `${file}.1`);
}
