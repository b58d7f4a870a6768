import { describe, expect, it } from 'vitest';
import type { Disclosed } from '../../../shared/clearing/documents/disclosed.ts';
import {
  disclosedJson,
  nothingDisclosed,
  readDisclosed,
  remembered,
} from '../../../shared/clearing/documents/disclosed.ts';
import { judgeRun } from '../../../shared/clearing/documents/judge-run.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { Held, ShownQuarter } from '../../support/shown-runs.ts';
import { gate, judged, partsOf, still } from '../../support/shown-runs.ts';

const quarter = '2027-Q1';
const book: Held = { a: 100, b: 100, c: 100, d: 100 };

/** Of which runs the supply is shown, where nothing trades and demand stands still. */
const supplyTold = (books: readonly Held[], groups: Readonly<Record<string, string>> = {}): boolean[] =>
  judged(
    books.map((supply) => ({ [quarter]: { supply, demand: still } })),
    groups,
  ).told.map(({ supply }) => supply.has(quarter));

const run = (of: ShownQuarter) => ({ [quarter]: { demand: still, ...of } });

describe('what a run shows after what earlier runs have shown', () => {
  it.each<readonly [string, readonly Held[], readonly boolean[]]>([
    ['a book that stands still', [book, book, book], [true, true, true]],
    ['not the book with one new order', [book, { ...book, e: 40 }], [true, false]],
    ['nor the one that an order was withdrawn from', [book, { ...book, d: 0 }], [true, false]],
    [
      'nor the one in which one order took the place of another of the same amount',
      [book, { ...book, d: 0, e: 100 }],
      [true, false],
    ],
    ['nor one that two have changed', [book, { ...book, e: 40, f: 40 }], [true, false]],
    ['but one that three have', [book, { ...book, e: 40, f: 40, g: 40 }], [true, true]],
    ['unless one of them by far the most', [book, { ...book, e: 400, f: 40, g: 40 }], [true, false]],
    [
      'what one has changed again once two more have: together they hide each other',
      [book, { ...book, e: 40 }, { ...book, e: 40, f: 40 }, { ...book, e: 40, f: 40, g: 40 }],
      [true, false, false, true],
    ],
    [
      'not what differs from an older book only by one, whatever the last one hid',
      [book, { a: 150, b: 60, c: 130, d: 90 }, { ...book, e: 40 }],
      [true, true, false],
    ],
  ])('%s', (_, books, told) => {
    expect(supplyTold(books)).toEqual(told);
  });

  it('counts organisations of one group as one, as they are related today', () => {
    const changed = { ...book, e: 40, f: 40, g: 40 };
    expect(supplyTold([book, changed], { e: 'one', f: 'one' })).toEqual([true, false]);
    // Lots that pass from one to another of its group change nothing.
    expect(supplyTold([book, { ...book, d: 0, e: 100 }], { d: 'one', e: 'one' })).toEqual([true, true]);
  });

  it('not the book whose change is one organisation’s once what traded is taken off it', () => {
    const sold = { a: 30, b: 40, c: 50 };
    const left = { a: 70, b: 60, c: 50, d: 100 };
    const shown = (after: Held) =>
      judged([
        run({ supply: book, sold, bought: { p: 30, q: 40, r: 50 } }),
        run({ supply: after, demand: { p: 70, q: 60, r: 50, s: 100 } }),
      ]).told[1]!;
    // Four have changed, so the difference alone hides all: but only one of them did what no volume explains.
    expect(shown({ ...left, e: 40 }).supply.has(quarter)).toBe(false);
    expect(shown(left).supply.has(quarter)).toBe(true);
    expect(shown(left).demand.has(quarter)).toBe(true);
  });

  it('not what three runs tell together, where any two of them hide everybody', () => {
    const sold = { a: 20, b: 20, c: 20, d: 20 };
    const bought = { p: 20, q: 20, r: 20, s: 20 };
    const demand = (part: number): Held => ({ p: part, q: part, r: part, s: part });
    const supply = (part: number, more: Held = {}): Held => ({ a: part, b: part, c: part, d: part, ...more });
    const third = (more: Held) =>
      judged([
        run({ supply: supply(100), demand: demand(100), sold, bought }),
        // One new order: this book is withheld, so that no two neighbours can be compared.
        run({ supply: supply(80, { e: 30 }), demand: demand(80), sold, bought }),
        run({ supply: supply(60, more), demand: demand(60) }),
      ]).told.map((told) => told.supply.has(quarter));
    expect(third({ e: 30 })).toEqual([true, false, false]);
    expect(third({ e: 30, f: 30, g: 30 })).toEqual([true, false, true]);
  });

  it('not a volume that is all of an earlier book but one organisation’s part', () => {
    const told = (sold: Held) =>
      judged([run({ supply: book }), run({ supply: book, sold, bought: { p: 60, q: 60, r: 60 } })]).told[1]!;
    expect(told({ a: 100, b: 100, c: 100 }).volumes.has(quarter)).toBe(false);
    expect(told({ a: 60, b: 60, c: 60 }).volumes.has(quarter)).toBe(true);
  });

  it('not a volume that differs from an earlier one by one organisation’s part, on either side', () => {
    const told = (sold: Held, bought: Held) =>
      judged([
        run({ supply: { ...book, x: 500, y: 600, z: 700 }, sold: { a: 50, b: 50, c: 50 } }),
        run({ supply: { ...book, x: 500, y: 600, z: 700 }, sold, bought }),
      ]).told[1]!.volumes.has(quarter);
    expect(told({ a: 50, b: 50, c: 80 }, { p: 60, q: 60, r: 60 })).toBe(false);
    expect(told({ a: 50, b: 50, c: 50 }, { a: 50, b: 50, c: 50 })).toBe(true);
    expect(told({ a: 50, b: 50, c: 50 }, { a: 80, b: 50, c: 50 })).toBe(false);
  });

  it('quarters each for themselves', () => {
    const told = judged([
      { '2027-Q1': { supply: book, demand: still }, '2027-Q2': { supply: book, demand: still } },
      {
        '2027-Q1': { supply: { ...book, e: 40 }, demand: still },
        '2027-Q2': { supply: book, demand: { ...still, t: 9 } },
      },
    ]).told[1]!;
    expect([told.supply, told.demand]).toEqual([new Set(['2027-Q2']), new Set(['2027-Q1'])]);
  });

  it('origins only all together, beside what was shown of each', () => {
    const traded = (lots: Held) => {
      const amounts = new Map(Object.entries(lots).map(([name, count]) => [name, BigInt(count)]));
      return { sellers: amounts, buyers: amounts };
    };
    const judge = (au: Held, before: Disclosed, number: number) =>
      judgeRun(
        {
          ...{ run: number, gateClosure: gate(number) },
          parts: { ...partsOf({}), origins: new Map([['AU', traded(au)]]) },
        },
        before,
      );
    const first = judge(book, nothingDisclosed, 1);
    expect(first.told.origins).toBe(true);
    expect(judge({ ...book, e: 40 }, first.disclosed, 2).told.origins).toBe(false);
    expect(judge(book, first.disclosed, 2).told.origins).toBe(true);
  });
});

