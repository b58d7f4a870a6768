import { describe, expect, it } from 'vitest';
import { aMarket, kg, type MarketBuilder } from '../../support/market.ts';

const reason = (market: MarketBuilder, kind: 'off' | 'bid', name: string) => {
  const cleared = market.clear();
  const [explanation] = cleared.explanationOf(kind, name);
  expect(explanation!.binding).toHaveLength(1);
  return [explanation!.binding[0]!.code, explanation!.binding[0]!.detail, explanation!.sentence] as const;
};
const paradox =
  ' At the prices it would have gained: it was rejected paradoxically, since with it no prices clear the market.';
const whole = 'Not all of the order could trade, so none of it did.';
const isParadox = (market: MarketBuilder, kind: 'off' | 'bid', name: string): boolean => {
  const [code, detail] = reason(market, kind, name);
  expect([code, detail.replace(paradox, '')]).toEqual(['all_or_none', whole]);
  return detail.endsWith(paradox);
};

describe('an order that a condition of its own kept out whatever the market', () => {
  it('is told that too little of it is left', () => {
    expect(
      reason(
        aMarket()
          .offer('o', 'AU', '90.00', '5', { minimumLot: kg('6') })
          .bid('b', 'DE', '100.00', '5'),
        'off',
        'o',
      ),
    ).toEqual([
      'minimum_lot',
      'What is left of the order is below its minimum lot, so it trades no more.',
      'Sold none of 5 kg in 2027-Q1: it is less than its own minimum lot and is not sold any more.',
    ]);
    expect(
      reason(
        aMarket().offer('o', 'AU', '90.00', '5').bid('b', 'DE', '100.00', '5', { minimumQuarters: 2 }),
        'bid',
        'b',
      ),
    ).toEqual([
      'minimum_quarters',
      'What is left of the order is open for fewer consecutive quarters than its minimum.',
      'Bought none of 5 kg in 2027-Q1: it is left in fewer quarters in a row than its own minimum and is not bought any more.',
    ]);
  });
});

describe('an order that was rejected for a condition of its own', () => {
  it('is told which could not be kept', () => {
    const both = { '2027-Q1': '10', '2027-Q2': '10' };
    const bid = (terms: Parameters<MarketBuilder['bid']>[4]) => {
      const market = aMarket()
        .offer('o', 'AU', '90.00', both)
        .bid('rival', 'DE', '130.00', { '2027-Q1': '6', '2027-Q2': '10' })
        .bid('b', 'DE', '100.00', both, terms);
      const [code, detail] = reason(market, 'bid', 'b');
      return [code, detail.replace(paradox, '')];
    };
    expect(bid({ minimumLot: kg('6') })).toEqual([
      'minimum_lot',
      'Its awards could not all reach the minimum lot.',
    ]);
    expect(bid({ minimumQuarters: 2 })).toEqual([
      'minimum_quarters',
      'Its awards could not all run for the minimum number of consecutive quarters.',
    ]);
    expect(bid({ allOrNone: true })).toEqual(['all_or_none', whole]);
  });

  it('paradoxically where an offer lands below what a bid pays: by a tick, not at it', () => {
    const market = (other: string) =>
      aMarket()
        .bid('b', 'DE', '120.00', '6')
        .offer('other', 'AU', other, '10')
        .offer('o', 'AU', '80.00', '10', { allOrNone: true });
    expect(isParadox(market('80.01'), 'off', 'o')).toBe(true);
    expect(isParadox(market('80.00'), 'off', 'o')).toBe(false);
  });

  it('paradoxically where a bid’s limit is above what it would pay: by a tick, not at it', () => {
    const market = (other: string) =>
      aMarket()
        .offer('o', 'AU', '80.00', '6')
        .bid('other', 'DE', other, '10')
        .bid('b', 'DE', '120.00', '10', { allOrNone: true });
    expect(isParadox(market('119.99'), 'bid', 'b')).toBe(true);
    expect(isParadox(market('120.00'), 'bid', 'b')).toBe(false);
  });

  it('never paradoxically for a trade that it may not do', () => {
    const offered = (terms: object) =>
      aMarket()
        .bid('b', 'DE', '120.00', '6', terms)
        .offer('other', 'AU', '100.00', '10')
        .offer('o', 'CL', '80.00', '10', { allOrNone: true });
    expect(isParadox(offered({}), 'off', 'o')).toBe(true);
    expect(isParadox(offered({ excludedOrigins: ['CL'] }).bid('c', 'DE', '80.00', '6'), 'off', 'o')).toBe(
      false,
    );
    expect(isParadox(offered({ maxOriginShare: '0.1' }).bid('c', 'DE', '80.00', '6'), 'off', 'o')).toBe(
      false,
    );
    const sought = aMarket()
      .offer('o', 'CL', '80.00', '6')
      .offer('p', 'AU', '119.00', '6')
      .bid('other', 'DE', '100.00', '10')
      .bid('b', 'DE', '119.00', '10', { allOrNone: true, excludedOrigins: ['CL'] });
    expect(isParadox(sought, 'bid', 'b')).toBe(false);
  });
});
