import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectOfStop, lotsLost } from '../../../shared/clearing/stress/effect.ts';
import { minus, plus, sumOf, times } from '../../../shared/kernel/arithmetic.ts';
import type { Decimal } from '../../../shared/kernel/decimal.ts';
import { compareDecimal, decimal } from '../../../shared/kernel/decimal.ts';
import type { AssessedContract } from '../../../shared/risk/assessment-inputs.ts';
import type { OriginQuantity } from '../../../shared/risk/concentration.ts';
import {
  byOrigin,
  concentrationOf,
  exceeds,
  headroomOfPlanned,
  herfindahl,
  neededFromOthers,
  toBeSwapped,
  totalOf,
  withoutLargest,
} from '../../../shared/risk/concentration.ts';
import { capacityIn } from '../../../shared/risk/capacity.ts';
import type { Project } from '../../../shared/reference/project.ts';
import { runs } from '../../support/runs.ts';

const mass = fc.record({ units: fc.bigInt({ min: 1n, max: 10n ** 9n }), scale: fc.constantFrom(0, 0, 3, 6) });
const flowsOf = (most: number): fc.Arbitrary<OriginQuantity[]> =>
  fc.array(fc.record({ origin: fc.constantFrom('AU', 'BR', 'CD', 'CN', 'US'), quantity: mass }), {
    minLength: 1,
    maxLength: most,
  });
const cap = fc
  .integer({ min: 1, max: 99 })
  .map((hundredths): Decimal => ({ units: BigInt(hundredths), scale: 2 }));
const same = (a: Decimal, b: Decimal) => compareDecimal(a, b) === 0;

describe('concentration', () => {
  test('an index lies between that of equal origins and 10 000, and merging two origins never lowers it', () => {
    fc.assert(
      fc.property(flowsOf(8), (flows) => {
        const [first, second, ...rest] = byOrigin(flows);
        const index = herfindahl(flows)!;
        expect(index).toBeGreaterThanOrEqual(Math.floor(10_000 / byOrigin(flows).length));
        expect(index).toBeLessThanOrEqual(10_000);
        if (first === undefined || second === undefined) return;
        const merged = [{ ...first, quantity: plus(first.quantity, second.quantity) }, ...rest];
        expect(herfindahl(merged)).toBeGreaterThanOrEqual(index);
      }),
      { numRuns: runs(300) },
    );
  });

  test('shares add up to one, each to its last digit; what is above the cap has no headroom left', () => {
    fc.assert(
      fc.property(flowsOf(8), mass, cap, (flows, planned, share) => {
        const { shares, total } = concentrationOf(flows, planned, share, ['US']);
        const off = minus(sumOf(shares.map((each) => each.share)), decimal('1'));
        expect(
          compareDecimal({ ...off, units: off.units < 0n ? -off.units : off.units }, decimal('0.000005')),
        ).toBeLessThanOrEqual(0);
        expect(same(sumOf(shares.map(({ quantity }) => quantity)), total)).toBe(true);
        for (const { inside, aboveCap, headroom, quantity } of shares) {
          expect(inside ? headroom : null).toBeNull();
          if (headroom === null) continue;
          if (aboveCap) expect(headroom.units).toBe(0n);
          // What fills the headroom is at the cap; anything more is above it.
          else {
            expect(same(plus(quantity, headroom), times(share, planned))).toBe(true);
            expect(exceeds(plus(plus(quantity, headroom), decimal('0.000001')), planned, share)).toBe(true);
          }
        }
      }),
      { numRuns: runs(300) },
    );
  });

  test('what others must add, or what must be swapped, brings an origin to its cap and not below by more than a step', () => {
    fc.assert(
      fc.property(mass, mass, cap, (quantity, others, share) => {
        const total = plus(quantity, others);
        const needed = neededFromOthers(share, total, quantity, 6, 'up');
        expect(exceeds(quantity, plus(total, needed), share)).toBe(false);
        if (needed.units > 0n)
          expect(exceeds(quantity, minus(plus(total, needed), decimal('0.000002')), share)).toBe(true);
        const swapped = toBeSwapped(share, total, quantity);
        expect(exceeds(minus(quantity, swapped), total, share)).toBe(false);
        if (swapped.units > 0n) expect(same(minus(quantity, swapped), times(share, total))).toBe(true);
        expect(headroomOfPlanned(share, total, quantity).units > 0n && swapped.units > 0n).toBe(false);
      }),
      { numRuns: runs(300) },
    );
  });

  test('no source taken out leaves less than the largest does', () => {
    fc.assert(
      fc.property(flowsOf(8), (flows) => {
        for (const { quantity } of byOrigin(flows))
          expect(compareDecimal(withoutLargest(flows), minus(totalOf(flows), quantity))).toBeLessThanOrEqual(
            0,
          );
      }),
      { numRuns: runs(200) },
    );
  });
});

