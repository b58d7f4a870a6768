import { describe, expect, it } from 'vitest';
import { aMarket, price } from '../../support/market.ts';

const usd = (amount: string) => ({ amount, currency: 'USD' as const });

describe('the support round', () => {
  it('tops up what is missing between reserve and limit, and the buyer pays its limit', () => {
    const cleared = aMarket()
      .zone()
      .offer('mine', 'AU', '100.00', '10')
      .bid('smelter', 'DE', '70.00', '10')
      .programme('gap')
      .clear();
    const award = cleared.award('mine', 'smelter')!;
    expect(award.programme).toMatch(/^prg_gap/);
    expect(award.schedule[0]).toMatchObject({
      lots: 10n,
      price: 10_000n,
      landed: 10_000n,
      waterfall: { ask: 10_000n, scarcity: 0n, support: 3_000n },
      interval: { low: 10_000n, high: 10_000n },
    });
    expect(cleared.outcome.support).toMatchObject([{ cost: 30_000n }]);
  });

  it('serves nobody whom the market serves without, and displaces no such trade', () => {
    const cleared = aMarket()
      .zone()
      .offer('cheap', 'AU', '80.00', '10')
      .offer('dear', 'AU', '100.00', '10')
      .bid('high', 'DE', '90.00', '10')
      .bid('low', 'DE', '75.00', '10')
      .programme('gap')
      .clear();
    expect(cleared.trades()).toEqual({ 'cheap→high': 10, 'dear→low': 10 });
    expect(cleared.award('cheap', 'high')?.programme).toBeUndefined();
    expect(cleared.award('dear', 'low')?.schedule[0]?.waterfall.support).toBe(2_500n);
  });

  it('ends with the first lot that cannot be paid, and leaves the rest unspent', () => {
    const cleared = aMarket()
      .zone()
      .offer('mine', 'AU', '100.00', '10')
      .bid('near', 'DE', '95.00', '3')
      .bid('far', 'DE', '70.00', '10')
      .programme('gap', { left: usd('100.00') })
      .clear();
    expect(cleared.trades()).toEqual({ 'mine→near': 3, 'mine→far': 2 });
    expect(cleared.outcome.support[0]?.cost).toBe(7_500n);
  });

  it('takes the way around where that serves more lots than the smallest gap first', () => {
    // Both offers reach `either`; only the first reaches `picky`, whose own gap is larger.
    const cleared = aMarket()
      .zone()
      .offer('pure', 'AU', '80.00', '1', { purity: '99.9' })
      .offer('plain', 'AU', '82.00', '1')
      .bid('picky', 'DE', '70.00', '1', { minimumPurity: '99.5' })
      .bid('either', 'DE', '79.00', '1')
      .programme('gap', { left: usd('13.00') })
      .clear();
    expect(cleared.trades()).toEqual({ 'pure→picky': 1, 'plain→either': 1 });
  });

  it('is open to bids from the reference price on: a shaded limit buys no subsidy', () => {
    const market = (benchmark: string | undefined, changes = {}) =>
      aMarket()
        .zone()
        .offer('mine', 'AU', '100.00', '10')
        .bid('smelter', 'DE', '70.00', '10')
        .reference('benchmark', benchmark)
        .programme('gap', changes)
        .clear()
        .trades();
    expect(market('70.00')).toEqual({ 'mine→smelter': 10 });
    expect(market('70.000000001')).toEqual({});
    expect(market('60.00', { minimumReference: price('70.01') })).toEqual({});
    expect(market(undefined)).toEqual({});
  });

  it('keeps to what the programme says: gap, award, sites, origins, certificates, quarters and zone', () => {
    const market = (changes: Parameters<ReturnType<typeof aMarket>['programme']>[1]) =>
      aMarket()
        .zone()
        .zone({ id: 'others', members: ['KR'] })
        .scheme()
        .offer('mine', 'AU', '100.00', { '2027-Q1': '4', '2027-Q2': '4' })
        .certificate('mine', { level: '75', validTo: '2027-03-31' })
        .bid('smelter', 'DE', '70.00', { '2027-Q1': '4', '2027-Q2': '4' })
        .programme('gap', changes)
        .clear()
        .trades();
    expect(market({})).toEqual({ 'mine→smelter': 8 });
    expect(market({ maximumGap: price('29.99') })).toEqual({});
    expect(market({ awardCap: usd('150.00') })).toEqual({ 'mine→smelter': 4 });
    expect(market({ eligible: { sites: ['sit_other000000000000000'] } })).toEqual({});
    expect(market({ eligible: { origins: ['CL'] } })).toEqual({});
    expect(market({ eligible: { stages: ['mining'] } })).toEqual({});
    expect(market({ eligible: { recycledOnly: true } })).toEqual({});
    expect(market({ eligible: { standards: [{ scheme: 'irma', level: '75' }] } })).toEqual({
      'mine→smelter': 4,
    });
    expect(market({ eligible: { standards: [{ scheme: 'irma', level: '100' }] } })).toEqual({});
    expect(market({ from: '2027-Q2' })).toEqual({ 'mine→smelter': 4 });
    expect(market({ to: '2026-Q4' })).toEqual({});
    expect(market({ zone: 'others' })).toEqual({});
  });

  it('keeps the origin cap of a bid, what the market awarded counted', () => {
    const cleared = aMarket()
      .zone()
      .offer('cheap', 'AU', '70.00', '4')
      .offer('dear', 'AU', '100.00', '10')
      .bid('smelter', 'DE', '80.00', '10', { maxOriginShare: '0.6' })
      .programme('gap')
      .clear();
    expect(cleared.trades()).toEqual({ 'cheap→smelter': 4, 'dear→smelter': 2 });
  });

  it("keeps a zone's cap on an origin, what the market awarded counted", () => {
    const cleared = aMarket()
      .zone({ maxOriginShare: '0.5' })
      .consumption('2027-Q1', '12')
      .offer('cheap', 'CL', '70.00', '4')
      .offer('dear', 'CL', '100.00', '10')
      .bid('smelter', 'DE', '80.00', '10')
      .programme('gap')
      .clear();
    expect(cleared.trades()).toEqual({ 'cheap→smelter': 4, 'dear→smelter': 2 });
  });

  it('pays for a floor that the buyer cannot, and the levy stands on the landed price', () => {
    const cleared = aMarket()
      .zone()
      .floor('110.00')
      .offer('abroad', 'CL', '80.00', '1')
      .bid('smelter', 'DE', '90.00', '1')
      .programme('gap')
      .clear();
    expect(cleared.award('abroad', 'smelter')?.schedule[0]).toMatchObject({
      price: 8_000n,
      landed: 11_000n,
      waterfall: { levy: 3_000n, support: 2_000n },
    });
    expect(cleared.outcome.levyTotal).toBe(3_000n);
  });

  it('passes over orders with conditions, and pools', () => {
    const market = (terms: object) =>
      aMarket()
        .zone()
        .offer('mine', 'AU', '100.00', '10', terms)
        .bid('smelter', 'DE', '70.00', '10')
        .pool('club', '70.00', { one: { amounts: '5' } })
        .programme('gap')
        .clear()
        .trades();
    expect(market({})).toEqual({ 'mine→smelter': 10 });
    expect(market({ allOrNone: true })).toEqual({});
    expect(market({ minimumLot: { amount: '2', unit: 'kg' } })).toEqual({});
    expect(market({ minimumQuarters: 2 })).toEqual({});
  });

  it('of two programmes serves the first as far as it goes, and then the second', () => {
    const cleared = aMarket()
      .zone()
      .offer('mine', 'AU', '100.00', '10')
      .bid('smelter', 'DE', '70.00', '10')
      .programme('first', { rank: 1, left: usd('90.00') })
      .programme('second', { rank: 2, left: usd('120.00') })
      .clear();
    expect(
      cleared.outcome.awards.map(({ programme, schedule }) => [programme?.slice(4, 9), schedule[0]?.lots]),
    ).toEqual([
      ['first', 3n],
      ['secon', 4n],
    ]);
  });

  it('tells the orders that it serves: what was awarded is no longer lacking', () => {
    const cleared = aMarket()
      .zone()
      .offer('mine', 'AU', '100.00', '10')
      .bid('smelter', 'DE', '70.00', '8')
      .programme('gap')
      .clear();
    const [bid] = cleared.explanationOf('bid', 'smelter');
    expect(bid).toMatchObject({ binding: [], nearMisses: [] });
    expect(bid?.sentence).toBe('Bought all 8 kg at a landed price of 70.00 USD/kg in 2027-Q1.');
    const [offer] = cleared.explanationOf('off', 'mine');
    expect(offer?.awarded.amount).toEqual({ units: 8n, scale: 0 });
    expect(cleared.binding('off', 'mine')).toEqual(['limit_below_reserve']);
  });
});
