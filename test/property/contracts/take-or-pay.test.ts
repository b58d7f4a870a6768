import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeOrPayYear } from '../../../shared/contracts/take-or-pay.ts';
import type { TakeOrPay } from '../../../shared/contracts/standard-terms.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';

// All in kilograms to the gram and prices to the cent, so that an exact model in integers is easy to read.
const grams = (maximum: bigint) => fc.bigInt({ min: 0n, max: maximum });
const kg = (units: bigint): Decimal => ({ units, scale: 3 });
const inGrams = ({ units, scale }: Decimal): bigint => units * 10n ** BigInt(3 - scale);
const price = (cents: bigint) => ({
  ...{ amount: { units: cents, scale: 2 }, currency: 'USD' as const, per: 'kg' as const },
});
const percent = fc.bigInt({ min: 0n, max: 100n });
const share = (of: bigint): Decimal => ({ units: of, scale: 2 });

const scenario = fc.record({
  contracted: grams(10n ** 9n),
  taken: grams(2n * 10n ** 9n),
  short: grams(10n ** 8n),
  force: grams(10n ** 8n),
  rejected: grams(10n ** 8n),
  cents: fc.bigInt({ min: 1n, max: 10n ** 7n }),
  sharePercent: percent,
  deficiencyPercent: percent,
  carryPercent: percent,
  excused: fc.constantFrom('before', 'after'),
  makeUp: fc.array(fc.record({ grams: grams(10n ** 8n), cents: fc.bigInt({ min: 1n, max: 10n ** 7n }) }), {
    maxLength: 4,
  }),
  carried: fc.array(grams(10n ** 8n), { maxLength: 4 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const run = (of: Scenario, changes: Partial<Scenario> = {}) => {
  const { excused, ...s } = { ...of, ...changes };
  const terms: TakeOrPay = {
    ...{ share: share(s.sharePercent), excused, makeUpYears: 5 },
    ...{ deficiencyShare: share(s.deficiencyPercent), carryForwardShare: share(s.carryPercent) },
  };
  return takeOrPayYear(terms, {
    ...{ year: 2030, unit: 'kg', contracted: kg(s.contracted), taken: kg(s.taken), price: price(s.cents) },
    ...{ sellerShortfall: kg(s.short), forceMajeure: kg(s.force), rejected: kg(s.rejected) },
    makeUp: s.makeUp.map((lot, index) => ({
      ...{ year: 2026 + index, quantity: kg(lot.grams), price: price(lot.cents), lastYear: 2031 },
    })),
    carryForward: s.carried.map((quantity, index) => ({ year: 2026 + index, quantity: kg(quantity) })),
  });
};
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const above = (a: bigint): bigint => (a > 0n ? a : 0n);

describe('take-or-pay', () => {
  it('is what the formula says, in exact integers', () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const outcome = run(s);
        const excused = s.short + s.force + s.rejected;
        const minimum =
          s.excused === 'before'
            ? (above(s.contracted - excused) * s.sharePercent) / 100n
            : above(s.contracted * s.sharePercent - excused * 100n) / 100n;
        const carried = s.carried.reduce((sum, each) => sum + each, 0n);
        const shortOf = above(minimum - s.taken);
        const used = least(least(carried, (s.contracted * s.carryPercent) / 100n), shortOf);
        expect(inGrams(outcome.minimum)).toBe(minimum);
        expect(inGrams(outcome.deficiency)).toBe(shortOf - used);
        expect(outcome.payment).toBe(((shortOf - used) * s.cents * s.deficiencyPercent) / 100_000n);
      }),
    );
  });

  it('loses no gram: what is taken beyond the quantity is make-up used or carried forward, and nothing twice', () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const outcome = run(s);
        const beyond = above(s.taken - s.contracted);
        const used = outcome.makeUpTaken.reduce((sum, { quantity }) => sum + inGrams(quantity), 0n);
        expect(used + inGrams(outcome.carriedForward)).toBe(beyond);
        expect(used).toBe(
          least(
            beyond,
            s.makeUp.reduce((sum, lot) => sum + lot.grams, 0n),
          ),
        );
        // The buyer is never credited more than it paid, nor more than it pays now.
        const worth = outcome.makeUpTaken.reduce(
          (sum, { quantity, price: then }) => sum + inGrams(quantity) * least(then.amount.units, s.cents),
          0n,
        );
        expect(outcome.credit).toBe(worth / 1000n);
      }),
    );
  });

  it('never charges more for taking more, nor for being excused more', () => {
    fc.assert(
      fc.property(scenario, grams(10n ** 8n), (s, more) => {
        const { payment } = run(s);
        expect(run(s, { taken: s.taken + more }).payment <= payment).toBe(true);
        expect(run(s, { force: s.force + more }).payment <= payment).toBe(true);
        expect(run(s, { short: s.short + more }).payment <= payment).toBe(true);
      }),
    );
  });

  it('a year taken in full, as far as it was there, costs nothing', () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const there = above(s.contracted - s.short - s.force - s.rejected);
        expect(run(s, { taken: there }).payment).toBe(0n);
      }),
    );
  });
});
