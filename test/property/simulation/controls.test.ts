import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { contests } from '../../support/contests/index.ts';
import type { Guard } from '../../support/simulation/controls.ts';
import { controls, others } from '../../support/simulation/guards.ts';
import { historyNames, lived } from '../../support/simulation/histories.ts';

const MOST_TRIES = 60;

describe('without a guard', () => {
  it.each(controls)(
    '%s: it is found out',
    async (_, guards, history, first) => {
      const isTaken = (guard: Guard): boolean => guards.test(guard);
      for (const seed of [first, ...Array.from({ length: MOST_TRIES }, (_, index) => index + 1)])
        try {
          await lived(history, { seed, isTaken });
        } catch {
          return;
        }
      expect.fail(`${MOST_TRIES} histories passed without it`);
    },
    240_000,
  );
});

/** The name of the clause that each contest is about. */
const contested = contests.map(({ guard }) => /(\w+)\$$/.exec(guard.source)?.[1] ?? '');

describe('the table of guards', () => {
  it('has every guard that a history uses, and every clause that the sources name', async () => {
    const used = new Set<Guard>();
    const isTaken = (guard: Guard): boolean => {
      used.add(guard);
      return false;
    };
    for (const name of historyNames) await lived(name, { seed: 1, isTaken });
    const isKnown = (guard: Guard): boolean =>
      controls.some(([, guards]) => guards.test(guard)) ||
      contests.some((contest) => contest.guard.test(guard)) ||
      others.some(([guards]) => guards.test(guard));
    expect([...used].filter((guard) => !isKnown(guard))).toEqual([]);

    const clauses = new Set<string>();
    for await (const file of glob('{shared,functions}/**/*.ts'))
      for (const [, plain, made] of (await readFile(file, 'utf8')).matchAll(
        /name: (?:'(\w+)'|`([^`]+)`),\s*expression/g,
      ))
        clauses.add(plain ?? made ?? '');
    const names = [...new Set([...used].map((guard) => guard.split(' ')[2] ?? '')), ...contested];
    const isHeld = (clause: string): boolean =>
      names.some((name) => new RegExp(`^${clause.replace(/\$\{\w+\}/, '\\w+')}$`).test(name));
    expect([...clauses].filter((clause) => !isHeld(clause))).toEqual([]);
    expect(clauses.size).toBeGreaterThan(30);
  });
});
