import * as z from 'zod';
import { generatedIdSchema } from '../kernel/ids.ts';
import { zeroableQuantitySchema, quantitySchema } from '../kernel/quantity.ts';
import { decimalCodec } from '../kernel/decimal.ts';
import { must } from '../kernel/result.ts';
import type { CalendarDate, Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Caller } from '../reference/caller.ts';
import { seesAll } from '../reference/caller.ts';
import type { Product } from '../reference/product.ts';
import { daysOfCover, deficit, targetQuantity } from './cover.ts';
import { positionOf, positionSchema } from './position.ts';
import type { StockBalances } from './stock-account.ts';
import type { Stockpile } from './stockpile.ts';
import { productRules, rulesOn, stockpileSchema } from './stockpile.ts';

/** A stockpile as its reader sees it, with the rules of today at the top. Positions have a resource of their own. */
export const stockpileViewSchema = stockpileSchema
  .extend(stockpileSchema.shape.rules.element.pick({ products: true, releaseRules: true }).shape)
  .meta({ id: 'StockpileView' });
export type StockpileView = z.output<typeof stockpileViewSchema>;

/** Whose reader may see positions and proposals: its operator's, and those who see all. */
export const isInsider = ({ operator }: Pick<Stockpile, 'operator'>, caller: Caller): boolean =>
  seesAll(caller) || operator === caller.organisation;

/** `undefined` where it does not exist for the caller: only what has been approved is public. */
export function stockpileFor(
  stockpile: Stockpile,
  caller: Caller,
  today: CalendarDate,
): StockpileView | undefined {
  const insider = isInsider(stockpile, caller);
  const rules = rulesOn(stockpile, today) ?? (insider ? stockpile.proposal : undefined);
  // Rejected for good, it has none any more.
  const { products, releaseRules } = rules ?? { products: [], releaseRules: undefined };
  if (releaseRules === undefined) return undefined;
  return {
    ...stockpile,
    ...(insider ? {} : { proposal: undefined, closing: undefined }),
    products,
    releaseRules,
  };
}

/** A position against what its rules of a day ask for; without these where the product is in no rules any more. */
const coveredPositionSchema = positionSchema.extend({
  /** Days of declared use that `available` covers; rounded down. */
  daysOfCover: decimalCodec.optional(),
  targetDays: z.int().optional(),
  target: quantitySchema.optional(),
  deficit: zeroableQuantitySchema.optional(),
});
export type CoveredPosition = z.output<typeof coveredPositionSchema>;

export const positionsSchema = z
  .strictObject({
    stockpile: generatedIdSchema('stockpile'),
    at: instantSchema,
    positions: z.array(coveredPositionSchema),
  })
  .meta({ id: 'StockPositions' });

export function coveredPosition(
  stockpile: Stockpile,
  balances: StockBalances,
  product: Product,
  at: Instant,
): CoveredPosition {
  const position = positionOf(balances, product);
  const rules = productRules(stockpile, product.id, at.slice(0, 10));
  if (rules === undefined) return position;
  return {
    ...position,
    daysOfCover: must(daysOfCover(position.available, rules, product)),
    targetDays: rules.targetDays,
    target: must(targetQuantity(rules, product)),
    deficit: must(deficit(position.available, rules, product)),
  };
}
