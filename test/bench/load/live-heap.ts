import type { PerformanceEntry } from 'node:perf_hooks';
import { PerformanceObserver, constants } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { noteLiveHeap } from './memory.ts';

interface Collection extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

/**
 * Read by a server under load before its own program (`--import`), in each of its threads: notes what is alive, which is what
 * is left outside of the young generation when V8 has just collected all. It collects when it wants to: one that is asked
 * for would give back memory that the server would have kept.
 */
const file = process.env['LIVE_HEAP_FILE'];
if (file !== undefined)
  new PerformanceObserver((list) => {
    const hasCollectedAll = list
      .getEntries()
      .some((entry) => (entry as Collection).detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR);
    if (!hasCollectedAll) return;
    const live = getHeapSpaceStatistics()
      .filter(({ space_name: name }) => !name.startsWith('new_'))
      .reduce((sum, { space_used_size: used }) => sum + used, 0);
    noteLiveHeap(file, isMainThread ? 'server' : 'decider', live);
  }).observe({ entryTypes: ['gc'] });
