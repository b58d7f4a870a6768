import { describe, expect, it } from 'vitest';
import { exactMatches } from '../../../../shared/clearing/pairing/exact-matches.ts';
import { islandsOf } from '../../../../shared/clearing/pairing/islands.ts';
import { likelyLinks } from '../../../../shared/clearing/pairing/likely-links.ts';
import { roomOf, type Ties } from '../../../../shared/clearing/pairing/ties.ts';

interface LinkSpec {
  readonly from: number;
  readonly to: number;
  readonly gate?: number;
  readonly lots?: number;
}

/** Ties of sellers and buyers by their lots; nothing else of an order matters here. */
function tiesOf(
  sellers: readonly number[],
  buyers: readonly number[],
  links: readonly LinkSpec[],
  gates: Ties['gates'] = [],
): Ties {
  const nodes = (lots: readonly number[]) =>
    lots.map((each) => ({ order: undefined as never, class: 0, lots: each }));
  return {
    sellers: nodes(sellers),
    buyers: nodes(buyers),
    gates,
    linkSeller: Int32Array.from(links, ({ from }) => from),
    linkBuyer: Int32Array.from(links, ({ to }) => to),
    linkGate: Int32Array.from(links, ({ gate = -1 }) => gate),
    lots: Float64Array.from(links, ({ lots = 0 }) => lots),
  };
}
/** Everybody linked with everybody. */
const all = (sellers: readonly number[], buyers: readonly number[]): LinkSpec[] =>
  sellers.flatMap((_, from) => buyers.map((__, to) => ({ from, to })));
const marked = (marks: Uint8Array, links: readonly LinkSpec[]): string[] =>
  links.flatMap(({ from, to }, link) => (marks[link] === 1 ? [`${from}→${to}`] : []));

describe('the most that a link could carry', () => {
  it('is what the smaller of its ends trades, or its gate lets through', () => {
    const ties = tiesOf(
      [5, 9],
      [7],
      [
        { from: 0, to: 0 },
        { from: 1, to: 0 },
        { from: 1, to: 0, gate: 0 },
      ],
      [{ buyer: 0, most: 3 }],
    );
    expect([0, 1, 2].map((link) => roomOf(ties, link))).toEqual([5, 7, 3]);
  });
});

describe('a few orders that use each other up', () => {
  const matches = (sellers: readonly number[], buyers: readonly number[], links = all(sellers, buyers)) =>
    marked(exactMatches(tiesOf(sellers, buyers, links, [{ buyer: 0, most: 8 }])), links);

  it('are a seller and a buyer of one size, each in one match alone', () => {
    expect(matches([4, 7], [7, 4])).toEqual(['0→1', '1→0']);
    expect(matches([4], [4, 4])).toEqual(['0→0']);
    expect(matches([4, 4], [4])).toEqual(['0→0']);
  });

  it('are a seller and two buyers of its size together, or a buyer and two sellers; the largest choose first', () => {
    expect(matches([9], [4, 2, 5])).toEqual(['0→0', '0→2']);
    expect(matches([2, 4, 5], [9])).toEqual(['1→0', '2→0']);
    expect(matches([6, 9], [3, 6, 3]), 'a pair of one size first').toEqual(['0→1']);
    expect(matches([8, 9], [3, 5, 6])).toEqual(['1→0', '1→2']);
    expect(matches([5, 3, 6], [8, 9])).toEqual(['1→1', '2→1']);
  });

  it('are not three where two are of another size, nor where one of them is matched', () => {
    expect(matches([9], [4, 4])).toEqual([]);
    expect(matches([9, 4], [4, 5])).toEqual(['1→0']);
    expect(matches([4, 5], [9, 4])).toEqual(['0→1']);
  });

  it('are linked, and by links that carry all of it', () => {
    expect(matches([4], [4], [])).toEqual([]);
    expect(matches([9], [9], [{ from: 0, to: 0, gate: 0 }])).toEqual([]);
    expect(matches([8], [8], [{ from: 0, to: 0, gate: 0 }])).toEqual(['0→0']);
  });

  it('are not two sellers through the one gate of a buyer', () => {
    const through = (a: number, b: number): LinkSpec[] => [
      { from: 0, to: 0, gate: a },
      { from: 1, to: 0, gate: b },
    ];
    const found = (a: number, b: number) => {
      const links = through(a, b);
      const gates = [
        { buyer: 0, most: 8 },
        { buyer: 0, most: 8 },
      ];
      return marked(exactMatches(tiesOf([4, 5], [9], links, gates)), links);
    };
    expect(found(0, 0)).toEqual([]);
    expect(found(0, 1)).toEqual(['0→0', '1→0']);
    expect(found(0, -1)).toEqual(['0→0', '1→0']);
    expect(found(-1, -1)).toEqual(['0→0', '1→0']);
  });

  it('are not looked for among very many links', () => {
    const many = (count: number) => {
      const links = Array.from({ length: count }, () => ({ from: 0, to: 0 }));
      return exactMatches(tiesOf([4], [4], links)).includes(1);
    };
    expect([many(200_000), many(200_001)]).toEqual([true, false]);
  });
});

