import * as z from 'zod';
import type { CalendarDate } from './time.ts';

/** A calendar quarter such as "2027-Q1"; sorts as text. */
export type Quarter = string;

export const quarterSchema = z
  .string()
  .regex(/^20\d\d-Q[1-4]$/, 'expected a calendar quarter such as "2027-Q1"')
  .meta({ id: 'Quarter', examples: ['2027-Q1'] });

/** Quarters since year 0, so that neighbours differ by one. */
export const quarterNumber = (quarter: Quarter): number =>
  Number(quarter.slice(0, 4)) * 4 + Number(quarter.slice(6)) - 1;

export const quarterFromNumber = (number: number): Quarter =>
  `${Math.floor(number / 4)
    .toString()
    .padStart(4, '0')}-Q${(number % 4) + 1}`;

export const quarterOf = (date: CalendarDate): Quarter =>
  `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;

export const yearOf = (quarter: Quarter): number => Number(quarter.slice(0, 4));

/** The first day of the quarter. */
export const firstDayOf = (quarter: Quarter): CalendarDate =>
  `${quarter.slice(0, 4)}-${String(Number(quarter.slice(6)) * 3 - 2).padStart(2, '0')}-01`;

/** A quarter that has begun at this date can no longer be sold for. */
export const hasBegun = (quarter: Quarter, on: CalendarDate): boolean => firstDayOf(quarter) <= on;

/** Whether the quarter is over on that day. */
export const hasEnded = (quarter: Quarter, on: CalendarDate): boolean =>
  hasBegun(quarterFromNumber(quarterNumber(quarter) + 1), on);

/** All quarters from `from` to `to`, both included; empty if `to` is before `from`. */
export function quartersBetween(from: Quarter, to: Quarter): Quarter[] {
  const first = quarterNumber(from);
  const length = Math.max(0, quarterNumber(to) - first + 1);
  return Array.from({ length }, (_, step) => quarterFromNumber(first + step));
}
