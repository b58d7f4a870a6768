import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Action, Update } from './action.ts';
import { transactItem } from './action.ts';
import type { Attribute, Clause } from './condition.ts';
import type { Item } from './item.ts';
import { readItem, readStored } from './item.ts';
import type { Migrations } from './item-versions.ts';
import { migrations } from './item-versions.ts';
import { rewriteInShape } from './rewrite.ts';
import type { Key } from './keys/key.ts';
import { tableShape } from './table-shape.ts';
import { isTransient } from './transient.ts';

/** A condition that did not hold, with the item that stood there (if one did). */
export interface Refusal {
  readonly action: string;
  readonly index: number;
  readonly item: Item | undefined;
}

export type Outcome =
  { readonly done: true } | { readonly done: false; readonly refusals: readonly Refusal[] };

/** One item updated, as it then stood; or not, with the item that stood in the way (if one did). */
export type Updated =
  { readonly done: true; readonly item: Item } | { readonly done: false; readonly item: Item | undefined };

/** Waits so many milliseconds; the caller's, so that tests need not. */
export type Pause = (milliseconds: number) => Promise<void>;

export interface TableOptions {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly pause: Pause;
  /** In [0, 1): jitter for the retry of conflicts. */
  readonly random: () => number;
  /** How older shapes are read; those of this release unless given. */
  readonly migrations?: Migrations;
}

/** DynamoDB's own limits on one TransactWriteItems call. */
export const maximumActions = 100;
const attempts = 12;

