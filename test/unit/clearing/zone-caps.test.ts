import { describe, expect, it } from 'vitest';
import {
  CLOSED,
  contractedInto,
  FREE,
  isCounted,
  zoneCaps,
  zoneLimit,
} from '../../../shared/clearing/eligibility/zone-caps.ts';
import { aMarket, kg } from '../../support/market.ts';
import { settingOf } from '../../support/told.ts';

const capped = (share = '0.65') => aMarket().zone({ maxOriginShare: share });

describe("a zone's cap on single origins", () => {
  it('lets 200 t of 500 t in where 6 300 t of a planned 10 000 t are booked', () => {
    const cleared = capped()
      .consumption('2027-Q1', '10000')
      .contracted('CL', 'DE', '2027-Q1', '6300')
      .offer('x', 'CL', '70.00', '500')
      .bid('de', 'DE', '130.00', '500')
      .clear();
    expect(cleared.trades()).toEqual({ 'x→de': 200 });
    expect(cleared.binding('off', 'x')).toEqual(['concentration_limit']);
    expect(cleared.binding('bid', 'de')).toEqual(['concentration_limit']);
  });

  it('lets a first trade of 500 t pass: 5 % of planned use, though all of the imports', () => {
    const cleared = capped()
      .consumption('2027-Q1', '10000')
      .offer('x', 'CL', '70.00', '500')
      .bid('de', 'DE', '130.00', '500')
      .clear();
    expect(cleared.trades()).toEqual({ 'x→de': 500 });
  });

  it('counts all destinations of the zone together, and nothing else', () => {
    const cleared = capped()
      .consumption('2027-Q1', '100')
      .contracted('CL', 'JP', '2027-Q1', '20')
      .contracted('CL', 'KR', '2027-Q1', '40')
      .contracted('CN', 'DE', '2027-Q1', '40')
      .contracted('CL', 'DE', '2027-Q2', '40')
      .offer('x', 'CL', '70.00', { '2027-Q1': '100' })
      .offer('au', 'AU', '90.00', { '2027-Q1': '10' })
      .bid('de', 'DE', '130.00', '40')
      .bid('jp', 'JP', '130.00', '40')
      .bid('kr', 'KR', '75.00', '40')
      .clear();
    const trades = cleared.trades();
    expect((trades['x→de'] ?? 0) + (trades['x→jp'] ?? 0)).toBe(45);
    expect((trades['au→de'] ?? 0) + (trades['au→jp'] ?? 0)).toBe(10);
    expect(trades['x→kr']).toBe(40);
  });

  it('rounds down to the lot', () => {
    const cleared = capped()
      .consumption('2027-Q1', '153')
      .offer('x', 'CL', '70.00', '500')
      .bid('de', 'DE', '130.00', '500')
      .clear();
    expect(cleared.trades()).toEqual({ 'x→de': 99 });
  });

  it('lets nothing in where no use is planned, or earlier contracts are above the limit', () => {
    const market = () => capped().offer('x', 'CL', '70.00', '10').bid('de', 'DE', '130.00', '10');
    for (const closed of [
      market().consumption('2027-Q1', '0'),
      market().consumption('2027-Q1', '100').contracted('CL', 'DE', '2027-Q1', '66'),
      market().consumption('2027-Q1', '100').contracted('CL', 'JP', '2027-Q1', '65'),
    ]) {
      const cleared = closed.clear();
      expect(cleared.trades()).toEqual({});
      expect(cleared.binding('bid', 'de')).toEqual(['concentration_limit']);
      expect(cleared.binding('off', 'x')).toEqual(['concentration_limit']);
    }
  });

  it('holds with another where a destination lies in two capping zones', () => {
    const market = (union: string) =>
      capped()
        .zone({ id: 'union', name: 'Union', members: ['DE', 'FR'], maxOriginShare: '0.5' })
        .consumption('2027-Q1', '100')
        .consumption('2027-Q1', union, 'union')
        .offer('x', 'CL', '70.00', '200')
        .bid('de', 'DE', '130.00', '90')
        .bid('jp', 'JP', '120.00', '90');
    expect(market('60').clear().trades()).toEqual({ 'x→de': 30, 'x→jp': 35 });
    expect(market('100').clear().trades()).toEqual({ 'x→de': 50, 'x→jp': 15 });
    expect(market('200').clear().trades()).toEqual({ 'x→de': 65 });
  });

  it('is worth something to those it lets in: buyers pay it, sellers receive it', () => {
    const cleared = capped()
      .consumption('2027-Q1', '100')
      .offer('x', 'CL', '70.00', '100')
      .offer('au', 'AU', '100.00', '100')
      .bid('high', 'DE', '130.00', '60')
      .bid('low', 'JP', '110.00', '60')
      .clear();
    const { awards, quarters } = cleared.outcome;
    const price = (origin: string) => [
      ...new Set(
        awards
          .filter((award) => award.origin === origin)
          .flatMap(({ schedule }) => schedule.map(({ landed }) => landed)),
      ),
    ];
    expect(awards.reduce((sum, { schedule }) => sum + schedule[0]!.lots, 0n)).toBe(120n);
    expect(price('CL')).toEqual(price('AU'));
    for (const award of awards.filter(({ origin }) => origin === 'CL')) {
      const { waterfall, price: paid, landed } = award.schedule[0]!;
      expect([paid, waterfall.scarcity]).toEqual([landed, landed - 7000n]);
    }
    expect(quarters[0]!.optimality.primal).toBe(quarters[0]!.optimality.dual);
    expect(cleared.outcome.proof[0]!.prices.limitValue).toEqual([
      { zone: 'partners', origin: 'CL', value: 3000n },
    ]);
  });

  it('shares what it lets in evenly among sellers who tie', () => {
    const cleared = capped()
      .floor('110.00')
      .consumption('2027-Q1', '100')
      .offer('a', 'CL', '70.00', '60')
      .offer('b', 'CL', '90.00', '60')
      .offer('c', 'CL', '100.00', '60')
      .bid('de', 'DE', '130.00', '500')
      .clear();
    const trades = cleared.trades();
    expect(Object.values(trades).sort()).toEqual([21, 22, 22]);
  });

  it('leaves origins inside the zone, and bids outside it, alone', () => {
    const cleared = capped('0.1')
      .consumption('2027-Q1', '10')
      .offer('au', 'AU', '70.00', '100')
      .offer('cl', 'CL', '80.00', '100')
      .bid('de', 'DE', '130.00', '80')
      .bid('kr', 'KR', '130.00', '80')
      .clear();
    const trades = cleared.trades();
    expect((trades['au→de'] ?? 0) + (trades['au→kr'] ?? 0)).toBe(100);
    expect(trades['cl→de'] ?? 0).toBeLessThanOrEqual(1);
    expect((trades['cl→kr'] ?? 0) + (trades['au→kr'] ?? 0)).toBe(80);
  });

  it('leaves the levy where its own value is nothing, and takes its place where not', () => {
    const market = (planned: string) =>
      capped()
        .floor('110.00')
        .consumption('2027-Q1', planned)
        .offer('x', 'CL', '70.00', '50')
        .bid('de', 'DE', '130.00', '100')
        .clear().outcome.awards[0]!.schedule[0]!;
    expect(market('200').waterfall.scarcity, 'sold out: buyers compete').toBeGreaterThan(0n);
    const bound = market('20');
    expect([bound.lots, bound.waterfall.levy]).toEqual([13n, 0n]);
    expect(bound.waterfall.scarcity).toBeGreaterThan(0n);
  });

  it('counts what is requested in the snapshot alone, in the unit of the product', () => {
    const cleared = aMarket({ lot: kg('10') })
      .zone({ maxOriginShare: '0.65' })
      .consumption('2027-Q1', '150')
      .contracted('CL', 'DE', '2027-Q1', '20')
      .offer('x', 'CL', '70.00', '500')
      .bid('de', 'DE', '130.00', '500')
      .clear();
    expect(cleared.trades(), '9 lots of 10 kg, 2 of them taken').toEqual({ 'x→de': 7 });
  });
});

