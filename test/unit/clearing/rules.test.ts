import { describe, expect, it } from 'vitest';
import {
  decidesIn,
  destinationRules,
  poolRules,
  tradeTerms,
} from '../../../shared/clearing/eligibility/trade-terms.ts';
import { decimal } from '../../../shared/kernel/decimal.ts';
import { aMarket, kg, price } from '../../support/market.ts';

/** Partners with US, JP, DE, AU; a union of DE, FR and KR, whose id comes later. */
const zones = () =>
  aMarket()
    .zone()
    .zone({ id: 'union', name: 'Union', members: ['DE', 'FR', 'KR'] });
const inUnion = { zone: 'union' };

describe('of several zones that a destination lies in', () => {
  it('the one with a floor decides, or else with a rule of standards, or else the first', () => {
    const zoneOf = (market: ReturnType<typeof aMarket>) => destinationRules(market.snapshot(), 'DE').zone?.id;
    expect(zoneOf(zones())).toBe('partners');
    expect(zoneOf(zones().floor('110.00', inUnion))).toBe('union');
    expect(zoneOf(zones().scheme().rule(inUnion))).toBe('union');
    expect(zoneOf(zones().scheme().rule().floor('110.00', inUnion))).toBe('union');
    expect(destinationRules(zones().snapshot(), 'CL').zone).toBeUndefined();
    // Zones come sorted, however the snapshot lists them.
    const { zones: listed, ...rest } = zones().snapshot();
    expect(destinationRules({ ...rest, zones: listed.toReversed() }, 'DE').zone?.id).toBe('partners');
  });

  it('its floor and rules hold for this product alone, and in its members only', () => {
    const market = zones().floor('110.00', inUnion).scheme().rule(inUnion);
    const here = destinationRules(market.snapshot(), 'FR');
    expect([here.floor?.zone, here.standards.length]).toEqual(['union', 1]);
    const outside = destinationRules(market.snapshot(), 'JP');
    expect([outside.floor, outside.standards]).toEqual([undefined, []]);
    const other = market.snapshot();
    const rules = destinationRules({ ...other, product: { ...other.product, id: 'cobalt' } }, 'FR');
    expect([rules.floor, rules.standards]).toEqual([undefined, []]);
  });

  it('a rule of standards holds from its first day to its last', () => {
    const standards = (changes: object) =>
      destinationRules(zones().scheme().rule(changes).snapshot(), 'US').standards.length;
    expect(standards({ effectiveFrom: '2026-11-22' })).toBe(1);
    expect(standards({ effectiveFrom: '2026-11-23' })).toBe(0);
    expect(standards({ effectiveTo: '2026-11-22' })).toBe(1);
    expect(standards({ effectiveTo: '2026-11-21' })).toBe(0);
  });

  it('decides in a country only where no other zone’s floor or rule does', () => {
    const snapshot = zones().floor('110.00', inUnion).snapshot();
    expect(decidesIn(snapshot, 'union', 'DE')).toBe(true);
    expect(decidesIn(snapshot, 'partners', 'DE')).toBe(false);
    expect(decidesIn(snapshot, 'partners', 'JP')).toBe(true);
    expect(decidesIn(snapshot, 'union', 'JP')).toBe(false);
    const ruled = zones().scheme().rule(inUnion).snapshot();
    expect([decidesIn(ruled, 'partners', 'DE'), decidesIn(ruled, 'union', 'DE')]).toEqual([false, true]);
    expect(decidesIn(zones().snapshot(), 'union', 'DE')).toBe(true);
  });

  it('all of them bind a pool that buys for several of their countries', () => {
    const snapshot = zones().floor('110.00').snapshot();
    const rules = poolRules(snapshot, 'partners', ['DE', 'JP']);
    expect(rules.zones.map(({ id }) => id)).toEqual(['partners', 'union']);
    expect([rules.zone?.id, rules.floor?.zone, rules.countries]).toEqual([
      'partners',
      'partners',
      ['DE', 'JP'],
    ]);
    const first = poolRules(snapshot, 'partners', ['JP', 'US']);
    expect(first.zones.map(({ id }) => id)).toEqual(['partners']);
    expect(rules.destination).not.toBe(first.destination);
  });
});

