import * as z from 'zod';
import type { Problem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import { quantitySchema, zeroableQuantitySchema } from '../kernel/quantity.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterNumber, quarterSchema, quartersBetween } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { collect, fail, ok } from '../kernel/result.ts';
import { lotsOf, ownQuantity, quantityOf } from '../pricing/product-terms.ts';
import type { Product } from '../reference/product.ts';

/** Longest delivery of one order: twenty years of quarters. */
const maximumQuarters = 80;

const flatShape = z.strictObject({
  from: quarterSchema,
  to: quarterSchema,
  quantityPerQuarter: quantitySchema,
});

const flatSchema = flatShape
  .refine((flat) => flat.from <= flat.to, { path: ['to'], message: 'must not be before from' })
  .refine((flat) => quarterNumber(flat.to) - quarterNumber(flat.from) < maximumQuarters, {
    path: ['to'],
    message: `must be within ${maximumQuarters} quarters of from`,
  });

const scheduleSchema = z.strictObject({
  schedule: z
    .array(z.strictObject({ quarter: quarterSchema, quantity: quantitySchema }))
    .min(1)
    .max(maximumQuarters)
    .refine(
      (list) => new Set(list.map((entry) => entry.quarter)).size === list.length,
      'must not name a quarter twice',
    ),
});

/**
 * A delivery as the record of a pool's bid shows it: what its members ask for by quarter, nothing where all have left.
 * Its values are deliveries like any other.
 */
export const summedDeliverySchema = z.strictObject({
  schedule: z.array(z.strictObject({ quarter: quarterSchema, quantity: quantitySchema })),
});

/** One quantity for each quarter of a range, or a quantity for each quarter listed (a ramp-up). */
export const deliverySchema = z.union([flatSchema, scheduleSchema]);
export type Delivery = z.output<typeof deliverySchema>;

/** A quantity for a quarter as answered to clients; may be zero. */
export const quarterQuantitySchema = z.strictObject({
  quarter: quarterSchema,
  quantity: zeroableQuantitySchema,
});
export type QuarterQuantity = z.output<typeof quarterQuantitySchema>;

/** Lots by quarter, in order of the quarters. */
export type LotsByQuarter = ReadonlyMap<Quarter, bigint>;

/** The lots of each quarter of a delivery. Errors: unit_not_convertible, off_lot. */
export function scheduleOf(delivery: Delivery, product: Product): Result<LotsByQuarter> {
  if ('schedule' in delivery) {
    const entries = collect(delivery.schedule, ({ quarter, quantity }, index) => {
      const lots = lotsOf(quantity, product, `/delivery/schedule/${index}/quantity`);
      return lots.ok ? ok([quarter, lots.value] as const) : lots;
    });
    return entries.ok ? ok(new Map(entries.value.sort(([a], [b]) => (a < b ? -1 : 1)))) : entries;
  }
  const lots = lotsOf(delivery.quantityPerQuarter, product, '/delivery/quantityPerQuarter');
  if (!lots.ok) return fail<Problem>(lots.problem);
  return ok(new Map(quartersBetween(delivery.from, delivery.to).map((quarter) => [quarter, lots.value])));
}

/** The same delivery with its quantities in the product's own unit; others are converted, rounded down to the lot. */
export function normaliseDelivery(delivery: Delivery, product: Product): Result<Delivery> {
  const lots = scheduleOf(delivery, product);
  if (!lots.ok) return lots;
  const own = (quarter: Quarter, quantity: Quantity): Quantity =>
    ownQuantity(quantity, lots.value.get(quarter) ?? 0n, product);
  return ok(
    'schedule' in delivery
      ? {
          schedule: delivery.schedule.map(({ quarter, quantity }) => ({
            quarter,
            quantity: own(quarter, quantity),
          })),
        }
      : { ...delivery, quantityPerQuarter: own(delivery.from, delivery.quantityPerQuarter) },
  );
}

/** Lots by quarter as the list that clients read. */
export const quarterQuantities = (lots: LotsByQuarter, product: Product): QuarterQuantity[] =>
  [...lots].map(([quarter, count]) => ({ quarter, quantity: quantityOf(count, product) }));
