import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  QueryCommand,
  TransactWriteItemsCommand,
  type AttributeValue,
  type QueryInput,
  type TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb';
import { isDeepStrictEqual } from 'node:util';
import { startEngine } from '../../../infra/local/engine.ts';
import { tableDefinition } from '../../../shared/store/table/definition.ts';
import { omit } from '../omit.ts';
import type { MemoryDynamo } from './engine.ts';
import type { WireItem } from './values.ts';

/*
 * What the memory answers is believed for a kind of request once the embedded engine has answered the same: of each
 * expression, in each way that it came out, the first request that a process makes is repeated there, on the same items.
 */

const TABLE = 'second-opinion';
/** A partition with more items than this waits for a smaller one to be compared on. */
const MOST_ITEMS = 100;
const asked = new Set<string>();
const tokens = new Set<string>();
const nothing = (): Promise<void> => Promise.resolve();
let embedded: Promise<DynamoDBClient> | undefined;
let last: Promise<void> = Promise.resolve();

/** To be called before a request is made of the memory; what it returns, after. @throws where the engine disagrees. */
export function embeddedAgrees(memory: MemoryDynamo, operation: string, input: object): () => Promise<void> {
  if (operation === 'Query') return agreesOnQuery(memory, input as QueryInput);
  const { TransactItems = [], ClientRequestToken: token } = transactionOf(operation, input) ?? {};
  // Sent again under its token it has no second effect, which an engine that has not seen the first would give it.
  if (token !== undefined && tokens.has(token)) return nothing;
  if (token !== undefined) tokens.add(token);
  const writes = TransactItems.map((item) => Object.entries(item)[0] as [string, Write]);
  if (writes.length === 0) return nothing;
  const before = writes.map(([, write]) => itemAt(memory, write));
  return async () => {
    const after = writes.map(([, write]) => itemAt(memory, write));
    const kinds = writes.map(([kind, write], at) =>
      [kind, operation, ...textsOf(write), isDeepStrictEqual(before[at], after[at])].join(' | '),
    );
    if (kinds.every((kind) => asked.has(kind))) return;
    for (const kind of kinds) asked.add(kind);
    await inTurn(async (client) => {
      await put(client, before);
      await client
        .send(new TransactWriteItemsCommand({ TransactItems: TransactItems.map(onTable) }))
        .catch((error: unknown) => {
          if ((error as Error).name !== 'TransactionCanceledException') throw disagreement(input, error);
        });
      const keys = writes.map(([, write]) => keyOf(write));
      const found = await itemsAt(client, keys);
      await remove(client, keys);
      for (const [at, item] of found.entries())
        if (!isDeepStrictEqual(item, after[at]))
          throw disagreement(input, { embedded: item, memory: after[at] });
    });
  };
}

function agreesOnQuery(memory: MemoryDynamo, input: QueryInput): () => Promise<void> {
  const { IndexName, KeyConditionExpression, ScanIndexForward, Limit, ExclusiveStartKey } = input;
  const isCut = Limit !== undefined || ExclusiveStartKey !== undefined;
  const kind = [IndexName, KeyConditionExpression, ScanIndexForward, isCut].join(' | ');
  if (asked.has(kind)) return nothing;
  const partition = wholePartition(memory, input);
  if (partition.length > MOST_ITEMS || partition.length === 0) return nothing;
  asked.add(kind);
  const { Items: expected = [] } = memory.call('Query', input) as { Items?: WireItem[] };
  return () =>
    inTurn(async (client) => {
      await put(client, partition);
      const { Items: found = [] } = await client.send(new QueryCommand({ ...input, TableName: TABLE }));
      await remove(client, partition.map(bareKey));
      // Among equal sort keys an index has no order that one could rely on.
      const order = (items: readonly WireItem[]) =>
        IndexName === undefined
          ? items
          : items.map((item) => JSON.stringify(Object.entries(item).sort())).sort();
      if (found.length !== expected.length || (!isCut && !isDeepStrictEqual(order(found), order(expected))))
        throw disagreement(input, { embedded: found, memory: expected });
    });
}

interface Write {
  readonly Key?: WireItem;
  readonly Item?: WireItem;
  readonly TableName?: string;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
}

