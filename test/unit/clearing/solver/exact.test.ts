import { describe, expect, it } from 'vitest';
import { solveQuarter } from '../../../../shared/clearing/solver/flow.ts';
import { volumeWeight } from '../../../../shared/clearing/solver/lexicographic.ts';
import { exactSum } from '../../../../shared/clearing/solver/limited-flow.ts';
import { MarketTooLarge } from '../../../../shared/clearing/solver/network.ts';
import { totals } from '../../../support/flows.ts';
import { networkOf } from '../../../support/networks.ts';

describe('what a solve takes exactly', () => {
  /** One pair at this weight, and where `limits` are given, within them. */
  const single = (weight: number, limits: readonly number[] = []) =>
    networkOf({
      supply: [2],
      demand: [2],
      limits,
      pairs: [{ offer: 0, bid: 0, weight, ...(limits.length > 0 && { limits: [0] }) }],
    });

  it('is a market whose nodes times its greatest weight stay below 2^53, and no other', () => {
    // A hub, an offer and a bid.
    const most = Math.floor((Number.MAX_SAFE_INTEGER - 1) / 3);
    expect(solveQuarter(single(most)).certificate.primal).toBe(2n * BigInt(most));
    expect(() => solveQuarter(single(most + 1))).toThrow(MarketTooLarge);
  });

  it('counts what a zone’s cap adds to the weights', () => {
    const half = Math.floor((Number.MAX_SAFE_INTEGER - 1) / 6);
    expect(solveQuarter(single(half, [1])).certificate.primal).toBe(BigInt(half));
    expect(() => solveQuarter(single(2 * half, [1]))).toThrow(MarketTooLarge);
  });

  it('is a sum of costs times lots, however large', () => {
    const sums: [number[], number[], bigint][] = [
      [[], [], 0n],
      [[3, -4], [5, 6], -9n],
      [[2 ** 52, 2 ** 52, 1], [1, 1, 1], 2n ** 53n + 1n],
      [[2 ** 40, -(2 ** 40), 7], [2 ** 40, 2 ** 39, 1], 2n ** 80n - 2n ** 79n + 7n],
      [[1, 2 ** 40, 5], [3, 2 ** 40, 2], 2n ** 80n + 13n],
      [[-(2 ** 52), -(2 ** 52), -1], [1, 1, 1], -(2n ** 53n) - 1n],
    ];
    for (const [costs, lots, sum] of sums) expect(exactSum(costs, lots)).toBe(sum);
  });

  it('weighs volume above all that lots from inside can change in one step', () => {
    const network = networkOf({
      supply: [1, 1, 1],
      demand: [1, 1],
      caps: [{ bid: 0, lots: 1 }],
      pairs: [],
    });
    expect(volumeWeight(network)).toBe(5);
    expect(volumeWeight({ ...network, supply: Float64Array.of(1) })).toBe(3);
    expect(volumeWeight({ ...network, capLots: new Float64Array(0) })).toBe(4);
  });
});

describe('among flows of equal gains', () => {
  it('one more lot traded counts more than any number of lots from inside, and those more than none', () => {
    // Two sellers inside serve one bid each, or a seller outside and one of them three bids: volume first.
    const network = networkOf({
      supply: [1, 1],
      demand: [1, 1],
      pairs: [
        { offer: 0, bid: 0, weight: 0, inside: true },
        { offer: 0, bid: 1, weight: 0 },
        { offer: 1, bid: 0, weight: 0 },
      ],
    });
    expect(totals(network, solveQuarter(network).pairFlow)).toMatchObject({ volume: 2, inside: 0 });
    const equal = networkOf({
      supply: [1, 1],
      demand: [1],
      pairs: [
        { offer: 0, bid: 0, weight: 4 },
        { offer: 1, bid: 0, weight: 4, inside: true },
      ],
    });
    expect(totals(equal, solveQuarter(equal).pairFlow)).toMatchObject({ inside: 1, sold: [0, 1] });
  });

  it('no gain is given up for volume, nor for lots from inside', () => {
    const network = networkOf({
      supply: [1, 1],
      demand: [1, 1],
      pairs: [
        { offer: 0, bid: 0, weight: 9 },
        { offer: 0, bid: 1, weight: 4, inside: true },
        { offer: 1, bid: 0, weight: 4, inside: true },
      ],
    });
    expect(totals(network, solveQuarter(network).pairFlow)).toMatchObject({ gains: 9, volume: 1, inside: 0 });
  });
});
