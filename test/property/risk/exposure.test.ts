import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumOf, times } from '../../../shared/kernel/arithmetic.ts';
import { compareDecimal, decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import type { AssessedContract } from '../../../shared/risk/assessment-inputs.ts';
import type { Disruption } from '../../../shared/risk/disruption.ts';
import { cutShare, stateOn } from '../../../shared/risk/effect.ts';
import { bandOfSupply, exposedContracts, isHit, replacementCost } from '../../../shared/risk/exposure.ts';
import { addDays } from '../../../shared/kernel/time.ts';
import { runs } from '../../support/runs.ts';

const quarters = ['2026-Q4', '2027-Q1', '2027-Q2', '2027-Q3'];
const day = fc.integer({ min: -200, max: 500 }).map((days) => addDays('2026-11-22', days));
const disruption: fc.Arbitrary<Disruption> = fc
  .record({
    from: day,
    lasts: fc.option(fc.nat(400)),
    pause: fc.option(fc.tuple(fc.nat(200), fc.nat(100))),
    allowed: fc.option(fc.nat(300)),
  })
  .map(({ from, lasts, pause, allowed }) => ({
    ...{ kind: allowed === null ? 'export-ban' : 'quota', title: 'A disruption', origins: ['CD'] },
    ...{ destinations: ['DE'], minerals: ['cobalt'], from, source: 'A gazette', status: 'entered' },
    ...(lasts === null ? {} : { to: addDays(from, lasts) }),
    ...(pause === null
      ? {}
      : { suspended: [{ from: addDays(from, pause[0]), to: addDays(from, pause[0] + pause[1]) }] }),
    ...(allowed === null
      ? {}
      : {
          quota: {
            allowed: { amount: { units: BigInt(allowed), scale: 0 }, unit: 't' },
            of: { amount: decimal('300'), unit: 't' },
          },
        }),
    ...{ id: `dis_${'A'.repeat(26)}`, version: 1, recordedAt: '2026-11-22T12:00:00.000Z', recordedBy: 'ada' },
  }));
const contracts: fc.Arbitrary<AssessedContract[]> = fc
  .array(
    fc.record({
      origin: fc.constantFrom('CD', 'CD', 'AU'),
      destination: fc.constantFrom('DE', 'DE', 'JP'),
      isOver: fc.constantFrom(false, false, true),
      amounts: fc.array(fc.tuple(fc.nat(900), fc.nat(900)), { minLength: 4, maxLength: 4 }),
    }),
    { maxLength: 6 },
  )
  .map((list) =>
    list.map(({ amounts, ...each }, index) => ({
      ...each,
      ...{
        contract: `ctr_${index}`,
        bid: `bid_${index}`,
        takes: 'b',
        seller: 's',
        buyer: 'b',
        parties: ['s', 'b'],
      },
      ...{ isConditional: false, certificates: [] },
      quarters: amounts.map(([quantity, accepted], quarter) => ({
        quarter: quarters[quarter]!,
        quantity: { units: BigInt(quantity), scale: 1 },
        accepted: { units: BigInt(accepted), scale: 1 },
        ...{ late: decimal('0'), forceMajeure: decimal('0') },
      })),
    })),
  );

test('what is exposed is the same by quarter, by contract and in all, and nothing of it is of other lanes or accepted', () => {
  fc.assert(
    fc.property(disruption, contracts, (hits, all) => {
      const of = exposedContracts(hits, all, quarters, '2026-11-22', { unit: 't' });
      const sum = (parts: readonly { exposed: { amount: { units: bigint; scale: number } } }[]) =>
        sumOf(parts.map(({ exposed }) => exposed.amount));
      expect(compareDecimal(sum(of.quarters), of.exposed.amount)).toBe(0);
      expect(compareDecimal(sum(of.contracts), of.exposed.amount)).toBe(0);
      // Stated a second time, quantity by quantity.
      let plain = decimal('0');
      for (const contract of all)
        for (const { quarter, quantity, accepted } of contract.quarters)
          if (
            !contract.isOver &&
            contract.origin === 'CD' &&
            contract.destination === 'DE' &&
            isHit(hits, quarter, '2026-11-22') &&
            compareDecimal(quantity, accepted) > 0
          )
            plain = sumOf([plain, { units: quantity.units - accepted.units, scale: 1 }]);
      expect(compareDecimal(times(plain, cutShare(hits)), of.exposed.amount)).toBe(0);
    }),
    { numRuns: runs(200) },
  );
});

test('a quarter is hit if the disruption is in force on a day of it that is still to come', () => {
  fc.assert(
    fc.property(disruption, fc.constantFrom(...quarters), (hits, quarter) => {
      let day =
        quarter === '2026-Q4'
          ? '2026-11-22'
          : `${quarter.slice(0, 4)}-0${Number(quarter.slice(6)) * 3 - 2}-01`;
      const end = quarter === '2026-Q4' ? '2027-01-01' : addDays(day, 89);
      let any = false;
      for (; day < end; day = addDays(day, 1)) any ||= stateOn(hits, day) === 'in-force';
      if (any) expect(isHit(hits, quarter, '2026-11-22')).toBe(true);
      if (isHit(hits, quarter, '2026-11-22') && quarter === '2026-Q4') expect(any).toBe(true);
    }),
    { numRuns: runs(100) },
  );
});

test('a replacement costs at least what it is worth, by less than a minor unit, and bands are of the whole', () => {
  const price = { amount: decimal('25.005'), currency: 'USD', per: 'kg' } as const;
  expect(formatDecimal(replacementCost([{ exposed: decimal('0.3'), price }])!.cost.amount)).toBe('7.51');
  expect(formatDecimal(replacementCost([{ exposed: decimal('0'), price }])!.cost.amount)).toBe('0.00');
  expect([decimal('0'), decimal('1'), decimal('2')].map((each) => bandOfSupply(each, decimal('2')))).toEqual([
    ...['none', 'some', 'enough'],
  ]);
});