describe('links worth weighing', () => {
  it('are those in use, and for each order the four whose other side is nearest to it in size', () => {
    const buyers = [1, 2, 3, 4, 50, 60, 70];
    const links = buyers.map((_, to) => ({ from: 0, to, lots: to === 0 ? 1 : 0 }));
    const seller = marked(likelyLinks(tiesOf([3], buyers, links)), links);
    // Each buyer has one link alone, which is therefore near to it.
    expect(seller).toHaveLength(7);
    const sellers = [3, 3, 3, 3, 3];
    const every = all(sellers, buyers);
    const likely = marked(likelyLinks(tiesOf(sellers, buyers, every)), every);
    // From every seller to the buyers of 3, 2, 4 and 1, and to every buyer from the first four sellers.
    const expected = every
      .filter(({ from, to }) => to < 4 || from < 4)
      .map(({ from, to }) => `${from}→${to}`);
    expect(likely).toEqual(expected);
  });

  it('among equally near ones the first, and in use none is passed by', () => {
    const buyers = new Array<number>(9).fill(5);
    const sellers = new Array<number>(9).fill(5);
    const every = all(sellers, buyers).map((link) => ({
      ...link,
      lots: link.from === 8 && link.to === 8 ? 5 : 0,
    }));
    const likely = marked(likelyLinks(tiesOf(sellers, buyers, every)), every);
    expect(likely).toEqual(
      every
        .filter(({ from, to }) => from < 4 || to < 4 || (from === 8 && to === 8))
        .map(({ from, to }) => `${from}→${to}`),
    );
  });

  it('are near by what stays over on both sides, a gate counted', () => {
    const buyers = [9, 9, 9, 9, 9];
    const links = [
      ...buyers.slice(1).map((_, to) => ({ from: 0, to: to + 1 })),
      ...[{ from: 0, to: 0, gate: 0 }, ...[1, 2, 3, 4].map((from) => ({ from, to: 0 }))],
    ];
    const gated = tiesOf([9, 9, 9, 9, 9], buyers, links, [{ buyer: 0, most: 1 }]);
    expect(marked(likelyLinks(gated), links)).toHaveLength(8);
    expect(marked(likelyLinks(gated), links)).not.toContain('0→0');
    expect(marked(likelyLinks({ ...gated, gates: [{ buyer: 0, most: 9 }] }), links)).toHaveLength(9);
  });
});

describe('islands of ties', () => {
  it('are the parts in which everybody is connected, by their links', () => {
    const links = [
      { from: 0, to: 0 },
      { from: 2, to: 2 },
      { from: 1, to: 0 },
      { from: 3, to: 1 },
      { from: 2, to: 3 },
      { from: 1, to: 1 },
    ];
    expect(islandsOf(tiesOf([1, 1, 1, 1], [1, 1, 1, 1], links))).toEqual([
      [0, 2, 3, 5],
      [1, 4],
    ]);
    expect(islandsOf(tiesOf([1], [1], []))).toEqual([]);
  });
});
