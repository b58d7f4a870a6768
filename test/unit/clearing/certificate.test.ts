import { describe, expect, it } from 'vitest';
import { certify } from '../../../shared/clearing/solver/certificate.ts';
import { solveQuarter } from '../../../shared/clearing/solver/flow.ts';
import {
  EngineFault,
  MarketTooLarge,
  validateNetwork,
  type Network,
} from '../../../shared/clearing/solver/network.ts';
import type { Prices } from '../../../shared/clearing/solver/prices.ts';
import { networkOf } from '../../support/networks.ts';

/** A seller of 5 between bids of 3 at a gain of 10 and of 4 at 6, the latter taking at most 1 of its origin. */
const capped = () =>
  networkOf({
    supply: [5],
    demand: [3, 4],
    caps: [{ bid: 1, lots: 1 }],
    pairs: [
      { offer: 0, bid: 0, weight: 10 },
      { offer: 0, bid: 1, cap: 0, weight: 6 },
    ],
  });
const capPrices: Prices = {
  scale: 1,
  scarcity: Float64Array.of(0),
  scarcityLow: Float64Array.of(0),
  scarcityHigh: Float64Array.of(0),
  surplus: Float64Array.of(10, 0),
  capValue: Float64Array.of(6),
  limitValue: new Float64Array(0),
  headWorth: new Float64Array(3),
};

describe('the certificate of a quarter', () => {
  it('states gains, bound and volume of an optimum', () => {
    expect(certify(capped(), Float64Array.of(3, 1), capPrices)).toEqual({
      primal: 36n,
      dual: 36n,
      volume: 4n,
    });
  });

  it.each([
    ['less than could be gained', [3, 0], {}],
    ['more than a bid asks for', [4, 1], {}],
    ['more than an offer has', [3, 3], { scarcity: Float64Array.of(0), capValue: Float64Array.of(6) }],
    ['more than an origin cap lets through', [3, 2], {}],
    ['parts of a lot', [2.5, 1], {}],
    ['fewer lots than none', [3, -1], {}],
    ['prices at which a pair that does not trade would', [3, 0], { capValue: Float64Array.of(5) }],
    ['prices at which a pair that trades would rather not', [3, 1], { surplus: Float64Array.of(10, 1) }],
    ['a negative scarcity', [3, 1], { scarcity: Float64Array.of(-1), surplus: Float64Array.of(11, 1) }],
    ['a negative surplus', [3, 1], { surplus: Float64Array.of(10, -1), capValue: Float64Array.of(7) }],
    ['a negative value of a cap', [3, 1], { surplus: Float64Array.of(10, 7), capValue: Float64Array.of(-1) }],
    [
      'a scarcity of an offer that is not sold out',
      [3, 1],
      {
        scarcity: Float64Array.of(1),
        surplus: Float64Array.of(9, 0),
        capValue: Float64Array.of(5),
      },
    ],
    ['prices on another scale', [3, 1], { scale: 2 }],
  ])('is refused for %s', (_, flow, changes: Partial<Prices>) => {
    expect(() => certify(capped(), Float64Array.from(flow), { ...capPrices, ...changes })).toThrow(
      EngineFault,
    );
  });

  it("counts a zone's cap that is not used up at its value, and refuses more than it lets in", () => {
    const network = networkOf({
      supply: [9],
      demand: [9],
      limits: [4],
      pairs: [{ offer: 0, bid: 0, weight: 5, limits: [0] }],
    });
    const prices = {
      ...{ scale: 2, scarcity: Float64Array.of(0), scarcityLow: Float64Array.of(0) },
      ...{ scarcityHigh: Float64Array.of(0), surplus: Float64Array.of(0), headWorth: Float64Array.of(0) },
      ...{ capValue: new Float64Array(0), limitValue: Float64Array.of(10) },
    };
    expect(certify(network, Float64Array.of(4), prices)).toEqual({ primal: 20n, dual: 20n, volume: 4n });
    expect(certify(network, Float64Array.of(3), prices)).toEqual({ primal: 15n, dual: 20n, volume: 3n });
    expect(() => certify(network, Float64Array.of(5), prices)).toThrow(EngineFault);
    // Without what the cap is worth the pair gains more than anybody is paid for it.
    expect(() => certify(network, Float64Array.of(4), { ...prices, limitValue: Float64Array.of(8) })).toThrow(
      EngineFault,
    );
  });
});

