import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import { S3ObjectStore } from '../../shared/store/service/s3-object-store.ts';
import { Table } from '../../shared/store/table/table.ts';
import { instantOf } from '../../shared/kernel/time.ts';
import { openAudited } from '../audit/open.ts';
import { CannotStart } from '../local/cannot-start.ts';
import { openDataDirectory } from '../local/data-directory.ts';
import { startEngine } from '../local/engine.ts';
import { fileObjectStore, readFileObject } from '../local/file-object-store.ts';
import { clientAt, openTable } from '../local/store.ts';

/** Where the market lies that a command is for. */
export type Where =
  | { readonly kind: 'directory'; readonly directory: string }
  | { readonly kind: 'endpoint'; readonly endpoint: string; readonly table: string }
  | { readonly kind: 'aws'; readonly table: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** --data first, then a DynamoDB by its URL, then AWS by the table's name, then the usual directory. */
export function whereOf(data: string | undefined, environment: Environment): Where {
  const table = environment['TABLE_NAME'];
  const endpoint = environment['DYNAMODB_ENDPOINT'];
  if (data !== undefined) return { kind: 'directory', directory: data };
  if (endpoint !== undefined) return { kind: 'endpoint', endpoint, table: table ?? 'lodestone' };
  return table === undefined ? { kind: 'directory', directory: '.lodestone' } : { kind: 'aws', table };
}

export interface Place {
  readonly where: Where;
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly close: () => Promise<void>;
}

/** The market as it stands, running or not; what is not there is not made. */
export async function openPlace(where: Where, environment: Environment): Promise<Place> {
  if (where.kind === 'aws') return onAws(where, environment);
  const { table, close } = await openAudited(
    where.kind === 'directory' ? where.directory : '',
    where.kind === 'directory' ? {} : { DYNAMODB_ENDPOINT: where.endpoint, TABLE_NAME: where.table },
  );
  return {
    ...{ where, close },
    table: tableOn(table.client, table.name),
    objects: where.kind === 'directory' ? readableObjects(where.directory) : bucket(environment),
  };
}

/** A place for a market to come: of one machine it is made, and held alone; elsewhere the table is made if it can be. */
export async function openTarget(where: Where, environment: Environment): Promise<Place> {
  if (where.kind === 'aws') return onAws(where, environment);
  if (where.kind === 'endpoint') {
    const client = clientAt(where.endpoint);
    return {
      ...{ where, table: await openTable(client, where.table), objects: bucket(environment) },
      close: () => {
        client.destroy();
        return Promise.resolve();
      },
    };
  }
  await mkdir(where.directory, { recursive: true, mode: 0o700 });
  const directory = await openDataDirectory(where.directory);
  const engine = await startEngine({ file: directory.database });
  const client = clientAt(engine.endpoint);
  return {
    ...{ where, table: await openTable(client, 'lodestone') },
    objects: await fileObjectStore(directory.objects),
    close: async () => {
      client.destroy();
      await engine.stop();
      directory.release();
    },
  };
}

async function onAws(where: Where & { kind: 'aws' }, environment: Environment): Promise<Place> {
  const client = new DynamoDBClient();
  try {
    await client.send(new DescribeTableCommand({ TableName: where.table }));
  } catch (error) {
    client.destroy();
    if (error instanceof ResourceNotFoundException)
      throw new CannotStart(
        `There is no table ${where.table} in this account and region: see TABLE_NAME, AWS_REGION and AWS_PROFILE.`,
      );
    const words = error instanceof Error ? error.message : String(error);
    throw new CannotStart(
      `AWS does not answer for the table ${where.table} (${words}): see AWS_REGION and AWS_PROFILE.`,
    );
  }
  return {
    ...{ where, table: tableOn(client, where.table), objects: bucket(environment, client) },
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

const tableOn = (client: DynamoDBClient, name: string): Table =>
  new Table({ client, name, pause: (milliseconds) => pause(milliseconds), random: Math.random });

/** A running market's directory must not be tidied up, so only files are read. */
const readableObjects = (directory: string): ObjectStore => ({
  get: (key) => readFileObject(join(directory, 'objects'), key),
  put: () => Promise.reject(new Error('the documents of a market that may run are only read')),
});

/** The documents of a deployed market lie in BUCKET_NAME; of another DynamoDB, in a directory OBJECTS. */
function bucket(environment: Environment, client?: DynamoDBClient): ObjectStore {
  const { BUCKET_NAME: name, OBJECTS: directory } = environment;
  if (directory !== undefined && existsSync(directory)) {
    const store = fileObjectStore(directory);
    return {
      get: async (key) => (await store).get(key),
      put: async (key, bytes) => (await store).put(key, bytes),
    };
  }
  if (name === undefined || client === undefined) {
    const none = (): Promise<never> =>
      Promise.reject(
        new CannotStart('Where are the documents? Name the bucket, BUCKET_NAME, or a directory, OBJECTS.'),
      );
    return { get: none, put: none };
  }
  const store = async (): Promise<ObjectStore> => {
    const [credentials, region] = await Promise.all([client.config.credentials(), client.config.region()]);
    return new S3ObjectStore({
      ...{ endpoint: new URL(`https://${name}.s3.${region}.amazonaws.com`), region },
      credentials: () => credentials,
      clock: () => instantOf(Date.now()),
      ...{ fetch, pause: (milliseconds) => pause(milliseconds), random: Math.random },
    });
  };
  // Credentials of a role run out within the hour: they are asked for anew each time, which the SDK answers from memory.
  return {
    get: async (key) => (await store()).get(key),
    put: async (key, bytes) => (await store()).put(key, bytes),
  };
}
