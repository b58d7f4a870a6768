import { setTimeout as pause } from 'node:timers/promises';
import { isUnavailable } from '../../shared/store/table/transient.ts';

/** Between two tries, in milliseconds: soon at first, then no more often than a person would. */
const waits = [250, 500, 1000, 2000, 5000, 10_000];
/** It is said again each so many tries at the longest wait: a minute. */
const saidEach = 6;

/**
 * Does a first thing with a store that may not be there yet, and waits for as long as it takes. @throws what is not for
 * want of a store, and when asked to stop.
 */
export async function untilItAnswers<T>(
  attempt: () => Promise<T>,
  { signal, waiting }: { readonly signal: AbortSignal; readonly waiting: (why: string) => void },
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (tries === 0 || (tries - waits.length) % saidEach === 0) waiting(inAWord(error));
      await pause(waits[Math.min(tries, waits.length - 1)], undefined, { signal });
    }
  }
}

const inAWord = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.name) : String(error);
