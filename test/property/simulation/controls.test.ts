import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
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

/** Clauses that no history uses, and the test that holds each. */
const elsewhere: Readonly<Record<string, string>> = {
  amountIs: 'funding-rounds.test.ts',
  countIs: 'reference-prices.test.ts',
  isActive: 'programmes.test.ts',
  isLeft: 'shared-rate-limit.test.ts',
  isDistributing: 'funding-rounds.test.ts',
  isNotReplayedBy: 'warning.test.ts',
  isProposed: 'programmes.test.ts',
  lastIs: 'exchange.test.ts',
  keepsReserveFloor: 'stock-releases.test.ts',
  notDistributing: 'funding-rounds.test.ts',
  notReplaced: 'reference-prices.test.ts',
  notTraded: 'reference.test.ts',
  offersRevisionIs: 'races.test.ts',
  paidIs: 'funding-rounds.test.ts',
  siteAsRead: 'races.test.ts',
  validityIs: 'orders-at-the-gate.test.ts',
  '${attribute}Stands': 'programmes.test.ts',
};

describe('the table of guards', () => {
  it('has every guard that a history uses, and every clause that the sources name', async () => {
    const used = new Set<Guard>();
    const isTaken = (guard: Guard): boolean => {
      used.add(guard);
      return false;
    };
    for (const name of historyNames) await lived(name, { seed: 1, isTaken });
    const isKnown = (guard: Guard): boolean =>
      controls.some(([, guards]) => guards.test(guard)) || others.some(([guards]) => guards.test(guard));
    expect([...used].filter((guard) => !isKnown(guard))).toEqual([]);

    const clauses = new Set<string>();
    for await (const file of glob('{shared,functions}/**/*.ts'))
      for (const [, plain, made] of (await readFile(file, 'utf8')).matchAll(
        /name: (?:'(\w+)'|`([^`]+)`),\s*expression/g,
      ))
        clauses.add(plain ?? made ?? '');
    const names = new Set([...used].map((guard) => guard.split(' ')[2]));
    const isHeld = (clause: string): boolean =>
      clause in elsewhere ||
      names.has(clause) ||
      [...names].some((name) => name?.endsWith(clause.replace(/^\$\{\w+\}/, '')));
    expect([...clauses].filter((clause) => !isHeld(clause))).toEqual([]);
    expect(clauses.size).toBeGreaterThan(30);
  });
});
