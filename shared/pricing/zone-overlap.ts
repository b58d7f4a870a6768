import type { Problem } from '../kernel/problem.ts';
import { problem } from '../kernel/problem.ts';
import type { CalendarDate, DateRange } from '../kernel/time.ts';
import { isStanding, rangesOverlap } from '../kernel/time.ts';
import type { Zone } from '../reference/zone.ts';
import type { StandardsRule } from '../standards/standards-rule.ts';
import type { Floor } from './floor.ts';

/** A zone's say over a product, by a floor or by a standards rule, on the days of a range. */
export interface Regulation extends DateRange {
  readonly zone: string;
  readonly product: string;
}

/** Everything that regulates today or will: approved floors and standards rules that have not ended. */
export const standingRegulations = (
  floors: readonly Floor[],
  rules: readonly StandardsRule[],
  today: CalendarDate,
): Regulation[] =>
  [...floors.filter((floor) => floor.status === 'approved'), ...rules].filter((regulation) =>
    isStanding(regulation, today),
  );

/**
 * A destination has one floor and one set of rules for a product, so no country may lie in two zones that both
 * regulate it on one day, today or later (what has been decided is not decided anew). `zone` is the zone as it
 * would be, `own` what regulates in it, `others` everything that stands. Error: zone_overlap.
 */
export function zoneOverlap(
  zone: Pick<Zone, 'id' | 'members'>,
  own: readonly Regulation[],
  others: readonly Regulation[],
  zones: readonly Zone[],
  today: CalendarDate,
): Problem | undefined {
  for (const regulation of own) {
    for (const other of others) {
      if (other.zone === zone.id || other.product !== regulation.product) continue;
      if (!rangesOverlap(fromToday(regulation, today), fromToday(other, today))) continue;
      const shared = zones
        .find(({ id }) => id === other.zone)
        ?.members.find((country) => zone.members.includes(country));
      if (shared !== undefined)
        return problem(
          'zone_overlap',
          `${shared} would have floors or rules for ${regulation.product} from two zones, ` +
            `${zone.id} and ${other.zone}.`,
        );
    }
  }
  return undefined;
}

const fromToday = (range: DateRange, today: CalendarDate): DateRange => ({
  effectiveFrom: range.effectiveFrom < today ? today : range.effectiveFrom,
  effectiveTo: range.effectiveTo,
});
