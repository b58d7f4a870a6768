import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';
import { tableDefinition } from '../../shared/store/definition.ts';
import { Table } from '../../shared/store/table.ts';

/**
 * A client for a DynamoDB at a URL. An engine of our own checks no credentials but the SDK wants some; one that
 * somebody else runs gets those of the environment, where there are any.
 */
export function clientAt(endpoint: string): DynamoDBClient {
  const ownCredentials = process.env['AWS_ACCESS_KEY_ID'] ?? process.env['AWS_PROFILE'];
  return new DynamoDBClient({
    endpoint,
    region: process.env['AWS_REGION'] ?? 'eu-central-1',
    // Enough to bridge the restart of a crashed engine.
    maxAttempts: 6,
    ...(ownCredentials === undefined
      ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
      : {}),
  });
}

/** The table of this name, made if it is missing. */
export async function openTable(client: DynamoDBClient, name: string): Promise<Table> {
  for (let waited = 0; (await statusOf(client, name)) !== 'ACTIVE'; waited += 100) {
    if (waited === 0) await create(client, name);
    if (waited >= 60_000) throw new Error(`The table ${name} is not ready after a minute.`);
    await pause(waited === 0 ? 0 : 100);
  }
  return new Table({ client, name, pause: (milliseconds) => pause(milliseconds), random: Math.random });
}

/** Whether nothing has ever been written. */
export async function isEmpty(table: Table): Promise<boolean> {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name, Limit: 1 }));
  return Items.length === 0;
}

async function statusOf(client: DynamoDBClient, name: string): Promise<string | undefined> {
  try {
    const { Table: description } = await client.send(new DescribeTableCommand({ TableName: name }));
    return description?.TableStatus;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(client: DynamoDBClient, name: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(name)));
  } catch (error) {
    // Being made already, by a run that was cut off or by somebody else.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}