describe('a floor acts on an origin', () => {
  const termsFor = (market: ReturnType<typeof aMarket>, origin: string, destination = 'DE') => {
    const snapshot = market.snapshot();
    return tradeTerms(snapshot, destinationRules(snapshot, destination), origin);
  };

  it('inside the zone hard, outside by a levy, its price in the product’s basis rounded up to the tick', () => {
    const market = () =>
      aMarket({ containedFactor: '0.84994' })
        .zone()
        .floor('1', { price: price('110.00', 'kg contained') });
    expect(termsFor(market(), 'AU')).toMatchObject({ inside: true, effect: 'hard', floor: 9_350n });
    expect(termsFor(market(), 'CL')).toMatchObject({ inside: false, effect: 'levied', floor: 9_350n });
    expect(termsFor(market(), 'AU', 'CL')).toMatchObject({ inside: false, effect: 'none', floor: 0n });
    expect(termsFor(aMarket().zone(), 'AU')).toMatchObject({ inside: true, effect: 'none', floor: 0n });
  });

  it('with the duties of its own origin and destination', () => {
    const duties = [
      { origin: 'CL', destination: 'JP', rate: '0.05' },
      { origin: 'CL', rate: '0.03' },
    ];
    const market = () => aMarket().zone().floor('110.00', { duties });
    expect(termsFor(market(), 'CL').dutyRate).toEqual(decimal('0.03'));
    expect(termsFor(market(), 'CL', 'JP').dutyRate).toEqual(decimal('0.05'));
    expect(termsFor(market(), 'PE').dutyRate.units).toBe(0n);
    const snapshot = market().snapshot();
    const pool = (countries: string[]) =>
      tradeTerms(snapshot, poolRules(snapshot, 'partners', countries), 'CL').dutyRate;
    expect([pool(['DE', 'JP']), pool(['JP', 'DE']), pool(['DE', 'US'])]).toEqual(
      ['0.05', '0.05', '0.03'].map(decimal),
    );
  });
});

describe('a pair is refused', () => {
  const codes = (market: ReturnType<typeof aMarket>) => {
    const cleared = market.bid('b', 'DE', '130.00', '10').clear();
    return [...cleared.binding('off', 'o'), ...cleared.binding('bid', 'b')];
  };
  const from = (origin: string, market = zones()) => market.offer('o', origin, '90.00', '10');

  it('by a bar of any zone that the destination lies in, on that origin only', () => {
    const barring = () =>
      aMarket()
        .zone()
        .zone({ id: 'union', name: 'Union', members: ['DE'], barredOrigins: ['CL', 'PE'] });
    expect(codes(from('CL', barring()))).toEqual(['origin_barred', 'origin_barred']);
    expect(codes(from('PE', barring()))).toEqual(['origin_barred', 'origin_barred']);
    expect(codes(from('AU', barring()))).toEqual([]);
  });

  it('as an unverified site in any zone of the destination that takes verified ones only', () => {
    const zone = { id: 'union', name: 'Union', members: ['DE'], verifiedSitesOnly: true };
    const market = (verified: boolean) =>
      aMarket().zone().zone(zone).offer('o', 'AU', '90.00', '10', { verified });
    expect(codes(market(false))).toEqual(['site_unverified', 'site_unverified']);
    expect(codes(market(true))).toEqual([]);
  });

  it('for a limit that is the floor but not the duties beside it', () => {
    const duties = {
      duties: [
        { origin: 'CL', rate: '0.1' },
        { origin: 'AU', rate: '0.1' },
      ],
    };
    const at = (origin: string, ask: string) => {
      const cleared = aMarket()
        .zone()
        .floor('110.00', duties)
        .offer('o', origin, ask, '10')
        .bid('b', 'DE', '110.00', '10')
        .clear();
      return cleared.binding('bid', 'b');
    };
    expect(at('AU', '90.00')).toEqual(['limit_below_reserve']);
    expect(at('CL', '105.00')).toEqual(['limit_below_reserve']);
    expect(at('CL', '100.00')).toEqual([]);
  });

  it('where the zone that caps single origins has declared no consumption: of the quarter, product and zone', () => {
    const market = () =>
      aMarket()
        .zone({ maxOriginShare: '0.65' })
        .offer('o', 'CL', '90.00', '10')
        .bid('b', 'DE', '130.00', '10');
    const codeOf = (consumption: (of: ReturnType<typeof market>) => ReturnType<typeof market>) =>
      consumption(market()).clear().binding('bid', 'b');
    const refused = ['consumption_not_declared'];
    expect(codeOf((of) => of.consumption('2027-Q1', '1000'))).toEqual([]);
    expect(codeOf((of) => of.consumption('2027-Q2', '1000'))).toEqual(refused);
    expect(codeOf((of) => of.consumption('2027-Q1', '1000', 'union'))).toEqual(refused);
    expect(codeOf((of) => of.consumption(['2027-Q1', '2027-Q2'], '1000'))).toEqual([]);
  });
});

