import type { Network } from '../../shared/clearing/solver/network.ts';

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
/** Of pairs drawn at random so many trade at a gain. */
const GAINFUL = 0.71;
const FINE = 2 ** 30;

/**
 * A market of `size` offers and as many bids of which about `pairs` pairs are eligible, drawn at random: every bid
 * takes at most 65 % from any of eight origins, asks are 60 to 160 under a floor of 110 that binds for about half,
 * limits 100 to 180. Drawn straight into typed arrays, so that what a solver takes in memory is its own.
 */
export function benchNetwork(size: number, pairs = 0.19 * size * size, seed = 1): Network {
  const draw = seeded(seed);
  const supply = new Float64Array(size);
  const reserve = new Int32Array(size);
  const origin = new Int32Array(size);
  for (let offer = 0; offer < size; offer++) {
    supply[offer] = 1 + draw(1000);
    reserve[offer] = Math.max(11_000, 6000 + draw(10_000));
    origin[offer] = draw(ORIGINS);
  }
  const demand = new Float64Array(size);
  const limit = new Int32Array(size);
  for (let bid = 0; bid < size; bid++) {
    demand[bid] = 1 + draw(1000);
    limit[bid] = 10_000 + draw(8000);
  }

  const share = Math.min(pairs / size / size / GAINFUL, 1);
  const most = Math.ceil(pairs * 1.2) + 1000;
  const pairOffer = new Int32Array(most);
  const pairHead = new Int32Array(most);
  const pairWeight = new Float64Array(most);
  const pairInside = new Uint8Array(most);
  const capOf = new Int32Array(size * ORIGINS).fill(-1);
  const capBid: number[] = [];
  const capLots: number[] = [];
  let count = 0;
  for (let offer = 0; offer < size; offer++) {
    // How many bids are passed over until the next one drawn is geometrically distributed.
    const step = (): number =>
      share === 1 ? 1 : 1 + Math.floor(Math.log((draw(FINE) + 1) / FINE) / Math.log(1 - share));
    for (let bid = step() - 1; bid < size; bid += step()) {
      const throughCap = Math.floor(demand[bid]! * 0.65);
      if (limit[bid]! < reserve[offer]! || throughCap === 0) continue;
      const key = bid * ORIGINS + origin[offer]!;
      if (capOf[key]! < 0) {
        capOf[key] = capBid.push(bid) - 1;
        capLots.push(throughCap);
      }
      if (count === most) throw new Error('more pairs than there is room for');
      pairOffer[count] = offer;
      pairHead[count] = size + capOf[key]!;
      pairWeight[count] = limit[bid]! - reserve[offer]!;
      pairInside[count] = origin[offer]! < ORIGINS / 2 ? 1 : 0;
      count++;
    }
  }
  return {
    supply,
    demand,
    capBid: Int32Array.from(capBid),
    capLots: Float64Array.from(capLots),
    pairOffer: pairOffer.subarray(0, count),
    pairHead: pairHead.subarray(0, count),
    pairWeight: pairWeight.subarray(0, count),
    pairInside: pairInside.subarray(0, count),
    limitLots: new Float64Array(0),
    pairLane: new Int32Array(0),
    laneLimits: [],
  };
}
