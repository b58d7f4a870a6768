import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitMaster, type Candidate } from '../../../../shared/clearing/solver/limit-master.ts';
import { EngineFault } from '../../../../shared/clearing/solver/network.ts';
import type { Rational } from '../../../../shared/clearing/solver/rational.ts';
import { makeOptimiser } from '../../../support/highs.ts';
import { runs } from '../../../support/runs.ts';

interface Flow extends Candidate {
  readonly gains: readonly [bigint, bigint];
}
const value = ({ numerator, denominator }: Rational): number => Number(numerator) / Number(denominator);

/** What the multipliers say that no mixture exceeds. */
const boundOf = (
  { multipliers, total }: ReturnType<LimitMaster<Flow>['duals']>,
  limits: readonly bigint[],
): number =>
  multipliers.reduce((sum, each, limit) => sum + value(each) * Number(limits[limit]), value(total));

/** Adds what improves the mixture until nothing does, as solves of the network would. */
function addAll(master: LimitMaster<Flow>, flows: readonly Flow[]): void {
  for (let round = 0; round < 100; round++) {
    const better = flows.find((flow) => master.improvement(flow).numerator > 0n);
    if (better === undefined) return;
    master.add(better);
  }
  throw new Error('the same flows improve the mixture again and again');
}

/** Limits, and flows with what they send through them and what each of two objectives says they are worth. */
const problems = fc.integer({ min: 1, max: 3 }).chain((limits) =>
  fc.record({
    limits: fc.array(fc.bigInt({ min: 0n, max: 9n }), { minLength: limits, maxLength: limits }),
    flows: fc.array(
      fc
        .record({
          use: fc.array(fc.bigInt({ min: 0n, max: 12n }), { minLength: limits, maxLength: limits }),
          gains: fc.tuple(fc.bigInt({ min: -3n, max: 30n }), fc.bigInt({ min: -3n, max: 9n })),
        })
        .map(({ use, gains }): Flow => ({ use, gains, gain: gains[0] })),
      { minLength: 1, maxLength: 9, size: 'max' },
    ),
  }),
);

describe('the mixture of flows that keeps every limit', () => {
  test('is worth most, by HiGHS, for one objective and then for the next at no loss to the first', async () => {
    const optimum = await makeOptimiser();
    fc.assert(
      fc.property(problems, ({ limits, flows }) => {
        const nothing: Flow = { use: limits.map(() => 0n), gains: [0n, 0n], gain: 0n };
        const all = [nothing, ...flows];
        const sum = (of: (flow: Flow) => bigint): string =>
          all
            .map(
              (flow, index) => `${of(flow) < 0n ? '-' : '+'} ${String(of(flow)).replace('-', '')} x${index}`,
            )
            .join(' ');
        const rows = [
          ` ${sum(() => 1n)} = 1`,
          ...limits.map((most, limit) => ` ${sum(({ use }) => use[limit]!)} <= ${most}`),
        ];
        const most = (objective: 0 | 1): number =>
          optimum(`Maximize\n obj: ${sum(({ gains }) => gains[objective])}\nSubject To\n${rows.join('\n')}`);

        for (const flow of flows) flow.gain = flow.gains[0];
        const master = new LimitMaster<Flow>(limits, nothing);
        addAll(master, flows);
        const first = master.duals();
        expect(boundOf(first, limits)).toBeCloseTo(most(0), 6);
        expect(first.multipliers.every(({ numerator }) => numerator >= 0n)).toBe(true);
        for (const flow of all) expect(master.improvement(flow).numerator <= 0n).toBe(true);
        for (const flow of master.mixture()) expect(master.improvement(flow).numerator).toBe(0n);
        expect(master.filled, 'nothing is settled yet').not.toContain(true);

        const asGood = flows.filter((flow) => master.improvement(flow).numerator === 0n);
        master.settle();
        expect(master.filled).toEqual(first.multipliers.map(({ numerator }) => numerator !== 0n));
        rows.push(` ${sum(({ gains }) => gains[0])} >= ${most(0) - 1e-7}`);
        for (const flow of asGood) flow.gain = flow.gains[1];
        master.reprice(({ gains }) => gains[1]);
        addAll(master, asGood);
        const second = master.duals();
        expect(boundOf(second, limits)).toBeCloseTo(most(1), 2);
        for (const [limit, { numerator }] of second.multipliers.entries())
          expect(numerator >= 0n || master.filled[limit] === true).toBe(true);
      }),
      { numRuns: runs(600) },
    );
  });

  test('starts from a flow that keeps every limit, or not at all', () => {
    const first = { gain: 5n, use: [4n] };
    expect(() => new LimitMaster([3n], first)).toThrow(EngineFault);
    const master = new LimitMaster([4n], first);
    expect(master.mixture()).toEqual([first]);
    expect(value(master.duals().total)).toBe(5);
  });

  test('mixes two flows where neither alone fills a limit and is worth as much', () => {
    const none = { gain: 0n, use: [0n] };
    const much = { gain: 30n, use: [9n] };
    const master = new LimitMaster([6n], none);
    master.add(much);
    // Two thirds of it: each lot is worth 30 ÷ 9.
    const { multipliers, total } = master.duals();
    expect(multipliers).toEqual([{ numerator: 10n, denominator: 3n }]);
    expect(total).toEqual({ numerator: 0n, denominator: 1n });
    expect(master.mixture()).toEqual(expect.arrayContaining([none, much]));
    expect(master.improvement({ gain: 40n, use: [9n] })).toEqual({ numerator: 10n, denominator: 1n });
    master.settle();
    expect(master.filled).toEqual([true]);
    // The next objective likes nothing less than the cap's use, but what was settled rests on it.
    master.reprice(({ use }) => -use[0]!);
    expect(master.mixture()).toHaveLength(2);
  });
});
