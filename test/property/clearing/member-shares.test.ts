import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareAmong, type Asking } from '../../../shared/clearing/member-shares.ts';

const asking = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
  .map(([lots, part, hasMinimum]): Asking => ({ lots, minimum: hasMinimum ? Math.floor(lots * part) : 0 }));

/** A pool and no more lots than it asked for. */
const pools = fc.array(asking, { minLength: 1, maxLength: 8 }).chain((members) =>
  fc.record({
    members: fc.constant(members),
    total: fc.integer({ min: 0, max: members.reduce((sum, { lots }) => sum + lots, 0) }),
  }),
);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

describe('the shares of the members of a pool', () => {
  test('lose nothing, exceed nothing that was asked, and are never below a minimum', () => {
    fc.assert(
      fc.property(pools, ({ members, total }) => {
        const { shares, left } = shareAmong(total, members);
        expect(sum(shares) + left).toBe(total);
        expect(left).toBeGreaterThanOrEqual(0);
        for (const [index, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(members[index]!.lots);
          expect(share === 0 || share >= members[index]!.minimum, `${share}`).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('are each within one lot of their exact proportion among those who get any', () => {
    fc.assert(
      fc.property(pools, ({ members, total }) => {
        const { shares, left } = shareAmong(total, members);
        // A share without a minimum may round to nothing and is still one of those shared among.
        const taking = [...members.keys()].filter(
          (index) => members[index]!.lots > 0 && shares[index]! >= members[index]!.minimum,
        );
        const asked = sum(taking.map((index) => members[index]!.lots));
        for (const index of taking) {
          const exact = ((total - left) * members[index]!.lots) / asked;
          expect(Math.abs(shares[index]! - exact)).toBeLessThan(1);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('leave lots over only when everyone who takes any has all that it asked for', () => {
    fc.assert(
      fc.property(pools, ({ members, total }) => {
        const { shares, left } = shareAmong(total, members);
        if (left === 0) return;
        for (const [index, { lots, minimum }] of members.entries())
          expect(shares[index] === lots || (shares[index] === 0 && minimum > 0)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('pass over a member only if it would fall short beside those who are served', () => {
    fc.assert(
      fc.property(pools, ({ members, total }) => {
        const { shares } = shareAmong(total, members);
        const served = [...members.keys()].filter(
          (index) => members[index]!.lots > 0 && shares[index]! >= members[index]!.minimum,
        );
        for (const [index, member] of members.entries()) {
          if (served.includes(index) || member.lots === 0) continue;
          // Whoever was passed over last fell short of its minimum then; with more beside it, it gets no more.
          const whole = sum(members.map(({ lots }) => lots));
          const proportional = (Math.min(total, whole) * member.lots) / whole;
          const beside = sum(served.map((other) => members[other]!.lots)) + member.lots;
          const best = (Math.min(total, beside) * member.lots) / beside;
          expect(proportional).toBeLessThanOrEqual(best);
          expect(member.minimum).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('without minima do not depend on who is named first, but for whole lots of equal remainders', () => {
    fc.assert(
      fc.property(pools, ({ members, total }) => {
        const plain = members.map(({ lots }) => ({ lots, minimum: 0 }));
        const forth = shareAmong(total, plain).shares;
        const back = shareAmong(total, plain.toReversed()).shares.toReversed();
        for (const [index, share] of forth.entries())
          expect(Math.abs(share - back[index]!)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a member with a minimum', () => {
  test.each<[string, number, Asking[], number[], number]>([
    [
      'is served where its share is enough',
      60,
      [
        { lots: 50, minimum: 25 },
        { lots: 50, minimum: 0 },
      ],
      [30, 30],
      0,
    ],
    [
      'gets nothing below it, and its part goes to the others',
      40,
      [
        { lots: 50, minimum: 25 },
        { lots: 50, minimum: 0 },
      ],
      [0, 40],
      0,
    ],
    [
      'that is hardest to serve goes first, and lets the next one be served',
      50,
      [
        { lots: 50, minimum: 45 },
        { lots: 50, minimum: 30 },
      ],
      [0, 50],
      0,
    ],
    [
      'of two alike goes last in, first out',
      50,
      [
        { lots: 50, minimum: 40 },
        { lots: 50, minimum: 40 },
      ],
      [50, 0],
      0,
    ],
    [
      'nobody can meet leaves all of it over',
      20,
      [
        { lots: 50, minimum: 40 },
        { lots: 50, minimum: 40 },
      ],
      [0, 0],
      20,
    ],
    [
      'leaves over what the others did not ask for',
      60,
      [
        { lots: 50, minimum: 50 },
        { lots: 20, minimum: 0 },
      ],
      [0, 20],
      40,
    ],
  ])('%s', (_, total, members, shares, left) => {
    expect(shareAmong(total, members)).toEqual({ shares, left });
  });
});
