import { describe, expect, it } from 'vitest';
import {
  firstDayOf,
  hasBegun,
  quarterOf,
  quarterSchema,
  quartersBetween,
} from '../../../shared/kernel/quarter.ts';
import { addDays, inRange, rangesOverlap } from '../../../shared/kernel/time.ts';

describe('quarters', () => {
  it('follow the calendar', () => {
    expect(quarterOf('2027-01-01')).toBe('2027-Q1');
    expect(quarterOf('2027-03-31')).toBe('2027-Q1');
    expect(quarterOf('2027-12-31')).toBe('2027-Q4');
    expect(firstDayOf('2027-Q3')).toBe('2027-07-01');
  });

  it('run across the year', () => {
    expect(quartersBetween('2027-Q3', '2028-Q2')).toEqual(['2027-Q3', '2027-Q4', '2028-Q1', '2028-Q2']);
    expect(quartersBetween('2028-Q1', '2027-Q4')).toEqual([]);
  });

  it('have begun on their first day', () => {
    expect(hasBegun('2027-Q1', '2026-12-31')).toBe(false);
    expect(hasBegun('2027-Q1', '2027-01-01')).toBe(true);
  });

  it('are refused when no such quarter exists', () => {
    for (const text of ['2027-Q5', '2027Q1', '27-Q1', '2027-q1', '1999-Q1'])
      expect(quarterSchema.safeParse(text).success).toBe(false);
  });
});

describe('date ranges', () => {
  it('include both ends', () => {
    const range = { effectiveFrom: '2027-01-01', effectiveTo: '2027-12-31' };
    expect(
      ['2026-12-31', '2027-01-01', '2027-12-31', '2028-01-01'].map((date) => inRange(range, date)),
    ).toEqual([false, true, true, false]);
  });

  it('overlap when they share a day, and a range ended before it began overlaps nothing', () => {
    const year = { effectiveFrom: '2027-01-01', effectiveTo: '2027-12-31' };
    expect(rangesOverlap(year, { effectiveFrom: '2027-12-31' })).toBe(true);
    expect(rangesOverlap(year, { effectiveFrom: '2028-01-01' })).toBe(false);
    expect(rangesOverlap(year, { effectiveFrom: '2027-05-01', effectiveTo: '2027-04-30' })).toBe(false);
  });

  it('cross months, years and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2027-01-01', -1)).toBe('2026-12-31');
  });
});
