import { describe, expect, it } from 'vitest';
import { clear } from '../../../shared/clearing/clear.ts';
import { aMarket } from '../../support/market.ts';

describe('the outcome of a clearing', () => {
  it('states the least and the greatest landed price of each quarter, where anything traded', () => {
    const cleared = aMarket()
      .zone()
      .offer('a', 'AU', '80.00', { '2027-Q1': '10', '2027-Q2': '10', '2027-Q3': '10' })
      .offer('b', 'AU', '90.00', { '2027-Q1': '10' })
      .bid('c', 'DE', '120.00', { '2027-Q1': '10', '2027-Q2': '10' })
      .bid('d', 'KR', '100.00', { '2027-Q1': '10' })
      .floor('118.00')
      .clear();
    const landed = (quarter: string) =>
      cleared.outcome.awards
        .flatMap(({ schedule }) => schedule.filter((entry) => entry.quarter === quarter))
        .map((entry) => entry.landed);
    const [first, second, third] = cleared.outcome.quarters;
    expect(new Set(landed('2027-Q1')).size).toBe(2);
    expect(first!.landedPrice).toEqual({
      low: landed('2027-Q1').reduce((a, b) => (a < b ? a : b)),
      high: landed('2027-Q1').reduce((a, b) => (a > b ? a : b)),
    });
    expect(second!.landedPrice).toEqual({ low: landed('2027-Q2')[0], high: landed('2027-Q2')[0] });
    expect(third!.landedPrice).toBeNull();
  });

  it('lists explanations and sentences by order', () => {
    const market = aMarket();
    for (const name of ['q', 'c', 'z', 'm'])
      market.offer(name, 'AU', '80.00', '10').bid(name, 'DE', '120.00', '10');
    const { explanations, sentences } = market.clear().outcome;
    expect([...explanations.keys()]).toEqual([...explanations.keys()].sort());
    expect([...sentences.keys()]).toEqual([...explanations.keys()]);
    expect([...sentences.values()].every((sentence) => sentence.length > 0)).toBe(true);
  });

  it('is none where it is told to stop: the whole book fails, and says why', () => {
    const snapshot = aMarket().offer('a', 'AU', '80.00', '10').bid('b', 'DE', '90.00', '10').snapshot();
    expect(clear(snapshot, () => false)).toMatchObject({ ok: false, problem: { code: 'market_too_large' } });
  });

  it('is none where the engine itself is at fault: that is thrown, not told as the market’s', () => {
    const snapshot = aMarket().offer('a', 'AU', '80.00', '10').bid('b', 'DE', '90.00', '10').snapshot();
    const late = () => {
      throw new TypeError('no clock');
    };
    expect(() => clear(snapshot, late)).toThrow(TypeError);
  });
});
