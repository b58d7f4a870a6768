import type { Ties } from './ties.ts';

/** Islands with more orders than this stay as they were shared: their ties are too many to weigh. */
const LARGEST_ISLAND = 20_000;

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

/** One seller or one buyer can be paired in one way only, and so can any without a circle of links. */
export function hasChoice({ linkSeller, linkBuyer }: Ties, links: readonly number[]): boolean {
  const sellers = new Set<number>();
  const buyers = new Set<number>();
  for (const link of links) {
    sellers.add(linkSeller[link]!);
    buyers.add(linkBuyer[link]!);
  }
  const orders = sellers.size + buyers.size;
  return sellers.size > 1 && buyers.size > 1 && links.length >= orders && orders <= LARGEST_ISLAND;
}
