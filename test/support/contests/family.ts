import type { Contest, Prepared } from './contest.ts';
import { prepared } from './trial.ts';

/** Of guards that keep the same, each is tried with all others away: so each keeps it alone, and without all it is lost. */
export const eachOf = <W>(contest: Omit<Contest<W>, 'guard'>, ...guards: readonly string[]): Contest<W>[] => {
  let start: Promise<Prepared<W>> | undefined;
  return guards.map((guard) => {
    const others = guards.filter((other) => other !== guard);
    const beside = [...others.map(exactly), ...(contest.beside === undefined ? [] : [contest.beside.source])];
    return {
      ...contest,
      guard: new RegExp(exactly(guard)),
      ...(beside.length === 0 ? {} : { beside: new RegExp(beside.join('|')) }),
      start: () => (start ??= prepared({ ...contest, guard: nothing })),
    };
  });
};

const nothing = /$^/;

const exactly = (guard: string): string => `^${guard.replaceAll('*', '\\*')}$`;
