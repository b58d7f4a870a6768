import * as fc from 'fast-check';
import type { Network } from '../../shared/clearing/network.ts';

/** A pair as a test writes it: the cap by its index, if it runs through one. */
export interface PairSpec {
  readonly offer: number;
  readonly bid: number;
  readonly cap?: number | undefined;
  readonly weight: number;
  readonly inside?: boolean;
}

export interface NetworkSpec {
  readonly supply: readonly number[];
  readonly demand: readonly number[];
  readonly caps?: readonly { readonly bid: number; readonly lots: number }[];
  readonly pairs: readonly PairSpec[];
}

/** A network from plain lists. */
export function networkOf({ supply, demand, caps = [], pairs }: NetworkSpec): Network {
  const sorted = pairs.toSorted((a, b) => a.offer - b.offer);
  return {
    supply: Float64Array.from(supply),
    demand: Float64Array.from(demand),
    capBid: Int32Array.from(caps, (cap) => cap.bid),
    capLots: Float64Array.from(caps, (cap) => cap.lots),
    pairOffer: Int32Array.from(sorted, (pair) => pair.offer),
    pairHead: Int32Array.from(sorted, (pair) =>
      pair.cap === undefined ? pair.bid : demand.length + pair.cap,
    ),
    pairWeight: Float64Array.from(sorted, (pair) => pair.weight),
    pairInside: Uint8Array.from(sorted, (pair) => (pair.inside === true ? 1 : 0)),
    limitLots: new Float64Array(0),
    pairLane: new Int32Array(0),
    laneLimits: [],
  };
}

/** How a random market is drawn. */
export interface MarketSize {
  readonly offers: number;
  readonly bids: number;
  readonly lots: number;
}

/**
 * Random markets in which ties, binding floors (equal weights), origin caps and origins inside and outside the
 * zone are common: an offer has an origin and an ask, a bid a limit and perhaps a share that caps each origin.
 */
export function networks(size: MarketSize): fc.Arbitrary<NetworkSpec> {
  const offer = fc.record({
    lots: fc.integer({ min: 1, max: size.lots }),
    ask: fc.integer({ min: 0, max: 9 }),
    origin: fc.integer({ min: 0, max: 2 }),
  });
  const bid = fc.record({
    lots: fc.integer({ min: 1, max: size.lots }),
    limit: fc.integer({ min: 5, max: 13 }),
    share: fc.constantFrom(undefined, undefined, 0.3, 0.5, 0.65),
  });
  return fc
    .record({
      offers: fc.array(offer, { minLength: (size.offers + 1) >> 1, maxLength: size.offers, size: 'max' }),
      bids: fc.array(bid, { minLength: (size.bids + 1) >> 1, maxLength: size.bids, size: 'max' }),
      floor: fc.constantFrom(0, 5, 8, 9),
      insideOrigins: fc.constantFrom(0, 1, 2),
      closed: fc.array(fc.boolean(), {
        minLength: size.offers * size.bids,
        maxLength: size.offers * size.bids,
      }),
      openness: fc.constantFrom('all', 'all', 'some'),
    })
    .map(({ offers, bids, floor, insideOrigins, closed, openness }) => {
      const caps: { bid: number; lots: number }[] = [];
      const capIndex = new Map<string, number>();
      const pairs: PairSpec[] = [];
      for (const [i, { ask, origin }] of offers.entries())
        for (const [j, { lots, limit, share }] of bids.entries()) {
          if (openness === 'some' && closed[i * size.bids + j] === true) continue;
          const weight = limit - Math.max(ask, floor);
          if (weight < 0) continue;
          const inside = origin < insideOrigins;
          if (share === undefined) {
            pairs.push({ offer: i, bid: j, weight, inside });
            continue;
          }
          const most = Math.floor(lots * share);
          if (most === 0) continue;
          const key = `${j}|${origin}`;
          const cap = capIndex.get(key) ?? caps.push({ bid: j, lots: most }) - 1;
          capIndex.set(key, cap);
          pairs.push({ offer: i, bid: j, cap, weight, inside });
        }
      return { supply: offers.map((o) => o.lots), demand: bids.map((b) => b.lots), caps, pairs };
    });
}
