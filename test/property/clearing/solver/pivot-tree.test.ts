import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PivotTree } from '../../../../shared/clearing/solver/pivot-tree.ts';
import { SpanningTree } from '../../../../shared/clearing/solver/spanning-tree.ts';
import { runs } from '../../../support/runs.ts';

/** The parent of each node after the root, always one with a lower number. */
const parents = fc
  .array(fc.nat(), { minLength: 1, maxLength: 20, size: 'max' })
  .map((draws) => Int32Array.of(-1, ...draws.map((draw, index) => draw % (index + 1))));

/** A tree whose arcs are numbered as the nodes that they lead up from. */
const treeOf = (parent: Int32Array): SpanningTree => {
  const tree = new SpanningTree(
    parent.slice(),
    parent.map((_, node) => (node === 0 ? -1 : node)),
  );
  for (const node of parent.keys()) tree.potential[node] = 100 * node;
  return tree;
};

/** Every node on the way to the root, itself first. */
function wayUp(parent: Int32Array, node: number): number[] {
  const way = [];
  for (let each = node; each >= 0; each = parent[each]!) way.push(each);
  return way;
}
const below = (parent: Int32Array, top: number): number[] =>
  [...parent.keys()].filter((node) => wayUp(parent, node).includes(top));

/** The same tree with nothing but parents: what a subtree is, is looked up node by node. */
function rehangPlainly(
  tree: SpanningTree,
  cut: number,
  low: number,
  high: number,
  arc: number,
  shift: number,
) {
  for (const node of below(tree.parent, cut)) tree.potential[node]! += shift;
  let [node, above, by] = [low, high, arc];
  for (;;) {
    const [nextNode, nextBy] = [tree.parent[node]!, tree.pred[node]!];
    tree.parent[node] = above;
    tree.pred[node] = by;
    if (node === cut) return;
    [above, node, by] = [node, nextNode, nextBy];
  }
}

describe('the preorder of a spanning tree', () => {
  test('has every node once, directly followed by all that hangs below it, children in ascending order', () => {
    fc.assert(
      fc.property(parents, (parent) => {
        const walk = (node: number): number[] => [
          node,
          ...[...parent.keys()].filter((child) => parent[child] === node).flatMap(walk),
        ];
        expect([...treeOf(parent).preorder()]).toEqual(walk(0));
      }),
      { numRuns: runs(2000) },
    );
  });

  test('is refused where a node hangs from no root', () => {
    expect(() => treeOf(Int32Array.of(-1, 2, 1)).preorder()).toThrow();
    expect([...treeOf(Int32Array.of(-1)).preorder()]).toEqual([0]);
  });
});

describe('a tree while it is pivoted', () => {
  test('is after every exchange the tree that parents alone would tell, with its sizes and potentials', () => {
    const moves = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.integer({ min: -9, max: 9 })), {
      minLength: 1,
      maxLength: 12,
      size: 'max',
    });
    fc.assert(
      fc.property(parents, fc.infiniteStream(fc.boolean()), moves, (parent, drawn, list) => {
        const plain = treeOf(parent);
        const leaf = (node: number): boolean => node > 0 && !parent.includes(node);
        const rests = Uint8Array.from(parent, (_, node) =>
          leaf(node) && drawn.next().value === true ? 1 : 0,
        );
        for (const [node, rest] of rests.entries())
          if (rest === 1) plain.potential[node] = plain.potential[parent[node]!]!;
        const working = new PivotTree(plain, rests);
        const { numberOf } = working;
        let moved = 0;
        for (const [index, [a, b, c, shift]] of list.entries()) {
          // Cut above one node, lead up from one below the cut, to one that is not.
          const cut = 1 + (a % (parent.length - 1));
          const part = below(plain.parent, cut);
          const others = [...parent.keys()].filter((node) => !part.includes(node));
          const low = part[b % part.length]!;
          const high = others[c % others.length]!;
          for (const node of [...part, high]) {
            working.wake(numberOf[node]!);
            rests[node] = 0;
          }
          const above = wayUp(plain.parent, high);
          const join = wayUp(plain.parent, cut).find((node) => above.includes(node))!;
          const arc = 1000 + index;
          working.rehang(
            ...([cut, low, high].map((node) => numberOf[node]!) as [number, number, number]),
            ...([arc, numberOf[join]!, shift] as const),
          );
          rehangPlainly(plain, cut, low, high, arc, shift);
          moved += part.length;
          for (const [node, rest] of rests.entries())
            if (rest === 1) plain.potential[node] = plain.potential[plain.parent[node]!]!;

          const read = treeOf(parent);
          working.writeTo(read);
          expect(read).toEqual(plain);
          expect(working.moved).toBe(moved);
          for (const node of parent.keys())
            if (rests[node] === 0)
              expect(working.size[numberOf[node]!]).toBe(
                below(plain.parent, node).filter((each) => rests[each] === 0).length,
              );
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  test('numbers the nodes that are awake in preorder, then those that rest', () => {
    const tree = treeOf(Int32Array.of(-1, 0, 1, 0, 3, 1));
    const working = new PivotTree(tree, Uint8Array.of(0, 0, 1, 0, 0, 0));
    expect([...working.numberOf]).toEqual([0, 1, 5, 3, 4, 2]);
    expect([...working.standFor], 'who rests stands at its parent').toEqual([0, 1, 2, 3, 4, 1]);
    expect([...working.size]).toEqual([5, 2, 1, 2, 1, 1]);
    working.wake(5);
    expect([...working.standFor]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...working.size]).toEqual([6, 3, 1, 2, 1, 1]);
    working.wake(5);
    expect([...working.size], 'only once').toEqual([6, 3, 1, 2, 1, 1]);
  });
});
