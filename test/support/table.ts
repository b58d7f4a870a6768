import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../../infra/local/engine.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { tableDefinition } from '../../shared/store/definition.ts';
import { Table } from '../../shared/store/table.ts';
import { isMemory, memoryClientAt, startMemory, type TestEngine } from './memory-dynamo/store.ts';
import { recordShapes } from './stored-shapes/record.ts';

/** The engine wants a signature but checks none. */
const unchecked = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/**
 * A client for an embedded engine, or for one in memory. Thousands of calls are made with it: none is signed in earnest, and none copied for a
 * log that nobody keeps.
 */
export function clientFor(endpoint: string): DynamoDBClient {
  if (isMemory(endpoint)) {
    const client = memoryClientAt(endpoint);
    recordShapes(client);
    return client;
  }
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    signer: {
      sign: (request) => Promise.resolve({ ...request, headers: { ...request.headers, ...unchecked } }),
    },
  });
  client.middlewareStack.remove('loggerMiddleware');
  recordShapes(client);
  return client;
}

/** A fresh table on an engine: tests that share an engine do not share data. */
export async function freshTable(client: DynamoDBClient): Promise<Table> {
  const name = `lodestone-${randomUUID()}`;
  await client.send(new CreateTableCommand(tableDefinition(name)));
  return new Table({
    client,
    name,
    // In a tenth of the time: callers still make way for one another.
    pause: (milliseconds) => pause(milliseconds / 10),
    random: Math.random,
  });
}

interface Tested<E> {
  readonly engine: E;
  readonly client: DynamoDBClient;
  readonly table: Table;
}

/** A store in memory with one fresh table, for tests of what stands on the store; stop the engine after the tests. */
export const testTable = (): Promise<Tested<TestEngine>> => opened(startMemory());

/** An embedded engine with one fresh table, for the store's own tests; stop the engine after the tests. */
export const embeddedTable = (): Promise<Tested<Engine>> => opened(startEngine());

async function opened<E extends TestEngine>(starting: Promise<E>): Promise<Tested<E>> {
  const engine = await starting;
  const client = clientFor(engine.endpoint);
  return { engine, client, table: await freshTable(client) };
}
