import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, decimal, formatDecimal, tenTo } from '../../../shared/kernel/decimal.ts';
import type { Price } from '../../../shared/kernel/money.ts';
import { fixingOf } from '../../../shared/pricing/fixing.ts';
import type { IndexedTerms } from '../../../shared/pricing/indexed-price.ts';
import { floorEffects, settledPrice } from '../../../shared/pricing/indexed-price.ts';
import { priceOf } from '../../../shared/pricing/product-terms.ts';
import { upsideOf } from '../../../shared/pricing/upside.ts';
import { aProduct } from '../../support/products.ts';
import { afterwards, aSeries, pointsAt, septemberWindow } from '../../support/reference-prices.ts';

const amount = (minimum: number, maximum: number, scale: number) =>
  fc.integer({ min: minimum, max: maximum }).map((units) => formatDecimal({ units: BigInt(units), scale }));

/** Within half of 100 of one another, so that no median makes any of them an outlier. */
const figures = fc.array(fc.tuple(amount(80_0000, 110_0000, 4), amount(1, 10_000_000, 3)), {
  minLength: 5,
  maxLength: 40,
});
type Figures = readonly (readonly [string, string])[];

const fixed = (points: ReturnType<typeof pointsAt>) =>
  fixingOf({
    primary: { series: aSeries(), points },
    fallbacks: [],
    window: septemberWindow,
    groupOf: (firm) => firm,
    earlier: [],
    at: afterwards,
  });
const priceOfPoints = (all: Figures): Decimal => {
  const outcome = fixed(pointsAt(all));
  if (!outcome.ok) throw new Error(outcome.problem.detail);
  return outcome.value.price.amount;
};

