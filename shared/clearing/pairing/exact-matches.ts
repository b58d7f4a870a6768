import { roomOf, type Ties } from './ties.ts';

/** With more links than this no matches are looked for. */
const MOST_LINKS = 200_000;

/**
 * Marks links by which a few orders use each other up: a seller and a buyer of equal size, then a seller and two
 * buyers of its size together, then a buyer and two sellers. Each order is in one match at most. Where all matches can
 * be had at once is not looked at; they are a hint to the flow.
 */
export function exactMatches(ties: Ties): Uint8Array {
  const { sellers, buyers, linkSeller, linkBuyer, linkGate, lots } = ties;
  const isMatch = new Uint8Array(lots.length);
  if (lots.length > MOST_LINKS) return isMatch;
  const sellerFree = new Uint8Array(sellers.length).fill(1);
  const buyerFree = new Uint8Array(buyers.length).fill(1);
  const linksOfSeller = sellers.map((): number[] => []);
  const linksOfBuyer = buyers.map((): number[] => []);
  const match = (link: number): void => {
    isMatch[link] = 1;
    sellerFree[linkSeller[link]!] = 0;
    buyerFree[linkBuyer[link]!] = 0;
  };
  for (let link = 0; link < lots.length; link++) {
    const seller = linkSeller[link]!;
    const buyer = linkBuyer[link]!;
    const room = roomOf(ties, link);
    const sold = sellers[seller]!.lots;
    const bought = buyers[buyer]!.lots;
    if (room === sold && room === bought && sellerFree[seller] === 1 && buyerFree[buyer] === 1) match(link);
    else if (room === bought && bought < sold) linksOfSeller[seller]!.push(link);
    else if (room === sold && sold < bought) linksOfBuyer[buyer]!.push(link);
  }
  const largestFirst = (nodes: readonly { readonly lots: number }[]): number[] =>
    [...nodes.keys()].sort((a, b) => nodes[b]!.lots - nodes[a]!.lots || a - b);
  for (const seller of largestFirst(sellers)) {
    if (sellerFree[seller] === 0) continue;
    const links = linksOfSeller[seller]!.filter((link) => buyerFree[linkBuyer[link]!] === 1);
    const size = (link: number): number => buyers[linkBuyer[link]!]!.lots;
    twoOf(links, size, sellers[seller]!.lots, () => true)?.forEach(match);
  }
  for (const buyer of largestFirst(buyers)) {
    if (buyerFree[buyer] === 0) continue;
    const links = linksOfBuyer[buyer]!.filter((link) => sellerFree[linkSeller[link]!] === 1);
    const size = (link: number): number => sellers[linkSeller[link]!]!.lots;
    // Through one gate both together would be all that the buyer takes.
    const mayJoin = (a: number, b: number): boolean => linkGate[a] === -1 || linkGate[a] !== linkGate[b];
    twoOf(links, size, buyers[buyer]!.lots, mayJoin)?.forEach(match);
  }
  return isMatch;
}

/** Two links whose sizes add up to `total`. */
function twoOf(
  links: readonly number[],
  size: (link: number) => number,
  total: number,
  mayJoin: (a: number, b: number) => boolean,
): [number, number] | undefined {
  const bySize = new Map<number, number>();
  for (const link of links) {
    const other = bySize.get(total - size(link));
    if (other !== undefined && mayJoin(link, other)) return [link, other];
    bySize.set(size(link), link);
  }
  return undefined;
}
