/** RFC 3339 UTC with milliseconds; sorts as text. */
export type Instant = string;

/** ISO 8601 calendar date; sorts as text. */
export type CalendarDate = string;

/** The caller's clock: nothing in this folder reads the time by itself. */
export type Clock = () => Instant;

export const instantOf = (milliseconds: number): Instant => new Date(milliseconds).toISOString();
export const millisecondsOf = (instant: Instant): number => Date.parse(instant);

/** The UTC date of an instant. */
export const dateOf = (instant: Instant): CalendarDate => instant.slice(0, 10);

export const addDays = (date: CalendarDate, days: number): CalendarDate =>
  dateOf(instantOf(Date.parse(date) + days * 86_400_000));

/** A range of dates, both ends included; open-ended without `effectiveTo`. */
export interface DateRange {
  readonly effectiveFrom: CalendarDate;
  readonly effectiveTo?: CalendarDate | undefined;
}

export const inRange = (range: DateRange, date: CalendarDate): boolean =>
  range.effectiveFrom <= date && (range.effectiveTo === undefined || date <= range.effectiveTo);

/** A range that ends before it begins (superseded on its first day) overlaps nothing. */
export const rangesOverlap = (a: DateRange, b: DateRange): boolean =>
  !isEmpty(a) &&
  !isEmpty(b) &&
  (b.effectiveTo === undefined || a.effectiveFrom <= b.effectiveTo) &&
  (a.effectiveTo === undefined || b.effectiveFrom <= a.effectiveTo);

const isEmpty = (range: DateRange): boolean =>
  range.effectiveTo !== undefined && range.effectiveTo < range.effectiveFrom;

/** Some day of the range is still to come, or is this one. */
export const isStanding = (range: DateRange, today: CalendarDate): boolean =>
  !isEmpty(range) && (range.effectiveTo === undefined || today <= range.effectiveTo);

/** The latest of some instants. */
export const latestOf = (first: Instant, ...others: readonly (Instant | undefined)[]): Instant =>
  others.reduce<Instant>((latest, other) => (other !== undefined && other > latest ? other : latest), first);
