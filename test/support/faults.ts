import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import { omit } from './omit.ts';

/** The worker's process has ended: nothing it does after this has any effect. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Commands that change something. */
export const writing = new Set([
  'UpdateItemCommand',
  'TransactWriteItemsCommand',
  'PutItemCommand',
  'DeleteItemCommand',
]);

type Send = () => Promise<unknown>;
/** Stands between the worker and one of its calls; `write` is false for reads. */
export type Meddler = (
  send: Send,
  call: { readonly write: boolean; readonly name: string; input: object },
) => Promise<unknown>;

/** Lets a meddler see every call of a client. */
export const meddleWith =
  (meddler: Meddler) =>
  (client: DynamoDBClient): void => {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const name = context.commandName ?? '?';
        const call = { write: writing.has(name), name, input: args.input };
        return (await meddler(() => next({ ...args, input: call.input }), call)) as Awaited<
          ReturnType<typeof next>
        >;
      },
      { step: 'initialize', name: 'meddler' },
    );
  };

/** The same for the object store. */
export const meddledObjects = (objects: ObjectStore, meddler: Meddler): ObjectStore => ({
  put: async (key, bytes) => {
    await meddler(() => objects.put(key, bytes), { write: true, name: 'put object', input: { key } });
  },
  get: (key) => objects.get(key),
});

/** Ends the worker at its write number `at`: before it is done, or after it is done and before it is answered. */
export function crashAt(at: number, when: 'before' | 'after'): Meddler & { writes: number } {
  let dead = false;
  const meddler = Object.assign(
    async (send: Send, { write }: { readonly write: boolean }) => {
      if (dead) throw new Crash();
      if (!write) return send();
      meddler.writes += 1;
      if (meddler.writes !== at) return send();
      dead = true;
      if (when === 'after') await send();
      throw new Crash();
    },
    { writes: 0 },
  );
  return meddler;
}

/**
 * Every death of a worker that makes so many writes, one thing at a time: just before each of them, and just after the
 * last. Dying after any other leaves what dying before the next one does.
 */
export const deaths = (writes: number): Meddler[] =>
  Array.from({ length: writes + 1 }, (_, done) =>
    done < writes ? crashAt(done + 1, 'before') : crashAt(writes, 'after'),
  );

/** What DynamoDB answers under load, to be tried again: the write is not done, or is done and the answer lost. */
export function flaky(random: () => number, share: number): Meddler & { faults: number } {
  const meddler = Object.assign(
    async (send: Send, { write, name }: { readonly write: boolean; readonly name: string }) => {
      if (!write || name === 'put object' || random() >= share) return send();
      meddler.faults += 1;
      if (random() < 0.5) await send().catch(() => undefined);
      throw name === 'TransactWriteItemsCommand'
        ? new TransactionCanceledException({
            message: 'injected',
            $metadata: {},
            CancellationReasons: [{ Code: 'TransactionConflict' }],
          })
        : Object.assign(new Error('injected'), { name: 'ThrottlingException' });
    },
    { faults: 0 },
  );
  return meddler;
}

/** A small repeatable source of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Holds the worker just before its write number `at`, as a process that the host has frozen, until it is let go. */
export function pausedAt(at: number): { meddler: Meddler; paused: Promise<void>; letGo: () => void } {
  let writes = 0;
  const paused = Promise.withResolvers<undefined>();
  const freed = Promise.withResolvers<undefined>();
  return {
    meddler: async (send, { write }) => {
      if (write) writes += 1;
      if (write && writes === at) {
        paused.resolve(undefined);
        await freed.promise;
      }
      return send();
    },
    paused: paused.promise,
    letGo: () => {
      freed.resolve(undefined);
    },
  };
}

/**
 * Lets workers make one call at a time, reads as well as writes, the next one chosen by `random` among those that
 * want to; `between` runs before each.
 */
export class Interleaving {
  readonly #waiting: { readonly worker: number; readonly go: () => void }[] = [];
  readonly #alive = new Set<number>();
  readonly #random: () => number;
  readonly #between: () => void;
  #busy = false;

  constructor(random: () => number, between: () => void) {
    this.#random = random;
    this.#between = between;
  }

  /** Runs the workers to their ends; each gets a meddler of its own. */
  async run<T>(workers: readonly ((meddler: Meddler) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
    workers.forEach((_, worker) => this.#alive.add(worker));
    return Promise.allSettled(
      workers.map(async (work, worker) => {
        try {
          return await work((send) => this.#inTurn(worker, send));
        } finally {
          this.#alive.delete(worker);
          this.#next();
        }
      }),
    );
  }

  async #inTurn(worker: number, send: Send): Promise<unknown> {
    await new Promise<void>((go) => {
      this.#waiting.push({ worker, go });
      this.#next();
    });
    try {
      return await send();
    } finally {
      this.#busy = false;
      this.#next();
    }
  }

  /** Once everybody who is alive wants to make a call, one of the calls is made. */
  #next(): void {
    const wanting = new Set(this.#waiting.map(({ worker }) => worker));
    if (this.#busy || wanting.size === 0 || wanting.size < this.#alive.size) return;
    const [chosen] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
    this.#busy = true;
    this.#between();
    chosen?.go();
  }
}

interface Write {
  readonly Key?: { readonly pk?: { readonly S?: string } };
  readonly Item?: { readonly pk?: { readonly S?: string } };
  readonly ConditionExpression?: string;
}
interface Transaction {
  readonly TransactItems?: Record<string, Write>[];
}

/** Takes the conditions off the transactions that apply a plan: of the guard only, or of everything. */
export const withoutConditions =
  (of: 'the guard' | 'everything'): Meddler =>
  (send, call) => {
    const { TransactItems: items = [] } = call.input as Transaction;
    const isGuard = ({ Key, Item }: Write) => (Key ?? Item)?.pk?.S?.startsWith('PLAN#') === true;
    if (items.some((item) => Object.values(item).some(isGuard)))
      call.input = {
        ...call.input,
        TransactItems: items.map((item) =>
          Object.fromEntries(
            Object.entries(item).map(([kind, write]) => {
              const bare = omit(write, 'ConditionExpression');
              return [kind, of === 'everything' || isGuard(write) ? withoutSpares(bare) : write];
            }),
          ),
        ),
      };
    return send();
  };

/** DynamoDB refuses placeholders that no expression uses. */
function withoutSpares(write: Record<string, unknown>): Record<string, unknown> {
  const text = typeof write['UpdateExpression'] === 'string' ? write['UpdateExpression'] : '';
  const used = (placeholders: unknown) =>
    Object.fromEntries(
      Object.entries((placeholders ?? {}) as Record<string, unknown>).filter(([name]) =>
        new RegExp(`${name}(?![A-Za-z0-9_])`).test(text),
      ),
    );
  const names = used(write['ExpressionAttributeNames']);
  const values = used(write['ExpressionAttributeValues']);
  return {
    ...omit(write, 'ExpressionAttributeNames', 'ExpressionAttributeValues'),
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
  };
}

/** One meddler around another. */
export const both =
  (outer: Meddler, inner: Meddler): Meddler =>
  (send, call) =>
    outer(() => inner(send, call), call);
