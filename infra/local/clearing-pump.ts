/** What the pump drives: the same two functions that the queue and the schedule drive on AWS. */
export interface ClearingWork {
  /** Resumes, takes and runs what waits for a product, until nothing is left to do. */
  readonly run: (product: string) => Promise<void>;
  /** Starts what is due, wakes what waits, resumes what was interrupted. */
  readonly tick: () => Promise<void>;
  readonly failed: (what: string, error: unknown) => void;
}

/** In the place of a queue grouped by product and of a schedule. */
export interface ClearingPump {
  /** Returns at once; products run side by side, each one run at a time. */
  wake(product: string): void;
  /** Ticks now and then every so often; answers when the first tick is done. */
  start(everyMilliseconds: number): Promise<void>;
  /** No more ticks; waits for what is running, at most so long. What is cut off is resumed at the next start. */
  stop(patienceMilliseconds: number): Promise<void>;
}

export function clearingPump(work: ClearingWork): ClearingPump {
  const running = new Map<string, { promise: Promise<void>; again: boolean }>();
  let ticking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const guarded = (what: string, step: () => Promise<void>): Promise<void> =>
    step().catch((error: unknown) => {
      work.failed(what, error);
    });

  const wake = (product: string): void => {
    const entry = running.get(product);
    if (entry !== undefined) {
      // The run may be past the point where it would have seen what it is woken for.
      entry.again = true;
      return;
    }
    if (stopped) return;
    const fresh = { promise: Promise.resolve(), again: false };
    running.set(product, fresh);
    fresh.promise = guarded(`clearing of ${product}`, () => work.run(product)).then(() => {
      running.delete(product);
      if (fresh.again) wake(product);
    });
  };

  const tick = (): Promise<void> =>
    (ticking ??= guarded('tick', work.tick).finally(() => {
      ticking = undefined;
    }));

  return {
    wake,
    start: async (every) => {
      timer = setInterval(() => void tick(), every);
      await tick();
    },
    stop: async (patience) => {
      stopped = true;
      clearInterval(timer);
      const rest = Promise.all([ticking, ...[...running.values()].map(({ promise }) => promise)]);
      let out: NodeJS.Timeout | undefined;
      const patienceEnds = new Promise((resolve) => {
        out = setTimeout(resolve, patience);
      });
      await Promise.race([rest, patienceEnds]);
      clearTimeout(out);
    },
  };
}
