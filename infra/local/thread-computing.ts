import { Worker } from 'node:worker_threads';
import type { Computing } from '../../functions/api/computing.ts';
import { problem } from '../../shared/kernel/problem.ts';
import { fail } from '../../shared/kernel/result.ts';

export interface ToCompute {
  readonly what: keyof Computing;
  readonly data: readonly unknown[];
}
export type Computed = { readonly value: unknown } | { readonly threw: string };

/** Computes what callers of the API wait for in a thread of its own, so that others are answered meanwhile. */
export interface ThreadComputing {
  readonly computing: Computing;
  /** Ends what is under way; it is answered with `unavailable`. */
  stop(): Promise<void>;
}

/** One is computed and so many more wait: whoever waits longest is answered within half a minute. */
const mostWaiting = 2;
const idleMilliseconds = 60_000;

/**
 * A thread beside the one that clears: a preview is not to hold up a clearing, nor a clearing of minutes a preview. It is begun
 * when it is first needed, and ended when nothing was asked of it for a minute.
 */
export function threadComputing(
  program = new URL('./computing-thread.ts', import.meta.url),
  megabytes = 1024,
): ThreadComputing {
  const resourceLimits = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: megabytes };
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let open = 0;
  let stopped = false;

  const end = async (): Promise<void> => {
    const ending = thread;
    thread = undefined;
    await ending?.terminate();
  };
  const answer = (asked: ToCompute): Promise<unknown> => {
    if (stopped) return Promise.resolve(stopping);
    thread ??= new Worker(program, { resourceLimits });
    const worker = thread;
    return new Promise((resolve, reject) => {
      const over = (settle: () => void): void => {
        for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
        settle();
      };
      const broken = (why: Error): void => {
        if (thread === worker) thread = undefined;
        over(() => {
          if (stopped) resolve(stopping);
          else if ((why as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(tooLarge);
          else reject(why);
        });
      };
      worker.on('message', (told: Computed) => {
        over(() => {
          if ('threw' in told) reject(new Error(told.threw));
          else resolve(told.value);
        });
      });
      worker.on('error', (error) => {
        broken(error instanceof Error ? error : new Error(String(error)));
      });
      worker.on('exit', (code) => {
        broken(new Error(`the thread that computes has ended: code ${code}`));
      });
      worker.postMessage(asked);
    });
  };
  const ask = async (asked: ToCompute): Promise<unknown> => {
    if (open > mostWaiting) return tooMany;
    clearTimeout(idle);
    open += 1;
    const mine = last.then(() => answer(asked));
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      open -= 1;
      if (open === 0) idle = setTimeout(() => void end(), idleMilliseconds).unref();
    }
  };
  return {
    computing: {
      preview: (...data) => ask({ what: 'preview', data }) as ReturnType<Computing['preview']>,
      stress: (...data) => ask({ what: 'stress', data }) as ReturnType<Computing['stress']>,
    },
    stop: async () => {
      stopped = true;
      clearTimeout(idle);
      await end();
    },
  };
}

const tooMany = fail(
  problem('rate_limited', 'Others wait for a preview or a stress test already. Nothing was done; try again.'),
);
const stopping = fail(problem('unavailable', 'The marketplace is being stopped.'));
const tooLarge = fail(
  problem('market_too_large', 'The open book is too large to be computed within a call.'),
);
