import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { succession } from '../../../shared/kernel/succession.ts';
import type { DateRange } from '../../../shared/kernel/time.ts';
import { addDays, inRange } from '../../../shared/kernel/time.ts';

const first = '2027-01-01';
const horizon = 40;
const day = fc.integer({ min: 0, max: horizon - 10 }).map((days) => addDays(first, days));
const range: fc.Arbitrary<DateRange> = fc
  .record({ from: day, length: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) })
  .map(({ from, length }) => ({
    effectiveFrom: from,
    effectiveTo: length === undefined ? undefined : addDays(from, length),
  }));
const days = Array.from({ length: horizon }, (_, step) => addDays(first, step));

/** What administrators would leave behind by setting one rule after another. */
function settle(ranges: readonly DateRange[]): { standing: DateRange[]; refused: DateRange[] } {
  let standing: DateRange[] = [];
  const refused: DateRange[] = [];
  for (const next of ranges) {
    const follows = succession(standing, next);
    if (follows.kind === 'overlaps') refused.push(next);
    else if (follows.kind === 'free') standing.push(next);
    else
      standing = [
        ...standing.map((each) =>
          each === follows.predecessor ? { ...each, effectiveTo: follows.lastDay } : each,
        ),
        next,
      ];
  }
  return { standing, refused };
}

describe('rules set one after another', () => {
  it('never hold two on one day', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), (ranges) => {
        const { standing } = settle(ranges);
        for (const date of days)
          expect(standing.filter((each) => inRange(each, date)).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are refused only for a day that another one holds', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), range, (ranges, next) => {
        const { standing } = settle(ranges);
        const held = days.some((date) => inRange(next, date) && standing.some((each) => inRange(each, date)));
        expect(succession(standing, next).kind === 'free').toBe(!held);
      }),
    );
  });
});
