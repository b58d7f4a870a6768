import { describe, expect, it } from 'vitest';
import { breachesOf } from '../../../../shared/clearing/conditions/conditions.ts';
import type { SteeredQuarters } from '../../../../shared/clearing/conditions/steered-quarters.ts';
import { Steering } from '../../../../shared/clearing/conditions/steering.ts';
import { QuarterSolver } from '../../../../shared/clearing/quarter-solver.ts';
import { Bars, type ClearedQuarter } from '../../../../shared/clearing/quarters.ts';
import { aMarket, kg } from '../../../support/market.ts';
import { settingOf } from '../../../support/told.ts';
import { steer } from '../../../support/steering.ts';

/** How often a quarter is solved that stays as it is whatever is asked, or cannot be had at all. */
function solves(tightPairs: number, answer: 'same' | 'never' = 'same') {
  const setting = settingOf(
    aMarket()
      .offer('a', 'AU', '80.00', '10', { minimumLot: kg('6') })
      .offer('b', 'AU', '80.00', '40')
      .bid('x', 'DE', '120.00', '10'),
  );
  const quarters = new QuarterSolver(setting, new Bars()).solveAll(new Set());
  let count = 0;
  const stubborn: Pick<SteeredQuarters, 'pairsIn' | 'pairAt' | 'solve'> = {
    pairsIn: () => tightPairs,
    pairAt: () => 0,
    solve: (base: ClearedQuarter) => {
      count++;
      return answer === 'same' ? base : undefined;
    },
  };
  const breaches = breachesOf(
    setting.book,
    quarters.map(({ awards }) => awards),
  );
  const steered = new Steering(setting, quarters, stubborn as SteeredQuarters).find(breaches);
  expect(steered).toEqual({ quarters: undefined, breaches });
  return count;
}

describe('steering ends, whatever comes of it', () => {
  it('after 200 steps of mending and 200 sets tried in depth, fewer where many pairs are tight, but 24', () => {
    expect(solves(0)).toBe(1 + 200 + 200);
    expect(solves(5_000)).toBe(1 + 200 + 200);
    expect(solves(10_000)).toBe(1 + 200 + 100);
    expect(solves(41_666)).toBe(1 + 200 + 25);
    expect(solves(1_000_000)).toBe(1 + 200 + 24);
  });

  it('at once where the quarter cannot be taken apart', () => {
    expect(solves(0, 'never')).toBe(1);
  });

  it('without a search in depth where more than three orders are left that break a condition', () => {
    const crowd = (names: string) => {
      const market = aMarket().offer('a', 'AU', '80.00', '8');
      for (const name of names) market.bid(name, 'DE', '120.00', '10', { allOrNone: true });
      return steer(market);
    };
    const [three, four] = [crowd('xyz'), crowd('wxyz')];
    expect([three.left.length, four.left.length]).toEqual([3, 4]);
    const alone = (asked: readonly string[]) => asked.filter((each) => !each.includes(',')).length;
    // Each order is asked for by itself when it is mended; the search asks for the first of them again.
    expect([alone(three.asked), alone(four.asked)]).toEqual([3 + 1, 4]);
  });
});
