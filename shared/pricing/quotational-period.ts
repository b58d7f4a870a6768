import type { Quarter } from '../kernel/quarter.ts';
import { quarterNumber } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { addDays } from '../kernel/time.ts';
import type { Window } from './reference-price.ts';

/** The window of a reference: so many whole months, which end so many months after the quarter of delivery does. */
export interface QuotationalPeriod {
  readonly offset: number;
  readonly months: number;
}

/** What holds where no standard form says otherwise: the quarter of delivery itself. */
const quarterItself: QuotationalPeriod = { offset: 0, months: 3 };

const firstOfMonth = (monthsSinceYearZero: number): CalendarDate => {
  const year = String(Math.floor(monthsSinceYearZero / 12)).padStart(4, '0');
  return `${year}-${String((monthsSinceYearZero % 12) + 1).padStart(2, '0')}-01`;
};

export function quotationalWindow(
  quarter: Quarter,
  { offset, months }: QuotationalPeriod = quarterItself,
): Window {
  const behind = (quarterNumber(quarter) + 1) * 3 + offset;
  return { from: firstOfMonth(behind - months), to: addDays(firstOfMonth(behind), -1) };
}
