import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../../infra/local/engine.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { clientOfEngine } from '../../infra/local/store.ts';
import { tableDefinition } from '../../shared/store/table/definition.ts';
import { Table } from '../../shared/store/table/table.ts';
import { isMemory, memoryClientAt, startMemory, type TestEngine } from './memory-dynamo/store.ts';
import { recordShapes } from './stored-shapes/record.ts';

/** A client for an embedded engine, or for one in memory. */
export function clientFor(endpoint: string): DynamoDBClient {
  const client = isMemory(endpoint) ? memoryClientAt(endpoint) : clientOfEngine(endpoint);
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
