import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../shared/store/table/item.ts';
import { readItem } from '../../shared/store/table/item.ts';

type Image = Record<string, AttributeValue>;
interface Written {
  readonly TableName?: string;
  readonly Item?: Image;
  readonly TransactItems?: readonly {
    readonly Put?: { readonly TableName?: string; readonly Item?: Image };
  }[];
}

/**
 * In the place of the table's stream: tells of every item that this process has put, once the write is done. (The
 * embedded engine has streams, but with one each write slows down with the records that there already are.) What a
 * killed process has put and not told of, the sweep at the next start makes good: alerts follow from what stands.
 */
export function watchPuts(
  client: DynamoDBClient,
  tableName: string,
  told: (items: readonly Item[]) => void,
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (context.commandName === 'PutItemCommand' || context.commandName === 'TransactWriteItemsCommand') {
        const { TableName, Item: one, TransactItems = [] } = args.input as Written;
        const puts = [{ TableName, Item: one }, ...TransactItems.map(({ Put }) => Put ?? {})];
        const items = puts.flatMap((put) =>
          put.Item !== undefined && put.TableName === tableName ? [readItem(put.Item)] : [],
        );
        if (items.length > 0) told(items);
      }
      return answer;
    },
    { step: 'initialize', name: 'putsWatched' },
  );
}

/** Takes items as they are told of, and hands on all that have come together, one batch at a time. */
export interface StreamPump {
  /** Passed over before it has been started: that is left to the sweep. */
  tell(items: readonly Item[]): void;
  start(): void;
  /** Until nothing waits and nothing is under way. */
  idle(): Promise<void>;
  /** Hands nothing more on; waits for the batch under way. */
  stop(): Promise<void>;
}

/**
 * @param rest waits after a batch that was worked on for so many milliseconds: what comes meanwhile is one batch, and others
 *   have the processor
 */
export function streamPump(
  handle: (items: readonly Item[]) => Promise<void>,
  failed: (error: unknown) => void,
  rest: (worked: number) => Promise<unknown> = () => Promise.resolve(),
): StreamPump {
  let waiting: Item[] = [];
  // Who waits for the end does not wait for the rests.
  let hurry = Promise.withResolvers<undefined>();
  let working: Promise<void> | undefined;
  let state: 'held' | 'going' | 'stopped' = 'held';
  const work = async (): Promise<void> => {
    // What is done in a row is looked at once: let it end first.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0 && state === 'going') {
      const batch = waiting;
      waiting = [];
      const begun = performance.now();
      await handle(batch).catch(failed);
      await Promise.race([rest(performance.now() - begun), hurry.promise]);
    }
  };
  const go = (): void => {
    if (state !== 'going' || waiting.length === 0) return;
    working ??= work().finally(() => {
      working = undefined;
      go();
    });
  };
  return {
    tell: (items) => {
      if (state !== 'going') return;
      waiting.push(...items);
      go();
    },
    start: () => {
      state = 'going';
    },
    idle: async () => {
      hurry.resolve(undefined);
      while (working !== undefined) await working;
      hurry = Promise.withResolvers();
    },
    stop: async () => {
      state = 'stopped';
      hurry.resolve(undefined);
      await working;
    },
  };
}
