import * as z from 'zod';
import type { Decimal, Rounding } from '../kernel/decimal.ts';
import { decimalCodec, divide, shareCodec, tenTo } from '../kernel/decimal.ts';
import { nameIdSchema } from '../kernel/ids.ts';
import type { Price } from '../kernel/money.ts';
import { priceSchema } from '../kernel/money.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Product } from '../reference/product.ts';
import { billionths, DIGITS, pricePer } from './billionths.ts';
import { amountOfTicks, priceOf, ticksOf } from './product-terms.ts';
import { fixingSchema } from './reference-price.ts';

/** How the floor of the destination acted on the trade: on the seller's price, on the landed price by a levy, or not. */
export const floorEffects = ['hard', 'levied', 'none'] as const;

/** The figure that a price was compared at, so that it can be found and made again. */
export const fixingReferenceSchema = fixingSchema.pick({
  series: true,
  seriesVersion: true,
  window: true,
  price: true,
  pointsDigest: true,
  basis: true,
});

/**
 * What an indexed contract settles by, with all that the marketplace's configuration brought to it when it was
 * concluded: what is changed there later re-prices nothing.
 */
export const indexedTermsSchema = z.strictObject({
  kind: z.literal('indexed'),
  reference: nameIdSchema,
  /** Of the day of gate closure, per the product's own unit: what the contract's price exceeds it by was sold. */
  referencePrice: priceSchema,
  fixing: fixingReferenceSchema,
  /** The seller is paid no more, whatever the reference. */
  cap: priceSchema.optional(),
  floorEffect: z.enum(floorEffects),
  dutyRate: shareCodec,
  /** Contained mass ÷ product mass, where the series is stated in another kind of unit than the product. */
  containedFactor: decimalCodec.optional(),
});
export type IndexedTerms = z.output<typeof indexedTermsSchema>;

/** What of a contract decides its settled price. */
export interface IndexedContract {
  readonly priceTerms: IndexedTerms;
  readonly floor: { readonly price: Price } | null;
}

/** The schedule's entry as it was cleared. */
export interface ClearedEntry {
  readonly price: Price;
  readonly landedPrice: Price;
  readonly waterfall: { readonly duties: Decimal; readonly levy: Decimal };
}

export interface SettledPrice {
  /** Of the window, per the product's own unit. */
  readonly reference: Price;
  /** What the seller is paid, on the product's tick. */
  readonly price: Price;
  readonly duties: Decimal;
  readonly levy: Decimal;
  readonly landed: Price;
  readonly bound: 'floor' | 'cap' | 'none';
}

type PriceUnits = Pick<Product, 'unit' | 'currency' | 'priceTick' | 'containedFactor'>;

/** A reference in the product's own currency and unit. Errors: currency_mismatch, unit_not_convertible. */
export function referencePerUnit(
  price: Price,
  product: Pick<Product, 'unit' | 'currency'>,
  containedFactor: Decimal | undefined,
  rounding: Rounding = 'half-even',
): Result<Price> {
  if (price.currency !== product.currency)
    return fail(
      fieldProblem('currency_mismatch', '/reference', `This product trades in ${product.currency}.`),
    );
  const converted = pricePer(price, product.unit, containedFactor, rounding);
  return converted === undefined
    ? fail(
        fieldProblem(
          'unit_not_convertible',
          '/reference',
          `A price per ${price.per} cannot be compared with one per ${product.unit} of this product.`,
        ),
      )
    : ok(converted);
}

/**
 * What a quarter settles at, by the reference of its window: `min(cap, max(floor, reference + premium))`, where the
 * premium is what the contract's price exceeds the reference of its day by. Rounded half to even to the tick, and at
 * least one tick: no seller pays for being rid of its goods. Duties are those of the settled price, rounded up to the
 * tick; where the floor acts by a levy, that is what the landed price still lacks to it. At the price of the contract
 * itself everything is as it was cleared. Errors: currency_mismatch, unit_not_convertible.
 */
export function settledPrice(
  entry: ClearedEntry,
  { priceTerms, floor }: IndexedContract,
  fixed: Price,
  product: PriceUnits,
): Result<SettledPrice> {
  const reference = referencePerUnit(fixed, product, priceTerms.containedFactor);
  if (!reference.ok) return reference;
  const own = [
    ticksOf(entry.price, product, 'down'),
    ticksOf(priceTerms.cap ?? entry.price, product, 'down'),
    ticksOf(floor?.price ?? entry.price, product, 'up'),
  ] as const;
  for (const each of own) if (!each.ok) return each;
  const [cleared, cap, floorTicks] = own.map((each) => (each.ok ? each.value : 0n)) as [
    bigint,
    bigint,
    bigint,
  ];

  const raw =
    billionths(entry.price.amount) +
    billionths(reference.value.amount) -
    billionths(priceTerms.referencePrice.amount);
  const indexed = raw <= 0n ? 1n : atLeast(1n, onTick(raw, product));
  const floored = priceTerms.floorEffect === 'hard' ? atLeast(floorTicks, indexed) : indexed;
  const isCapped = priceTerms.cap !== undefined && floored > cap;
  const ticks = isCapped ? cap : floored;
  const settled = {
    reference: reference.value,
    price: priceOf(ticks, product),
    bound: isCapped ? ('cap' as const) : floored > indexed ? ('floor' as const) : ('none' as const),
  };
  if (ticks === cleared)
    return ok({
      ...settled,
      ...{ duties: entry.waterfall.duties, levy: entry.waterfall.levy, landed: entry.landedPrice },
    });
  const { dutyRate } = priceTerms;
  const duties = divide(ticks * dutyRate.units, tenTo(dutyRate.scale), 'up');
  const levy = priceTerms.floorEffect === 'levied' ? atLeast(0n, floorTicks - ticks - duties) : 0n;
  return ok({
    ...settled,
    duties: amountOfTicks(duties, product),
    levy: amountOfTicks(levy, product),
    landed: priceOf(ticks + duties + levy, product),
  });
}

const atLeast = (least: bigint, value: bigint): bigint => (value < least ? least : value);

const onTick = (price: bigint, { priceTick }: PriceUnits): bigint => {
  const tick = priceTick.amount;
  return divide(price * tenTo(tick.scale), tick.units * tenTo(DIGITS), 'half-even');
};
