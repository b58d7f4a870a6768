import { describe, expect, it } from 'vitest';
import { rejectBreaking } from '../../../../shared/clearing/conditions/rejection.ts';
import { namesOf, TrialTable, type TrialSpec } from '../../../support/trial-table.ts';

interface Asked {
  readonly from?: string;
  readonly kept?: string;
  /** How many more rounds there is time for; time without end if left out. */
  readonly rounds?: number;
  /** A result to stay with: what it gains. */
  readonly least?: number;
}

/** Which sets are tried, and which set of rejected orders is left with nothing broken. */
function reject(names: string, specs: Record<string, TrialSpec>, asked: Asked = {}) {
  const { from = '', kept = '', rounds = Infinity, least } = asked;
  const table = new TrialTable(names, { least: { bound: least ?? 0 }, ...specs });
  let left = rounds;
  const stay = least === undefined ? undefined : { ...table.trial(from), gains: BigInt(least) };
  const trial = rejectBreaking(table.trials, table.of(from), table.of(kept), () => left-- > 0, stay);
  expect(table.least, 'what it must not fall below is handed on').toBe(
    table.tried.length === 0 ? undefined : stay,
  );
  return { tried: table.tried, end: trial && namesOf(trial.rejected) };
}
const kept = { bound: 50 };

describe('what breaks its conditions is rejected', () => {
  it('not at all where nothing is broken', () => {
    expect(reject('a', { '': kept })).toEqual({ tried: [''], end: '' });
  });

  it('one after the other until nothing is broken, whoever has the least at stake first', () => {
    const specs = {
      '': { bound: 100, breaks: 'abc', stakes: { a: 30, b: 20, c: 25 } },
      b: { bound: 80, breaks: 'ac', stakes: { a: 5, c: 25 } },
      ab: kept,
    };
    expect(reject('abc', specs)).toEqual({ tried: ['', 'b', 'ab'], end: 'ab' });
  });

  it('and of equal stakes by rank; who gains nothing has nothing at stake', () => {
    const specs = (stakes: Record<string, number>) => ({
      '': { bound: 100, breaks: 'cba', stakes },
      a: kept,
      b: kept,
      c: kept,
    });
    expect(reject('abc', specs({ a: 7, b: 7, c: 7 })).end).toBe('a');
    expect(reject('abc', specs({ a: 7, b: 6, c: 6 })).end).toBe('b');
    expect(reject('abc', specs({ a: 7, b: 6 })).end).toBe('c');
  });

  it('of many a quarter at a time, each counted once however many conditions it breaks', () => {
    const stakes = { a: 8, b: 7, c: 6, d: 5, e: 4, f: 3, g: 2, h: 1 };
    const start = (breaks: string) => ({ '': { bound: 100, breaks, stakes }, gh: kept, h: kept });
    expect(reject('abcdefgh', start('abcdefgh')).end).toBe('gh');
    expect(reject('abcdefgh', start('aabbccddeeffhh')).end).toBe('h');
  });

  it('besides those that are out already', () => {
    const specs = { a: { bound: 100, breaks: 'b' }, ab: kept };
    expect(reject('ab', specs, { from: 'a' })).toEqual({ tried: ['a', 'ab'], end: 'ab' });
  });

  it('but for those that are to be kept; where only they break a condition it cannot be', () => {
    const specs = {
      '': { bound: 100, breaks: 'ab', stakes: { a: 1, b: 9 } },
      b: { bound: 90, breaks: 'a' },
    };
    expect(reject('ab', specs, { kept: 'a' })).toEqual({ tried: ['', 'b'], end: undefined });
  });

  it('all at once when time has run out, and nothing more is done to keep conditions', () => {
    const specs = {
      '': { bound: 100, breaks: 'abc', stakes: { a: 1, b: 2, c: 3 } },
      a: { bound: 90, breaks: 'bc' },
      abc: kept,
    };
    expect(reject('abc', specs, { rounds: 0 })).toEqual({ tried: ['()', '(abc)'], end: 'abc' });
    expect(reject('abc', specs, { rounds: 1 })).toEqual({ tried: ['', '(a)', '(abc)'], end: 'abc' });
  });
});

describe('where a result stands already, what breaks is rejected', () => {
  const specs = {
    '': { bound: 100, breaks: 'ab', stakes: { a: 30, b: 40 } },
    a: { bound: 65, breaks: 'b', stakes: { b: 10 } },
    ab: { bound: 50 },
  };

  it('as long as the market could still gain as much', () => {
    expect(reject('ab', specs, { least: 50 })).toEqual({ tried: ['', 'a', 'ab'], end: 'ab' });
    expect(reject('ab', specs, { least: 55 })).toEqual({ tried: ['', 'a', 'ab'], end: undefined });
  });

  it('but is not tried where what the rejected gain is more than can be spared', () => {
    expect(reject('ab', specs, { least: 56 })).toEqual({ tried: ['', 'a'], end: undefined });
    expect(reject('ab', specs, { least: 70 })).toEqual({ tried: ['', 'a'], end: undefined });
    expect(reject('ab', specs, { least: 71 })).toEqual({ tried: [''], end: undefined });
  });

  it('and not beyond the time there is', () => {
    expect(reject('ab', specs, { least: 50, rounds: 1 })).toEqual({ tried: [''], end: undefined });
    expect(reject('ab', specs, { least: 50, rounds: 0 })).toEqual({ tried: [], end: undefined });
  });
});
