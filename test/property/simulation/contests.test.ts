import { describe, expect, it } from 'vitest';
import { prepared } from '../../support/contests/trial.ts';
import { contests } from '../../support/contests/index.ts';
import { apart } from '../../support/contests/stock.ts';
import { heard } from '../../support/simulation/controls.ts';
import { isTried } from '../../support/simulation/guards.ts';

describe('two at once, of whom one is held before a write', () => {
  it.each(contests)('it keeps $keeps: $guard', async ({ trials, foundBy }) => {
    const [sound, unsound] = await trials();
    expect([...sound.losses]).toEqual([]);
    expect(sound.held).toBeGreaterThan(0);
    expect([...unsound.losses]).toContain(foundBy);
  });
});

describe('every guard', () => {
  it('of those that somebody in a contest uses, has one', () => {
    expect(heard.size).toBeGreaterThan(100);
    expect([...heard].filter((guard) => !isTried(guard))).toEqual([]);
  });
});

describe('computers whose clocks differ, one after the other', () => {
  it.each(apart)('keep $keeps', async (contest) => {
    expect((await prepared(contest)).orders.size).toBe(2);
  });
});
