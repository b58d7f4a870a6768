import { describe, expect, it } from 'vitest';
import { downToSeries, steppedSnapshot, stepOf, upToStep } from '../../../shared/clearing/preview/steps.ts';
import { proposedSnapshot } from '../../../shared/clearing/preview/proposal.ts';
import { pairsToClear } from '../../../shared/clearing/preview/workload.ts';
import { previewOf } from '../../../shared/clearing/preview/preview.ts';
import { clear } from '../../../shared/clearing/clear.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket, kg } from '../../support/market.ts';
import { floorAt, previewOn, termsOf, usdOf, wireOf } from '../../support/previews.ts';

describe('steps', () => {
  it.each([
    [1n, 1n],
    [99n, 1n],
    [100n, 1n],
    [199n, 1n],
    [250n, 2n],
    [999n, 5n],
    [11_000n, 100n],
    [19_999n, 100n],
    [20_000n, 200n],
    [50_000n, 500n],
    [99_999_999n, 500_000n],
  ])('at %d ticks are %d', (ticks, step) => {
    expect(stepOf(ticks)).toBe(step);
  });

  it('are 0.4 to 1 % of the price from 100 ticks on, and moving up to them stays there', () => {
    for (let ticks = 100n; ticks < 200_000n; ticks = (ticks * 21n) / 20n) {
      const step = stepOf(ticks);
      expect(step * 250n > ticks && step * 100n <= ticks, `${ticks}`).toBe(true);
      const up = upToStep(ticks);
      expect(up >= ticks && up < ticks + step, `${ticks}`).toBe(true);
      expect(upToStep(up)).toBe(up);
    }
  });

  it('round figures down to 1, 2, 5, 10, …', () => {
    const figures = [0n, 1n, 3n, 4n, 5n, 9n, 10n, 19n, 49n, 50n, 1999n];
    expect(figures.map(downToSeries)).toEqual([0n, 1n, 2n, 2n, 5n, 5n, 10n, 10n, 20n, 50n, 1000n]);
  });

  it('move floors and caps that are supposed, and never those in force', () => {
    const snapshot = aMarket()
      .zone()
      .zone({ id: 'union', name: 'Union', members: ['KR'] })
      .floor('95.37', { zone: 'union' })
      .snapshot();
    const of = (terms: Parameters<typeof termsOf>[1]) => {
      const proposed = must(proposedSnapshot(snapshot, termsOf(snapshot, terms), []));
      const stepped = steppedSnapshot(snapshot, proposed);
      return { moved: stepped !== proposed, floors: stepped.floors.map(({ price }) => price.amount.units) };
    };
    expect(of({ floors: [floorAt(12_037)] })).toEqual({ moved: true, floors: [9537n, 12_100n] });
    expect(of({ floors: [floorAt(12_000)] })).toEqual({ moved: false, floors: [9537n, 12_000n] });
    expect(of({ maxOriginShare: '0.65', capZones: ['union'] }).moved).toBe(false);
    expect(of({ maxOriginShare: '0.651', capZones: ['union'] }).moved).toBe(true);
  });
});

describe('what a preview supposes', () => {
  const snapshot = aMarket()
    .zone()
    .zone({ id: 'union', name: 'Union', members: ['KR'] })
    .consumption('2027-Q1', '1000')
    .floor('100.00', { duties: [{ origin: 'CL', rate: '0.1' }] })
    .snapshot();
  const proposed = (terms: Parameters<typeof termsOf>[1]) =>
    must(proposedSnapshot(snapshot, termsOf(snapshot, terms), []));

  it('takes the place of what is in force in the same zone, and keeps its customs duties', () => {
    const { floors } = proposed({ floors: [floorAt(12_000)] });
    expect(floors).toMatchObject([{ zone: 'partners', duties: snapshot.floors[0]!.duties }]);
    expect(proposed({ floors: [floorAt(9000, 'union')] }).floors.map(({ zone }) => zone)).toEqual([
      'partners',
      'union',
    ]);
  });

  it('is in the product’s own unit, a floor rounded up to the tick', () => {
    const perTonne = { amount: '120005', currency: 'USD', per: 't' } as const;
    const [floor] = proposed({ floors: [{ ...floorAt(1), price: perTonne }] }).floors;
    expect(floor?.price).toEqual({ amount: { units: 12_001n, scale: 2 }, currency: 'USD', per: 'kg' });
  });

  it('caps the zones that cap or have declared consumption, or those named', () => {
    const capped = (terms: Parameters<typeof termsOf>[1]) =>
      proposed(terms).zones.flatMap(({ id, maxOriginShare }) => (maxOriginShare === undefined ? [] : [id]));
    expect(capped({ maxOriginShare: '0.5' })).toEqual(['partners']);
    expect(capped({ maxOriginShare: '0.5', capZones: ['union'] })).toEqual(['union']);
    expect(capped({})).toEqual([]);
    const undeclared = aMarket().zone().snapshot();
    const { zones } = must(proposedSnapshot(undeclared, termsOf(undeclared, { maxOriginShare: '0.5' }), []));
    expect(zones[0]?.maxOriginShare).toEqual({ units: 5n, scale: 1 });
  });
});

