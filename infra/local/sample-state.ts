import type { CalendarDate, Instant } from '../../shared/kernel/time.ts';
import { dateOf, millisecondsOf } from '../../shared/kernel/time.ts';
import { doesNotExist } from '../../shared/store/table/condition.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { isEmpty } from './store.ts';

/** What a start has to do about the sample market. */
export type SampleState =
  /** Nothing in the store, or a load that was cut off: load it, as of that day. */
  | { readonly state: 'load'; readonly today: CalendarDate }
  | { readonly state: 'loaded' }
  /** The load was cut off too long ago for its calls to be recognised as repeated. */
  | { readonly state: 'abandoned' }
  /** The store is somebody's own. */
  | { readonly state: 'none' };

const key = { pk: 'ONE_MACHINE', sk: 'SAMPLE' } as const;

/** Repeated calls are known as such for at least 24 hours; an hour is left for finishing. */
const resumableMilliseconds = 23 * 3600 * 1000;

/** Reads the state, and marks an empty store as being loaded before anything else is written to it. */
export async function sampleState(table: Table, now: Instant, wanted: boolean): Promise<SampleState> {
  const marker = await table.get(key);
  if (marker !== undefined) {
    if (marker['state'] === 'loaded') return { state: 'loaded' };
    const begun = String(marker['begunAt']);
    if (!wanted) return { state: 'none' };
    return millisecondsOf(now) - millisecondsOf(begun) < resumableMilliseconds
      ? { state: 'load', today: dateOf(begun) }
      : { state: 'abandoned' };
  }
  if (!wanted || !(await isEmpty(table))) return { state: 'none' };
  await table.transact([
    {
      name: 'sample begun',
      put: { ...key, state: 'loading', begunAt: now },
      conditions: [doesNotExist],
    },
  ]);
  return { state: 'load', today: dateOf(now) };
}

export async function markSampleLoaded(table: Table, now: Instant): Promise<void> {
  await table.transact([{ name: 'sample loaded', put: { ...key, state: 'loaded', loadedAt: now } }]);
}