const transactionOf = (operation: string, input: object): TransactWriteItemsInput | undefined => {
  if (operation === 'TransactWriteItems') return input as TransactWriteItemsInput;
  const kind = /^(Put|Update|Delete)Item$/.exec(operation)?.[1];
  if (kind === undefined) return undefined;
  // A transaction of one is judged as the single write is; `ReturnValues` is none of its fields.
  return { TransactItems: [{ [kind]: omit(input, 'ReturnValues') }] };
};
const textsOf = ({ ConditionExpression = '', UpdateExpression = '' }: Write): string[] => [
  ConditionExpression,
  UpdateExpression,
];
const bareKey = ({ pk, sk }: WireItem): WireItem => ({ pk: pk!, sk: sk! });
const keyOf = ({ Key, Item }: Write): WireItem => bareKey((Key ?? Item)!);
const onTable = (item: object): object =>
  Object.fromEntries(
    Object.entries(item).map(([kind, write]) => [kind, { ...(write as object), TableName: TABLE }]),
  );

const itemAt = (memory: MemoryDynamo, write: Write): WireItem | undefined =>
  (memory.call('GetItem', { TableName: write.TableName, Key: keyOf(write) }) as { Item?: WireItem }).Item;

function wholePartition(memory: MemoryDynamo, { TableName, IndexName, ...input }: QueryInput): WireItem[] {
  const sign = /(#\w+) = :pk/.exec(input.KeyConditionExpression ?? '')?.[0];
  const [name = ''] = sign?.split(' ') ?? [];
  const { Items = [] } = memory.call('Query', {
    ...{ TableName, IndexName, KeyConditionExpression: sign },
    ExpressionAttributeNames: { [name]: input.ExpressionAttributeNames?.[name] },
    ExpressionAttributeValues: { ':pk': input.ExpressionAttributeValues?.[':pk'] },
  }) as { Items?: WireItem[] };
  return Items.map((item) => itemAt(memory, { TableName: TableName!, Key: bareKey(item) })!);
}

const disagreement = (input: object, cause: unknown): Error =>
  new Error(`the embedded engine does not answer as the memory does: ${JSON.stringify({ input, cause })}`, {
    cause,
  });

/** One comparison at a time, on a table that each leaves empty. */
function inTurn(compare: (client: DynamoDBClient) => Promise<void>): Promise<void> {
  embedded ??= opened();
  const turn = last.then(async () => compare(await embedded!));
  last = turn.catch(() => undefined);
  return turn;
}

async function opened(): Promise<DynamoDBClient> {
  const { endpoint } = await startEngine();
  const client = new DynamoDBClient({
    ...{ endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
  });
  await client.send(new CreateTableCommand(tableDefinition(TABLE)));
  return client;
}

async function inBatches<T>(all: readonly T[], size: number, act: (some: T[]) => Promise<unknown>) {
  for (let at = 0; at < all.length; at += size) await act(all.slice(at, at + size));
}

const put = (client: DynamoDBClient, items: readonly (WireItem | undefined)[]) =>
  inBatches(
    items.filter((item) => item !== undefined),
    25,
    (some) =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: { [TABLE]: some.map((Item) => ({ PutRequest: { Item: { ...Item } } })) },
        }),
      ),
  );

const remove = (client: DynamoDBClient, keys: readonly WireItem[]) =>
  inBatches(keys, 25, (some) =>
    client.send(
      new BatchWriteItemCommand({
        RequestItems: { [TABLE]: some.map((Key) => ({ DeleteRequest: { Key: { ...Key } } })) },
      }),
    ),
  );

async function itemsAt(client: DynamoDBClient, keys: readonly WireItem[]) {
  const textOf = ({ pk, sk }: Record<string, AttributeValue>): string => `${pk!.S!}\n${sk!.S!}`;
  const { Responses } = await client.send(
    new BatchGetItemCommand({
      RequestItems: { [TABLE]: { Keys: keys.map((key) => ({ ...key })), ConsistentRead: true } },
    }),
  );
  const found = new Map((Responses?.[TABLE] ?? []).map((item) => [textOf(item), item]));
  return keys.map((key) => found.get(textOf(key)));
}
