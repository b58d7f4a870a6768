import { describe, expect, it } from 'vitest';
import { publishedDepth, publishedPrices } from '../../../shared/clearing/documents/published.ts';
import { aMarket, type MarketBuilder } from '../../support/market.ts';

const id = (prefix: string, name: string): string => `${prefix}_${name.padEnd(20, '0')}`;

/** In the first quarter four of each side trade 10 each at 100; in the second, two of each: too few to be shown. */
const market = (): MarketBuilder => {
  const first = { '2027-Q1': '10' };
  const both = { '2027-Q1': '10', '2027-Q2': '10' };
  const built = aMarket().zone().floor('100.00');
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries())
    built
      .offer(name, 'AU', '90.00', index < 2 ? both : first)
      .bid(`z${name}`, 'DE', '100.00', index < 2 ? both : first);
  return built;
};
const readOf = (built: MarketBuilder) => {
  const snapshot = built.snapshot();
  const { awards } = built.clear().outcome;
  return { prices: publishedPrices(snapshot, awards), depth: publishedDepth(snapshot, awards), awards };
};

describe('what anybody may read of a clearing', () => {
  it('is the landed prices of quarters in which enough traded', () => {
    expect(readOf(market()).prices).toEqual(new Map([['2027-Q1', { low: 10_000n, high: 10_000n }]]));
    expect(readOf(aMarket().offer('a', 'AU', '90.00', '5')).prices).toEqual(new Map());
  });

  it('leaves what a programme supports aside', () => {
    const supported = market().offer('dear', 'AU', '115.00', '5').bid('poor', 'DE', '110.00', '5');
    expect(readOf(supported.programme('gap')).awards.some(({ programme }) => programme !== undefined)).toBe(
      true,
    );
    expect(readOf(supported).prices.get('2027-Q1')).toEqual({ low: 10_000n, high: 10_000n });
  });

  it('is the depth of the other side, unless that or what stayed unfilled of it would tell of somebody', () => {
    const { depth } = readOf(market());
    expect(depth.against('offer', '2027-Q1')).toBe(40n);
    expect(depth.against('bid', '2027-Q1')).toBe(40n);
    expect(depth.against('offer', '2027-Q2')).toBeUndefined();
    expect(depth.against('offer', '2028-Q1')).toBeUndefined();
    const uneven = readOf(market().bid('late', 'DE', '99.00', '3')).depth;
    expect(uneven.against('offer', '2027-Q1')).toBeUndefined();
    expect(uneven.against('bid', '2027-Q1')).toBe(40n);
  });

  it('names the quarters in which there is anything of the other side', () => {
    const { depth } = readOf(market().offer('alone', 'AU', '95.00', { '2027-Q3': '1' }));
    expect(depth.quartersAgainst('bid')).toEqual(['2027-Q1', '2027-Q2', '2027-Q3']);
    expect(depth.quartersAgainst('offer')).toEqual(['2027-Q1', '2027-Q2']);
  });

  it('is what each order was awarded in a quarter, from whomever', () => {
    const { depth } = readOf(
      aMarket().offer('a', 'AU', '90.00', '4').offer('b', 'CL', '91.00', '3').bid('z', 'DE', '100.00', '9'),
    );
    expect(depth.awarded(id('bid', 'z'), '2027-Q1')).toBe(7);
    expect(depth.awarded(id('off', 'a'), '2027-Q1')).toBe(4);
    expect(depth.awarded(id('off', 'a'), '2027-Q2')).toBe(0);
    expect(depth.awarded(id('off', 'none'), '2027-Q1')).toBe(0);
  });
});
