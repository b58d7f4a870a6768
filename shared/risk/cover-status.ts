import * as z from 'zod';
import { lessAtMost, least, minus, sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { decimal, decimalCodec, trimDecimal } from '../kernel/decimal.ts';
import { generatedIdSchema } from '../kernel/ids.ts';
import { must } from '../kernel/result.ts';
import type { Product } from '../reference/product.ts';
import { daysOfCover, targetQuantity } from '../stockpiles/cover.ts';
import type { Position } from '../stockpiles/position.ts';
import { massOfSteps, stepsOf } from '../stockpiles/steps.ts';
import type { StockpileProduct } from '../stockpiles/stockpile.ts';
import { fallsBelow, ratio } from './concentration.ts';

/** One active stockpile's holding of the product. Masses in the product's own unit. */
export interface AssessedStockpile {
  readonly stockpile: string;
  readonly operator: string;
  readonly zone: string;
  /** In force on the day. */
  readonly rules: StockpileProduct;
  readonly position: Position;
  /** What its open bids still ask for: money stands behind so much of a deficit. */
  readonly openBids: Decimal;
}

export type MeasuredProduct = Pick<Product, 'unit' | 'lot' | 'containedFactor'>;

const mass = decimalCodec;

const statusShape = {
  /** physical + in transit − encumbered. */
  available: mass,
  /** Of use, a year being 365 days: to four digits, rounded down; null where no use is declared. */
  days: decimalCodec.nullable(),
  targetDays: decimalCodec.nullable(),
  target: mass,
  deficit: mass,
  /** What open bids of the stockpiles ask for already, at most the deficit. */
  deficitFunded: mass,
  deficitUnfunded: mass,
  /** Compared exactly: available below the target; below three quarters of it; below 30 days of use. */
  belowTarget: z.boolean(),
  belowThreeQuarters: z.boolean(),
  belowThirtyDays: z.boolean(),
};

export const coverStatusSchema = z.strictObject({
  stockpile: generatedIdSchema('stockpile'),
  basis: z.enum(['consumption', 'net-imports']),
  ...statusShape,
});
export type CoverStatus = z.output<typeof coverStatusSchema>;

/** Of a whole zone: what its stockpiles hold together, against the zone's use. */
export const zoneCoverSchema = z.strictObject({ stockpiles: z.int().nonnegative(), ...statusShape });
export type ZoneCover = z.output<typeof zoneCoverSchema>;

const daysOfYear = decimal('365');

/** Days that a mass lasts at an annual use, to four digits, rounded down; null where nothing is used. */
export const daysOf = (available: Decimal, annualUse: Decimal): Decimal | null =>
  ratio(times(available, daysOfYear), annualUse, 4, 'down');

/** Declared use of a year in the product's own unit. */
const annualUseOf = ({ annualUse }: StockpileProduct, product: MeasuredProduct): Decimal =>
  massOfSteps(must(stepsOf(annualUse.quantity, product, '/annualUse/quantity', 'up')), product).amount;

/** How well one stockpile covers what it is for. */
export function coverStatus(
  { stockpile, rules, position, openBids }: AssessedStockpile,
  product: MeasuredProduct,
): CoverStatus {
  return {
    ...{ stockpile, basis: rules.basis },
    ...statusOf({
      available: position.available.amount,
      days: must(daysOfCover(position.available, rules, product)),
      targetDays: { units: BigInt(rules.targetDays), scale: 0 },
      target: must(targetQuantity(rules, product)).amount,
      annualUse: annualUseOf(rules, product),
      openBids,
    }),
  };
}

/**
 * All stockpiles of a zone together. Their targets are added up; the days are those of the zone's own use.
 *
 * @param annualUse of the zone; null where none is declared.
 */
export function zoneCover(each: readonly CoverStatus[], annualUse: Decimal | null): ZoneCover {
  const add = (values: readonly Decimal[]): Decimal => trimDecimal(sumOf(values));
  const target = add(each.map((status) => status.target));
  const available = add(each.map((status) => status.available));
  return {
    stockpiles: each.length,
    ...statusOf({
      ...{ available, target, annualUse },
      days: annualUse && daysOf(available, annualUse),
      targetDays: annualUse && daysOf(target, annualUse),
      // What one stockpile bids for above its own deficit fills nobody else's.
      openBids: add(each.map(({ deficitFunded }) => deficitFunded)),
    }),
  };
}

const threeQuarters = decimal('0.75');
const thirtyDays = decimal('30');

interface Measured {
  readonly available: Decimal;
  readonly days: Decimal | null;
  readonly targetDays: Decimal | null;
  readonly target: Decimal;
  readonly annualUse: Decimal | null;
  readonly openBids: Decimal;
}

function statusOf({ available, days, targetDays, target, annualUse, openBids }: Measured) {
  const deficit = trimDecimal(lessAtMost(target, available));
  const deficitFunded = trimDecimal(least(openBids, deficit));
  return {
    ...{ available, days, targetDays, target, deficit, deficitFunded },
    deficitUnfunded: trimDecimal(minus(deficit, deficitFunded)),
    belowTarget: deficit.units > 0n,
    belowThreeQuarters: fallsBelow(available, target, threeQuarters),
    belowThirtyDays: fallsBelow(times(available, daysOfYear), annualUse ?? zero, thirtyDays),
  };
}