describe('a reference price', () => {
  it('is within half a billionth of the exact mean', () => {
    fc.assert(
      fc.property(figures, (all) => {
        const points = all.map(
          ([price, quantity]) => [decimal(price).units, decimal(quantity).units] as const,
        );
        const value = points.reduce((sum, [price, quantity]) => sum + price * quantity, 0n);
        const weight = points.reduce((sum, [, quantity]) => sum + quantity, 0n);
        const price = priceOfPoints(all);
        // |price − value ÷ (10^4 weight)| ≤ ½ × 10^−9, in units of 10^−9 times 10^4 weight
        const off = price.units * tenTo(9 - price.scale) * weight * 10n ** 4n - value * 10n ** 9n;
        expect(2n * (off < 0n ? -off : off)).toBeLessThanOrEqual(weight * 10n ** 4n);
      }),
    );
  });

  it('lies between the least and the greatest of its points', () => {
    fc.assert(
      fc.property(figures, (all) => {
        const prices = all.map(([price]) => decimal(price)).sort(compareDecimal);
        const price = priceOfPoints(all);
        expect(compareDecimal(prices[0]!, price)).toBeLessThanOrEqual(0);
        expect(compareDecimal(price, prices.at(-1)!)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('is the same in whatever order points come, and however a firm splits its quantity', () => {
    fc.assert(
      fc.property(figures, fc.nat(39), (all, pick) => {
        const place = pick % all.length;
        const [price, quantity] = all[place]!;
        const { units, scale } = decimal(quantity);
        const whole = fixed(pointsAt(all));
        const reversed = fixed(pointsAt(all).reverse());
        expect(reversed).toEqual(whole);
        if (units < 2n) return;
        const half = formatDecimal({ units: units / 2n, scale });
        const rest = formatDecimal({ units: units - units / 2n, scale });
        const split: Figures = [...all.with(place, [price, half]), [price, rest]];
        const parts = fixed(
          pointsAt(split, (index) => (index === all.length ? { firm: `firm-${place}` } : {})),
        );
        expect(parts).toMatchObject({ ok: whole.ok });
        if (parts.ok && whole.ok) {
          expect(parts.value.price).toEqual(whole.value.price);
          expect(parts.value.firms).toBe(whole.value.firms);
        }
      }),
    );
  });

  it('is never made of fewer independent firms than its series asks for', () => {
    fc.assert(
      fc.property(
        figures,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 5, max: 10 }),
        (all, groups, least) => {
          const points = pointsAt(all);
          const outcome = fixingOf({
            primary: { series: aSeries({ minimumFirms: least }), points },
            fallbacks: [],
            window: septemberWindow,
            groupOf: (firm) => `group-${Number(firm.slice(5)) % groups}`,
            earlier: [],
            at: afterwards,
          });
          expect(outcome.ok).toBe(Math.min(groups, all.length) >= least);
        },
      ),
    );
  });
});

const product = aProduct();
const ticks = (maximum: number) =>
  fc.integer({ min: 1, max: maximum }).map((count) => priceOf(BigInt(count), product));
const reference = amount(1, 2_000_000, 4).map((text): Price => ({
  amount: decimal(text),
  currency: 'USD',
  per: 'kg',
}));
const contracts = fc.record({
  price: ticks(20_000),
  referencePrice: reference,
  floor: ticks(20_000),
  above: fc.option(fc.integer({ min: 0, max: 10_000 })),
  floorEffect: fc.constantFrom(...floorEffects),
  dutyRate: amount(0, 300, 3).map(decimal),
});
const unitsOf = ({ amount: { units, scale } }: Price): bigint => units * tenTo(9 - scale);

const settledOf = (contract: typeof contracts extends fc.Arbitrary<infer T> ? T : never, now: Price) => {
  const { price, referencePrice, floor, above, floorEffect, dutyRate } = contract;
  const terms: IndexedTerms = {
    ...{ kind: 'indexed', reference: 'ndpr-europe', referencePrice, floorEffect, dutyRate },
    fixing: {
      series: 'ndpr-europe',
      seriesVersion: 1,
      window: septemberWindow,
      price: referencePrice,
      pointsDigest: '0'.repeat(64),
      basis: { kind: 'primary' },
    },
    ...(above === null ? {} : { cap: priceOf(floor.amount.units + BigInt(above), product) }),
  };
  const entry = {
    price,
    landedPrice: price,
    waterfall: { duties: { units: 0n, scale: 2 }, levy: { units: 0n, scale: 2 } },
  };
  const outcome = settledPrice(entry, { priceTerms: terms, floor: { price: floor } }, now, product);
  if (!outcome.ok) throw new Error(outcome.problem.detail);
  return { ...outcome.value, cap: terms.cap };
};

describe('an indexed price', () => {
  it('never falls when the reference rises', () => {
    fc.assert(
      fc.property(contracts, reference, reference, (contract, one, other) => {
        const [low, high] = unitsOf(one) <= unitsOf(other) ? [one, other] : [other, one];
        expect(unitsOf(settledOf(contract, low).price)).toBeLessThanOrEqual(
          unitsOf(settledOf(contract, high).price),
        );
      }),
    );
  });

  it('is at most its cap, at least its hard floor, and lands at least at the floor where a levy sees to that', () => {
    fc.assert(
      fc.property(contracts, reference, (contract, now) => {
        const { price, landed, duties, levy, cap } = settledOf(contract, now);
        if (cap !== undefined) expect(unitsOf(price)).toBeLessThanOrEqual(unitsOf(cap));
        if (contract.floorEffect === 'hard')
          expect(unitsOf(price)).toBeGreaterThanOrEqual(unitsOf(contract.floor));
        const isAsCleared = unitsOf(price) === unitsOf(contract.price);
        if (contract.floorEffect === 'levied' && !isAsCleared)
          expect(unitsOf(landed)).toBeGreaterThanOrEqual(unitsOf(contract.floor));
        expect(price.amount.units + duties.units + levy.units).toBe(landed.amount.units);
        if (levy.units > 0n) expect(landed.amount.units).toBe(contract.floor.amount.units);
      }),
    );
  });

  it('is within half a tick of reference and premium, where neither floor nor cap binds', () => {
    fc.assert(
      fc.property(contracts, reference, (contract, now) => {
        const { price, bound } = settledOf(contract, now);
        const exact = unitsOf(contract.price) + unitsOf(now) - unitsOf(contract.referencePrice);
        const off = unitsOf(price) - exact;
        if (bound === 'none' && exact >= 5_000_000n)
          expect(2n * (off < 0n ? -off : off)).toBeLessThanOrEqual(10_000_000n);
      }),
    );
  });
});

describe('an upside share', () => {
  it('is never more than the cap, and never falls when prices rise', () => {
    const sale = fc.record({ price: ticks(40_000), tonnes: fc.integer({ min: 1, max: 9_000 }) });
    fc.assert(
      fc.property(fc.array(sale, { maxLength: 6 }), fc.nat(10_000_000), (sales, cap) => {
        const terms = {
          share: decimal('0.3'),
          threshold: priceOf(15_000n, product),
          annualCap: { amount: { units: BigInt(cap), scale: 0 }, currency: 'USD' as const },
        };
        const owed = (more: bigint): bigint => {
          const upside = upsideOf(
            terms,
            sales.map(({ price, tonnes }) => ({
              price: { ...price, amount: { ...price.amount, units: price.amount.units + more } },
              quantity: { amount: { units: BigInt(tonnes), scale: 0 }, unit: 't' as const },
            })),
          );
          if (!upside.ok) throw new Error(upside.problem.detail);
          expect(upside.value.isCapped).toBe(
            upside.value.owed.amount.units < upside.value.uncapped.amount.units,
          );
          return upside.value.owed.amount.units;
        };
        expect(owed(0n)).toBeLessThanOrEqual(BigInt(cap) * 100n);
        expect(owed(0n)).toBeLessThanOrEqual(owed(1n));
      }),
    );
  });
});
