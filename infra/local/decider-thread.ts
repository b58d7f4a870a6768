import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { DecidedRun, Decider, Undecided } from '../../functions/clearing/decider.ts';
import type { FailureReason } from '../../functions/clearing/unclearable.ts';
import { Unclearable } from '../../functions/clearing/unclearable.ts';

/** What the thread is asked; each is answered once, under its id. */
export type Ask = { readonly id: number } & (
  | { readonly for: 'decision'; readonly undecided: Undecided }
  /** Of the decision that was asked for under this id. */
  | { readonly for: 'proof' | 'disclosed' | 'end'; readonly of: number }
  | { readonly for: 'shards'; readonly of: number; readonly most: number }
);
export type Told = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly failed: { readonly reason: FailureReason | undefined; readonly why: string | undefined } }
);

/**
 * Decides runs in a thread of its own, so that the API of one machine answers meanwhile. Should the thread end, out of
 * memory for a book, what it was asked fails as it does where a worker dies: the run is taken up again, by a new thread,
 * and given up after some times. It is begun when it is first needed.
 */
export interface DeciderThread {
  readonly decide: Decider;
  stop(): Promise<void>;
}

/**
 * In MB. What has just been made is soon garbage, and V8 would keep 128 MB for it on a machine with much memory. What a book
 * needs is left to it: half of the machine, as for a Lambda of its own.
 */
const resourceLimits = {
  maxYoungGenerationSizeMb: 48,
  maxOldGenerationSizeMb: Math.min(8192, Math.floor(totalmem() / 2 ** 21)),
};

export function deciderThread(program = new URL('./clearing-thread.ts', import.meta.url)): DeciderThread {
  let thread: Worker | undefined;
  let asked = 0;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

  const begin = (): Worker => {
    const begun = new Worker(program, { resourceLimits });
    const over = (why: string): void => {
      if (thread !== begun) return;
      thread = undefined;
      for (const { reject } of waiting.values())
        reject(new Error(`the thread that clears has ended: ${why}`));
      waiting.clear();
    };
    begun.on('message', (told: Told) => {
      const { resolve, reject } = waiting.get(told.id) ?? {};
      waiting.delete(told.id);
      if (waiting.size === 0) begun.unref();
      if ('value' in told) resolve?.(told.value);
      else reject?.(failureOf(told.failed));
    });
    begun.on('error', (error) => {
      over(error instanceof Error ? error.message : String(error));
    });
    begun.on('exit', (code) => {
      over(`code ${code}`);
    });
    return begun;
  };
  const ask = (what: DistributiveOmit<Ask, 'id'>, id = (asked += 1)): Promise<unknown> =>
    new Promise((resolve, reject) => {
      thread ??= begin();
      thread.ref();
      waiting.set(id, { resolve, reject });
      thread.postMessage({ id, ...what });
    });
  return {
    decide: async (undecided) => {
      const of = (asked += 1);
      const decision = ask({ for: 'decision', undecided }, of);
      return {
        ...((await decision) as Pick<DecidedRun, 'chunks' | 'finding' | 'measured'>),
        proof: () => ask({ for: 'proof', of }) as Promise<Uint8Array>,
        disclosed: () => ask({ for: 'disclosed', of }) as Promise<Uint8Array>,
        nextShards: (most) => ask({ for: 'shards', of, most }) as Promise<readonly Uint8Array[]>,
        end: () => {
          // A thread that has ended has forgotten it.
          if (thread !== undefined) void ask({ for: 'end', of }).catch(() => undefined);
        },
      };
    },
    stop: async () => {
      await thread?.terminate();
    },
  };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const failureOf = ({ reason, why }: { reason: FailureReason | undefined; why: string | undefined }): Error =>
  reason === undefined ? new Error(why) : new Unclearable(reason, why);
