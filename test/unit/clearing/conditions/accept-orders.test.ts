import { describe, expect, it } from 'vitest';
import { acceptOrders, type SearchLimits } from '../../../../shared/clearing/conditions/accept-orders.ts';
import { sums } from '../../../../shared/clearing/conditions/trial.ts';
import { QuarterSolver } from '../../../../shared/clearing/quarter-solver.ts';
import { Bars } from '../../../../shared/clearing/quarters.ts';
import { aMarket, type MarketBuilder } from '../../../support/market.ts';
import { settingOf } from '../../../support/told.ts';

const whole = { allOrNone: true };
const over = (lots: number, ...quarters: number[]): Record<string, string> =>
  Object.fromEntries(quarters.map((quarter) => [`2027-Q${quarter}`, String(lots)]));

function accept(market: MarketBuilder, limits?: Partial<SearchLimits>) {
  const setting = settingOf(market);
  const solver = new QuarterSolver(setting, new Bars());
  const whole = solver.solveAll(new Set());
  const chosen = { patience: 100, improvement: 1_000_000, sets: 100, ...limits };
  const { quarters, rejected } = acceptOrders(setting, solver, limits && chosen);
  const names = Array.from(rejected, ([id, code]) => `${id.slice(4).replace(/0+$/, '')}: ${code}`);
  return { whole, quarters, rejected: names, gains: sums(quarters).gains };
}

describe('which orders take part', () => {
  it('all, where no condition is broken; then nothing has to bound the gains', () => {
    const { quarters, rejected } = accept(
      aMarket().offer('a', 'AU', '80.00', over(10, 1), whole).bid('x', 'DE', '120.00', over(10, 1)),
    );
    expect(rejected).toEqual([]);
    expect(quarters.map(({ bound }) => bound)).toEqual([undefined]);
  });

  it('those rejected are listed by id, each with the condition that it breaks', () => {
    const market = aMarket().offer('a', 'AU', '80.00', over(6, 1)).bid('p', 'DE', '90.00', over(9, 1));
    for (const [index, name] of ['u', 'm', 'z', 'k'].entries())
      market.bid(name, 'DE', `${100 + index}.00`, over(10, 1), whole);
    expect(accept(market).rejected).toEqual(['k', 'm', 'u', 'z'].map((name) => `${name}: all_or_none`));
  });

  it('where orders are rejected, the quarters that they asked for are bounded by all orders’ market', () => {
    const { whole: all, quarters } = accept(
      aMarket()
        .offer('a', 'AU', '80.00', over(6, 1, 2, 3, 4))
        .bid('p', 'DE', '90.00', over(9, 1, 2, 3, 4))
        .bid('x', 'DE', '120.00', over(10, 1, 2), whole)
        .bid('y', 'DE', '120.00', over(10, 3), whole),
    );
    expect(quarters.map(({ bound }) => bound !== undefined)).toEqual([true, true, true, false]);
    for (const place of [0, 1, 2]) {
      const { market, solution } = all[place]!;
      expect(quarters[place]!.bound!.market).toBe(market);
      expect(quarters[place]!.bound!.solution).toBe(solution);
    }
    expect(quarters[0], 'quarters that are one stay one').toBe(quarters[1]);
  });
});

describe('what the search may spend', () => {
  // The dearer bid leaves four lots to the other, which breaks its condition first: but alone it would gain more.
  const collision = () =>
    aMarket()
      .offer('a', 'AU', '80.00', '10')
      .bid('x', 'DE', '120.00', '6', whole)
      .bid('y', 'DE', '110.00', '10', whole);

  it('decides whether the first result is improved by a search over sets', () => {
    const first = { gains: 6n * 4000n, rejected: ['y: all_or_none'] };
    const best = { gains: 10n * 3000n, rejected: ['x: all_or_none'] };
    expect(accept(collision())).toMatchObject(best);
    expect(accept(collision(), {})).toMatchObject(best);
    expect(accept(collision(), { sets: 0 })).toMatchObject(first);
    expect(accept(collision(), { sets: 1 })).toMatchObject(best);
    expect(accept(collision(), { improvement: 0 })).toMatchObject(first);
  });
});
