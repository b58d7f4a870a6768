import * as z from 'zod';
import { compareDecimal } from '../../kernel/decimal.ts';
import { countrySchema } from '../../kernel/ids.ts';
import type { Price } from '../../kernel/money.ts';
import { priceSchema } from '../../kernel/money.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import type { ContractTerms } from '../../contracts/chain.ts';

/** Landed prices paid, lowest and highest. */
export const priceRangeSchema = z.strictObject({ low: priceSchema, high: priceSchema });
export type PriceRange = z.output<typeof priceRangeSchema>;

/** What a run's contracts pay in the first quarter that they deliver to a country. */
export const landedSchema = z.strictObject({
  destination: countrySchema,
  quarter: quarterSchema,
  landedPrice: priceRangeSchema,
});
export type Landed = z.output<typeof landedSchema>;

/**
 * Landed prices by destination, in their order: of what no programme supports, unless one supports all. A zone's floor
 * holds at its own destinations, so what somebody pays elsewhere says nothing of it.
 */
export function landedByDestination(
  contracts: readonly Pick<ContractTerms, 'destination' | 'schedule'>[],
): Landed[] {
  const byDestination = Map.groupBy(contracts, ({ destination }) => destination);
  return [...byDestination]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([destination, group]) => {
      const entries = group.flatMap(({ schedule }) => schedule);
      const quarter = entries.map((entry) => entry.quarter).sort()[0];
      if (quarter === undefined) return [];
      const first = entries.filter((entry) => entry.quarter === quarter);
      const unsupported = first.filter(({ waterfall }) => waterfall.support.units === 0n);
      const prices = (unsupported.length > 0 ? unsupported : first).map(({ landedPrice }) => landedPrice);
      return [
        { destination, quarter, landedPrice: rangeOf(prices.map((price) => ({ low: price, high: price })))! },
      ];
    });
}

/** Of the destinations that are wanted, the lowest and the highest; none where nothing was delivered to any. */
export const landedInto = (
  landed: readonly Landed[] | undefined,
  isWanted: (destination: string) => boolean,
): PriceRange | undefined =>
  rangeOf(
    (landed ?? []).filter(({ destination }) => isWanted(destination)).map(({ landedPrice }) => landedPrice),
  );

function rangeOf(ranges: readonly PriceRange[]): PriceRange | undefined {
  const [first] = ranges;
  if (first === undefined) return undefined;
  const pick = (of: 'low' | 'high', sign: number): Price =>
    ranges.reduce(
      (best, range) => (compareDecimal(range[of].amount, best.amount) * sign > 0 ? range[of] : best),
      first[of],
    );
  return { low: pick('low', -1), high: pick('high', 1) };
}
