import type { Kill, Target } from './processes.ts';
import { targets } from './processes.ts';

export interface Recovery {
  readonly target: Target;
  readonly count: number;
  /** Milliseconds until a request was answered again: median and longest. */
  readonly p50: number;
  readonly max: number;
}

export const recoveries = (kills: readonly Kill[]): Recovery[] =>
  targets.flatMap((target) => {
    const times = kills
      .filter((kill) => kill.target === target)
      .map(({ recoveredAfterMilliseconds }) => Math.round(recoveredAfterMilliseconds))
      .sort((a, b) => a - b);
    if (times.length === 0) return [];
    return [{ target, count: times.length, p50: times[times.length >> 1]!, max: times.at(-1)! }];
  });
