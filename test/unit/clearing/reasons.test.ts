import { describe, expect, it } from 'vitest';
import { aMarket, kg, type MarketBuilder } from '../../support/market.ts';
import { curesOf, toldBy } from '../../support/told.ts';

/*
 * What binds an order and what would have cured it, as far as the flow and the duals of one clearing tell. Prices are
 * in ticks of 0.01; `!` is certain.
 */

const binding = (market: MarketBuilder, kind: 'off' | 'bid', name: string) =>
  toldBy(market, kind, name).binding;

/** Three sellers at 90.00 and three buyers at 130.00. */
const busy = (lots: { offers: string; bids: string }): MarketBuilder =>
  ['p', 'q', 'r'].reduce(
    (market, name) =>
      market.offer(`s${name}`, 'AU', '90.00', lots.offers).bid(`b${name}`, 'DE', '130.00', lots.bids),
    aMarket(),
  );
/** All are filled, and an offer at 120.00 sells half of what it has. */
const longMarket = () =>
  busy({ offers: '100', bids: '100' })
    .offer('marginal', 'AU', '120.00', '20')
    .bid('more', 'DE', '130.00', '10');
/** All are filled, and a bid at 95.00 buys half of what it asks for. */
const shortMarket = () =>
  busy({ offers: '100', bids: '100' })
    .bid('marginal', 'DE', '95.00', '20')
    .offer('more', 'AU', '90.00', '10');

describe('an offer that could not be delivered', () => {
  const elsewhere = { destinations: ['JP'] };
  const cures = (market: MarketBuilder, ask: string, origin = 'AU') =>
    curesOf(market.offer('x', origin, ask, '5', elsewhere), 'off', 'x');

  it('would have sold for certain where it lands a tick below what filled bids would lose without it', () => {
    expect(cures(longMarket(), '119.99')).toEqual(['not_delivered!']);
    expect(cures(longMarket(), '120.00')).toEqual([
      'not_delivered',
      'not_delivered + out_of_competition! ask 11999',
    ]);
  });

  it('would have sold for certain to a bid that is not filled, at its limit', () => {
    const open = () => busy({ offers: '100', bids: '110' });
    expect(cures(open(), '130.00')).toEqual(['not_delivered!']);
    expect(cures(open(), '130.01')).toEqual(['limit_below_reserve + not_delivered! ask 12999']);
  });

  it('would not have sold to a bid that is not filled, where its cap is full: there it must be better than its origin', () => {
    const full = () =>
      aMarket()
        .offer('cl', 'CL', '90.00', '60')
        .bid('capped', 'DE', '130.00', '100', { maxOriginShare: '0.5' });
    expect(cures(full(), '89.99', 'CL')).toEqual(['not_delivered!']);
    expect(cures(full(), '90.00', 'CL')).toEqual(['not_delivered']);
    expect(cures(full(), '130.00', 'AU')).toEqual(['not_delivered!']);
  });
});

describe('a bid that excluded an origin', () => {
  const cures = (market: MarketBuilder, limit: string) =>
    curesOf(market.bid('x', 'DE', limit, '5', { excludedOrigins: ['AU'] }), 'bid', 'x');

  it('would have bought for certain what is left of an offer, at its reserve', () => {
    expect(cures(longMarket(), '120.00')).toEqual(['origin_excluded! origin 0']);
    expect(cures(longMarket(), '119.99')).toEqual([
      'origin_excluded origin 0',
      'origin_excluded + limit_below_reserve! limit 12001 origin 0',
    ]);
  });

  it('would have bought for certain a tick above what others would lose with a lot less', () => {
    expect(cures(shortMarket(), '95.01')).toEqual(['origin_excluded! origin 0']);
    expect(cures(shortMarket(), '95.00')).toEqual([
      'origin_excluded origin 0',
      'origin_excluded + out_of_competition! limit 9501 origin 0',
    ]);
  });

  it('is told of its reason, but nothing for certain, where it bought something already', () => {
    const market = shortMarket().offer('cl', 'CL', '90.00', '3');
    expect(cures(market, '130.00')).toEqual(['origin_excluded origin 0']);
  });
});

