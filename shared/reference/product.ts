import { Cron } from 'croner';
import * as z from 'zod';
import { decimalCodec, tenTo } from '../kernel/decimal.ts';
import { nameIdSchema, textSchema } from '../kernel/ids.ts';
import { currencySchema, digitsOf, priceSchema } from '../kernel/money.ts';
import { quantitySchema } from '../kernel/quantity.ts';
import { unitSchema } from '../kernel/unit.ts';
import { versionShape } from '../kernel/version.ts';
import { mineralSchema, stageSchema } from './stage.ts';

const isSchedule = (text: string): boolean => {
  try {
    new Cron(text, { paused: true, mode: '5-part' });
    return true;
  } catch {
    return false;
  }
};

const productShape = z.strictObject({
  name: textSchema(200),
  mineral: mineralSchema,
  stage: stageSchema,
  unit: unitSchema,
  currency: currencySchema,
  /** Smallest traded quantity, in the product's unit. */
  lot: quantitySchema,
  /** Smallest price step, in the product's currency per its unit. */
  priceTick: priceSchema,
  /** No trade into a zone that has no floor in force. */
  floorRequired: z.boolean().optional(),
  clearingSchedule: z
    .string()
    .max(60)
    .refine(isSchedule, 'expected a five-field cron expression in UTC, such as "0 16 * * 5"')
    .meta({ description: 'When the market clears by itself: five-field cron expression, UTC' })
    .optional(),
  hsCode: z
    .string()
    .regex(/^\d{4}(\.?\d{2}){0,3}$/, 'expected a Harmonized System code such as "2846.90"')
    .optional(),
  /** Contained mass ÷ product mass, as in "0.8499" kg NdPr in a kg of oxide. */
  containedFactor: decimalCodec
    .refine(
      (factor) => factor.units > 0n && factor.units <= 10n * tenTo(factor.scale),
      'must be above 0 and at most 10',
    )
    .optional(),
});
export type ProductTerms = z.output<typeof productShape>;

/** Lot and tick must be in the product's own terms, and a tick of a lot must be payable exactly. */
function checkProduct(product: ProductTerms, context: z.RefinementCtx): void {
  const refuse = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message, input: product });
  };
  if (product.lot.unit !== product.unit) refuse(['lot', 'unit'], "must be the product's own unit");
  if (product.priceTick.per !== product.unit) refuse(['priceTick', 'per'], "must be the product's own unit");
  if (product.priceTick.currency !== product.currency)
    refuse(['priceTick', 'currency'], "must be the product's own currency");
  const { units: tick, scale: tickScale } = product.priceTick.amount;
  const { units: lot, scale: lotScale } = product.lot.amount;
  if ((tick * lot * tenTo(digitsOf(product.currency))) % tenTo(tickScale + lotScale) !== 0n)
    refuse(['priceTick', 'amount'], 'tick × lot must be a whole number of minor units of the currency');
}

export const productTermsSchema = productShape.superRefine(checkProduct);

export const productSchema = productShape
  .extend({ id: nameIdSchema, ...versionShape })
  .meta({ id: 'Product' });
export type Product = z.output<typeof productSchema>;

/**
 * What no change may touch once an order exists: every open order and contract is counted in the first four, and
 * the last two decide which sites may offer it.
 */
export const fixedProductFields = ['unit', 'lot', 'priceTick', 'currency', 'stage', 'mineral'] as const;
