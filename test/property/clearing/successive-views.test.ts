import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nothingDisclosed } from '../../../shared/clearing/documents/disclosed.ts';
import type { Told } from '../../../shared/clearing/documents/judge-run.ts';
import { judgeRun } from '../../../shared/clearing/documents/judge-run.ts';
import { runs, seenIn } from '../../support/runs.ts';
import type { Held, ShownRun } from '../../support/shown-runs.ts';
import { gate, judged, partsOf } from '../../support/shown-runs.ts';

const quarter = '2027-Q1';
const owners = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const groups = { f: 'one', g: 'one' };
const groupOf = (owner: string): string => (owner === 'f' || owner === 'g' ? 'one' : owner);

/** By owner what it posts (or withdraws) before the gate, and how many quarters of what it has then trade. */
const step = fc.record({
  posted: fc.dictionary(fc.constantFrom(...owners), fc.integer({ min: -40, max: 40 }), { maxKeys: 4 }),
  traded: fc.dictionary(fc.constantFrom(...owners), fc.integer({ min: 1, max: 4 }), { maxKeys: 6 }),
});
const history = fc.record({
  start: fc.array(fc.integer({ min: 20, max: 40 }), { minLength: owners.length, maxLength: owners.length }),
  steps: fc.array(step, { minLength: 2, maxLength: 6 }),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** Every run's books as what the last one left of them and what was posted since. Sellers are buyers, to be twice as many cases. */
function runsOf({ start, steps }: History): ShownRun[] {
  let book: Record<string, number> = Object.fromEntries(owners.map((owner, at) => [owner, start[at]!]));
  return steps.map(({ posted, traded }) => {
    const supply = Object.fromEntries(
      owners.map((owner) => [owner, Math.max(0, (book[owner] ?? 0) + (posted[owner] ?? 0))]),
    );
    const sold = Object.fromEntries(
      owners.map((owner) => [owner, Math.floor(((supply[owner] ?? 0) * (traded[owner] ?? 0)) / 4)]),
    );
    book = Object.fromEntries(owners.map((owner) => [owner, (supply[owner] ?? 0) - (sold[owner] ?? 0)]));
    return { [quarter]: { supply, demand: supply, sold } };
  });
}

/** A figure that everybody has read, and what the attacker would like to know of it. */
interface Read {
  readonly run: number;
  readonly kind: 'book' | 'volume';
  readonly held: Held;
}

const readOf = (market: readonly ShownRun[], told: readonly Told[]): Read[] =>
  market.flatMap((run, index): Read[] => {
    const { supply, sold } = run[quarter]!;
    return [
      ...(told[index]!.supply.has(quarter) ? [{ run: index, kind: 'book' as const, held: supply! }] : []),
      ...(told[index]!.volumes.has(quarter) ? [{ run: index, kind: 'volume' as const, held: sold! }] : []),
    ];
  });

type Term = readonly [figure: Read, weight: number];

/** Whether a weighted sum is of somebody: by the rule as it is written, not by the code under test. */
function isOfSomebody(terms: readonly Term[]): boolean {
  const byGroup = new Map<string, number>();
  for (const [{ held }, weight] of terms)
    for (const owner of owners) {
      const group = groupOf(owner);
      byGroup.set(group, (byGroup.get(group) ?? 0) + weight * (held[owner] ?? 0));
    }
  const parts = [...byGroup.values()].map(Math.abs).filter((part) => part > 0);
  const sum = parts.reduce((all, part) => all + part, 0);
  return sum > 0 && (parts.length < 3 || Math.max(...parts) * 100 > sum * 70);
}

/** All that an attacker tries: any two figures, any three of three runs on end, and what each stretch of runs leaves unexplained. */
function* attempts(read: readonly Read[]): Generator<Term[]> {
  const signs = [1, -1];
  for (const [index, one] of read.entries()) {
    yield [[one, 1]];
    for (const [next, two] of read.slice(0, index).entries())
      for (const second of signs) {
        yield [
          [one, 1],
          [two, second],
        ];
        for (const three of read.slice(0, next))
          if (one.run - three.run < 3)
            for (const third of signs)
              yield [
                [one, 1],
                [two, second],
                [three, third],
              ];
      }
    for (const earlier of read.slice(0, index))
      if (one.kind === 'book' && earlier.kind === 'book') {
        const between = read.filter(
          ({ kind, run }) => kind === 'volume' && run >= earlier.run && run < one.run,
        );
        yield [[one, 1], [earlier, -1], ...between.map((volume): Term => [volume, 1])];
      }
  }
}

describe('what one run after the other shows', () => {
  test('tells nobody’s part, however whoever reads it all adds and subtracts', () => {
    const seen = { books: 0, volumes: 0, withheld: 0 };
    fc.assert(
      fc.property(history, (of) => {
        const market = runsOf(of);
        const { told } = judged(market, groups);
        const read = readOf(market, told);
        for (const attempt of attempts(read)) expect(isOfSomebody(attempt)).toBe(false);
        seen.books += read.filter(({ kind, run }) => kind === 'book' && run > 0).length;
        seen.volumes += read.filter(
          ({ kind, held }) => kind === 'volume' && Object.values(held).some(Boolean),
        ).length;
        seen.withheld += 2 * market.length - read.length;
      }),
      { numRuns: runs(100) },
    );
    // It would be easy to show nothing.
    expect(Math.min(seen.books, seen.volumes, seen.withheld)).toBeGreaterThanOrEqual(seenIn(40));
  });

  test('negative control: runs that are judged each for itself are seen through', () => {
    let broken = 0;
    fc.assert(
      fc.property(history, (of) => {
        const market = runsOf(of);
        const told = market.map(
          (run, index) =>
            judgeRun(
              { run: index + 1, gateClosure: gate(index + 1), parts: partsOf(run, groups) },
              nothingDisclosed,
            ).told,
        );
        if ([...attempts(readOf(market, told))].some(isOfSomebody)) broken += 1;
      }),
      { numRuns: runs(40) },
    );
    expect(broken).toBeGreaterThanOrEqual(seenIn(20));
  });
});
