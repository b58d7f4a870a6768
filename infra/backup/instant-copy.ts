import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CannotStart } from '../local/cannot-start.ts';
import { startEngine } from '../local/engine.ts';

/**
 * An engine on a copy of a directory's database as it is at one instant, whether the market runs or not: SQLite copies in
 * one transaction, and the engine writes each of DynamoDB's transactions in one of its own. Ended, the copy is gone.
 */
export async function engineOnCopy(
  directory: string,
  scratch: string,
): Promise<{ readonly endpoint: string; readonly end: () => Promise<void> }> {
  const database = join(directory, 'market.db');
  if (!existsSync(database)) throw new CannotStart(`There is no market in ${directory}.`);
  const copy = join(scratch, '.copy.db');
  const source = new DatabaseSync(database, { timeout: 10_000 });
  try {
    source.prepare('VACUUM INTO ?').run(copy);
  } finally {
    source.close();
  }
  const remove = async (): Promise<void> => {
    for (const ending of ['', '-wal', '-shm']) await rm(`${copy}${ending}`, { force: true });
  };
  try {
    const engine = await startEngine({ file: copy });
    return {
      endpoint: engine.endpoint,
      end: async () => {
        await engine.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
