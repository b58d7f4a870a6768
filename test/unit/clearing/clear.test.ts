import { describe, expect, it } from 'vitest';
import { clear } from '../../../shared/clearing/clear.ts';
import { isIncluded, SnapshotDigest } from '../../../shared/clearing/documents/digest.ts';
import { aMarket, kg, type MarketBuilder } from '../../support/market.ts';

describe('a cap on the share of one origin', () => {
  it('of 65 % lets a 150 kg bid take at most 97 kg from it', () => {
    const cleared = aMarket()
      .offer('cl', 'CL', '70.00', '500')
      .offer('au', 'AU', '90.00', '20')
      .bid('de', 'DE', '130.00', '150', { maxOriginShare: '0.65' })
      .clear();
    expect(cleared.trades()).toEqual({ 'cl→de': 97, 'au→de': 20 });
    expect(cleared.binding('bid', 'de')).toContain('concentration_limit');
    expect(cleared.binding('off', 'cl')).toEqual(['concentration_limit']);
  });

  it('is told to an offer that it kept out, even where others then filled the bid', () => {
    const market = () =>
      aMarket().zone().floor('110.00').offer('cl', 'CL', '70.00', '500').offer('au', 'AU', '90.00', '53');
    const capped = market().bid('de', 'DE', '130.00', '150', { maxOriginShare: '0.65' }).clear();
    expect(capped.trades()).toEqual({ 'cl→de': 97, 'au→de': 53 });
    expect(capped.binding('off', 'cl')).toEqual(['concentration_limit', 'insufficient_demand']);
    const open = market().bid('de', 'DE', '130.00', '150').clear();
    expect(open.trades()).toEqual({ 'cl→de': 97, 'au→de': 53 });
    expect(open.binding('off', 'cl')).toEqual(['insufficient_demand']);
  });

  it('is not told to an offer too dear for the bid even without it', () => {
    const cleared = aMarket()
      .offer('cl', 'CL', '70.00', '97')
      .offer('dear', 'CL', '129.00', '50')
      .offer('au', 'AU', '90.00', '100')
      .bid('de', 'DE', '130.00', '150', { maxOriginShare: '0.65' })
      .clear();
    expect(cleared.trades()).toEqual({ 'cl→de': 97, 'au→de': 53 });
    expect(cleared.binding('off', 'dear')).toEqual(['out_of_competition']);
    expect(cleared.binding('off', 'au')).toEqual(['insufficient_demand']);
  });

  it('counts earlier contracts of the bid, as a share of what was requested (10 000 t, 6 300 booked, 500 more)', () => {
    const cleared = aMarket()
      .offer('x', 'CL', '70.00', '500')
      .bid('de', 'DE', '130.00', '3700', {
        maxOriginShare: '0.65',
        requested: [{ quarter: '2027-Q1', quantity: kg('10000') }],
        contractedByOrigin: [{ origin: 'CL', quarter: '2027-Q1', quantity: kg('6300') }],
      })
      .clear();
    expect(cleared.trades()).toEqual({ 'x→de': 200 });
  });

  it('holds for each of several like bids, which share an odd number of lots within one lot', () => {
    let market = aMarket().offer('cl', 'CL', '70.00', '500').offer('au', 'AU', '70.00', '100');
    for (const name of ['a', 'b', 'c'])
      market = market.bid(name, 'DE', '130.00', '150', { maxOriginShare: '0.65' });
    const { awards } = market.clear().outcome;
    const from = (origin: string, buyer: string) =>
      awards
        .filter((award) => award.origin === origin && award.bid.startsWith(`bid_${buyer}`))
        .reduce((sum, { schedule }) => sum + Number(schedule[0]!.lots), 0);
    const totals = ['a', 'b', 'c'].map((buyer) => from('CL', buyer) + from('AU', buyer));
    expect(['a', 'b', 'c'].map((buyer) => from('CL', buyer))).toEqual([97, 97, 97]);
    expect(totals.toSorted((a, b) => a - b)).toEqual([130, 130, 131]);
  });
});

