import { setTimeout as pause } from 'node:timers/promises';

/** One request of the traffic: sent, and what came of it. */
export type Send = () => Promise<{ readonly status: number; readonly retryAfter: string | null }>;

export interface Held {
  readonly sent: number;
  readonly seconds: number;
  /** Milliseconds from when a request was due to its answer, of those answered as asked for. */
  readonly latencies: readonly number[];
  /** How many got which status; 0 for no answer. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Why there was no answer, and how often. */
  readonly unanswered: ReadonlyMap<string, number>;
  /** Refusals for too many requests that did not say when to come back. */
  readonly withoutRetryAfter: number;
}

/**
 * Sends requests at a rate, each when it is due, whether or not those before it have been answered, and measures from when
 * it was due: a generator that waits for answers asks a slow server less often and does not see what waiting callers see
 * ("coordinated omission", Tene 2013). Arrivals are a Poisson process, as of many independent callers.
 */
export async function openLoop(
  perSecond: number,
  seconds: number,
  random: () => number,
  next: () => Send,
): Promise<Held> {
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  const unanswered = new Map<string, number>();
  let withoutRetryAfter = 0;
  const open = new Set<Promise<void>>();
  const begun = performance.now();
  const one = async (due: number): Promise<void> => {
    const { status, retryAfter } = await next()().catch((error: unknown) => {
      const why = reasonOf(error);
      unanswered.set(why, (unanswered.get(why) ?? 0) + 1);
      return { status: 0, retryAfter: null };
    });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 429 && retryAfter === null) withoutRetryAfter += 1;
    if (status >= 200 && status < 500 && status !== 429) latencies.push(performance.now() - due);
  };
  let sent = 0;
  for (let due = begun; due < begun + seconds * 1000; due += (-Math.log(1 - random()) / perSecond) * 1000) {
    const early = due - performance.now();
    if (early > 1) await pause(early);
    const request = one(due);
    open.add(request);
    void request.then(() => open.delete(request));
    sent += 1;
  }
  await Promise.all(open);
  return {
    sent,
    seconds: (performance.now() - begun) / 1000,
    latencies,
    statuses,
    unanswered,
    withoutRetryAfter,
  };
}

/** The code of what lies deepest, as of Node or its `fetch`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined
    ? ((error as NodeJS.ErrnoException).code ?? error.message)
    : reasonOf(error.cause);
}

/** As fast as so many callers get answers, each waiting for its own: what the server can do at most. */
export async function closedLoop(callers: number, seconds: number, next: () => Send): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let answered = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < until) {
        await next()();
        answered += 1;
      }
    }),
  );
  return answered / seconds;
}
