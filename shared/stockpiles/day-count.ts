import type { CalendarDate } from '../kernel/time.ts';
import { firstDayOf, quarterFromNumber, quarterNumber } from '../kernel/quarter.ts';
import type { Quarter } from '../kernel/quarter.ts';

/**
 * How days are counted and how many make a year, by the names of ISDA's 2006 definitions (4.16 d, e, g): `ACT/365F` counts
 * calendar days of a year of 365, leap years too; `ACT/360` calendar days of a year of 360; `30E/360` months of 30 days,
 * so that each quarter is a quarter of a year.
 */
export const dayCounts = ['ACT/365F', 'ACT/360', '30E/360'] as const;
export type DayCount = (typeof dayCounts)[number];

export const daysOfYear = (dayCount: DayCount): bigint => (dayCount === 'ACT/365F' ? 365n : 360n);

/** A day's place: differences of places are counts of days, so that parts of a period add up to the whole. */
function placeOf(date: CalendarDate, dayCount: DayCount): number {
  if (dayCount !== '30E/360') return Date.parse(date) / 86_400_000;
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return year * 360 + month * 30 + Math.min(day, 30);
}

/** Days from one date to another, the first included, the last not; never negative. */
export const daysBetween = (from: CalendarDate, to: CalendarDate, dayCount: DayCount): bigint =>
  BigInt(Math.max(0, placeOf(to, dayCount) - placeOf(from, dayCount)));

/** The first day after a quarter. */
export const dayAfter = (quarter: Quarter): CalendarDate =>
  firstDayOf(quarterFromNumber(quarterNumber(quarter) + 1));

/** The same day so many months later, or the last of that month. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  last.setUTCDate(Math.min(day, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}
