import { describe, expect, it } from 'vitest';
import { shareOut } from '../../../shared/clearing/awards/sharing.ts';

describe('sharing out by largest remainder', () => {
  it.each([
    [10, [10], [10]],
    [6, [1, 2, 3], [1, 2, 3]],
    [0, [4, 5], [0, 0]],
    // Halves: equal remainders go by order of appearance.
    [1, [1, 1], [1, 0]],
    [3, [2, 2, 2], [1, 1, 1]],
    [4, [2, 2, 2], [2, 1, 1]],
    [5, [2, 2, 2], [2, 2, 1]],
    // 0.56, 1.67 and 2.78: the lots that are left go to the largest remainders.
    [5, [1, 3, 5], [0, 2, 3]],
    [7, [100, 1, 1], [7, 0, 0]],
    [101, [100, 1, 1], [99, 1, 1]],
  ] as const)('%i lots over %j are %j', (total, parts, shares) => {
    expect(shareOut(total, parts)).toEqual(shares);
  });

  it('is exact where products leave the range of doubles', () => {
    const parts = [3_000_000_000_000, 3_000_000_000_001, 2_999_999_999_999];
    const shares = shareOut(7_000_000_000_001, parts);
    const whole = 9_000_000_000_000n;
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(7_000_000_000_001);
    for (const [index, share] of shares.entries()) {
      const exact = 7_000_000_000_001n * BigInt(parts[index]!);
      expect(BigInt(share) * whole - exact).toBeLessThan(whole);
      expect(exact - BigInt(share) * whole).toBeLessThan(whole);
    }
  });

  it('gives nobody more than its part, and nobody less than another who asked for less', () => {
    for (const parts of [
      [5, 3, 3, 2],
      [1, 1, 1, 1, 1, 1, 1],
      [9, 1, 4],
    ])
      for (let total = 0; total <= parts.reduce((sum, part) => sum + part, 0); total++) {
        const shares = shareOut(total, parts);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
        for (const [index, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(parts[index]!);
          for (const [other, less] of shares.entries())
            if (parts[other]! < parts[index]!) expect(share).toBeGreaterThanOrEqual(less);
        }
      }
  });
});
