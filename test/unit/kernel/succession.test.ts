import { describe, expect, it } from 'vitest';
import { succession } from '../../../shared/kernel/succession.ts';

const range = (effectiveFrom: string, effectiveTo?: string) => ({ effectiveFrom, effectiveTo });

describe('succession', () => {
  it.each([
    ['nothing stands', [], range('2027-01-01'), { kind: 'free' }],
    ['one that has ended', [range('2026-01-01', '2026-12-31')], range('2027-01-01'), { kind: 'free' }],
    ['one that is empty', [range('2027-01-01', '2026-12-31')], range('2026-01-01'), { kind: 'free' }],
    [
      'inside an open-ended one',
      [range('2026-01-01')],
      range('2027-03-01'),
      { kind: 'succeeds', lastDay: '2027-02-28' },
    ],
    [
      'on its first day',
      [range('2026-01-01')],
      range('2026-01-01'),
      { kind: 'succeeds', lastDay: '2025-12-31' },
    ],
    ['around a later open-ended one', [range('2027-01-01')], range('2026-01-01'), { kind: 'overlaps' }],
    [
      'before a later open-ended one',
      [range('2027-01-01')],
      range('2026-01-01', '2026-12-31'),
      { kind: 'free' },
    ],
    ['inside one that ends', [range('2026-01-01', '2027-12-31')], range('2027-12-31'), { kind: 'overlaps' }],
    [
      'inside an open-ended one and over a later one',
      [range('2026-01-01'), range('2026-06-01', '2026-06-30')],
      range('2026-03-01'),
      { kind: 'overlaps' },
    ],
  ])('%s', (_name, standing, next, expected) => {
    expect(succession(standing, next)).toMatchObject(expected);
  });
});
