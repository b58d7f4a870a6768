import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file so that after any crash it holds either all of the new bytes or what it held before: a new
 * file beside it, flushed, renamed over it, and the rename flushed with its directory.
 */
export async function writeDurably(
  path: string,
  bytes: Uint8Array | string,
  options: { mode?: number; temporary?: string } = {},
): Promise<void> {
  const draft = join(options.temporary ?? dirname(path), `${randomUUID()}.tmp`);
  const file = await open(draft, 'wx', options.mode ?? 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    // Half of a file on a full disk would take the room that is wanting.
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectory(dirname(path));
}

/** Makes the names in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