describe('what a zone’s cap counts', () => {
  const { zones, product, consumption, originUse } = capped()
    .zone({ id: 'union', name: 'Union', members: ['FR', 'DE'] })
    .consumption(['2027-Q1', '2027-Q2'], '101')
    .consumption('2027-Q1', '7', 'union')
    .contracted('CL', 'DE', '2027-Q1', '20')
    .contracted('CL', 'JP', '2027-Q1', '3')
    .contracted('CL', 'FR', '2027-Q1', '500')
    .contracted('CL', 'DE', '2027-Q2', '70')
    .contracted('PE', 'DE', '2027-Q1', '900')
    .snapshot();
  const [partners, union] = zones;

  it('is what comes from outside to a member, where the zone caps at all', () => {
    expect(isCounted(partners!, 'CL', 'DE')).toBe(true);
    expect(isCounted(partners!, 'AU', 'DE')).toBe(false);
    expect(isCounted(partners!, 'CL', 'FR')).toBe(false);
    expect(isCounted(union!, 'CL', 'FR')).toBe(false);
  });

  it('is a share of the consumption of that zone, quarter and product', () => {
    const limit = (...of: Parameters<typeof zoneLimit>) => zoneLimit(...of);
    expect(limit(partners!, consumption, '2027-Q1', product)).toBe(65n);
    expect(limit(partners!, consumption, '2027-Q3', product)).toBeUndefined();
    expect(limit(partners!, consumption, '2027-Q1', { ...product, id: 'cobalt' })).toBeUndefined();
    expect(limit(union!, consumption, '2027-Q1', product)).toBeUndefined();
    expect(
      limit({ ...union!, maxOriginShare: partners!.maxOriginShare! }, consumption, '2027-Q1', product),
    ).toBe(4n);
  });

  it('is what is contracted from that origin in that quarter', () => {
    expect(contractedInto(partners!, 'CL', '2027-Q1', originUse, product)).toBe(23n);
    expect(contractedInto(partners!, 'CL', '2027-Q2', originUse, product)).toBe(70n);
    expect(contractedInto(partners!, 'KR', '2027-Q1', originUse, product)).toBe(0n);
  });

  it('and who is not counted by one zone’s cap is not held to another’s', () => {
    // CL into JP is counted by the partners alone, into FR by the union alone, into DE by both.
    const cleared = capped('0.5')
      .zone({ id: 'a-union', name: 'Union', members: ['DE', 'FR'], maxOriginShare: '0.5' })
      .consumption('2027-Q1', '40')
      .consumption('2027-Q1', '100', 'a-union')
      .offer('x', 'CL', '70.00', '500')
      .bid('de', 'DE', '130.00', '90')
      .bid('jp', 'JP', '120.00', '90')
      .bid('fr', 'FR', '110.00', '90')
      .clear();
    // Into DE a lot would use up both caps: 60 a lot is less than 50 and 40 together.
    expect(cleared.trades()).toEqual({ 'x→fr': 50, 'x→jp': 20 });
    expect(cleared.outcome.proof[0]?.prices.limitValue.map(({ zone, origin }) => [zone, origin])).toEqual([
      ['a-union', 'CL'],
      ['partners', 'CL'],
    ]);
  });
});

