import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, inRange } from '../../../shared/kernel/time.ts';
import type { Regulation } from '../../../shared/pricing/zone-overlap.ts';
import { zoneOverlap } from '../../../shared/pricing/zone-overlap.ts';
import type { Zone } from '../../../shared/reference/zone.ts';

const today = '2027-01-10';
const countries = ['AU', 'CA', 'DE', 'JP'];
const ids = ['a', 'b', 'c'];
const day = fc.integer({ min: -10, max: 20 }).map((days) => addDays(today, days));
const regulation: fc.Arbitrary<Regulation> = fc.record({
  zone: fc.constantFrom(...ids),
  product: fc.constantFrom('p', 'q'),
  effectiveFrom: day,
  effectiveTo: fc.option(day, { nil: undefined }),
});
const members = fc.subarray(countries, { minLength: 1 });
const days = Array.from({ length: 40 }, (_, step) => addDays(today, step));

describe('zone overlap', () => {
  it('is exactly: some country, on some day from today, is regulated twice for one product', () => {
    fc.assert(
      fc.property(
        fc.tuple(members, members, members),
        fc.array(regulation, { maxLength: 6 }),
        regulation,
        (memberships, others, own) => {
          const zones = ids.map(
            (id, index) => ({ id, members: memberships[index] ?? [] }) as unknown as Zone,
          );
          const zone = zones.find(({ id }) => id === own.zone)!;
          const twice = days.some((date) =>
            zone.members.some(
              (country) =>
                inRange(own, date) &&
                others.some(
                  (other) =>
                    other.zone !== own.zone &&
                    other.product === own.product &&
                    inRange(other, date) &&
                    zones.find(({ id }) => id === other.zone)?.members.includes(country),
                ),
            ),
          );
          expect(zoneOverlap(zone, [own], others, zones, today)?.code).toBe(
            twice ? 'zone_overlap' : undefined,
          );
        },
      ),
    );
  });
});