const quarters = ['2027-Q1', '2027-Q2', '2027-Q3'];
const product = {
  id: 'cobalt',
  unit: 't',
  lot: { amount: decimal('5'), unit: 't' },
} as never;

const contracts: fc.Arbitrary<AssessedContract[]> = fc
  .array(
    fc.record({
      origin: fc.constantFrom('CD', 'CD', 'AU'),
      destination: fc.constantFrom('DE', 'JP'),
      isOver: fc.boolean(),
      quantities: fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 })), {
        minLength: 3,
        maxLength: 3,
      }),
    }),
    { maxLength: 6 },
  )
  .map((list) =>
    list.map(({ quantities, ...each }, index) => ({
      ...each,
      ...{ contract: `ctr_${index}`, bid: `bid_${index}`, takes: 'b', seller: 's', buyer: 'b' },
      isConditional: false,
      parties: ['s', 'b'],
      certificates: [],
      quarters: quantities.map(([quantity, accepted], quarter) => ({
        quarter: quarters[quarter]!,
        quantity: { units: BigInt(quantity), scale: 1 },
        accepted: { units: BigInt(accepted), scale: 1 },
        ...{ late: decimal('0'), forceMajeure: decimal('0') },
      })),
    })),
  );

test('of a stop: lost = restored + unmet, whichever way it is added up; nothing of what has been accepted is lost', () => {
  fc.assert(
    fc.property(contracts, fc.subarray(quarters, { minLength: 1 }), (all, stopped) => {
      const zones = [['DE'], ['JP']].map((members) => ({
        zone: { id: members[0]!, members } as never,
        ...{ annualUse: null, stockpiles: [], declared: null },
      }));
      const restored = new Map(
        all.map((contract) => [
          contract.contract,
          new Map([...lotsLost(contract, stopped, product)].map(([quarter, lots]) => [quarter, lots / 2n])),
        ]),
      );
      const effect = effectOfStop(
        { contracts: all, consumption: null, zones },
        { origin: 'CD', quarters: stopped },
        restored,
        product,
      );
      for (const parts of [effect.quarters, effect.contracts, effect.zones])
        for (const figure of ['lost', 'restored', 'unmet'] as const)
          expect(same(sumOf(parts.map((part) => part[figure])), effect[figure]), figure).toBe(true);
      expect(same(effect.lost, plus(effect.restored, effect.unmet))).toBe(true);
      const open = all
        .filter(({ origin, isOver }) => origin === 'CD' && !isOver)
        .flatMap((contract) => contract.quarters.filter(({ quarter }) => stopped.includes(quarter)))
        .map(({ quantity, accepted }) =>
          quantity.units > accepted.units ? quantity.units - accepted.units : 0n,
        );
      const most = open.reduce((sum, each) => sum + each, 0n);
      expect(compareDecimal(effect.lost, { units: most, scale: 1 })).toBeLessThanOrEqual(0);
      // Less than a lot of each contract and quarter is not replaced.
      expect(
        compareDecimal(
          { units: most, scale: 1 },
          plus(effect.lost, times(decimal('5'), { units: BigInt(open.length), scale: 0 })),
        ),
      ).toBeLessThanOrEqual(0);
    }),
    { numRuns: runs(200) },
  );
});

test('a project makes nothing before it starts, never more than its capacity, and all of it from the year after', () => {
  fc.assert(
    fc.property(
      mass,
      fc.integer({ min: 2025, max: 2035 }),
      fc.integer({ min: 1, max: 4 }),
      (amount, year, quarter) => {
        const project = {
          ...{ status: 'building', start: `${year}-Q${quarter}` },
          capacityPerYear: { amount, unit: 't' },
        } as Project;
        const [before, first, after] = [year - 1, year, year + 1].map((each) => capacityIn(project, each));
        expect(before!.units).toBe(0n);
        expect(same(first!, times(amount, { units: BigInt(5 - quarter) * 25n, scale: 2 }))).toBe(true);
        expect(same(after!, amount)).toBe(true);
        expect(capacityIn({ ...project, status: 'cancelled' }, year + 1).units).toBe(0n);
      },
    ),
    { numRuns: runs(100) },
  );
});