describe('odd lots of several origins', () => {
  it('go round among like capped bids, so that none gets more than a lot above another', () => {
    let market = aMarket().offer('cl', 'CL', '70.00', '100').offer('au', 'AU', '70.00', '100');
    for (const name of ['a', 'b', 'c'])
      market = market.bid(name, 'DE', '130.00', '150', { maxOriginShare: '0.65' });
    const totals = new Map<string, number>();
    for (const { bid, schedule } of market.clear().outcome.awards)
      totals.set(bid, (totals.get(bid) ?? 0) + Number(schedule[0]!.lots));
    expect([...totals.values()].toSorted((a, b) => a - b)).toEqual([66, 67, 67]);
  });
});

describe('quarters that look alike', () => {
  it('are solved apart where only earlier contracts differ', () => {
    const both = { '2027-Q1': '100', '2027-Q2': '100' };
    const cleared = aMarket()
      .offer('cl', 'CL', '70.00', both)
      .bid('de', 'DE', '130.00', both, {
        maxOriginShare: '0.5',
        contractedByOrigin: [{ origin: 'CL', quarter: '2027-Q2', quantity: kg('20') }],
      })
      .clear();
    expect(cleared.award('cl', 'de')!.schedule.map(({ lots }) => lots)).toEqual([50n, 30n]);
  });
});

describe('ties', () => {
  it('are filled in proportion to quantity: at the floor every seller sells, whatever its ask', () => {
    const cleared = aMarket()
      .zone()
      .floor('110.00')
      .offer('a', 'AU', '90.00', '100')
      .offer('b', 'AU', '80.00', '300')
      .offer('c', 'US', '70.00', '600')
      .bid('de', 'DE', '130.00', '500')
      .clear();
    expect(cleared.trades()).toEqual({ 'a→de': 50, 'b→de': 150, 'c→de': 300 });
  });

  it('are filled alike on the buyers’ side', () => {
    const cleared = aMarket()
      .offer('au', 'AU', '90.00', '90')
      .bid('a', 'DE', '130.00', '60')
      .bid('b', 'JP', '130.00', '120')
      .clear();
    expect(cleared.trades()).toEqual({ 'au→a': 30, 'au→b': 60 });
  });

  it('give nothing to who splits its order, but a lot', () => {
    const rival = (market: MarketBuilder) =>
      market.offer('rival', 'AU', '90.00', '100').bid('de', 'DE', '130.00', '70');
    const whole = rival(aMarket().offer('me', 'AU', '90.00', '100'))
      .clear()
      .trades();
    const split = rival(
      ['m1', 'm2', 'm3', 'm4'].reduce((market, name) => market.offer(name, 'AU', '90.00', '25'), aMarket()),
    )
      .clear()
      .trades();
    const mine = Object.entries(split).reduce(
      (sum, [pair, lots]) => sum + (pair.startsWith('m') ? lots : 0),
      0,
    );
    expect(Math.abs(mine - whole['me→de']!)).toBeLessThanOrEqual(1);
  });

  it('of the last lot go by a hash of clearing and order: not always to the same seller', () => {
    const winners = new Set(
      Array.from({ length: 12 }, (_, run) => {
        const market = aMarket()
          .offer('a', 'AU', '90.00', '1')
          .offer('b', 'AU', '90.00', '1')
          .bid('de', 'DE', '130.00', '1')
          .snapshot();
        const outcome = clear({ ...market, clearing: `clr_${String(run).padStart(20, '0')}` });
        return outcome.ok ? outcome.value.awards[0]?.offer : undefined;
      }),
    );
    expect(winners.size).toBe(2);
  });

  it('prefer an origin inside the zone, after gains and volume', () => {
    const cleared = aMarket()
      .zone()
      .floor('110.00')
      .offer('cl', 'CL', '90.00', '100')
      .offer('au', 'AU', '90.00', '100')
      .bid('de', 'DE', '130.00', '100')
      .clear();
    expect(cleared.trades()).toEqual({ 'au→de': 100 });
  });
});

