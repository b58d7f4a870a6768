import type { CalendarDate, DateRange } from './time.ts';
import { addDays, rangesOverlap } from './time.ts';

/** What a new dated rule means for those that stand beside it. */
export type Succession<T> =
  | { readonly kind: 'free' }
  /** The one it takes over from, and the last day that one keeps (before its first, if both begin together). */
  | { readonly kind: 'succeeds'; readonly predecessor: T; readonly lastDay: CalendarDate }
  | { readonly kind: 'overlaps'; readonly other: T };

/**
 * Two rules for the same thing never hold on one day. One that begins inside an open-ended one takes over from
 * it; any other overlap has no single meaning and is refused.
 */
export function succession<T extends DateRange>(standing: readonly T[], next: DateRange): Succession<T> {
  const overlapping = standing.filter((range) => rangesOverlap(range, next));
  const other = overlapping.find(
    (range) => range.effectiveTo !== undefined || range.effectiveFrom > next.effectiveFrom,
  );
  if (other !== undefined) return { kind: 'overlaps', other };
  const [predecessor, second] = overlapping;
  if (predecessor === undefined) return { kind: 'free' };
  // Two open-ended ones already overlap each other; whoever let them stand, nothing can take over from both.
  if (second !== undefined) return { kind: 'overlaps', other: second };
  return { kind: 'succeeds', predecessor, lastDay: addDays(next.effectiveFrom, -1) };
}