describe('what the duals do not tell of', () => {
  it('is a market with conditions, a covenant or a cap of a zone', () => {
    const sale = (market: MarketBuilder) =>
      curesOf(
        market
          .offer('o', 'AU', '90.00', '10')
          .certificate('o')
          .bid('x', 'DE', '100.00', '5', { excludedOrigins: ['AU', 'CL'] }),
        'bid',
        'x',
      );
    const ruled = () => aMarket().zone({ maxOriginShare: '0.5' }).consumption('2027-Q1', '100').scheme();
    expect(sale(ruled().rule())).toEqual(['origin_excluded! origin 0']);
    expect(sale(ruled().rule({ renewalCovenant: true }))).toEqual(['origin_excluded origin 0']);
    expect(sale(ruled().bid('whole', 'DE', '80.00', '5', { allOrNone: true }))).toEqual([
      'origin_excluded origin 0',
    ]);
    const counted = ruled().offer('cl', 'CL', '95.00', '60').bid('y', 'DE', '96.00', '55');
    expect(sale(counted), 'though it does not bind').toEqual(['origin_excluded origin 0']);
  });

  it('is a lot through a zone’s cap that all others together could just fill', () => {
    const market = (limit: string) =>
      aMarket()
        .zone({ maxOriginShare: '0.5' })
        .consumption('2027-Q1', limit)
        .offer('cl', 'CL', '90.00', '10')
        .bid('de', 'DE', '130.00', '5')
        .bid('x', 'DE', '100.00', '5', { excludedOrigins: ['CL'] });
    expect(curesOf(market('12'), 'bid', 'x')).toEqual(['origin_excluded! origin 0']);
    expect(curesOf(market('10'), 'bid', 'x')).toEqual(['origin_excluded origin 0']);
    expect(market('10').clear().explanationOf('bid', 'x')[0]!.nearMisses).toMatchObject([
      { wouldNeed: { origins: ['CL'], certain: false } },
    ]);
    const bound = (limit: string) =>
      curesOf(market(limit).offer('y', 'CL', '80.00', '5', { destinations: ['JP'] }), 'off', 'y');
    expect(bound('12')).toEqual(['not_delivered!']);
    expect(bound('10')).toEqual(['not_delivered']);
  });
});

describe('what competition says', () => {
  it('of an offer: that others were better, or that nobody was left', () => {
    expect(binding(longMarket().offer('dear', 'AU', '120.01', '5'), 'off', 'dear')).toEqual([
      'out_of_competition',
    ]);
    expect(binding(longMarket(), 'off', 'marginal')).toEqual(['insufficient_demand']);
  });

  it('of a bid: that others were better, or that nothing was left', () => {
    expect(binding(shortMarket().bid('low', 'DE', '94.99', '5'), 'bid', 'low')).toEqual([
      'out_of_competition',
    ]);
    expect(binding(shortMarket(), 'bid', 'marginal')).toEqual(['insufficient_supply']);
  });

  it('goes by lots of the other side: most of them first', () => {
    const market = (pure: string, other: string) =>
      aMarket()
        .offer('o', 'AU', '90.00', '5')
        .bid('pure', 'DE', '130.00', pure, { minimumPurity: '99.5' })
        .bid('other', 'DE', '130.00', other, { excludedOrigins: ['AU'] });
    expect(binding(market('10', '20'), 'off', 'o')).toEqual(['origin_excluded', 'purity_too_low']);
    expect(binding(market('20', '10'), 'off', 'o')).toEqual(['purity_too_low', 'origin_excluded']);
  });

  it('where nobody else takes part: that none was there at all, or none in that time', () => {
    const market = () => aMarket().offer('o', 'AU', '90.00', '10');
    expect(binding(market(), 'off', 'o')).toEqual(['insufficient_demand']);
    const later = { '2027-Q2': '5' };
    expect(binding(market().bid('later', 'DE', '100.00', later), 'off', 'o')).toEqual(['window_mismatch']);
    // A bid of that very quarter that a condition of its own kept out was there.
    const whole = market()
      .bid('later', 'DE', '100.00', later)
      .bid('b', 'DE', '100.00', '30', { allOrNone: true });
    expect(binding(whole, 'off', 'o')).toEqual(['insufficient_demand']);
    expect(binding(aMarket().bid('b', 'DE', '90.00', '10'), 'bid', 'b')).toEqual(['insufficient_supply']);
  });
});

describe('a cap of a bid’s own', () => {
  const capped = { maxOriginShare: '0.5' };

  it('is what binds a bid that others of the origin would have served, and them', () => {
    const market = aMarket().offer('o', 'CL', '90.00', '50').bid('b', 'DE', '100.00', '40', capped);
    expect(binding(market, 'bid', 'b')).toEqual(['concentration_limit']);
    expect(binding(market, 'off', 'o')).toEqual(['concentration_limit']);
  });

  it('is not what binds an offer whose lots the bid would not want anyway', () => {
    // The bid is filled by AU at 95.00; CL at 110.00 is within its limit, but dearer than what it pays.
    const market = () =>
      aMarket()
        .offer('o', 'CL', '90.00', '20')
        .offer('au', 'AU', '95.00', '50')
        .bid('b', 'DE', '120.00', '40', capped);
    expect(binding(market().offer('dear', 'CL', '110.00', '5'), 'off', 'dear')).toEqual([
      'out_of_competition',
    ]);
    expect(binding(market().offer('good', 'CL', '94.00', '5'), 'off', 'good')).toEqual([
      'concentration_limit',
      'out_of_competition',
    ]);
  });

  it('counts each bid of several alike: none can take what an offer sells at the least', () => {
    const market = (minimumLot: string) =>
      aMarket()
        .offer('o', 'CL', '90.00', '40', { minimumLot: kg(minimumLot) })
        .bid('b', 'DE', '100.00', '10', capped)
        .bid('c', 'DE', '100.00', '10', capped);
    expect(binding(market('6'), 'bid', 'b')).toEqual(['minimum_lot']);
    expect(market('5').clear().trades()).toEqual({ 'o→b': 5, 'o→c': 5 });
  });
});
