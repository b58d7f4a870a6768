import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../../infra/local/engine.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { tableDefinition } from '../../shared/store/definition.ts';
import { Table } from '../../shared/store/table.ts';
import { recordShapes } from './stored-shapes/record.ts';

/** The engine wants a signature but checks none. */
const unchecked = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/**
 * A client for an embedded engine. Thousands of calls are made with it: none is signed in earnest, and none copied for a
 * log that nobody keeps.
 */
export function clientFor(endpoint: string): DynamoDBClient {
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

/** An in-memory engine with one fresh table; stop the engine after the tests. */
export async function testTable(): Promise<{ engine: Engine; client: DynamoDBClient; table: Table }> {
  const engine = await startEngine();
  const client = clientFor(engine.endpoint);
  return { engine, client, table: await freshTable(client) };
}
