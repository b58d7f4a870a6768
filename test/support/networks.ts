import * as fc from 'fast-check';
import type { Network } from '../../shared/clearing/solver/network.ts';

/** A pair as a test writes it: the cap by its index, if it runs through one. */
export interface PairSpec {
  readonly offer: number;
  readonly bid: number;
  readonly cap?: number | undefined;
  readonly weight: number;
  readonly inside?: boolean;
  /** The zones' caps that the pair counts against. */
  readonly limits?: readonly number[];
}

export interface NetworkSpec {
  readonly supply: readonly number[];
  readonly demand: readonly number[];
  readonly caps?: readonly { readonly bid: number; readonly lots: number }[];
  readonly pairs: readonly PairSpec[];
  /** Lots that each zone's cap lets in. */
  readonly limits?: readonly number[];
}

/** A network from plain lists. */
export function networkOf({ supply, demand, caps = [], pairs, limits = [] }: NetworkSpec): Network {
  const sorted = pairs.toSorted((a, b) => a.offer - b.offer);
  const lanes = [...new Set(sorted.map((pair) => laneKey(pair)))].filter((key) => key !== '');
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
    limitLots: Float64Array.from(limits),
    pairLane: Int32Array.from(limits.length === 0 ? [] : sorted, (pair) => lanes.indexOf(laneKey(pair))),
    laneLimits: limits.length === 0 ? [] : lanes.map((key) => key.split(',').map(Number)),
  };
}

const laneKey = ({ limits = [] }: PairSpec): string => limits.join();

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

/**
 * The same under zones' caps on single origins. Each bid lies in one of two capping zones, in both, or in none; each
 * zone caps the given origins at some share of all that is wanted.
 */
export function cappedNetworks(size: MarketSize, origins: number): fc.Arbitrary<NetworkSpec> {
  return fc
    .record({
      offers: fc.array(
        fc.record({
          lots: fc.integer({ min: 1, max: size.lots }),
          ask: fc.integer({ min: 0, max: 9 }),
          origin: fc.integer({ min: 0, max: 2 }),
        }),
        { minLength: (size.offers + 1) >> 1, maxLength: size.offers, size: 'max' },
      ),
      bids: fc.array(
        fc.record({
          lots: fc.integer({ min: 1, max: size.lots }),
          limit: fc.integer({ min: 5, max: 15 }),
          zones: origins === 1 ? fc.constantFrom([0], [0], []) : fc.constantFrom([0], [0], [1], [0, 1], []),
          share: fc.constantFrom(undefined, undefined, 0.5),
          premium: fc.integer({ min: 0, max: 3 }),
        }),
        { minLength: (size.bids + 1) >> 1, maxLength: size.bids, size: 'max' },
      ),
      floor: fc.constantFrom(0, 5, 8),
      shares: fc.array(fc.constantFrom(0.05, 0.1, 0.2, 0.3, 0.5), {
        minLength: 2 * origins,
        maxLength: 2 * origins,
      }),
      closed: fc.array(fc.boolean(), {
        minLength: size.offers * size.bids,
        maxLength: size.offers * size.bids,
      }),
      openness: fc.constantFrom('all', 'some'),
    })
    .map(({ offers, bids, floor, shares, closed, openness }) => {
      const wanted = bids.reduce((sum, { lots }) => sum + lots, 0);
      const zones = origins === 1 ? 1 : 2;
      const limits = shares.slice(0, zones * origins).map((share) => Math.floor(share * wanted));
      const caps: { bid: number; lots: number }[] = [];
      const pairs: PairSpec[] = [];
      const capOf = new Map<string, number>();
      for (const [i, { ask, origin }] of offers.entries())
        for (const [j, { lots, limit, share, zones: capping, premium }] of bids.entries()) {
          if (openness === 'some' && closed[i * size.bids + j] === true) continue;
          // A premium on some origins makes weights that are no difference of a limit and an ask.
          const weight = limit - Math.max(ask, floor) + (origin === 2 ? premium : 0);
          if (weight < 0) continue;
          const counted = origin < origins ? capping.map((zone) => zone * origins + origin) : [];
          const spec = { offer: i, bid: j, weight, inside: origin === 2, limits: counted };
          if (share === undefined) {
            pairs.push(spec);
            continue;
          }
          const most = Math.floor(lots * share);
          if (most === 0) continue;
          const key = `${j}|${origin}`;
          const cap = capOf.get(key) ?? caps.push({ bid: j, lots: most }) - 1;
          capOf.set(key, cap);
          pairs.push({ ...spec, cap });
        }
      return { supply: offers.map((o) => o.lots), demand: bids.map((b) => b.lots), caps, pairs, limits };
    });
}

/**
 * Markets of single lots whose weights follow from nothing, so that whole lots cannot always reach what shares of lots
 * could: a cycle of trades may take two lots through a cap at once.
 */
export function wildNetworks(size: MarketSize, origins: number): fc.Arbitrary<NetworkSpec> {
  const pair = fc.option(fc.integer({ min: 0, max: 12 }), { freq: 3 });
  return fc
    .record({
      supply: fc.array(fc.integer({ min: 1, max: size.lots }), {
        minLength: size.offers,
        maxLength: size.offers,
      }),
      demand: fc.array(fc.integer({ min: 1, max: size.lots }), {
        minLength: size.bids,
        maxLength: size.bids,
      }),
      weights: fc.array(pair, { minLength: size.offers * size.bids, maxLength: size.offers * size.bids }),
      origin: fc.array(fc.integer({ min: 0, max: origins }), {
        minLength: size.offers,
        maxLength: size.offers,
      }),
      inZone: fc.array(fc.boolean(), { minLength: size.bids, maxLength: size.bids }),
      limits: fc.array(fc.integer({ min: 0, max: size.lots * 2 }), {
        minLength: origins,
        maxLength: origins,
      }),
    })
    .map(({ supply, demand, weights, origin, inZone, limits }) => ({
      supply,
      demand,
      limits,
      pairs: weights.flatMap((weight, index): PairSpec[] => {
        const offer = Math.floor(index / size.bids);
        const bid = index % size.bids;
        if (weight === null) return [];
        const counted = inZone[bid] === true && origin[offer]! < origins ? [origin[offer]!] : [];
        return [{ offer, bid, weight, limits: counted }];
      }),
    }));
}
