import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../../support/faults.ts';
import { startServer } from '../../support/server.ts';
import { progress, report } from '../report.ts';
import { Callers } from './callers.ts';
import type { Sample } from './memory.ts';
import { Resident, eighths, growth, readLiveHeap } from './memory.ts';
import { closedLoop, openLoop, type Held } from './open-loop.ts';

/**
 * Of what the server can do at most, with next to nothing in its market: what it is asked to hold for minutes, in which books
 * and contracts become thousands. Twice that is more than it can do by then.
 */
const heldShare = 0.4;
const clearingMilliseconds = 5000;
/** Of the live heap, from one quarter of the time it is held to the next: what a cache that fills may take, and no leak. */
const growthAllowed = 0.25;

/**
 * Mixed traffic on one machine: first as much as it can do, then 40 % of that for minutes, then twice as much, and then
 * what it held again. Throws where an answer is an error while it is held, or anything but an answer or 429 with
 * Retry-After when it is too much.
 */
export async function benchLoad(minutes: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-load-'));
  const liveHeap = join(folder, 'live-heap');
  const server = await startServer(['--data', folder, '--empty'], 60, {
    NODE_OPTIONS: `--import ${new URL('live-heap.ts', import.meta.url).href}`,
    LIVE_HEAP_FILE: liveHeap,
  });
  const callers = new Callers(seeded(1));
  let turn = 0;
  const clearings = setInterval(
    () => void callers.clear((turn += 1)).catch(() => undefined),
    clearingMilliseconds,
  );
  try {
    await callers.open(server.url);
    const engine = new Resident(Number(await readFile(join(folder, 'engine.pid'), 'utf8')));
    const host = new Resident(server.pid);
    progress(`load: the machine's load average is ${loadavg()[0]?.toFixed(1)} before it begins`);
    await closedLoop(16, 5, callers.next);
    const most = await closedLoop(16, 15, callers.next);
    report({ name: 'load: most, 16 callers who wait', value: most, unit: 'requests/s' });
    const rate = Math.max(1, Math.floor(most * heldShare));
    const arrivals = seeded(2);

    const begun = Date.now();
    const held = await openLoop(rate, minutes * 60, arrivals, callers.next);
    const span = [begun, Date.now()] as const;
    tell('held', rate, held);
    expectOnly(held, (status) => status >= 200 && status < 500 && status !== 429, 'while it is held');

    const much = await openLoop(2 * rate, Math.max(20, minutes * 15), arrivals, callers.next);
    tell('twice as much', 2 * rate, much);
    expectOnly(much, (status) => status >= 200 && status < 500, 'at twice the rate');
    if (much.withoutRetryAfter > 0)
      throw new Error(`${much.withoutRetryAfter} refusals do not say when to come back`);

    const after = await openLoop(rate, 20, arrivals, callers.next);
    tell('held again', rate, after);
    expectOnly(after, (status) => status >= 200 && status < 500 && status !== 429, 'after that');
    tellMemory('resident memory of the server', host.stop(), span);
    tellMemory('resident memory of the engine', engine.stop(), span);
    tellMemory('live heap of the decider', readLiveHeap(liveHeap, 'decider'), span);
    const grown = tellMemory('live heap of the server', readLiveHeap(liveHeap, 'server'), span);
    if (grown !== undefined && grown > growthAllowed)
      throw new Error(
        `the live heap is not flat: ${(100 * grown).toFixed(0)} % more within a quarter of the time`,
      );
  } finally {
    clearInterval(clearings);
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function tell(name: string, rate: number, { sent, seconds, latencies, statuses, unanswered }: Held): void {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  progress(`load: ${name}, ${sent} requests in ${seconds.toFixed(0)} s, ${JSON.stringify([...statuses])}`);
  if (unanswered.size > 0) progress(`load: no answer for ${JSON.stringify([...unanswered])}`);
  report({ name: `load: ${name}, asked for`, value: rate, unit: 'requests/s' });
  report({ name: `load: ${name}, answered`, value: latencies.length / seconds, unit: 'requests/s' });
  report({ name: `load: ${name}, p50 from when it was due`, value: at(0.5), unit: 'ms' });
  report({ name: `load: ${name}, p99 from when it was due`, value: at(0.99), unit: 'ms' });
  report({ name: `load: ${name}, refused with 429`, value: (statuses.get(429) ?? 0) / sent, unit: 'share' });
}

/** The most that there was and, over the time that the rate was held, how it went; answers by which share it grew. */
function tellMemory(name: string, samples: readonly Sample[], [from, to]: readonly [number, number]) {
  const parts = eighths(samples, from, to);
  const grown = growth(parts);
  const line = parts.map((part) => part?.toFixed(0) ?? '–').join(' ');
  const verdict = grown === undefined ? 'too few samples' : grown > growthAllowed ? 'NOT FLAT' : 'flat';
  progress(`load: ${name} in MB, by eighths of the time it was held: ${line} (${verdict})`);
  const most = Math.max(0, ...samples.map(({ megabytes }) => megabytes));
  report({ name: `load: ${name}, at most`, value: most, unit: 'MB' });
  if (grown !== undefined)
    report({ name: `load: ${name}, last quarter over the one before`, value: grown, unit: 'share' });
  return grown;
}

function expectOnly({ statuses }: Held, isExpected: (status: number) => boolean, when: string): void {
  const others = [...statuses].filter(([status]) => !isExpected(status));
  if (others.length > 0)
    throw new Error(`${when}: ${others.map(([status, count]) => `${count} × ${status}`).join()}`);
}
