import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { Unit } from '../../../shared/kernel/unit.ts';
import { lotsOf, minorUnitsOf, priceOf, quantityOf, ticksOf } from '../../../shared/pricing/product-terms.ts';
import { aProduct } from '../../support/products.ts';

const usd = (amount: string, per: Unit) => ({ amount: decimal(amount), currency: 'USD' as const, per });
const mass = (amount: string, unit: Unit) => ({ amount: decimal(amount), unit });

describe('prices in ticks', () => {
  it('compares a metal price with an oxide floor only after conversion: 125 USD/kg metal is 106.24 of oxide', () => {
    const oxide = aProduct({ containedFactor: '0.84994' });
    expect(ticksOf(usd('125', 'kg contained'), oxide, 'down')).toEqual({ ok: true, value: 10624n });
    // The lowest metal price that meets a floor of 110 per kg of oxide is 129.4204, so 129.43 at the cent.
    expect(ticksOf(usd('129.42', 'kg contained'), oxide, 'down')).toEqual({ ok: true, value: 10999n });
    expect(ticksOf(usd('129.43', 'kg contained'), oxide, 'down')).toEqual({ ok: true, value: 11000n });
  });

  it('rounds asks and floors up, limits down', () => {
    const product = aProduct();
    // 50 USD/lb = 110.231131… USD/kg
    expect(ticksOf(usd('50', 'lb'), product, 'up')).toEqual({ ok: true, value: 11024n });
    expect(ticksOf(usd('50', 'lb'), product, 'down')).toEqual({ ok: true, value: 11023n });
    expect(ticksOf(usd('110000', 't'), product, 'up')).toEqual({ ok: true, value: 11000n });
    expect(ticksOf(usd('0.11', 'g'), product, 'down')).toEqual({ ok: true, value: 11000n });
  });

  it('counts a metric ton unit as 10 kg of contained WO3', () => {
    const apt = aProduct({ containedFactor: '0.885' });
    // 1 050 USD/mtu × 0.0885 mtu per kg of APT = 92.925
    expect(ticksOf(usd('1050', 'mtu'), apt, 'up')).toEqual({ ok: true, value: 9293n });
    const concentrate = aProduct({ unit: 'mtu', containedFactor: '0.65' });
    expect(lotsOf(mass('20', 't'), concentrate)).toEqual({ ok: true, value: 1300n });
  });

  it('refuses what it would have to guess', () => {
    expect(ticksOf(usd('125', 'kg contained'), aProduct(), 'down')).toMatchObject({
      problem: { code: 'unit_not_convertible', errors: [{ pointer: '/price/per' }] },
    });
    expect(lotsOf(mass('1', 'mtu'), aProduct())).toMatchObject({ problem: { code: 'unit_not_convertible' } });
    expect(ticksOf({ ...usd('1', 'kg'), currency: 'EUR' }, aProduct(), 'up')).toMatchObject({
      problem: { code: 'currency_mismatch', errors: [{ pointer: '/price/currency' }] },
    });
  });

  it("refuses a price off the tick in the product's own unit", () => {
    expect(ticksOf(usd('110.005', 'kg'), aProduct(), 'up')).toMatchObject({ problem: { code: 'off_tick' } });
    expect(ticksOf(usd('110.000', 'kg'), aProduct(), 'up')).toEqual({ ok: true, value: 11000n });
  });

  it('writes prices with the digits of the tick, and never fewer than the currency has', () => {
    const written = (product: ReturnType<typeof aProduct>, ticks: bigint) =>
      formatDecimal(priceOf(ticks, product).amount);
    expect(written(aProduct(), 11000n)).toBe('110.00');
    expect(written(aProduct({ priceTick: { amount: '1', currency: 'USD', per: 'kg' } }), 110n)).toBe(
      '110.00',
    );
    const fine = aProduct({
      priceTick: { amount: '0.001', currency: 'USD', per: 'kg' },
      lot: { amount: '10', unit: 'kg' },
    });
    expect(written(fine, 74664n)).toBe('74.664');
  });
});

describe('quantities in lots', () => {
  it('rounds other units down to the lot and refuses what is off the lot in its own', () => {
    const product = aProduct({ lot: { amount: '5', unit: 'kg' } });
    expect(lotsOf(mass('1', 't'), product)).toEqual({ ok: true, value: 200n });
    expect(lotsOf(mass('100', 'lb'), product)).toEqual({ ok: true, value: 9n });
    expect(lotsOf(mass('7', 'kg'), product)).toMatchObject({ problem: { code: 'off_lot' } });
    expect(lotsOf(mass('1', 'g'), product)).toMatchObject({ problem: { code: 'off_lot' } });
  });

  it("is answered in the product's own unit, without needless zeros", () => {
    expect(quantityOf(97n, aProduct())).toEqual(mass('97', 'kg'));
    const half = aProduct({
      lot: { amount: '0.5', unit: 'kg' },
      priceTick: { amount: '0.02', currency: 'USD', per: 'kg' },
    });
    expect(quantityOf(3n, half)).toEqual(mass('1.5', 'kg'));
    expect(quantityOf(4n, half)).toEqual(mass('2', 'kg'));
  });
});

describe('money', () => {
  it('is exact: a levy of 35.336 USD/kg on 20 000 kg is 706 720.00 USD', () => {
    const product = aProduct({
      priceTick: { amount: '0.001', currency: 'USD', per: 'kg' },
      lot: { amount: '10', unit: 'kg' },
    });
    expect(minorUnitsOf(35336n, 2000n, product)).toBe(70_672_000n);
  });
});
