import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CannotStart } from './cannot-start.ts';

/** Where one market on one machine keeps its things. */
export interface DataDirectory {
  readonly path: string;
  readonly database: string;
  readonly enginePid: string;
  /** Where the engine answers, while it runs: so that the audit finds it. */
  readonly engineEndpoint: string;
  readonly objects: string;
  readonly issuerKey: string;
  readonly log: string;
  /** Lets another launcher have the directory. */
  release(): void;
}

export const endpointFile = (directory: string): string => join(directory, 'engine.endpoint');

/** Makes the directory, readable by its owner only, and takes it for this process alone. */
export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // One name for one directory: a leftover engine is recognised by the database it was given.
  const path = await realpath(directory);
  const release = takeLock(join(path, 'launcher.lock'), path);
  return {
    path,
    database: join(path, 'market.db'),
    enginePid: join(path, 'engine.pid'),
    engineEndpoint: endpointFile(path),
    objects: join(path, 'objects'),
    issuerKey: join(path, 'issuer-key.json'),
    log: join(path, 'lodestone.log'),
    release,
  };
}

/**
 * A lock that the operating system gives back when its holder dies, however it dies: an exclusive transaction
 * on an SQLite file of its own. A file with a process id in it would outlive a kill -9, and ids are reused.
 */
function takeLock(file: string, path: string): () => void {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof Error) || !error.message.includes('locked')) throw error;
    throw new CannotStart(
      `Lodestone is already running on ${path}: stop it first, or give another --data directory.`,
    );
  }
  return () => {
    lock.close();
  };
}
