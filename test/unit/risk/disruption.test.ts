import { describe, expect, it } from 'vitest';
import { decimal, formatDecimal } from '../../../shared/kernel/decimal.ts';
import { alertId } from '../../../shared/risk/alert.ts';
import type { Disruption } from '../../../shared/risk/disruption.ts';
import { disruptionTermsSchema } from '../../../shared/risk/disruption.ts';
import { cutShare, effectAt, isAbout, isOnLane, partOf } from '../../../shared/risk/effect.ts';
import { levelOf, severityOf, shortfallOf } from '../../../shared/risk/severity.ts';

const terms = {
  kind: 'export-ban',
  title: 'Export ban on gallium, germanium and antimony',
  origins: ['CN'],
  minerals: ['gallium'],
  destinations: ['US'],
  from: '2024-12-03',
  suspended: [{ from: '2025-11-09', to: '2026-11-27' }],
  source: 'MOFCOM announcement 46 of 2024',
};
const recorded = { version: 1, recordedAt: '2026-11-22T12:00:00.000Z', recordedBy: 'ada' };
const ban: Disruption = {
  ...disruptionTermsSchema.parse(terms),
  ...{ id: `dis_${'A'.repeat(26)}`, status: 'entered', ...recorded },
};

describe('what a disruption does on a day', () => {
  it.each([
    ['2024-12-02', 'ahead', '2024-12-03', 'in-force'],
    ['2024-12-03', 'in-force', '2025-11-09', 'suspended'],
    ['2025-11-09', 'suspended', '2026-11-28', 'in-force'],
    // The last day of a suspension is a day of it.
    ['2026-11-27', 'suspended', '2026-11-28', 'in-force'],
    ['2026-11-28', 'in-force', undefined, undefined],
  ])('%s: %s, until %s', (date, state, on, then) => {
    expect(effectAt(ban, date)).toEqual({ state, next: on && { on, state: then } });
  });

  it('ends with its last day, and is nothing on any day once withdrawn', () => {
    const ended = { ...ban, to: '2026-12-31' };
    expect(effectAt(ended, '2026-12-31')).toEqual({
      state: 'in-force',
      next: { on: '2027-01-01', state: 'ended' },
    });
    expect(effectAt({ ...ban, status: 'withdrawn' }, '2024-12-03')).toEqual({ state: 'withdrawn' });
  });

  it('passes over a change that changes nothing: two suspensions that follow one another', () => {
    const again = { ...ban, suspended: [...ban.suspended!, { from: '2026-11-28', to: '2027-11-27' }] };
    expect(effectAt(again, '2026-11-22')).toEqual({
      state: 'suspended',
      next: { on: '2027-11-28', state: 'in-force' },
    });
  });

  it('is about products by name or mineral, at its stages, from its origins to its destinations', () => {
    const gallium = { id: 'ga-4n', mineral: 'gallium', stage: 'refining' } as const;
    expect(isAbout(ban, gallium)).toBe(true);
    expect(isAbout({ ...ban, stages: ['mining'] }, gallium)).toBe(false);
    expect(isAbout({ products: ['ge'], minerals: ['germanium'] }, gallium)).toBe(false);
    expect(isAbout({ products: ['ga-4n'] }, gallium)).toBe(true);
    expect(isOnLane(ban, { origin: 'CN', destination: 'US' })).toBe(true);
    expect(isOnLane(ban, { origin: 'CN', destination: 'JP' })).toBe(false);
    expect(isOnLane(ban, { origin: 'CA', destination: 'US' })).toBe(false);
  });
});

describe('what a quota leaves', () => {
  const quota = (allowed: string, of: string) => ({
    quota: {
      allowed: { amount: decimal(allowed), unit: 't' as const },
      of: { amount: decimal(of), unit: 't' as const },
    },
  });

  it('T11: 96 600 of the 310 000 t that the world mines can leave the Congo', () => {
    const part = partOf({ allowed: decimal('96600'), of: decimal('310000') });
    expect(formatDecimal(part)).toBe('0.311612903');
  });

  it('cuts what is above it, rounded up; without quantities, all of the part that it is about', () => {
    expect(formatDecimal(cutShare(quota('96600', '230000')))).toBe('0.58');
    expect(formatDecimal(cutShare(quota('1', '3')))).toBe('0.666666667');
    expect(formatDecimal(cutShare({}))).toBe('1');
    expect(formatDecimal(cutShare({ affectedShare: decimal('0.25') }))).toBe('0.25');
  });
});

describe('severity', () => {
  const cover = (days: string, target: string) => ({ days: decimal(days), target: decimal(target) });

  it.each([
    ['export-ban', '0.742', cover('0', '60'), '0.742', 3],
    ['export-ban', '0.742', cover('30', '60'), '0.371', 2],
    ['export-ban', '0.742', cover('60', '60'), '0', 0],
    ['export-ban', '0.742', cover('90', '60'), '0', 0],
    ['quota', '0.742', undefined, '0.5936', 2],
    ['quota', '0.75', undefined, '0.6', 3],
    ['licence', '0.7', undefined, '0.35', 2],
    ['tax', '0.5', undefined, '0.15', 1],
    ['tax', '0.499999', undefined, '0.15', 1],
    ['tax', '0.49', undefined, '0.147', 0],
    ['licence', '1', cover('1', '3'), '0.333334', 1],
  ] as const)('%s of %s: %o comes to %s', (kind, share, covered, severity, level) => {
    const found = severityOf(kind, decimal(share), covered);
    expect(formatDecimal(found)).toBe(severity);
    expect(levelOf(found)).toBe(level);
  });

  it('of a shortfall is what is missing', () => {
    expect(formatDecimal(shortfallOf(decimal('60.8'), decimal('100')))).toBe('0.392');
    expect(formatDecimal(shortfallOf(decimal('120'), decimal('100')))).toBe('0');
  });
});

describe('terms', () => {
  it.each([
    ['nothing named', { minerals: undefined }, 'products'],
    ['an end before the beginning', { to: '2024-12-02' }, 'to'],
    ['a quota without quantities', { kind: 'quota' }, 'quota'],
    [
      'a suspension that ends before it begins',
      { suspended: [{ from: '2026-02-02', to: '2026-02-01' }] },
      'to',
    ],
    [
      'suspensions that overlap',
      {
        suspended: [
          { from: '2026-02-01', to: '2026-03-01' },
          { from: '2026-03-01', to: '2026-04-01' },
        ],
      },
      'from',
    ],
    ['no part of anything', { affectedShare: '0' }, 'affectedShare'],
    ['an origin twice', { origins: ['CN', 'CN'] }, 'origins'],
  ])('refuse %s', (_, changed, field) => {
    const parsed = disruptionTermsSchema.safeParse({ ...terms, ...changed });
    expect(parsed.error?.issues.map(({ path }) => String(path.at(-1)))).toEqual([field]);
  });
});

describe('one cause', () => {
  it('has one id, whatever the order of its fields, and another cause another', () => {
    const cause = { kind: 'disruption', product: 'ga', zone: 'us', subject: 'dis_1' } as const;
    const turned = { subject: 'dis_1', zone: 'us', product: 'ga', kind: 'disruption' } as const;
    expect(alertId(turned)).toBe(alertId(cause));
    expect(alertId({ ...cause, zone: null })).not.toBe(alertId(cause));
    expect(alertId(cause)).toMatch(/^alt_[0-9a-f]{40}$/);
  });
});