describe('what is remembered', () => {
  const shown = judged([
    run({ supply: book, sold: { a: 50, b: 50, c: 50 }, bought: { p: 50, q: 50, r: 50 } }),
    run({ supply: { a: 50, b: 50, c: 50, d: 100 }, demand: { p: 50, q: 50, r: 50, s: 100 } }),
  ]).disclosed;

  it('is read as it was stored, and stored as the same bytes', () => {
    const json = disclosedJson('ndpr', 2, shown);
    const read = readDisclosed('ndpr', JSON.parse(JSON.stringify(json)));
    expect(read.quarters).toEqual(shown.quarters);
    expect(canonicalJson(disclosedJson('ndpr', 2, read))).toBe(canonicalJson(json));
    expect(read.quarters.get(quarter)?.supply.books[0]?.balance.get('d')).toBe(100n);
    expect(() => readDisclosed('cobalt', json)).toThrow('ndpr');
    expect(() => readDisclosed('ndpr', { ...json, organisations: [] })).toThrow();
  });

  it('is what was shown and no more: a withheld book leaves nothing behind', () => {
    const { disclosed } = judged([run({ supply: book }), run({ supply: { ...book, e: 40 } })]);
    expect(disclosed.quarters.get(quarter)?.supply.books.map((each) => each.run)).toEqual([1]);
    expect([...disclosed.groups.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'p', 'q', 'r', 's']);
  });

  it('is bounded: the newest of each, no quarter that is over, and nothing is shown that has no room', () => {
    const { disclosed } = judged(Array.from({ length: remembered + 3 }, () => run({ supply: book })));
    expect(disclosed.quarters.get(quarter)?.supply.books.map((each) => each.run)).toEqual(
      Array.from({ length: remembered }, (_, index) => index + 4),
    );
    const later = { run: 20, gateClosure: '2027-04-01T00:00:00.000Z', parts: partsOf({}) };
    expect(judgeRun(later, disclosed).disclosed).toEqual(nothingDisclosed);
    const parts = partsOf(run({ supply: book }));
    const judge = (room: number) =>
      judgeRun({ run: 1, gateClosure: gate(1), parts }, nothingDisclosed, room).told;
    // Of a market that has no room for all, the oldest run is forgotten first, never one of the last two.
    const three = judged([run({ supply: book }), run({ supply: book }), run({ supply: book })]).disclosed;
    const runsAfter = (more: number) =>
      judgeRun({ run: 4, gateClosure: gate(4), parts }, three, more)
        .disclosed.quarters.get(quarter)
        ?.supply.books.map((each) => each.run);
    expect(runsAfter(96)).toEqual([1, 2, 3, 4]);
    expect(runsAfter(95)).toEqual([2, 3, 4]);
    expect(runsAfter(40)).toEqual([2, 3]);
    expect(judge(12).supply.size + judge(12).demand.size).toBe(1);
    expect(judge(11).supply.size).toBe(0);
    expect(judge(24).demand.size).toBe(1);
  });

  it('is of an organisation that has left the book as well, under the group that it was of', () => {
    const groups = { d: 'one', e: 'one' };
    const first = judgeRun(
      { run: 1, gateClosure: gate(1), parts: partsOf(run({ supply: book }), groups) },
      nothingDisclosed,
    );
    const gone = partsOf(run({ supply: { ...book, d: 0, e: 30, f: 80 } }), groups);
    // d and e are one: only that one and f have changed.
    expect(
      judgeRun({ run: 2, gateClosure: gate(2), parts: gone }, first.disclosed).told.supply.has(quarter),
    ).toBe(false);
  });
});
