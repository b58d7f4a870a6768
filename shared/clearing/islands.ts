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
  const islands = new Map<number, number[]>();
  for (let link = 0; link < linkSeller.length; link++) {
    const island = find(linkSeller[link]!);
    const links = islands.get(island);
    if (links === undefined) islands.set(island, [link]);
    else links.push(link);
  }
  return [...islands.values()];
}
