import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type TableDescription,
  ResourceInUseException,
  ResourceNotFoundException,
  ScanCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { setTimeout as pause } from 'node:timers/promises';
import { quiet } from '../../shared/store/table/quiet.ts';
import { tableDefinition } from '../../shared/store/table/definition.ts';
import { keys } from '../../shared/store/table/keys.ts';
import { Table } from '../../shared/store/table/table.ts';

/**
 * A client for a DynamoDB at a URL. An engine of our own checks no credentials but the SDK wants some; one that
 * somebody else runs gets those of the environment, where there are any.
 */
export function clientAt(endpoint: string): DynamoDBClient {
  const ownCredentials = process.env['AWS_ACCESS_KEY_ID'] ?? process.env['AWS_PROFILE'];
  return quiet(
    new DynamoDBClient({
      endpoint,
      region: process.env['AWS_REGION'] ?? 'eu-central-1',
      maxAttempts,
      ...(ownCredentials === undefined ? { credentials } : {}),
    }),
  );
}

/** A client for an embedded engine of ours, which wants a signature and checks none: a call is not signed in earnest. */
export const clientOfEngine = (endpoint: string): DynamoDBClient =>
  quiet(
    new DynamoDBClient({
      ...{ endpoint, region: 'eu-central-1', maxAttempts, credentials },
      signer: {
        sign: (request) => Promise.resolve({ ...request, headers: { ...request.headers, ...unchecked } }),
      },
    }),
  );

/** Enough to bridge the restart of a crashed engine. */
const maxAttempts = 6;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const unchecked = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/** The table of this name, made if it is missing, and given the indexes that an older one lacks. */
export async function openTable(client: DynamoDBClient, name: string): Promise<Table> {
  for (let waited = 0; ; waited += 100) {
    const description = await describe(client, name);
    const missing = missingIndex(name, description);
    if (isReady(description) && missing === undefined) break;
    if (waited === 0 && description === undefined) await create(client, name);
    if (isReady(description) && missing !== undefined) await client.send(new UpdateTableCommand(missing));
    if (waited >= 60_000) throw new Error(`The table ${name} is not ready after a minute.`);
    await pause(waited === 0 ? 0 : 100);
  }
  return new Table({ client, name, pause: (milliseconds) => pause(milliseconds), random: Math.random });
}

/** Whether nobody has ever written anything: what a tick writes for health, at most two items, is nobody's. */
export async function isEmpty(table: Table): Promise<boolean> {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name, Limit: 3 }));
  return Items.every(({ pk }) => pk?.S === keys.beat().pk);
}

/** The table and each of its indexes can be used. */
const isReady = (description: TableDescription | undefined): boolean =>
  description?.TableStatus === 'ACTIVE' &&
  (description.GlobalSecondaryIndexes ?? []).every(({ IndexStatus }) => IndexStatus === 'ACTIVE');

/** The call that adds the first index which the table lacks: DynamoDB takes one at a time. */
function missingIndex(name: string, description: TableDescription | undefined) {
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = tableDefinition(name);
  const there = new Set(description?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  const missing = GlobalSecondaryIndexes.find(({ IndexName }) => !there.has(IndexName));
  if (description === undefined || missing === undefined) return undefined;
  const { IndexName, KeySchema, Projection } = missing;
  return {
    ...{ TableName: name, AttributeDefinitions },
    GlobalSecondaryIndexUpdates: [{ Create: { IndexName, KeySchema, Projection } }],
  };
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
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
