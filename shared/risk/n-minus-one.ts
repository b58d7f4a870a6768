import * as z from 'zod';
import type { Decimal } from '../kernel/decimal.ts';
import { decimalCodec } from '../kernel/decimal.ts';
import { countrySchema } from '../kernel/ids.ts';
import type { OriginQuantity } from './concentration.ts';
import { byOrigin, ratio, withoutLargest } from './concentration.ts';

export const nMinusOneSchema = z.strictObject({
  /** The largest source, which is left out; null where there is no supply. */
  without: countrySchema.nullable(),
  /** In the product's own unit. */
  supply: decimalCodec,
  demand: decimalCodec.nullable(),
  /** supply ÷ demand to four digits, rounded down; null where no demand is declared. */
  cover: decimalCodec.nullable(),
});
export type NMinusOne = z.output<typeof nMinusOneSchema>;

/**
 * What is left when the largest source stops, against demand (the N−1 case of the International Energy Agency's Global
 * Critical Minerals Outlook 2025, without taking off the source's own demand).
 */
export function nMinusOne(flows: readonly OriginQuantity[], demand: Decimal | null): NMinusOne {
  const supply = withoutLargest(flows);
  return {
    without: byOrigin(flows)[0]?.origin ?? null,
    ...{ supply, demand },
    cover: demand === null ? null : ratio(supply, demand, 4, 'down'),
  };
}
