import { ResourceNotFoundException, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '../../shared/store/table/table.ts';
import { CannotStart } from '../local/cannot-start.ts';
import type { DataDirectory } from '../local/data-directory.ts';
import { endpointFile, openDataDirectory } from '../local/data-directory.ts';
import { startEngine } from '../local/engine.ts';
import { clientAt } from '../local/store.ts';

export interface Audited {
  readonly table: Pick<Table, 'client' | 'name'>;
  readonly close: () => Promise<void>;
}

/** The table to audit: of another DynamoDB where the environment names one, else of a directory. Makes nothing. */
export async function openAudited(
  data: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Audited> {
  const name = environment['TABLE_NAME'] ?? 'lodestone';
  const endpoint = environment['DYNAMODB_ENDPOINT'];
  if (endpoint !== undefined) return opened(endpoint, name, () => Promise.resolve());
  if (!existsSync(join(data, 'market.db'))) throw new CannotStart(`There is no market in ${data}.`);
  let directory: DataDirectory;
  try {
    directory = await openDataDirectory(data);
  } catch (error) {
    // It runs: then its engine says where.
    const running = await readFile(endpointFile(data), 'utf8').catch(() => undefined);
    if (running === undefined || !(error instanceof CannotStart)) throw error;
    return opened(running, name, () => Promise.resolve());
  }
  try {
    const engine = await startEngine({ file: directory.database });
    return await opened(engine.endpoint, name, async () => {
      await engine.stop();
      directory.release();
    });
  } catch (error) {
    directory.release();
    throw error;
  }
}

async function opened(endpoint: string, name: string, close: () => Promise<void>): Promise<Audited> {
  const client = clientAt(endpoint);
  try {
    await client.send(new DescribeTableCommand({ TableName: name }));
  } catch (error) {
    await close();
    if (error instanceof ResourceNotFoundException)
      throw new CannotStart(`There is no table ${name} at ${endpoint}.`);
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new CannotStart(`No DynamoDB answers at ${endpoint}${code}.`);
  }
  return {
    table: { client, name },
    close: async () => {
      client.destroy();
      await close();
    },
  };
}
