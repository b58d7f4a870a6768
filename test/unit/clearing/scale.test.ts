import { describe, expect, it } from 'vitest';
import type { Award } from '../../../shared/clearing/awards/award.ts';
import { clear } from '../../../shared/clearing/clear.ts';
import { aMarket } from '../../support/market.ts';

const quartersFrom = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${2027 + (index >> 2)}-Q${(index % 4) + 1}`);
/** So many lots in the first quarter, `step` more in each after it. */
const ramp = (quarters: readonly string[], lots: number, step: number): Record<string, string> =>
  Object.fromEntries(quarters.map((quarter, index) => [quarter, String(lots + step * index)]));
const flat = (quarters: readonly string[], lots: number): Record<string, string> => ramp(quarters, lots, 0);
const lotsOf = (award: Award | undefined): Record<string, number> =>
  Object.fromEntries((award?.schedule ?? []).map(({ quarter, lots }) => [quarter, Number(lots)]));
const pricesOf = (award: Award | undefined): { price: number; landed: number; levy: number }[] =>
  (award?.schedule ?? []).map(({ price, landed, waterfall }) => ({
    price: Number(price) / 100,
    landed: Number(landed) / 100,
    levy: Number(waterfall.levy) / 100,
  }));

describe('ramp schedules', () => {
  const year = quartersFrom(4);

  it('clear quarter by quarter at what each side has then, as one contract a pair', () => {
    // Supply grows by 20 a quarter from 40, demand stays at 70: short twice, then long.
    const cleared = aMarket()
      .offer('mine', 'AU', '90.00', ramp(year, 40, 20))
      .bid('maker', 'DE', '130.00', flat(year, 70))
      .clear();
    expect(cleared.outcome.awards).toHaveLength(1);
    expect(lotsOf(cleared.award('mine', 'maker'))).toEqual({
      '2027-Q1': 40,
      '2027-Q2': 60,
      '2027-Q3': 70,
      '2027-Q4': 70,
    });
    // Sold out, anything from 90 to 130 clears: midway. Then the seller's own reserve decides.
    expect(pricesOf(cleared.award('mine', 'maker')).map(({ price }) => price)).toEqual([130, 130, 90, 90]);
  });

  it('of tied sellers keep the pairs that there are while both grow', () => {
    const cleared = aMarket()
      .zone()
      .floor('110.00')
      .offer('a', 'AU', '90.00', ramp(year, 20, 10))
      .offer('b', 'US', '70.00', ramp(year, 40, 20))
      .bid('c', 'DE', '130.00', ramp(year, 20, 10))
      .bid('d', 'JP', '120.00', ramp(year, 40, 20))
      .clear();
    expect(Object.keys(cleared.trades()).sort()).toEqual(['a→c', 'b→d']);
    expect(Object.values(lotsOf(cleared.award('b', 'd')))).toEqual([40, 60, 80, 100]);
  });
});

describe('partial windows', () => {
  it('trade where they overlap, and hand over from one seller to the next', () => {
    const year = quartersFrom(4);
    const cleared = aMarket()
      .offer('early', 'AU', '90.00', flat(year.slice(0, 2), 50))
      .offer('late', 'AU', '95.00', flat(year.slice(1), 50))
      .bid('maker', 'DE', '130.00', flat(year.slice(0, 3), 50))
      .clear();
    expect(lotsOf(cleared.award('early', 'maker'))).toEqual({ '2027-Q1': 50, '2027-Q2': 50 });
    expect(lotsOf(cleared.award('late', 'maker'))).toEqual({ '2027-Q3': 50 });
    const late = cleared.explanationOf('off', 'late');
    expect(late.map(({ quarter, binding }) => [quarter, binding[0]?.code])).toEqual([
      ['2027-Q2', 'out_of_competition'],
      ['2027-Q3', undefined],
      ['2027-Q4', 'window_mismatch'],
    ]);
  });
});

describe('many zones', () => {
  it('each keep their own floor for one offer sold into all of them', () => {
    // 300 for three zones of 100 each, and 100 left over: no scarcity, so that every price is its zone's reserve.
    const zones = [
      { id: 'partners', floor: '110.00', members: ['DE'], destination: 'DE' },
      { id: 'union', floor: '95.00', members: ['KR'], destination: 'KR' },
      { id: 'pact', floor: '80.00', members: ['BR'], destination: 'BR' },
    ];
    const market = aMarket();
    for (const { id, floor, members } of zones)
      market.zone({ id, name: id, members }).floor(floor, { zone: id });
    market.offer('mine', 'CL', '85.00', '400');
    for (const { id, destination } of zones) market.bid(id, destination, '130.00', '100');
    const cleared = market.clear();
    const paid = Object.fromEntries(zones.map(({ id }) => [id, pricesOf(cleared.award('mine', id))[0]]));
    expect(paid).toEqual({
      partners: { price: 85, landed: 110, levy: 25 },
      union: { price: 85, landed: 95, levy: 10 },
      pact: { price: 85, landed: 85, levy: 0 },
    });
    expect(cleared.outcome.levyTotal).toBe((2500n + 1000n) * 100n);
  });

  it('draw scarce lots to where they gain most above the floor there', () => {
    // Gains a lot: 130 − 110 = 20, 130 − 95 = 35, 130 − 85 = 45; 150 lots go to the two greatest.
    const market = aMarket()
      .zone({ members: ['DE'] })
      .zone({ id: 'union', name: 'Union', members: ['KR'] })
      .floor('110.00')
      .floor('95.00', { zone: 'union' })
      .offer('mine', 'CL', '85.00', '150')
      .bid('partner', 'DE', '130.00', '100')
      .bid('korea', 'KR', '130.00', '100')
      .bid('india', 'IN', '130.00', '100');
    const cleared = market.clear();
    expect(cleared.trades()).toEqual({ 'mine→india': 100, 'mine→korea': 50 });
    // The rationed bid pays its limit: scarcity 35 on every lot, so that India pays 85 + 35.
    expect(pricesOf(cleared.award('mine', 'korea'))).toEqual([{ price: 130, landed: 130, levy: 0 }]);
    expect(pricesOf(cleared.award('mine', 'india'))).toEqual([{ price: 120, landed: 120, levy: 0 }]);
    expect(cleared.binding('bid', 'partner')).toEqual(['out_of_competition']);
  });
});

describe('a large book', () => {
  it('is not stopped by a wild limit in a large book', () => {
    const market = aMarket().offer('cheap', 'AU', '0.01', '1').bid('dear', 'DE', '999999.99', '1');
    for (let index = 0; index < 700; index++)
      market
        .offer(`o${index}x`, 'AU', `${900_000 + index}.00`, '1')
        .bid(`b${index}x`, 'DE', `${1 + index}.00`, '1');
    expect(market.clear().trades()).toEqual({ 'cheap→dear': 1 });
  });

  it('fails whole where exact arithmetic ends', () => {
    const most = String(10 ** 12);
    const market = aMarket();
    for (let index = 0; index < 5000; index++)
      market.offer(`o${index}x`, 'AU', '1.00', most).offer(`p${index}x`, 'AU', '2.00', most);
    market.bid('dear', 'DE', '3.00', most);
    expect(clear(market.snapshot())).toMatchObject({ ok: false, problem: { code: 'market_too_large' } });
  });
});
