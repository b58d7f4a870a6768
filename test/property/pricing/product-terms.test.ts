import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimal, tenTo } from '../../../shared/kernel/decimal.ts';
import type { Unit } from '../../../shared/kernel/unit.ts';
import { conversion, units } from '../../../shared/kernel/unit.ts';
import { lotsOf, minorUnitsOf, priceOf, quantityOf, ticksOf } from '../../../shared/pricing/product-terms.ts';
import { aProduct } from '../../support/products.ts';

const unit = fc.constantFrom<Unit>(...units);
const factor = fc.integer({ min: 1, max: 10_000 }).map((units) => ({ units: BigInt(units), scale: 4 }));
const amount = fc.record({
  units: fc.bigInt({ min: 1n, max: 10n ** 9n }),
  scale: fc.integer({ min: 0, max: 4 }),
});

describe('conversion', () => {
  it('there and back is the same mass', () => {
    fc.assert(
      fc.property(unit, unit, factor, (from, to, containedFactor) => {
        const there = conversion(from, to, containedFactor)!;
        const back = conversion(to, from, containedFactor)!;
        expect(there.numerator * back.numerator).toBe(there.denominator * back.denominator);
      }),
    );
  });
});

describe('rounding to the tick and the lot', () => {
  it('never favours the one who rounds: an ask is at least, a limit at most, what was posted', () => {
    fc.assert(
      fc.property(unit, factor, amount, (per, containedFactor, price) => {
        fc.pre(per !== 'kg');
        const product = { ...aProduct(), containedFactor };
        const posted = { amount: price, currency: 'USD' as const, per };
        const ask = ticksOf(posted, product, 'up');
        const limit = ticksOf(posted, product, 'down');
        if (!ask.ok || !limit.ok) return;
        const ratio = conversion('kg', per, containedFactor)!;
        // exact price per kg = units·numerator / (10^scale·denominator); in ticks of 0.01 times 100
        const exact = price.units * ratio.numerator * 100n;
        const unitTicks = tenTo(price.scale) * ratio.denominator;
        expect(ask.value * unitTicks >= exact && (ask.value - 1n) * unitTicks < exact).toBe(true);
        expect(limit.value * unitTicks <= exact && (limit.value + 1n) * unitTicks > exact).toBe(true);
      }),
    );
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 8n }), (count) => {
        const product = aProduct({
          lot: { amount: '0.5', unit: 'kg' },
          priceTick: { amount: '0.02', currency: 'USD', per: 'kg' },
        });
        expect(ticksOf(priceOf(count, product), product, 'up')).toEqual({ ok: true, value: count });
        expect(lotsOf(quantityOf(count, product), product)).toEqual({ ok: true, value: count });
      }),
    );
  });

  it('a quantity rounds down by less than a lot', () => {
    fc.assert(
      fc.property(unit, factor, amount, (from, containedFactor, mass) => {
        fc.pre(from !== 'kg');
        const product = { ...aProduct(), containedFactor };
        const lots = lotsOf({ amount: mass, unit: from }, product);
        if (!lots.ok) return;
        const ratio = conversion(from, 'kg', containedFactor)!;
        const exact = { units: mass.units * ratio.numerator, scale: mass.scale };
        expect(
          compareDecimal({ units: lots.value * ratio.denominator, scale: 0 }, exact),
        ).toBeLessThanOrEqual(0);
        expect(compareDecimal({ units: (lots.value + 1n) * ratio.denominator, scale: 0 }, exact)).toBe(1);
      }),
    );
  });
});

describe('money', () => {
  it('of a sum is the sum of the money', () => {
    const lots = fc.bigInt({ min: 1n, max: 10n ** 9n });
    fc.assert(
      fc.property(lots, lots, lots, (ticks, first, second) => {
        const product = aProduct();
        expect(minorUnitsOf(ticks, first, product) + minorUnitsOf(ticks, second, product)).toBe(
          minorUnitsOf(ticks, first + second, product),
        );
      }),
    );
  });
});
