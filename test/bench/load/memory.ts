import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { median } from '../report.ts';

/** MB at a time, in milliseconds since 1970. */
export interface Sample {
  readonly at: number;
  readonly megabytes: number;
}

const pageBytes = 4096;
const residentMegabytes = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes) / 2 ** 20;
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}/statm`);

/** The resident memory of a process, a sample a second. */
export class Resident {
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      if (isThere(pid)) this.#samples.push({ at: Date.now(), megabytes: residentMegabytes(pid) });
    }, 1000);
  }

  stop(): readonly Sample[] {
    clearInterval(this.#timer);
    return this.#samples;
  }
}

/** What a thread of a server has found alive at its own collections, as `live-heap.ts` has noted it in a file. */
export const readLiveHeap = (file: string, thread: string): Sample[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([who, at, megabytes]) =>
      who === thread ? [{ at: Number(at), megabytes: Number(megabytes) }] : [],
    );

/** One line of what `readLiveHeap` reads. */
export const noteLiveHeap = (file: string, thread: string, bytes: number): void => {
  appendFileSync(file, `${thread} ${Date.now()} ${(bytes / 2 ** 20).toFixed(1)}\n`);
};

/** Medians of the eighths of a span: one sample too high, or a pause, is not a growth. Undefined where one has no sample. */
export function eighths(samples: readonly Sample[], from: number, to: number): (number | undefined)[] {
  const width = (to - from) / 8;
  return Array.from({ length: 8 }, (_, index) => {
    const begins = from + index * width;
    const within = samples.filter(({ at }) => at >= begins && at < begins + width);
    return within.length === 0 ? undefined : median(within.map(({ megabytes }) => megabytes));
  });
}

/**
 * By which share of itself memory has grown over the second half of a span: the last two eighths against the two before
 * them. Undefined where either has no sample.
 */
export function growth(parts: readonly (number | undefined)[]): number | undefined {
  const known = (of: readonly (number | undefined)[]) => of.filter((each) => each !== undefined);
  const [before, after] = [known(parts.slice(4, 6)), known(parts.slice(6))];
  if (before.length === 0 || after.length === 0) return undefined;
  return median(after) / median(before) - 1;
}