describe('a clearing', () => {
  const market = () =>
    aMarket()
      .zone()
      .floor('110.00')
      .offer('au', 'AU', '90.00', { '2027-Q1': '100', '2027-Q2': '100', '2027-Q3': '40' })
      .offer('cl', 'CL', '70.00', { '2027-Q1': '50', '2027-Q2': '50' })
      .bid('de', 'DE', '130.00', { '2027-Q1': '120', '2027-Q2': '120', '2027-Q3': '120' })
      .bid('jp', 'JP', '109.99', '30');

  it('proves its optimum and gives prices for every quarter', () => {
    const { outcome } = market().clear();
    expect(outcome.quarters).toEqual([
      {
        quarter: '2027-Q1',
        lots: 120n,
        landedPrice: { low: 11000n, high: 11000n },
        optimality: { primal: 240_000n, dual: 240_000n, gap: 0n },
      },
      {
        quarter: '2027-Q2',
        lots: 120n,
        landedPrice: { low: 11000n, high: 11000n },
        optimality: { primal: 240_000n, dual: 240_000n, gap: 0n },
      },
      {
        quarter: '2027-Q3',
        lots: 40n,
        landedPrice: { low: 13000n, high: 13000n },
        optimality: { primal: 80_000n, dual: 80_000n, gap: 0n },
      },
    ]);
    expect(outcome.proof[2]).toMatchObject({
      prices: { scale: 1n, scarcity: [{ value: 2000n }], surplus: [], capValue: [], limitValue: [] },
      bound: null,
      primal: 80_000n,
      dual: 80_000n,
    });
  });

  it('accounts for every lot of every order and says what bound', () => {
    const cleared = market().clear();
    expect(cleared.explanationOf('off', 'cl')).toMatchObject([
      { quarter: '2027-Q1', requested: kg0('50'), awarded: kg0('20'), remaining: kg0('30') },
      { quarter: '2027-Q2' },
    ]);
    expect(cleared.binding('off', 'cl')).toEqual(['insufficient_demand']);
    expect(cleared.explanationOf('bid', 'de')[2]).toMatchObject({
      awarded: kg0('40'),
      binding: [{ code: 'insufficient_supply' }],
    });
    expect(cleared.binding('bid', 'jp')).toEqual(['price_below_floor']);
    expect(cleared.explanationOf('bid', 'jp')[0]!.nearMisses).toMatchObject([
      { code: 'price_below_floor', quantity: kg0('30'), wouldNeed: { floor: { per: 'kg' } } },
    ]);
  });

  it('tells a bid that lost to a better one that it was out of competition', () => {
    const cleared = aMarket()
      .offer('au', 'AU', '90.00', '10')
      .bid('high', 'DE', '130.00', '10')
      .bid('low', 'DE', '100.00', '10')
      .clear();
    expect(cleared.trades()).toEqual({ 'au→high': 10 });
    expect(cleared.binding('bid', 'low')).toEqual(['out_of_competition']);
    expect(cleared.explanationOf('bid', 'high')[0]!.binding).toEqual([]);
  });

  it('with nothing to match completes empty', () => {
    expect(aMarket().clear().outcome).toMatchObject({ awards: [], quarters: [], levyTotal: 0n });
    const lonely = aMarket().offer('au', 'AU', '90.00', '10').clear();
    expect(lonely.outcome.awards).toEqual([]);
    expect(lonely.binding('off', 'au')).toEqual(['insufficient_demand']);
  });

  it('lets each participant check that its order was in', () => {
    const json = market().json();
    const digest = new SnapshotDigest(json);
    expect(digest.root).toMatch(/^[0-9a-f]{64}$/);
    for (const order of [...json.offers, ...json.bids]) {
      const path = digest.inclusionOf(order.id)!;
      expect(isIncluded(order, path, digest.root)).toBe(true);
      expect(isIncluded({ ...order, version: 2 }, path, digest.root)).toBe(false);
    }
    expect(digest.inclusionOf('off_unknown')).toBeUndefined();
    const without = { ...json, bids: json.bids.slice(1) };
    expect(new SnapshotDigest(without).root).not.toBe(digest.root);
    expect(new SnapshotDigest({ ...json, gateClosure: '2026-11-22T12:00:00.001Z' }).root).not.toBe(
      digest.root,
    );
    expect(new SnapshotDigest({ ...json, offers: json.offers.toReversed() }).root).toBe(digest.root);
  });
});

const kg0 = (amount: string) => ({ amount: { units: BigInt(amount), scale: 0 }, unit: 'kg' });
