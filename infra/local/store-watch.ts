import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { statfs } from 'node:fs/promises';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { isTransient, isUnavailable } from '../../shared/store/table/transient.ts';

/** Sees whether the stores do what they are asked to, and tells the operator when they stop and when they go on. */
export interface StoreWatch {
  /** Reads; and where a write was the last thing to fail, writes. Throws as long as that fails. */
  probe(table: Table): Promise<void>;
  objects(store: ObjectStore): ObjectStore;
}

const probed = { pk: 'ONE_MACHINE', sk: 'PROBE' } as const;
const writing = new Set(['PutItemCommand', 'UpdateItemCommand', 'TransactWriteItemsCommand']);
/** In the words of SQLite, on which the embedded engine stands: SQLITE_FULL, and SQLITE_IOERR for a quota. */
const fullWords = /disk is full|disk I\/O error|no space left|ENOSPC|EDQUOT|EFBIG/i;

export function watchStores(
  client: DynamoDBClient,
  options: {
    /** Where the data lies; elsewhere, not here, if absent. */
    readonly directory: string | undefined;
    readonly tell: (text: string) => void;
    /** Something that was given up on may be taken up again. */
    readonly recovered: () => void;
  },
): StoreWatch {
  let failing: 'reads' | 'writes' | undefined;

  const failed = async (error: unknown, isWrite: boolean): Promise<void> => {
    if (
      !isUnavailable(error) ||
      isTransient(error) ||
      (error as Error).name === 'TransactionCanceledException'
    )
      return;
    const isNews = failing === undefined;
    failing = isWrite || failing === 'writes' ? 'writes' : 'reads';
    if (!isNews) return;
    const message = error instanceof Error ? error.message : String(error);
    const why =
      options.directory !== undefined && fullWords.test(message)
        ? `The disk takes no more writes: ${await roomIn(options.directory)} free in ${options.directory}. ` +
          'Make room, and'
        : `The store does not answer (${message.slice(0, 200)}). Once it does,`;
    options.tell(`${why} the market goes on by itself; nothing that was acknowledged is lost.`);
  };
  const succeeded = (isWrite: boolean): void => {
    if (failing === undefined || (failing === 'writes' && !isWrite)) return;
    failing = undefined;
    options.tell('The store answers again, and takes writes.');
    options.recovered();
  };
  const watched = async <T>(isWrite: boolean, call: () => Promise<T>): Promise<T> => {
    try {
      const answer = await call();
      succeeded(isWrite);
      return answer;
    } catch (error) {
      await failed(error, isWrite);
      throw error;
    }
  };

  client.middlewareStack.add(
    (next, context) => (args) => watched(writing.has(context.commandName ?? ''), () => next(args)),
    { step: 'initialize', name: 'storeWatched' },
  );
  return {
    probe: async (table) => {
      if (failing === 'writes') await table.transact([{ name: 'probe', put: probed }]);
      else await table.get(probed);
    },
    objects: (store) => ({
      ...store,
      put: (key, bytes) => watched(true, () => store.put(key, bytes)),
    }),
  };
}

const roomIn = async (directory: string): Promise<string> => {
  const { bavail, bsize } = await statfs(directory);
  return `${Math.floor((bavail * bsize) / 2 ** 20)} MB`;
};
