import { describe, expect, it, test } from 'vitest';
import { solveQuarter } from '../../../shared/clearing/solver/flow.ts';
import { seeded } from '../../bench/networks.ts';
import { networkOf } from '../../support/networks.ts';

/** The least cost of assigning every row a column of its own: gains on a ceiling that no cost reaches. */
function leastCost(costs: readonly (readonly number[])[]): { cost: number; columns: number[] } {
  const ceiling = 1 + Math.max(...costs.flat());
  const network = networkOf({
    supply: costs.map(() => 1),
    demand: costs[0]!.map(() => 1),
    pairs: costs.flatMap((row, offer) => row.map((cost, bid) => ({ offer, bid, weight: ceiling - cost }))),
  });
  const { pairFlow, certificate } = solveQuarter(network);
  expect(certificate.volume).toBe(BigInt(costs.length));
  expect(certificate.primal).toBe(certificate.dual);
  const columns = costs.map((_, row) => {
    const pair = pairFlow.findIndex((lots, index) => lots > 0 && network.pairOffer[index] === row);
    return network.pairHead[pair]!;
  });
  return { cost: costs.length * ceiling - Number(certificate.primal), columns };
}

describe('assignments with known optima', () => {
  it('the example of scipy.optimize.linear_sum_assignment costs 5 by columns 1, 0, 2', () => {
    const costs = [
      [4, 1, 3],
      [2, 0, 5],
      [3, 2, 2],
    ];
    expect(leastCost(costs)).toEqual({ cost: 5, columns: [1, 0, 2] });
  });

  it.each([2, 3, 10, 47, 100])(
    'Machol and Wien’s hard problem of size %i, cost i · j, has a closed form',
    (size) => {
      // Rearrangement: the i-th smallest row takes the i-th largest column, so Σ i (n + 1 − i) = n (n + 1) (n + 2) ÷ 6.
      const numbers = Array.from({ length: size }, (_, index) => index + 1);
      const { cost, columns } = leastCost(numbers.map((row) => numbers.map((column) => row * column)));
      expect(cost).toBe((size * (size + 1) * (size + 2)) / 6);
      expect(columns).toEqual(numbers.map((row) => size - row));
    },
  );
});

test('random assignments cost 1 + 1/4 + … + 1/n² on average (Parisi’s formula)', () => {
  const draw = seeded(7);
  const [size, runs, unit] = [8, 2000, 1e6];
  const exponential = (): number => Math.round(-Math.log((1 + draw(2 ** 30)) / 2 ** 30) * unit);
  const results = Array.from({ length: runs }, () => {
    const costs = Array.from({ length: size }, () => Array.from({ length: size }, exponential));
    return leastCost(costs).cost / unit;
  });
  const mean = results.reduce((sum, value) => sum + value, 0) / runs;
  const variance = results.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1);
  const expected = Array.from({ length: size }, (_, index) => 1 / (index + 1) ** 2).reduce(
    (a, b) => a + b,
    0,
  );
  const error = Math.sqrt(variance / runs);
  expect(error, 'the sample is large enough to tell').toBeLessThan(0.02);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * error);
});
