import { describe, expect, it } from 'vitest';
import { aMarket } from '../../support/market.ts';

/** Sellers at one floor, buyers at one limit: everybody tied with everybody. */
function tied(offers: Record<string, number>, bids: Record<string, number>, quarters = ['2027-Q1']) {
  const amounts = (lots: number): Record<string, string> =>
    Object.fromEntries(quarters.map((quarter) => [quarter, String(lots)]));
  const market = aMarket().zone().floor('110.00');
  for (const [name, lots] of Object.entries(offers)) market.offer(name, 'AU', '90.00', amounts(lots));
  for (const [name, lots] of Object.entries(bids)) market.bid(name, 'DE', '130.00', amounts(lots));
  return market;
}

describe('pairs of tied orders', () => {
  it('of equal size are matched one to one', () => {
    const market = tied({ a: 30, b: 20, c: 17 }, { d: 17, e: 30, f: 20 });
    expect(market.clear().trades()).toEqual({ 'a→e': 30, 'b→f': 20, 'c→d': 17 });
  });

  it('of which one is as large as two others are matched in threes', () => {
    const market = tied({ a: 57, b: 31, c: 12 }, { d: 26, e: 43, f: 31 });
    // a = d + f, and e = b + c: four awards, where a chain would need five.
    expect(Object.keys(market.clear().trades()).sort()).toEqual(['a→d', 'a→f', 'b→e', 'c→e']);
  });

  it('stay while others come and go', () => {
    const market = tied({ a: 40, b: 25 }, { c: 40, d: 25 }, ['2027-Q1', '2027-Q2', '2027-Q3']);
    market.offer('e', 'AU', '90.00', { '2027-Q2': '15' }).bid('f', 'DE', '130.00', { '2027-Q2': '15' });
    expect(market.clear().trades()).toEqual({ 'a→c': 120, 'b→d': 75, 'e→f': 15 });
  });

  it('stay as they were shared where a covenant lets them last but not begin in every quarter', () => {
    const trades = (validTo: string) => {
      const market = tied({ a: 30, b: 20, c: 17 }, { d: 17, e: 30, f: 20 }, ['2027-Q1', '2027-Q2']);
      market.scheme().rule({ renewalCovenant: true });
      for (const offer of ['a', 'b', 'c']) market.certificate(offer, { validTo });
      return market.clear().trades();
    };
    expect(trades('2028-12-31')).toEqual({ 'a→e': 60, 'b→f': 40, 'c→d': 34 });
    const shared = trades('2027-01-31');
    expect(Object.keys(shared).length).toBeGreaterThan(3);
    expect(Object.values(shared).reduce((sum, lots) => sum + lots, 0)).toBe(134);
  });
});