describe('certificates that a contract relies on', () => {
  const window = { '2027-Q1': '10', '2027-Q2': '10', '2027-Q3': '10' };
  const market = (covenant = false) =>
    aMarket()
      .zone()
      .scheme()
      .rule({ renewalCovenant: covenant })
      .offer('o', 'AU', '90.00', window)
      .bid('b', 'DE', '100.00', window);
  const award = (of: ReturnType<typeof market>) => of.clear().award('o', 'b');

  it('are listed once each, by id, and none that was not needed', () => {
    const cleared = award(
      market()
        .certificate('o', { id: 'crt_later000000000000000', validFrom: '2027-04-01' })
        .certificate('o', { id: 'crt_early000000000000000', validTo: '2027-03-31' })
        .certificate('o', { id: 'crt_below000000000000000', level: '50' })
        .certificate('other', { id: 'crt_another0000000000000' }),
    );
    expect(cleared?.schedule).toHaveLength(3);
    expect(cleared?.certificates.map(({ id }) => id)).toEqual([
      'crt_early000000000000000',
      'crt_later000000000000000',
    ]);
  });

  it('under a covenant carry the quarters after theirs, not those before', () => {
    const once = { validFrom: '2027-04-01', validTo: '2027-04-30' };
    const quarters = (covenant: boolean) =>
      award(market(covenant).certificate('o', once))?.schedule.map(({ quarter }) => quarter);
    expect(quarters(true)).toEqual(['2027-Q2', '2027-Q3']);
    expect(quarters(false)).toEqual(['2027-Q2']);
  });

  it('under a covenant must have begun when both sides’ windows have', () => {
    const late = (offer: object, bid: object) =>
      aMarket()
        .zone()
        .scheme()
        .rule({ renewalCovenant: true })
        .certificate('o', { validTo: '2027-01-31' })
        .offer('o', 'AU', '90.00', { ...window, ...offer })
        .bid('b', 'DE', '100.00', { ...window, ...bid })
        .clear()
        .award('o', 'b')?.schedule.length;
    expect([late({}, {}), late({ '2027-Q1': '0' }, {}), late({}, { '2027-Q1': '0' })]).toEqual([
      3,
      undefined,
      undefined,
    ]);
  });

  it('are those of every topic', () => {
    const topics = ['irma', 'rmap'].map((scheme) => ({ topic: scheme, anyOf: [{ scheme }] }));
    const both = aMarket()
      .zone()
      .scheme()
      .scheme({ id: 'rmap', levels: [] })
      .rule({ topics })
      .offer('o', 'AU', '90.00', '10')
      .bid('b', 'DE', '100.00', '10')
      .certificate('o', { id: 'crt_second00000000000000', scheme: 'irma' })
      .certificate('o', { id: 'crt_first000000000000000', scheme: 'rmap', level: undefined });
    expect(
      both
        .clear()
        .award('o', 'b')
        ?.certificates.map(({ scheme }) => scheme),
    ).toEqual(['rmap', 'irma']);
  });
});

describe('an origin cap of a bid', () => {
  it('counts what earlier contracts take from that origin in that quarter, and no other', () => {
    const cleared = aMarket()
      .offer('cl', 'CL', '70.00', '100')
      .offer('pe', 'PE', '70.00', '100')
      .bid('de', 'DE', '130.00', '100', {
        maxOriginShare: '0.5',
        contractedByOrigin: [
          { origin: 'CL', quarter: '2027-Q1', quantity: kg('10') },
          { origin: 'CL', quarter: '2027-Q1', quantity: kg('5') },
          { origin: 'CL', quarter: '2027-Q2', quantity: kg('40') },
        ],
      })
      .clear();
    expect(cleared.trades()).toEqual({ 'cl→de': 35, 'pe→de': 50 });
  });

  it('shuts an origin out that earlier contracts have more of than it lets in', () => {
    const cleared = aMarket()
      .offer('cl', 'CL', '70.00', '100')
      .offer('pe', 'PE', '90.00', '100')
      .bid('de', 'DE', '130.00', '100', {
        maxOriginShare: '0.5',
        contractedByOrigin: [{ origin: 'CL', quarter: '2027-Q1', quantity: kg('60') }],
      })
      .clear();
    expect(cleared.trades()).toEqual({ 'pe→de': 50 });
  });

  it('keeps bids apart that ask for unlike quantities, and each within its own', () => {
    const cleared = aMarket()
      .offer('cl', 'CL', '70.00', '500')
      .bid('a', 'DE', '130.00', '100', { maxOriginShare: '0.5' })
      .bid('b', 'DE', '130.00', '30', { maxOriginShare: '0.5' })
      .clear();
    expect(cleared.trades()).toEqual({ 'cl→a': 50, 'cl→b': 15 });
  });

  it('leaves bids alone that have none', () => {
    const cleared = aMarket()
      .offer('cl', 'CL', '70.00', '500')
      .bid('a', 'DE', '130.00', '100', { maxOriginShare: '0.5' })
      .bid('b', 'DE', '130.00', '100')
      .clear();
    expect(cleared.trades()).toEqual({ 'cl→a': 50, 'cl→b': 100 });
  });
});