describe('the figures of a preview', () => {
  it('count demand once, under the rule that stands first in its way, and leave competition out', () => {
    const market = aMarket().zone().floor('100.00');
    market.offer('mine', 'AU', '90.00', '100');
    market
      .bid('high', 'DE', '130.00', '80')
      .bid('low', 'DE', '99.99', '40')
      .bid('late', 'DE', '101.00', '60');
    const { current, proposed } = wireOf(previewOn(market.snapshot(), { floors: [floorAt(12_500)] }));
    expect(current.blocked).toEqual([{ code: 'price_below_floor', quantity: kg('40') }]);
    expect(proposed.blocked).toEqual([{ code: 'price_below_floor', quantity: kg('100') }]);
  });

  it('measure concentration by origin', () => {
    const market = aMarket().zone();
    market.offer('o1', 'AU', '90.00', '50').offer('o2', 'CL', '80.00', '30').offer('o3', 'BR', '80.00', '20');
    market.bid('b1', 'DE', '130.00', '100');
    const { concentration } = wireOf(previewOn(market.snapshot(), {})).current;
    expect(concentration).toEqual({
      origins: [
        { origin: 'AU', quantity: kg('50'), share: '0.5000' },
        { origin: 'CL', quantity: kg('30'), share: '0.3000' },
        { origin: 'BR', quantity: kg('20'), share: '0.2000' },
      ],
      // 50² + 30² + 20²
      index: 3800,
    });
  });

  it('tell of enough organisations what vanishes, in all and by the origins that can be shown alone', () => {
    const market = aMarket().zone();
    for (const [index, country] of ['AU', 'AU', 'AU', 'CL'].entries())
      market.offer(`o${index}x`, country, '90.00', '100');
    for (const index of [0, 1, 2, 3]) market.bid(`b${index}x`, 'DE', '110.00', '100');
    const { vanishing, appearing, contracts } = wireOf(
      previewOn(market.snapshot(), { floors: [floorAt(12_000)] }),
    ).difference;
    expect(contracts).toBe(-must(clear(market.snapshot())).awards.length);
    expect(vanishing).toMatchObject({ quantity: kg('200'), withheld: false });
    expect(vanishing.origins.map(({ origin }) => origin)).not.toContain('CL');
    expect(appearing).toEqual({ contracts: null, quantity: null, withheld: true, origins: [] });
  });
});

describe('the work of a preview', () => {
  it('is counted in classes and in quarters that differ, before anything is solved', () => {
    const market = aMarket().zone();
    const flat = { '2027-Q1': '10', '2027-Q2': '10', '2027-Q3': '10' };
    for (const index of [0, 1, 2]) market.offer(`o${index}x`, 'AU', '90.00', flat);
    for (const index of [0, 1]) market.bid(`b${index}x`, 'DE', usdOf(11_000 + index).amount, flat);
    expect(pairsToClear(market.snapshot())).toBe(2);
    market.bid('b9x', 'DE', '120.00', { '2027-Q2': '10' });
    expect(pairsToClear(market.snapshot())).toBe(2 + 3);
  });

  it('ends where time is over, and the outcome never depends on how often it was asked', () => {
    const snapshot = aMarket()
      .zone()
      .offer('o', 'AU', '90.00', '10')
      .bid('b', 'DE', '120.00', '10')
      .snapshot();
    const terms = termsOf(snapshot, {});
    const within = (times: number) => {
      let asked = 0;
      return previewOf(snapshot, terms, [], { pairs: 1, isOverTime: () => (asked += 1) > times });
    };
    expect(within(0)).toMatchObject({ ok: false, problem: { code: 'market_too_large' } });
    expect(within(100).ok).toBe(true);
    expect(clear(snapshot, () => false)).toMatchObject({ ok: false, problem: { code: 'market_too_large' } });
    expect(clear(snapshot, () => true)).toEqual(clear(snapshot));
  });
});
