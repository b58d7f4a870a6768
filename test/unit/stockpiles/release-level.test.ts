import { describe, expect, it } from 'vitest';
import { decimal } from '../../../shared/kernel/decimal.ts';
import type { Assessment } from '../../../shared/risk/assessment.ts';
import { releaseLevel } from '../../../shared/risk/release-level.ts';
import { releaseRulesSchema } from '../../../shared/stockpiles/release-rules.ts';

const stockpile = `stp_${'0'.repeat(26)}`;
const rules = releaseRulesSchema.parse({});
const d = decimal;
const price = (amount: string) => ({
  ...{ date: '2026-11-01', source: 'clearings' },
  price: { amount: d(amount), currency: 'USD' as const, per: 'kg' as const },
});
const cover = (available: string, days: string, changes: object = {}) => ({
  ...{ stockpile, basis: 'consumption' as const, available: d(available), days: d(days) },
  ...{ targetDays: d('100'), target: d('1000'), belowTarget: Number(available) < 1000 },
  ...changes,
});
const disruption = (kind: string, share: string | null, declared: string | null = null, exposed = '0') => ({
  ...{
    disruption: 'dis',
    kind,
    origins: ['CN'],
    exposed: { amount: d(exposed), unit: 'kg' },
    share: null,
    days: null,
  },
  shareOfSource: share === null ? null : d(share),
  shareOfDeclared: declared === null ? null : d(declared),
});
const top = (quantity: string, inside = false) => ({ origin: 'CN', inside, quantity: d(quantity) });

/** Nothing is wrong: every figure is known, and none is beyond its threshold. */
const calm = {
  ...{
    cover: [cover('1000', '100')],
    consumption: d('1000'),
    total: d('1000'),
    shares: [top('650')],
    declared: null,
  },
  late: { late: d('200'), due: d('1000'), share: d('0.2'), contracts: [] },
  prices: { last: price('149.99'), before: price('100'), change90Days: d('0.4999') },
  forceMajeure: { quantity: d('250'), share: d('0.25') },
  disruptions: [disruption('export-ban', '0.40'), disruption('licence', '0.30')],
};
const levelOf = (changes: object, of = rules) =>
  releaseLevel({ ...calm, ...changes } as unknown as Assessment, stockpile, of);
const met = (changes: object) =>
  levelOf(changes)
    .conditions.filter((condition) => condition.met)
    .map(({ code }) => code);

const below = { cover: [cover('999.999', '99.9999')] };
const concentrated = { shares: [top('650.001')] };
const licence = { disruptions: [disruption('licence', '0.300001')] };
const scarce = { cover: [cover('749.999', '74.9999')] };
const dear = { prices: { last: price('150'), before: price('100'), change90Days: d('0.5') } };
const late = { late: { late: d('200.001'), due: d('1000'), share: d('0.2'), contracts: [] } };
const excused = { forceMajeure: { quantity: d('250.001'), share: d('0.25') } };

describe('the level of a release', () => {
  it('is 0 where every figure is just on its threshold', () => {
    expect(met({})).toEqual([]);
    expect(levelOf({}).level).toBe(0);
    expect(levelOf({}).conditions).toHaveLength(9);
  });

  it.each([
    ['below target alone', below, 0],
    ['below target and concentrated', { ...below, ...concentrated }, 1],
    ['concentrated and licensed', { ...concentrated, ...licence }, 1],
    ['below three quarters alone', scarce, 0],
    ['below three quarters, so below target, and concentrated', { ...scarce, ...concentrated }, 1],
    ['below three quarters and dear', { ...scarce, ...dear }, 2],
    ['dear and late', { ...dear, ...late }, 2],
    ['force majeure alone', excused, 0],
    ['a ban of a source above 40 %', { disruptions: [disruption('export-ban', '0.400001')] }, 3],
    ['a quota on one that only the statistics know', { disruptions: [disruption('quota', null, '0.7')] }, 3],
    ['a tax on all of it', { disruptions: [disruption('tax', '1')] }, 0],
    ['cover of 30 days', { cover: [cover('300', '30')] }, 0],
    ['cover of less', { cover: [cover('299.999', '29.9999')] }, 3],
    ['nothing in the warehouse', { cover: [cover('0', '0')] }, 3],
  ])('with %s is found', (_, changes, level) => {
    expect(levelOf(changes).level).toBe(level);
  });

  it('takes what is not known for met in no condition, and says so', () => {
    const unknown = {
      ...{
        cover: [],
        shares: [],
        consumption: null,
        total: d('0'),
        disruptions: [disruption('quota', null)],
      },
      late: { late: d('0'), due: d('0'), share: null, contracts: [] },
      prices: { last: null, before: null, change90Days: null },
      forceMajeure: { quantity: d('0'), share: null },
    };
    const found = levelOf(unknown);
    expect(found.level).toBe(0);
    expect(found.conditions.map(({ figure }) => figure)).toEqual(Array.from({ length: 9 }, () => null));
  });

  it('looks at other stockpiles, members of the zone and single figures no further than it should', () => {
    expect(met({ cover: [cover('1', '1', { stockpile: `stp_${'1'.repeat(26)}` })] })).toEqual([]);
    expect(met({ shares: [top('900', true), top('650')] })).toEqual([]);
    expect(met({ declared: { total: d('1000'), shares: [top('700')] } })).toEqual(['top_source_share']);
    // Of the supply, where no consumption is declared.
    expect(met({ consumption: null, total: d('900'), shares: [top('650')] })).toContain('top_source_share');
  });

  it('counts force majeure once, whether the parties or the news tell of it', () => {
    expect(met({ disruptions: [disruption('force-majeure', '0.3', null, '251')] })).toEqual([
      'force_majeure',
    ]);
    expect(met({ disruptions: [disruption('force-majeure', '0.3', null, '125')] })).toEqual([]);
  });

  it('goes by the stockpile’s own published rules', () => {
    const strict = releaseRulesSchema.parse({ emergency: { coverDays: 90 }, tight: { lateShare: '0.1' } });
    expect(levelOf({ cover: [cover('899', '89.9')] }, strict).level).toBe(3);
    expect(levelOf({ ...dear }, strict).level).toBe(2);
    expect(levelOf({ ...dear }).level).toBe(0);
  });
});
