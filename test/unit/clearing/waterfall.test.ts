import { describe, expect, it } from 'vitest';
import { EngineFault } from '../../../shared/clearing/solver/network.ts';
import type { FloorEffect, TradeTerms } from '../../../shared/clearing/eligibility/trade-terms.ts';
import { dutyOf, landedReserve, priceWithin } from '../../../shared/clearing/eligibility/trade-terms.ts';
import { sellerPrice, waterfallOf } from '../../../shared/clearing/awards/waterfall.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';

const termsOf = (effect: FloorEffect, floor: bigint, rate: string): TradeTerms => ({
  inside: effect === 'hard',
  effect,
  floor,
  dutyRate: decimal(rate),
});
const free = termsOf('none', 0n, '0');

describe('the landed reserve', () => {
  it.each([
    ['none', 0n, '0', 7000n, 7000n],
    ['none', 0n, '0.037', 7000n, 7259n],
    // 3.7 % of 70.01 is 2.59037: rounded up to the tick.
    ['none', 0n, '0.037', 7001n, 7261n],
    ['hard', 11_000n, '0', 7000n, 11_000n],
    ['hard', 11_000n, '0.1', 7000n, 12_100n],
    ['hard', 11_000n, '0.1', 12_000n, 13_200n],
    ['levied', 11_000n, '0.1', 7000n, 11_000n],
    ['levied', 11_000n, '0.1', 10_000n, 11_000n],
    ['levied', 11_000n, '0.1', 10_001n, 11_002n],
  ] as const)('under %s %i at a duty of %s on an ask of %i is %i', (effect, floor, rate, ask, reserve) => {
    expect(landedReserve(ask, termsOf(effect, floor, rate))).toBe(reserve);
  });

  it('leaves the greatest price that lands within it', () => {
    for (const rate of ['0', '0.037', '0.1', '0.5', '1'])
      for (let landed = 0n; landed < 120n; landed++) {
        const terms = termsOf('none', 0n, rate);
        const price = priceWithin(landed, terms);
        expect(price + dutyOf(price, terms)).toBeLessThanOrEqual(landed);
        expect(price + 1n + dutyOf(price + 1n, terms)).toBeGreaterThan(landed);
      }
  });
});

describe('the waterfall of a landed price', () => {
  it.each([
    // Nothing but an ask and what buyers compete it up to.
    [7000n, 0n, free, { floorUplift: 0n, scarcity: 0n, duties: 0n, levy: 0n, landed: 7000n }],
    [7000n, 50n, free, { floorUplift: 0n, scarcity: 50n, duties: 0n, levy: 0n, landed: 7050n }],
    // A hard floor lifts the ask, and duty is paid on the lifted price.
    [
      9000n,
      0n,
      termsOf('hard', 11_000n, '0'),
      { floorUplift: 2000n, scarcity: 0n, duties: 0n, levy: 0n, landed: 11_000n },
    ],
    [
      9000n,
      110n,
      termsOf('hard', 11_000n, '0.1'),
      { floorUplift: 2000n, scarcity: 100n, duties: 1110n, levy: 0n, landed: 12_210n },
    ],
    // An import below the floor owes a levy and is paid its ask…
    [
      7000n,
      0n,
      termsOf('levied', 11_000n, '0.1'),
      { floorUplift: 0n, scarcity: 0n, duties: 700n, levy: 3300n, landed: 11_000n },
    ],
    // …but with any scarcity the seller has what buyers compete for, and nothing is left to levy.
    [
      7000n,
      1n,
      termsOf('levied', 11_000n, '0.1'),
      { floorUplift: 3000n, scarcity: 0n, duties: 1001n, levy: 0n, landed: 11_001n },
    ],
    // At the floor exactly there is nothing to levy either.
    [
      10_000n,
      0n,
      termsOf('levied', 11_000n, '0.1'),
      { floorUplift: 0n, scarcity: 0n, duties: 1000n, levy: 0n, landed: 11_000n },
    ],
    [
      12_000n,
      0n,
      termsOf('levied', 11_000n, '0'),
      { floorUplift: 0n, scarcity: 0n, duties: 0n, levy: 0n, landed: 12_000n },
    ],
  ] as const)('of an ask of %i with %i ticks of scarcity', (ask, scarcity, terms, parts) => {
    const waterfall = waterfallOf(ask, scarcity, terms);
    expect(waterfall).toEqual({ ask, support: 0n, ...parts });
    expect(sellerPrice(waterfall)).toBe(ask + parts.floorUplift + parts.scarcity);
    expect(sellerPrice(waterfall) + waterfall.duties + waterfall.levy).toBe(waterfall.landed);
  });

  it('is refused where a part would be negative', () => {
    expect(() => waterfallOf(7000n, -1n, free)).toThrow(EngineFault);
    expect(() => waterfallOf(7000n, -5000n, termsOf('hard', 11_000n, '0'))).toThrow(EngineFault);
  });
});
