import type { Network } from '../../shared/clearing/network.ts';
import { networkOf, type PairSpec } from '../support/networks.ts';

/** A small seeded generator (mulberry32), so that every run and every solver meets the same markets. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const ORIGINS = 8;

/**
 * A market of `size` offers and as many bids: a fifth of the pairs eligible, every bid taking at most 65 % from
 * any of eight origins, asks of 60 to 160 under a floor of 110 that binds for about half, limits of 100 to 180.
 */
export function benchNetwork(size: number, seed = 1): Network {
  const draw = seeded(seed);
  const offers = Array.from({ length: size }, () => ({
    lots: 1 + draw(1000),
    reserve: Math.max(11_000, 6000 + draw(10_000)),
    origin: draw(ORIGINS),
  }));
  const bids = Array.from({ length: size }, () => ({ lots: 1 + draw(1000), limit: 10_000 + draw(8000) }));
  const caps: { bid: number; lots: number }[] = [];
  const capOf = new Map<number, number>();
  const pairs: PairSpec[] = [];
  // A fifth of all pairs, whatever the prices leave out: draw until that many trade at a gain.
  const probability = 0.27;
  for (const [offer, { reserve, origin }] of offers.entries())
    for (const [bid, { lots, limit }] of bids.entries()) {
      if (draw(10_000) >= probability * 10_000 || limit < reserve) continue;
      const most = Math.floor(lots * 0.65);
      if (most === 0) continue;
      const key = bid * ORIGINS + origin;
      let cap = capOf.get(key);
      if (cap === undefined) {
        cap = caps.push({ bid, lots: most }) - 1;
        capOf.set(key, cap);
      }
      pairs.push({ offer, bid, cap, weight: limit - reserve, inside: origin < ORIGINS / 2 });
    }
  return networkOf({
    supply: offers.map(({ lots }) => lots),
    demand: bids.map(({ lots }) => lots),
    caps,
    pairs,
  });
}
