import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import { syncDirectory, writeDurably } from './durable-file.ts';

/**
 * Objects as files below one directory. A key is plain segments between slashes, none of which begins with
 * a dot: no key can name anything outside of the directory, nor the drafts within it.
 */
const keyPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}){0,7}$/;

const checkedKey = (key: string): string => {
  if (!keyPattern.test(key)) throw new RangeError(`not an object key: ${JSON.stringify(key)}`);
  return key;
};

/** Opens the store, and clears away the drafts of a run that was killed while writing. */
export async function fileObjectStore(directory: string): Promise<ObjectStore> {
  const temporary = join(directory, '.drafts');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  return {
    put: async (key, bytes) => {
      const path = join(directory, checkedKey(key));
      await makeDirectory(dirname(path));
      await writeDurably(path, bytes, { temporary });
    },
    get: (key) => readFileObject(directory, key),
  };
}

/** One object, of a store that somebody else may have open. */
export async function readFileObject(directory: string, key: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(join(directory, checkedKey(key)));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** For a market that is not kept. */
export function memoryObjectStore(): ObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    put: (key, bytes) => {
      objects.set(checkedKey(key), Uint8Array.from(bytes));
      return Promise.resolve();
    },
    get: (key) => Promise.resolve(objects.get(checkedKey(key))),
  };
}

/** A new directory is only there for good once its parent is flushed. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
