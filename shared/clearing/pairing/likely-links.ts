import { roomOf, type Ties } from './ties.ts';

/** How many links of each order are weighed beside those in use. */
const LIKELY = 4;

/**
 * Marks the links worth weighing: those in use as they were shared, and for each order the few whose other side is
 * nearest to it in size, so that one award may serve both. Keeps the work linear in orders where all are tied.
 */
export function likelyLinks(ties: Ties): Uint8Array {
  const { sellers, buyers, linkSeller, linkBuyer, lots } = ties;
  const isLikely = Uint8Array.from(lots, (each) => (each > 0 ? 1 : 0));
  const distance = new Float64Array(lots.length);
  for (let link = 0; link < distance.length; link++) {
    const ends = sellers[linkSeller[link]!]!.lots + buyers[linkBuyer[link]!]!.lots;
    distance[link] = ends - 2 * roomOf(ties, link);
  }
  for (const [ends, nodes] of [
    [linkSeller, sellers.length],
    [linkBuyer, buyers.length],
  ] as const) {
    const best = new Int32Array(nodes * LIKELY).fill(-1);
    for (let link = 0; link < ends.length; link++) {
      // Insertion into the node's short list, nearest first.
      const first = ends[link]! * LIKELY;
      let at = first + LIKELY;
      while (at > first && (best[at - 1]! < 0 || distance[best[at - 1]!]! > distance[link]!)) at--;
      if (at === first + LIKELY) continue;
      best.copyWithin(at + 1, at, first + LIKELY - 1);
      best[at] = link;
    }
    for (const link of best) if (link >= 0) isLikely[link] = 1;
  }
  return isLikely;
}