describe('the certificate is the only one to notice', () => {
  /** Trades that gain nothing, so that gains and bound agree whatever is traded. */
  const idle = () =>
    networkOf({
      supply: [3, 9],
      demand: [5, 2],
      caps: [{ bid: 0, lots: 4 }],
      limits: [6],
      pairs: [
        { offer: 0, bid: 0, weight: 0 },
        { offer: 1, bid: 0, cap: 0, weight: 0, limits: [0] },
        { offer: 1, bid: 1, weight: 0, limits: [0] },
      ],
    });
  const nothing = (changes: Partial<Prices> = {}): Prices => ({
    ...{ scale: 1, scarcity: Float64Array.of(0, 0), scarcityLow: Float64Array.of(0, 0) },
    ...{
      scarcityHigh: Float64Array.of(0, 0),
      surplus: Float64Array.of(0, 0),
      headWorth: Float64Array.of(0, 0),
    },
    ...{ capValue: Float64Array.of(0), limitValue: Float64Array.of(0) },
    ...changes,
  });

  it.each([
    ['that an offer sells more than it has', [4, 0, 0]],
    ['that a bid buys more than it asks for', [2, 4, 0]],
    ['that another does', [0, 0, 3]],
    ['that more than its cap lets through reaches a bid', [0, 5, 0]],
    ['that a trade takes lots back', [1, 1, -1]],
  ])('%s', (_, flow) => {
    expect(() => certify(idle(), Float64Array.from(flow), nothing())).toThrow(EngineFault);
  });

  it('that more than a zone’s cap lets in comes in', () => {
    const network = { ...idle(), limitLots: Float64Array.of(5) };
    expect(certify(network, Float64Array.of(1, 4, 1), nothing()).volume).toBe(6n);
    expect(() => certify(network, Float64Array.of(1, 4, 2), nothing())).toThrow(EngineFault);
  });

  it('that a price is negative where nobody trades', () => {
    for (const changes of [{ scarcity: Float64Array.of(0, -1) }, { limitValue: Float64Array.of(-1) }])
      expect(() => certify(idle(), Float64Array.of(0, 0, 0), nothing(changes))).toThrow(EngineFault);
    const apart = networkOf({ supply: [3, 1], demand: [3], pairs: [{ offer: 0, bid: 0, weight: 0 }] });
    const prices = nothing({ scarcity: Float64Array.of(0, -1), surplus: Float64Array.of(0) });
    const bare = { ...prices, capValue: new Float64Array(0), limitValue: new Float64Array(0) };
    expect(() => certify(apart, Float64Array.of(3), bare)).toThrow(EngineFault);
  });

  it('that the gains equal their bound, but somebody better was passed over', () => {
    const network = networkOf({
      supply: [1],
      demand: [1, 1],
      pairs: [
        { offer: 0, bid: 0, weight: 10 },
        { offer: 0, bid: 1, weight: 5 },
      ],
    });
    const at = (scarcity: number) => ({
      ...nothing({ scarcity: Float64Array.of(scarcity), surplus: Float64Array.of(0, 0) }),
      ...{ capValue: new Float64Array(0), limitValue: new Float64Array(0) },
    });
    expect(certify(network, Float64Array.of(1, 0), at(10)).primal).toBe(10n);
    expect(() => certify(network, Float64Array.of(0, 1), at(5))).toThrow(EngineFault);
  });
});

describe('a network is refused', () => {
  const limited = () =>
    networkOf({
      supply: [5, 2],
      demand: [3, 4],
      caps: [{ bid: 1, lots: 1 }],
      limits: [0, 4],
      pairs: [
        { offer: 0, bid: 0, weight: 0, limits: [0, 1] },
        { offer: 0, bid: 1, cap: 0, weight: 6 },
        { offer: 1, bid: 1, cap: 0, weight: 6, limits: [1] },
      ],
    });

  it('not as long as its numbers hold together', () => {
    expect(() => {
      validateNetwork(limited());
    }).not.toThrow();
    expect(() => {
      validateNetwork(capped());
    }).not.toThrow();
    expect(() => solveQuarter(limited())).not.toThrow();
  });

  const faults: [string, Partial<Network>][] = [
    ['no lots on offer', { supply: Float64Array.of(5, 0) }],
    ['parts of a lot on offer', { supply: Float64Array.of(5, 1.5) }],
    ['no lots wanted', { demand: Float64Array.of(0, 4) }],
    ['an origin cap of none', { capLots: Float64Array.of(0) }],
    ['an origin cap of nobody', { capBid: Int32Array.of(2) }],
    ['an origin cap before the first bid', { capBid: Int32Array.of(-1) }],
    ['a pair of an offer that is not there', { pairOffer: Int32Array.of(0, 0, 2) }],
    ['a pair before the first offer', { pairOffer: Int32Array.of(-1, 0, 1) }],
    ['pairs out of order', { pairOffer: Int32Array.of(0, 1, 0) }],
    ['a pair that leads beyond the last head', { pairHead: Int32Array.of(0, 2, 3) }],
    ['a pair that leads before the first', { pairHead: Int32Array.of(-1, 2, 2) }],
    ['a weight in parts of a tick', { pairWeight: Float64Array.of(0.5, 6, 6) }],
    ['a negative weight', { pairWeight: Float64Array.of(-1, 6, 6) }],
    ['a limit in parts of a lot', { limitLots: Float64Array.of(0.5, 4) }],
    ['a negative limit', { limitLots: Float64Array.of(-1, 4) }],
    ['a pair without a lane', { pairLane: Int32Array.of(0, -1) }],
    ['a lane that is not there', { pairLane: Int32Array.of(0, -1, 2) }],
    ['a lane below those that there are', { pairLane: Int32Array.of(0, -2, 1) }],
    ['a lane against a limit that is not there', { laneLimits: [[0, 2], [1]] }],
    ['a lane against a limit below those that there are', { laneLimits: [[-1], [1]] }],
  ];
  it.each(faults)('for %s', (_, changes) => {
    expect(() => {
      validateNetwork({ ...limited(), ...changes });
    }).toThrow(EngineFault);
  });

  it('before it is solved', () => {
    const unsorted = { ...limited(), pairOffer: Int32Array.of(1, 0, 0) };
    expect(() => solveQuarter(unsorted)).toThrow('pairs are sorted by offer');
  });

  it('for more lots than a double counts, on either side', () => {
    const most = Float64Array.of(Number.MAX_SAFE_INTEGER - 1, 1);
    for (const side of ['supply', 'demand'] as const)
      expect(() => {
        validateNetwork({ ...limited(), [side]: most });
      }).toThrow(MarketTooLarge);
    const fewer = Float64Array.of(Number.MAX_SAFE_INTEGER - 2, 1);
    expect(() => {
      validateNetwork({ ...limited(), supply: fewer });
    }).not.toThrow();
  });
});
