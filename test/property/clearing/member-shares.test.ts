import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareAmong, type Asking } from '../../../shared/clearing/awards/member-shares.ts';
import { runs, seenIn } from '../../support/runs.ts';

/** A member; one with a minimum asks for at least the given part of what it asks for at most. */
const asking = (least: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.double({ min: least, max: 1, noNaN: true }), fc.boolean())
    .map(([lots, part, hasMinimum]): Asking => ({ lots, minimum: hasMinimum ? Math.floor(lots * part) : 0 }));

/** A pool and no more lots than it asked for. */
const poolsOf = (member: fc.Arbitrary<Asking>, maxLength: number) =>
  fc.array(member, { minLength: 1, maxLength }).chain((members) =>
    fc.record({
      members: fc.constant(members),
      total: fc.integer({ min: 0, max: members.reduce((whole, { lots }) => whole + lots, 0) }),
    }),
  );
const pools = poolsOf(asking(0), 8);
/** Pools that are hard to serve. */
const demanding = poolsOf(asking(0.7), 3);

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
      { numRuns: runs(3000) },
    );
  });

  test('are in one proportion, to the lot, for all who get more than a minimum and less than they ask for', () => {
    fc.assert(
      fc.property(pools, ({ members, total }) => {
        const { shares } = shareAmong(total, members);
        const free = [...members.keys()].filter(
          (index) =>
            shares[index]! < members[index]!.lots &&
            (members[index]!.minimum === 0 || shares[index]! > members[index]!.minimum),
        );
        for (const a of free)
          for (const b of free) {
            const [one, other] = [members[a]!.lots, members[b]!.lots];
            // Each is less than a lot from its exact proportion.
            expect(Math.abs(shares[a]! * other - shares[b]! * one)).toBeLessThan(one + other);
          }
      }),
      { numRuns: runs(3000) },
    );
  });

  test('leave lots over only if a member with a minimum went without, and all without a minimum have all they asked for', () => {
    let leaving = 0;
    fc.assert(
      fc.property(demanding, ({ members, total }) => {
        const { shares, left } = shareAmong(total, members);
        if (left === 0) return;
        leaving += 1;
        expect(
          members.some(({ lots, minimum }, index) => lots > 0 && minimum > 0 && shares[index] === 0),
        ).toBe(true);
        for (const [index, { lots, minimum }] of members.entries())
          if (minimum === 0) expect(shares[index]).toBe(lots);
      }),
      { numRuns: runs(3000) },
    );
    expect(leaving).toBeGreaterThanOrEqual(seenIn(21));
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
      { numRuns: runs(2000) },
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
      'gets its minimum where the others do not ask for so much, and they share the rest',
      65,
      [
        { lots: 50, minimum: 50 },
        { lots: 20, minimum: 0 },
      ],
      [50, 15],
      0,
    ],
    [
      'leaves over what the others did not ask for where there is too little for it',
      40,
      [
        { lots: 50, minimum: 50 },
        { lots: 20, minimum: 0 },
      ],
      [0, 20],
      20,
    ],
  ])('%s', (_, total, members, shares, left) => {
    expect(shareAmong(total, members)).toEqual({ shares, left });
  });
});