/** The table: consistent reads, and writes whose every condition is named. */
export class Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly #pause: Pause;
  readonly #random: () => number;
  readonly #migrations: Migrations;

  constructor(options: TableOptions) {
    this.client = options.client;
    this.name = options.name;
    this.#pause = options.pause;
    this.#random = options.random;
    this.#migrations = options.migrations ?? migrations;
  }

  /** The item at a key, read consistently. */
  async get(key: Key): Promise<Item | undefined> {
    const answer = await this.client.send(
      new GetItemCommand({
        TableName: this.name,
        Key: marshall({ pk: key.pk, sk: key.sk }),
        ConsistentRead: true,
      }),
    );
    return answer.Item && this.#read(answer.Item);
  }

  /** The items at many keys, read consistently, in no particular order; keys with no item are left out. */
  async getMany(wanted: readonly Key[]): Promise<Item[]> {
    const items: Item[] = [];
    for (let start = 0; start < wanted.length; start += 100) {
      let rest: Record<string, AttributeValue>[] = wanted
        .slice(start, start + 100)
        .map(({ pk, sk }) => marshall({ pk, sk }));
      for (let attempt = 0; rest.length > 0; attempt += 1) {
        if (attempt > 0) await this.backOff(attempt);
        const answer = await this.client.send(
          new BatchGetItemCommand({ RequestItems: { [this.name]: { Keys: rest, ConsistentRead: true } } }),
        );
        items.push(...(answer.Responses?.[this.name] ?? []).map((item) => this.#read(item)));
        rest = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
      }
    }
    return items;
  }

  /**
   * The items of a partition in order of sort key, every page of them, read consistently. `prefix` limits the
   * sort keys; `after` begins behind one; `limit` bounds the items answered.
   */
  async query(
    pk: string,
    options: { prefix?: string; after?: string; limit?: number; reverse?: boolean } = {},
  ): Promise<Item[]> {
    return this.#pages(undefined, pk, options);
  }

  /**
   * The keys of an index partition, in order of the index's sort key, up to `until` where given. Indexes are eventually
   * consistent.
   */
  async queryIndex(
    index: keyof typeof tableShape.indexes,
    pk: string,
    options: { after?: string; limit?: number; reverse?: boolean } | { until: string; limit?: number } = {},
  ): Promise<(Key & { readonly position: string })[]> {
    const items = await this.#pages(index, pk, options);
    const { sortKey } = tableShape.indexes[index];
    return items.map((item) => ({
      pk: item['pk'] as string,
      sk: item['sk'] as string,
      position: item[sortKey] as string,
    }));
  }

  async #pages(
    index: keyof typeof tableShape.indexes | undefined,
    pk: string,
    options: { prefix?: string; after?: string; until?: string; limit?: number; reverse?: boolean },
  ): Promise<Item[]> {
    const { partitionKey, sortKey } = index === undefined ? tableShape : tableShape.indexes[index];
    const range =
      options.after !== undefined
        ? options.reverse === true
          ? ' AND #sk < :bound'
          : ' AND #sk > :bound'
        : options.prefix !== undefined
          ? ' AND begins_with(#sk, :bound)'
          : options.until !== undefined
            ? ' AND #sk <= :bound'
            : '';
    const bound = options.after ?? options.prefix ?? options.until;
    const items: Item[] = [];
    let start: Record<string, AttributeValue> | undefined;
    do {
      const answer = await this.client.send(
        new QueryCommand({
          TableName: this.name,
          IndexName: index,
          ConsistentRead: index === undefined,
          KeyConditionExpression: `#pk = :pk${range}`,
          ExpressionAttributeNames: {
            '#pk': partitionKey,
            ...(bound === undefined ? {} : { '#sk': sortKey }),
          },
          ExpressionAttributeValues: marshall({
            ':pk': pk,
            ...(bound === undefined ? {} : { ':bound': bound }),
          }),
          ScanIndexForward: options.reverse !== true,
          Limit: options.limit === undefined ? undefined : options.limit - items.length,
          ExclusiveStartKey: start,
        }),
      );
      // An index projects keys only: nothing there has a shape.
      items.push(
        ...(answer.Items ?? []).map((item) => (index === undefined ? this.#read(item) : readStored(item))),
      );
      start = answer.LastEvaluatedKey;
    } while (start !== undefined && (options.limit === undefined || items.length < options.limit));
    return items;
  }

  /**
   * All of the actions, or none. Conflicts with other transactions and throttling are retried with jitter;
   * conditions that do not hold are answered by name. `token` makes a repeated call (within ten minutes)
   * the same call.
   */
  async transact(actions: readonly Action[], token?: string): Promise<Outcome> {
    if (actions.length > maximumActions) throw new Error(`a transaction of ${actions.length} actions`);
    const TransactItems = actions.map((action) => transactItem(this.name, action, this.#migrations));
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: token }));
        return { done: true };
      } catch (error) {
        const refused = storedRefusals(error);
        // An older item in the way of an update is rewritten, and the whole is tried again: once, since it stays so.
        if (await this.#rewriteOlder(actions, refused)) continue;
        if (refused.length > 0) return { done: false, refusals: this.#refusals(refused, actions) };
        if (!isTransient(error) || attempt === attempts) throw error;
        await this.backOff(attempt);
      }
    }
  }

  /**
   * Updates one item and answers it as it then stands, so that nothing else need be read. Costs half of what a
   * transaction does. Conflicts with transactions and throttling are retried with jitter, unless `tries` bounds them.
   */
  async update(
    key: Key,
    set: Update,
    conditions: readonly Clause[],
    { tries = attempts }: { readonly tries?: number } = {},
  ): Promise<Updated> {
    const action: Action = { name: 'update', update: key, set, conditions };
    const { Update: input } = transactItem(this.name, action, this.#migrations);
    const send = async () => {
      const answer = await this.client.send(
        new UpdateItemCommand({ ...input, Key: input?.Key, TableName: this.name, ReturnValues: 'ALL_NEW' }),
      );
      return this.#read(answer.Attributes ?? {});
    };
    return this.#single(action, send, tries);
  }

  /**
   * Puts one item, as `update` updates one. Where the conditions do not hold, what stands there may be this very item:
   * the answer to a write that was done may be lost.
   */
  async put(
    item: Key & Readonly<Record<string, Attribute>>,
    conditions: readonly Clause[] = [],
  ): Promise<Updated> {
    const action: Action = { name: 'put', put: item, conditions };
    const { Put: input } = transactItem(this.name, action, this.#migrations);
    return this.#single(action, async () => {
      await this.client.send(new PutItemCommand({ ...input, Item: input?.Item, TableName: this.name }));
      return item;
    });
  }

  /** Removes one item, whatever stands there, or nothing. */
  async remove(key: Key): Promise<void> {
    await this.#single({ name: 'remove', remove: key }, async () => {
      await this.client.send(
        new DeleteItemCommand({ TableName: this.name, Key: marshall({ pk: key.pk, sk: key.sk }) }),
      );
      return { ...key };
    });
  }

  async #single(action: Action, send: () => Promise<Item>, tries = attempts): Promise<Updated> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return { done: true, item: await send() };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) {
          if (await this.#rewriteOlder([action], [{ index: 0, item: error.Item }])) continue;
          return { done: false, item: error.Item && this.#read(error.Item) };
        }
        if (!isTransient(error) || attempt >= tries) throw error;
        await this.backOff(attempt);
      }
    }
  }

  #read(item: Record<string, AttributeValue>): Item {
    return readItem(item, this.#migrations);
  }

  /** Whether an item that refused an update was of an older shape and is no longer. */
  async #rewriteOlder(actions: readonly Action[], refused: readonly Refused[]): Promise<boolean> {
    const older = refused.flatMap(({ index, item }) => {
      const action = actions[index];
      return item !== undefined && action !== undefined && 'update' in action ? [item] : [];
    });
    const rewritten = await Promise.all(
      older.map((item) => rewriteInShape(this.client, this.name, item, this.#migrations)),
    );
    return rewritten.includes(true);
  }

  #refusals(refused: readonly Refused[], actions: readonly Action[]): Refusal[] {
    return refused.map(({ index, item }) => ({
      action: actions[index]?.name ?? '?',
      index,
      item: item && this.#read(item),
    }));
  }

  /** Full jitter, from 25 ms doubling up to 2 s (Brooker, "Exponential Backoff and Jitter", AWS 2015). */
  async backOff(attempt: number): Promise<void> {
    await this.#pause(this.#random() * Math.min(2000, 25 * 2 ** attempt));
  }
}

/** A condition that did not hold, as DynamoDB tells it. */
interface Refused {
  readonly index: number;
  readonly item: Record<string, AttributeValue> | undefined;
}

function storedRefusals(error: unknown): Refused[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).flatMap((reason, index) =>
    reason.Code === 'ConditionalCheckFailed' ? [{ index, item: reason.Item }] : [],
  );
}
