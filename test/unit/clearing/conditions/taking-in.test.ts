import { describe, expect, it } from 'vitest';
import { takeInAgain } from '../../../../shared/clearing/conditions/rejection.ts';
import { aMarket, type MarketBuilder } from '../../../support/market.ts';
import { lettersOf, recordedTrials } from '../../../support/recorded-trials.ts';

const whole = { allOrNone: true };

/** Ten lots at 80, and bids for all or nothing: lots and limit by name. */
function sale(bids: Record<string, readonly [lots: number, limit: number]>): MarketBuilder {
  const market = aMarket().offer('s', 'AU', '80.00', '10');
  for (const [name, [lots, limit]] of Object.entries(bids))
    market.bid(name, 'DE', `${limit}.00`, String(lots), whole);
  return market;
}

/** What is tried from where these orders are rejected, and who is still rejected in the end. */
function takeIn(market: MarketBuilder, rejected: string, rounds = Infinity) {
  const { trials, tried, spent, out } = recordedTrials(market);
  const first = trials.of(out(rejected), true);
  tried.length = 0;
  let left = rounds;
  const best = takeInAgain(trials, first, () => left-- > 0);
  return { tried, spent, end: lettersOf(best.rejected), isFirst: best === first };
}

describe('rejected orders are taken in again', () => {
  it('one by one, whoever may add most at the prices first', () => {
    const market = sale({ d: [3, 100], e: [3, 110], f: [4, 120] });
    const { tried, end, spent } = takeIn(market, 'def');
    expect({ tried, end }).toEqual({ tried: ['de', 'd', ''], end: '' });
    // Looking at the three pairs costs an eighth of solving them; where nobody is out there is nothing to look at.
    expect(spent).toEqual([3 / 8, 3 / 8, 3 / 8, 0]);
  });

  it('in place of those that then break their conditions, where that gains more', () => {
    const { tried, end } = takeIn(sale({ d: [7, 120], e: [8, 110] }), 'd');
    expect({ tried, end }).toEqual({ tried: ['', 'e', ''], end: 'e' });
  });

  it('but not where it gains less, or just as much', () => {
    expect(takeIn(sale({ d: [7, 120], e: [8, 110] }), 'e')).toMatchObject({ tried: [''], end: 'e' });
    expect(takeIn(sale({ d: [8, 110], e: [8, 110] }), 'e')).toMatchObject({ end: 'e', isFirst: true });
  });

  it('first and together where they would not even trade, so that they are called rejected no more', () => {
    const idle = aMarket()
      .offer('s', 'AU', '80.00', '10')
      .bid('p', 'DE', '120.00', '20')
      .bid('f', 'DE', '85.00', '7', whole)
      .bid('g', 'DE', '90.00', '7', whole)
      .bid('d', 'DE', '130.00', '3', whole);
    expect(takeIn(idle, 'dfg')).toMatchObject({ tried: ['d', ''], end: '' });
  });

  it('last those that were tried in vain most often', () => {
    // Twenty lots can never be had of ten, though at the prices they look best.
    const market = sale({ a: [20, 120], b: [4, 110], c: [3, 100] });
    expect(takeIn(market, 'abc')).toMatchObject({ tried: ['bc', 'ac', 'a', ''], end: 'a' });
  });

  it('for as long as it may go on', () => {
    const market = sale({ d: [3, 100], e: [3, 110], f: [4, 120] });
    expect(takeIn(market, 'def', 0)).toEqual({ tried: [], spent: [], end: 'def', isFirst: true });
    // Each order takes a look whether there is time, and so does what is tried for it.
    expect(takeIn(market, 'def', 2).end).toBe('de');
  });
});
