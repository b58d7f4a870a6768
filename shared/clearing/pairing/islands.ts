import type { Ties } from './ties.ts';

/** Parts of a quarter's ties that share no seller and no buyer: lists of links, by number. */
export function islandsOf({ sellers, buyers, linkSeller, linkBuyer }: Ties): number[][] {
  const root = Int32Array.from({ length: sellers.length + buyers.length }, (_, node) => node);
  const find = (node: number): number => {
    let at = node;
    while (root[at] !== at) {
      root[at] = root[root[at]!]!;
      at = root[at]!;
    }
    return at;
  };
  for (let link = 0; link < linkSeller.length; link++)
    root[find(linkSeller[link]!)] = find(sellers.length + linkBuyer[link]!);
  const islandOf = new Int32Array(root.length).fill(-1);
  const islands: number[][] = [];
  for (let link = 0; link < linkSeller.length; link++) {
    const top = find(linkSeller[link]!);
    if (islandOf[top] === -1) islandOf[top] = islands.push([]) - 1;
    islands[islandOf[top]!]!.push(link);
  }
  return islands;
}
