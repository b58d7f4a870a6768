import { glob, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { contests } from '../../support/contests/index.ts';
import { insideAccounts } from '../../../shared/stockpiles/stock-account.ts';
import { heard, type Guard } from '../../support/simulation/controls.ts';
import { controls, isTried } from '../../support/simulation/guards.ts';
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
const tried = new Set([...contests.map(({ guard }) => /(\w+)\$$/.exec(guard.source)?.[1] ?? ''), 'isFree']);

async function matchesIn(pattern: RegExp): Promise<readonly RegExpExecArray[]> {
  const found: RegExpExecArray[] = [];
  for await (const file of glob('{shared,functions}/**/*.ts'))
    found.push(...(await readFile(file, 'utf8')).matchAll(pattern));
  return found;
}

describe('every guard has a trial of its own', () => {
  it('of those that a history uses', async () => {
    for (const name of historyNames) await lived(name, { seed: 1, isTaken: () => false });
    expect(heard.size).toBeGreaterThan(60);
    expect([...heard].filter((guard) => !isTried(guard))).toEqual([]);
  });

  it('of the clauses that the sources name', async () => {
    const clauses = new Set(
      (await matchesIn(/name: (?:'(\w+)'|`([^`]+)`),\s*expression/g)).map(
        ([, plain, made]) => plain ?? made ?? '',
      ),
    );
    expect(clauses.size).toBeGreaterThan(30);
    const made = ['${attribute}Stands', '${attribute}Suffices'];
    expect([...clauses].filter((clause) => !tried.has(clause))).toEqual(made);
  });

  it('of each clause that is made of the name of an attribute', async () => {
    const stands = (await matchesIn(/compared\('(\w+)'/g)).map(([, attribute]) => `${attribute ?? ''}Stands`);
    const suffices = insideAccounts.map((account) => `${account.replace('in-transit', 'inTransit')}Suffices`);
    expect(new Set(stands).size).toBe(6);
    expect([...stands, ...suffices].filter((clause) => !tried.has(clause))).toEqual([]);
  });
});
