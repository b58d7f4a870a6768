import type {
  AttributeValue,
  BatchGetItemInput,
  CreateTableInput,
  DeleteItemInput,
  GetItemInput,
  PutItemInput,
  QueryInput,
  ScanInput,
  TransactWriteItem,
  TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb';
import { Parser } from './expressions.ts';
import { StoredTable, type KeyShape } from './stored-table.ts';
import { EngineError, invalid, MOST_ITEM_BYTES, sizeOf, type WireItem } from './values.ts';

/** A change of one item, as a stream would tell it; `at` counts them. */
export interface StreamRecord {
  readonly at: number;
  readonly table: string;
  readonly keys: WireItem;
  readonly before: WireItem | undefined;
  readonly after: WireItem | undefined;
}

/** One write, judged but not yet done. */
interface Prepared {
  readonly table: StoredTable;
  readonly key: WireItem;
  readonly before: WireItem | undefined;
  readonly after: WireItem | undefined;
  /** Roughly, of what is written. */
  readonly bytes: number;
  readonly isWrite: boolean;
  readonly holds: boolean;
  readonly wantsOld: boolean;
  /** An update that cannot be made of what stands there. */
  readonly wrong: EngineError | undefined;
}

interface Conditional {
  readonly TableName: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

const tokenLifeMilliseconds = 600_000;

/**
 * DynamoDB as this repository uses it, in memory and in one step: a call is done before the next one begins, so a
 * history of calls comes to the same whenever it is repeated. `memory-dynamo.test.ts` compares it with the embedded engine.
 */
export class MemoryDynamo {
  /** Every change, oldest first. */
  readonly stream: StreamRecord[] = [];
  /** Items that a page of a query or scan has at most: small, so that paging is seen. */
  pageItems = 1000;
  readonly #tables = new Map<string, StoredTable>();
  readonly #tokens = new Map<string, { readonly request: string; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  /** One call by its name in the protocol (`GetItem`). @throws EngineError as DynamoDB refuses. */
  call(operation: string, input: object): object {
    switch (operation) {
      case 'CreateTable':
        return this.#createTable(input as CreateTableInput);
      case 'GetItem':
        return this.#get(input as GetItemInput);
      case 'BatchGetItem':
        return this.#batchGet(input as BatchGetItemInput);
      case 'PutItem':
        return this.#single({ Put: input as PutItemInput }, input);
      case 'UpdateItem':
        return this.#single({ Update: input as NonNullable<TransactWriteItem['Update']> }, input);
      case 'DeleteItem':
        return this.#single({ Delete: input as DeleteItemInput }, input);
      case 'TransactWriteItems':
        return this.#transact(input as TransactWriteItemsInput);
      case 'Query':
        return this.#query(input as QueryInput);
      case 'Scan':
        return this.#scan(input as ScanInput);
      default:
        throw new EngineError('UnknownOperationException', operation);
    }
  }

  /** What stands at a key from now on, as a stream once told it. */
  store(name: string, keys: WireItem, item: WireItem | undefined): void {
    const table = this.#table(name);
    this.stream.push({ at: this.stream.length, table: name, keys, before: table.get(keys), after: item });
    table.put(keys, item);
  }

  #table(name: string | undefined): StoredTable {
    const table = this.#tables.get(name ?? '');
    if (table === undefined)
      throw new EngineError('ResourceNotFoundException', 'Cannot do operations on a non-existent table');
    return table;
  }

  #createTable({ TableName, KeySchema, GlobalSecondaryIndexes }: CreateTableInput): object {
    const shapeOf = (keys: CreateTableInput['KeySchema']): KeyShape => ({
      partition: keys?.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
      sort: keys?.find(({ KeyType }) => KeyType === 'RANGE')?.AttributeName ?? '',
    });
    const indexes = new Map(
      (GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema: keys }) => [
        IndexName ?? '',
        shapeOf(keys),
      ]),
    );
    this.#tables.set(TableName ?? '', new StoredTable(TableName ?? '', shapeOf(KeySchema), indexes));
    return { TableDescription: { TableName, TableStatus: 'ACTIVE' } };
  }

  #get({ TableName, Key }: GetItemInput): object {
    const item = this.#table(TableName).get(Key ?? {});
    return item === undefined ? {} : { Item: item };
  }

  #batchGet({ RequestItems = {} }: BatchGetItemInput): object {
    const Responses = Object.entries(RequestItems).map(([name, { Keys = [] }]) => {
      if (Keys.length > 100) throw invalid('Too many items requested for the BatchGetItem call');
      const seen = new Set(Keys.map((key) => JSON.stringify(key)));
      if (seen.size < Keys.length) throw invalid('Provided list of item keys contains duplicates');
      const table = this.#table(name);
      return [name, Keys.map((key) => table.get(key)).filter((item) => item !== undefined)] as const;
    });
    return { Responses: Object.fromEntries(Responses), UnprocessedKeys: {} };
  }

  #single(
    write: TransactWriteItem,
    { ReturnValues }: { readonly ReturnValues?: string | undefined },
  ): object {
    const prepared = this.#prepare(write);
    if (prepared.wrong !== undefined) throw prepared.wrong;
    if (!prepared.holds)
      throw new EngineError('ConditionalCheckFailedException', 'The conditional request failed', {
        ...(prepared.wantsOld && prepared.before !== undefined ? { Item: prepared.before } : {}),
      });
    this.#do([prepared]);
    return ReturnValues === 'ALL_NEW' ? { Attributes: prepared.after } : {};
  }

  #transact({ TransactItems = [], ClientRequestToken }: TransactWriteItemsInput): object {
    if (TransactItems.length === 0 || TransactItems.length > 100)
      throw invalid('Member must have length less than or equal to 100');
    const request = ClientRequestToken === undefined ? '' : JSON.stringify(TransactItems);
    const known = ClientRequestToken === undefined ? undefined : this.#tokens.get(ClientRequestToken);
    if (known !== undefined && this.#now() - known.at < tokenLifeMilliseconds) {
      if (known.request === request) return {};
      throw new EngineError('IdempotentParameterMismatchException', 'The token was used for another request');
    }
    const prepared = TransactItems.map((each) => this.#prepare(each));
    if (prepared.reduce((sum, { bytes }) => sum + bytes, 0) > 4 * 1024 * 1024)
      throw invalid('Transaction request size exceeds the limit');
    const keys = new Set(prepared.map(({ table, key }) => `${table.name} ${table.textOf(key)}`));
    if (keys.size < prepared.length)
      throw invalid('Transaction request cannot include multiple operations on one item');
    if (prepared.some(({ holds, wrong }) => !holds || wrong !== undefined))
      throw new EngineError('TransactionCanceledException', 'Transaction cancelled', {
        Message: 'Transaction cancelled',
        CancellationReasons: prepared.map(({ holds, wantsOld, before, wrong }) =>
          holds
            ? { Code: wrong === undefined ? 'None' : 'ValidationError' }
            : {
                Code: 'ConditionalCheckFailed',
                Message: 'The conditional request failed',
                ...(wantsOld && before !== undefined ? { Item: before } : {}),
              },
        ),
      });
    this.#do(prepared);
    if (ClientRequestToken !== undefined) this.#tokens.set(ClientRequestToken, { request, at: this.#now() });
    return {};
  }

  #prepare({ Put, Update, Delete, ConditionCheck }: TransactWriteItem): Prepared {
    const write = (Put ?? Update ?? Delete ?? ConditionCheck) as Conditional;
    const table = this.#table(write.TableName);
    const key = table.keyOf(Put?.Item ?? (Update ?? Delete ?? ConditionCheck)?.Key ?? {});
    const before = table.get(key);
    const placeholders = {
      names: write.ExpressionAttributeNames ?? {},
      values: write.ExpressionAttributeValues ?? {},
    };
    const used = new Set<string>();
    const parser = (text: string): Parser => new Parser(text, placeholders, used);
    const holds =
      write.ConditionExpression === undefined || parser(write.ConditionExpression).condition()(before ?? {});
    // An update is judged, like its condition, before anything is done; of one whose condition fails nothing is read.
    let wrong: EngineError | undefined;
    let after: WireItem | undefined = Put?.Item ?? (ConditionCheck === undefined ? undefined : before);
    if (Update !== undefined) {
      const updater = parser(Update.UpdateExpression ?? '');
      try {
        after = holds ? updater.update({ ...before, ...key }) : before;
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        wrong = error;
      }
    }
    if (holds && wrong === undefined)
      for (const placeholder of [...Object.keys(placeholders.names), ...Object.keys(placeholders.values)])
        if (!used.has(placeholder))
          throw invalid(`Value provided in expression attributes unused in expressions: ${placeholder}`);
    const bytes = after === undefined || ConditionCheck !== undefined ? 0 : sizeOf(after);
    if (bytes > MOST_ITEM_BYTES * 2) throw invalid('Item size has exceeded the maximum allowed size');
    return {
      ...{ table, key, before, after, bytes, holds, wrong },
      isWrite: ConditionCheck === undefined,
      wantsOld: write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    };
  }

  #do(prepared: readonly Prepared[]): void {
    for (const { table, key, before, after, isWrite } of prepared) {
      if (!isWrite) continue;
      table.put(key, after);
      this.stream.push({ at: this.stream.length, table: table.name, keys: key, before, after });
    }
  }

  #query(input: QueryInput): object {
    const table = this.#table(input.TableName);
    if (input.IndexName !== undefined && input.ConsistentRead === true)
      throw invalid('Consistent reads are not supported on global secondary indexes');
    const used = new Set<string>();
    const condition = new Parser(
      input.KeyConditionExpression ?? '',
      {
        names: input.ExpressionAttributeNames ?? {},
        values: input.ExpressionAttributeValues ?? {},
      },
      used,
    ).condition();
    const partition = input.ExpressionAttributeValues?.[':pk'];
    const items = table.partition(input.IndexName, partition?.S ?? '').filter((item) => condition(item));
    return this.#page(table, input, input.ScanIndexForward === false ? items.toReversed() : items);
  }

  #scan(input: ScanInput): object {
    const table = this.#table(input.TableName);
    return this.#page(table, input, table.all());
  }

  #page(
    table: StoredTable,
    { IndexName, Limit, ExclusiveStartKey }: QueryInput | ScanInput,
    items: readonly WireItem[],
  ): object {
    const start =
      ExclusiveStartKey === undefined
        ? 0
        : 1 + items.findIndex((item) => table.isAt(item, ExclusiveStartKey));
    const most = Math.min(Limit ?? Infinity, this.pageItems);
    const page = items.slice(start, start + most);
    const last = page.at(-1);
    return {
      Items: page,
      Count: page.length,
      ...(last === undefined || page.length < most
        ? {}
        : { LastEvaluatedKey: table.positionOf(last, IndexName) }),
    };
  }
}