describe('the lanes of a quarter under zones’ caps', () => {
  const lanes = (quarter = '2027-Q1') => {
    const { snapshot, facets } = settingOf(
      capped('0.5')
        .zone({ id: 'a-union', name: 'Union', members: ['DE', 'FR'], maxOriginShare: '0.5' })
        .zone({ id: 'open', name: 'Open', members: ['KR', 'FR'] })
        .zone({ id: 'unserved', name: 'Unserved', members: ['BR'], maxOriginShare: '0.1' })
        .consumption(['2027-Q1', '2027-Q2'], '40')
        .consumption('2027-Q1', '100', 'a-union')
        .consumption('2027-Q1', '100', 'unserved')
        .contracted('PE', 'JP', '2027-Q1', '20')
        .contracted('CL', 'JP', '2027-Q1', '19')
        .offer('au', 'AU', '70.00', '5')
        .offer('cl', 'CL', '70.00', '5')
        .offer('pe', 'PE', '70.00', '5')
        .bid('de', 'DE', '130.00', '5')
        .bid('fr', 'FR', '130.00', '5')
        .bid('jp', 'JP', '130.00', '5')
        .bid('kr', 'KR', '130.00', '5')
        .bid('us', 'US', '130.00', '5'),
    );
    expect(facets.origins).toEqual(['AU', 'CL', 'PE']);
    expect(facets.destinations.map(({ destination }) => destination)).toEqual(['DE', 'FR', 'JP', 'KR', 'US']);
    return zoneCaps(snapshot, facets, quarter);
  };

  it('count against each cap that counts them, by zone, then origin, where anybody is served', () => {
    const { limits, lanes: counted, laneOf } = lanes();
    expect(limits).toEqual([
      { zone: 'a-union', origin: 'AU', lots: 50 },
      { zone: 'a-union', origin: 'CL', lots: 50 },
      { zone: 'a-union', origin: 'PE', lots: 50 },
      { zone: 'partners', origin: 'CL', lots: 1 },
    ]);
    const limitsOf = (lane: number) => (lane < 0 ? lane : counted[lane]);
    expect(laneOf.map((row) => row.map(limitsOf))).toEqual([
      [[0], [0], FREE, FREE, FREE],
      [[1, 3], [1], [3], FREE, [3]],
      // Nothing more of PE may come into the partners: nor into DE, whatever the union lets in.
      [CLOSED, [2], CLOSED, FREE, CLOSED],
    ]);
    expect(laneOf[1]![2], 'one lane for all that count alike').toBe(laneOf[1]![4]);
    expect(counted).toHaveLength(5);
  });

  it('are free of a zone that has declared nothing for the quarter: eligibility refuses those pairs', () => {
    expect(lanes('2027-Q2').limits.map(({ zone, origin, lots }) => [zone, origin, lots])).toEqual([
      ['partners', 'CL', 20],
      ['partners', 'PE', 20],
    ]);
  });
});
