import { describe, expect, it } from 'vitest';
import { memberWaterfall } from '../../../shared/clearing/awards/member-waterfall.ts';
import { waterfallOf } from '../../../shared/clearing/awards/waterfall.ts';
import type { TradeTerms } from '../../../shared/clearing/eligibility/trade-terms.ts';

/** Terms of a border-adjusted floor of 110.00 at so many per cent of duty. */
const terms = (duty: bigint, changes: Partial<TradeTerms> = {}): TradeTerms => ({
  ...{ inside: false, effect: 'levied', floor: 11_000n, dutyRate: { units: duty, scale: 2 }, ...changes },
});

describe('what a member of a pool pays for a lot', () => {
  it('is the pool’s price to the tick where its duties are the pool’s', () => {
    // Of 3 ticks above the reserve one cannot reach the seller: no price with 10 % of duty lands at 120.03.
    const pool = waterfallOf(10_909n, 3n, terms(10n, { floor: 0n, effect: 'none' }));
    expect([pool.landed, pool.duties]).toEqual([12_003n, 1092n]);
    expect(memberWaterfall(pool, terms(10n), terms(10n))).toBe(pool);
    expect(memberWaterfall(pool, terms(10n), terms(10n, { dutyRate: { units: 100n, scale: 3 } }))).toBe(pool);
  });

  it('is the seller’s one price with its own duties', () => {
    const pool = waterfallOf(10_000n, 2000n, terms(10n));
    expect([pool.landed, pool.duties, pool.levy]).toEqual([13_000n, 1182n, 0n]);
    expect(memberWaterfall(pool, terms(10n), terms(5n))).toEqual({
      ...{ ...pool, duties: 591n, levy: 0n, landed: 12_409n },
    });
  });

  it('has a levy up to the floor where lower duties leave it below: by a tick, not at it', () => {
    const landedAt = (price: bigint) => {
      const pool = waterfallOf(price, 0n, terms(10n));
      const { duties, levy, landed } = memberWaterfall(pool, terms(10n), terms(0n));
      return [duties, levy, landed];
    };
    expect(landedAt(10_998n)).toEqual([0n, 2n, 11_000n]);
    expect(landedAt(10_999n)).toEqual([0n, 1n, 11_000n]);
    expect(landedAt(11_000n)).toEqual([0n, 0n, 11_000n]);
    expect(landedAt(11_001n)).toEqual([0n, 0n, 11_001n]);
  });

  it('has none where no floor is adjusted at the border', () => {
    const open = terms(10n, { effect: 'none', floor: 0n });
    const pool = waterfallOf(9000n, 0n, open);
    expect(memberWaterfall(pool, open, { ...open, dutyRate: { units: 0n, scale: 0 } })).toMatchObject({
      ...{ levy: 0n, landed: 9000n },
    });
    const hard = terms(10n, { effect: 'hard' });
    expect(
      memberWaterfall(waterfallOf(9000n, 0n, hard), hard, { ...hard, dutyRate: { units: 0n, scale: 0 } }),
    ).toMatchObject({ floorUplift: 2000n, levy: 0n, landed: 11_000n });
  });
});
