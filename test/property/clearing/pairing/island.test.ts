import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isBetter,
  pairIsland,
  scoreOf,
  type Island,
  type Score,
} from '../../../../shared/clearing/pairing/pairing-flow.ts';
import { runs } from '../../../support/runs.ts';

/** Islands whose totals follow from lots that somebody has given somebody; those lots come with them. */
const islandsOf = (size: fc.Arbitrary<number>) =>
  fc
    .record({
      size,
      lots: fc.array(fc.nat(4), { minLength: 9, maxLength: 9 }),
      gated: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
      known: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
      wanted: fc.array(fc.array(fc.nat(5), { maxLength: 2 }), { minLength: 9, maxLength: 9 }),
      minimum: fc.integer({ min: 1, max: 3 }),
      spare: fc.nat(2),
    })
    .map(({ size, lots, gated, known, wanted, minimum, spare }) => {
      const gates: { buyer: number; most: number }[] = [];
      const links = Array.from({ length: size * size }, (_, index) => {
        const [seller, buyer] = [Math.floor(index / size), index % size];
        const gate =
          gated[index] === true && seller === 0
            ? gates.push({ buyer, most: lots[index]! + spare + 1 }) - 1
            : -1;
        return {
          ...{ seller, buyer, gate, minimum, isMatch: false, isKnown: known[index]! },
          wanted: wanted[0]!
            .map((_, near) => (known[index]! ? (wanted[index]![near] ?? 0) : 0))
            .sort((a, b) => a - b),
        };
      });
      const sum = (is: (link: { seller: number; buyer: number }) => boolean): number =>
        links.reduce((all, link, index) => all + (is(link) ? lots[index]! : 0), 0);
      const sides = Array.from({ length: size }, (_, node) => node);
      const island: Island = {
        sellers: sides.map((node) => sum(({ seller }) => seller === node)),
        buyers: sides.map((node) => sum(({ buyer }) => buyer === node)),
        gates,
        links,
      };
      return { island, given: lots.slice(0, size * size) };
    })
    .filter(({ island: { sellers, buyers } }) => [...sellers, ...buyers].every((lots) => lots > 0));

/** Every way to share an island's lots among its links. */
function* everyWay(
  { sellers, buyers, links, gates }: Island,
  from = 0,
  lots: number[] = [],
): Generator<number[]> {
  if (from === links.length) {
    const used = (is: (link: number) => boolean) =>
      lots.reduce((sum, each, link) => sum + (is(link) ? each : 0), 0);
    if (
      sellers.every((most, node) => used((link) => links[link]!.seller === node) === most) &&
      buyers.every((most, node) => used((link) => links[link]!.buyer === node) === most)
    )
      yield lots;
    return;
  }
  const { seller, buyer, gate } = links[from]!;
  const most = Math.min(sellers[seller]!, buyers[buyer]!, gates[gate]?.most ?? Infinity);
  for (let each = 0; each <= most; each++)
    yield* everyWay({ sellers, buyers, links, gates }, from + 1, [...lots, each]);
}

describe('an island of ties, paired anew', () => {
  test('keeps what everybody sells and buys, and what gates let through', () => {
    fc.assert(
      fc.property(islandsOf(fc.integer({ min: 2, max: 3 })), ({ island, given }) => {
        const { sellers, buyers, gates, links } = island;
        const { lots, score } = pairIsland(island);
        const used = (is: (link: (typeof links)[number]) => boolean): number =>
          links.reduce((sum, link, index) => sum + (is(link) ? lots[index]! : 0), 0);
        expect(lots.every((each) => Number.isInteger(each) && each >= 0)).toBe(true);
        for (const [node, total] of sellers.entries())
          expect(used(({ seller }) => seller === node)).toBe(total);
        for (const [node, total] of buyers.entries()) expect(used(({ buyer }) => buyer === node)).toBe(total);
        for (const [gate, { most }] of gates.entries())
          expect(used((link) => link.gate === gate)).toBeLessThanOrEqual(most);
        expect(score).toEqual(scoreOf(island, lots));
        expect(scoreOf(island, given)).toHaveLength(3);
      }),
      { numRuns: runs(1500) },
    );
  });

  test('is the best there is on 378 of the same five hundred islands', () => {
    const isBest = (island: Island): boolean => {
      const { score } = pairIsland(island);
      for (const other of everyWay(island)) if (isBetter(scoreOf(island, other), score)) return false;
      return true;
    };
    const sample = fc.sample(islandsOf(fc.constant(2)), { seed: 1, numRuns: 500 });
    // Pairing is a search that stops: of all islands it is the best on about 77 in a hundred, and of any five hundred that gives
    // or takes nine (one standard error). On the same ones the count is exact: one more or less is another search.
    expect(sample.filter(({ island }) => isBest(island))).toHaveLength(378);
  });
});

describe('how good a pairing is', () => {
  const link = { seller: 0, buyer: 0, gate: -1, isMatch: false };
  const island = (links: Pick<Island['links'][number], 'isKnown' | 'wanted' | 'minimum'>[]): Island => ({
    ...{ sellers: [9], buyers: [9], gates: [] },
    links: links.map((each) => ({ ...link, ...each })),
  });

  test('is told by pairs below their minimum, pairs that no other quarter has, and lots that neighbours lack', () => {
    const two = island([
      { isKnown: true, wanted: [2, 5], minimum: 3 },
      { isKnown: false, wanted: [0, 0], minimum: 1 },
    ]);
    expect(scoreOf(two, [0, 0])).toEqual([0, 0, 0]);
    expect(scoreOf(two, [2, 0])).toEqual([1, 0, 0]);
    expect(scoreOf(two, [3, 0])).toEqual([0, 0, 1]);
    expect(scoreOf(two, [6, 1])).toEqual([0, 1, 4 + 1 + 1 + 1]);
  });

  test('and the first of these that differs decides', () => {
    const better = (a: Score, b: Score) => [isBetter(a, b), isBetter(b, a)];
    expect(better([0, 9, 9], [1, 0, 0])).toEqual([true, false]);
    expect(better([1, 2, 9], [1, 3, 0])).toEqual([true, false]);
    expect(better([1, 2, 3], [1, 2, 4])).toEqual([true, false]);
    expect(better([1, 2, 3], [1, 2, 3])).toEqual([false, false]);
  });
});
