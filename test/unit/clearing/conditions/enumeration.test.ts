import { describe, expect, it } from 'vitest';
import { enumerate } from '../../../../shared/clearing/conditions/enumeration.ts';
import { namesOf, TrialTable, type TrialSpec } from '../../../support/trial-table.ts';

/** The search over sets from what stands without any order of `names`; what it tried, and what stands then. */
function search(names: string, specs: Record<string, TrialSpec>, rounds = Infinity) {
  const table = new TrialTable(names, specs);
  let left = rounds;
  const best = enumerate(table.trials, table.trial(names), () => left-- > 0);
  return { tried: table.tried, bounded: table.bounded, best: namesOf(best.rejected) };
}

describe('the search over sets of rejected orders', () => {
  it('begins with nobody rejected, and ends there if nothing is broken', () => {
    const specs = { '': { bound: 100 }, a: { bound: 60 } };
    expect(search('a', specs)).toEqual({ tried: [''], bounded: [], best: '' });
  });

  it('looks at nothing that cannot gain more than what stands', () => {
    const specs = { '': { bound: 60, breaks: 'a' }, a: { bound: 60 } };
    expect(search('a', specs)).toEqual({ tried: [], bounded: [], best: 'a' });
  });

  it('goes on with whoever breaks a condition out, and with whoever else has conditions and trades', () => {
    const specs = {
      '': { bound: 100, breaks: 'b', trade: 'c' },
      b: { bound: 80 },
      c: { bound: 90 },
      abcd: { bound: 10 },
    };
    // The bounds of both are asked first; a and d, which do not trade, would change nothing by being out.
    expect(search('abcd', specs)).toEqual({ tried: ['', 'c'], bounded: ['b', 'c'], best: 'c' });
  });

  it('takes a bound from the set it came from, less what the order gained there, until its turn comes', () => {
    const specs = {
      '': { bound: 100, breaks: 'ab', stakes: { a: 40, b: 10 } },
      a: { bound: 55 },
      b: { bound: 70 },
      ab: { bound: 50 },
    };
    // Without a at most 60, which is no more than the 70 without b: that one's own bound is never asked.
    expect(search('ab', specs)).toEqual({ tried: ['', 'b'], bounded: ['b'], best: 'b' });
  });

  it('tries equal bounds in the order of who is out', () => {
    const specs = {
      '': { bound: 100, breaks: 'ba' },
      a: { bound: 80, gains: 70, volume: 1 },
      b: { bound: 80, gains: 70, volume: 2 },
      ab: { bound: 50 },
    };
    expect(search('ab', specs)).toEqual({ tried: ['', 'a', 'b'], bounded: ['a', 'b'], best: 'b' });
  });

  it('tries no set twice: who was out in an earlier branch stays in the later ones', () => {
    const specs = {
      '': { bound: 100, breaks: 'abc' },
      ...{ a: { bound: 90, breaks: 'bc' }, b: { bound: 90, breaks: 'ac' }, c: { bound: 90, breaks: 'ab' } },
      ...{ ab: { bound: 80, breaks: 'c' }, ac: { bound: 80, breaks: 'b' }, bc: { bound: 80, breaks: 'a' } },
      abc: { bound: 10 },
    };
    const { tried, bounded, best } = search('abc', specs);
    expect(tried).toEqual(['', 'a', 'b', 'c', 'ab', 'ac', 'bc']);
    expect(bounded).toEqual(['a', 'b', 'c', 'ab', 'ac', 'bc', 'abc']);
    expect(best).toBe('abc');
  });

  it('prefers more gains, then more volume, then fewer rejected, and keeps what stands otherwise', () => {
    const end = (without: Partial<TrialSpec>) =>
      search('ab', {
        '': { bound: 100, breaks: 'a' },
        a: { bound: 90, ...without },
        ab: { bound: 50, volume: 5 },
      }).best;
    expect(end({ gains: 51 })).toBe('a');
    expect(end({ gains: 49, volume: 9 })).toBe('ab');
    expect(end({ gains: 50, volume: 6 })).toBe('a');
    expect(end({ gains: 50, volume: 4 })).toBe('ab');
    expect(end({ gains: 50, volume: 5 })).toBe('a');
  });

  it('ends when it may not go on, with the best so far', () => {
    const specs = {
      '': { bound: 100, breaks: 'ab' },
      a: { bound: 90, gains: 55 },
      b: { bound: 80, gains: 60 },
      ab: { bound: 50 },
    };
    expect(search('ab', specs, 0)).toEqual({ tried: [], bounded: [], best: 'ab' });
    expect(search('ab', specs, 1)).toEqual({ tried: [''], bounded: [], best: 'ab' });
    expect(search('ab', specs, 4)).toEqual({ tried: ['', 'a'], bounded: ['a', 'b'], best: 'a' });
    expect(search('ab', specs)).toEqual({ tried: ['', 'a', 'b'], bounded: ['a', 'b'], best: 'b' });
  });
});
