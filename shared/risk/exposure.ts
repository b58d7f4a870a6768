import * as z from 'zod';
import { lessAtMost, plus, sumOf, times, zero } from '../kernel/arithmetic.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { compareDecimal, decimalCodec, divide, tenTo, trimDecimal } from '../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import type { Price } from '../kernel/money.ts';
import { digitsOf, moneyOf, moneySchema, priceSchema } from '../kernel/money.ts';
import { zeroableQuantitySchema } from '../kernel/quantity.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf, quarterFromNumber, quarterNumber, quarterSchema } from '../kernel/quarter.ts';
import type { CalendarDate } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Product } from '../reference/product.ts';
import type { AssessedContract } from './assessment-inputs.ts';
import { daysOf } from './cover-status.ts';
import type { Disruption } from './disruption.ts';
import { cutShare, effectAt, isOnLane, stateOn } from './effect.ts';

const exposedQuarterSchema = z.strictObject({
  quarter: quarterSchema,
  /** Contracted from its origins and not accepted yet. */
  contracted: zeroableQuantitySchema,
  /** Of it, what cannot come. */
  exposed: zeroableQuantitySchema,
});

/** How much could come from elsewhere, against what cannot come. */
const supplyBands = ['none', 'some', 'enough'] as const;

const productExposureSchema = z.strictObject({
  product: nameIdSchema,
  quarters: z.array(exposedQuarterSchema),
  contracts: z.array(
    z.strictObject({ contract: generatedIdSchema('contract'), exposed: zeroableQuantitySchema }),
  ),
  exposed: zeroableQuantitySchema,
  /** So long that would have lasted at planned use; null where not every quarter looked at is planned. */
  days: decimalCodec.nullable(),
  /**
   * What as much would cost at the last price that is known where it is missing, but at least a border-adjusted floor
   * in force there; null where no price is known. Of several such prices `price` is the highest.
   */
  replacement: z.strictObject({ price: priceSchema, cost: moneySchema }).nullable(),
  /** From other origins, as far as the rules where it is missing let it in, for quarters that have not begun. */
  elsewhere: z.strictObject({
    /** Whether open offers come to what is exposed; null where it would tell what single organisations do. */
    offers: z.enum(supplyBands).nullable(),
    withheld: z.boolean(),
    /** Administrators' and auditors'. */
    origins: z
      .array(
        z.strictObject({
          origin: countrySchema,
          offered: zeroableQuantitySchema,
          /**
           * Verified sites of the product's stage and mineral whose origin no zone there bars, and those of them with an
           * active certificate that show what is asked for there.
           */
          sites: z.int().nonnegative(),
          certified: z.int().nonnegative(),
        }),
      )
      .optional(),
  }),
});
export type ProductExposure = z.output<typeof productExposureSchema>;

export const exposureSchema = z
  .strictObject({
    disruption: generatedIdSchema('disruption'),
    at: instantSchema,
    /** Of all contracts, or of the caller's own. */
    scope: z.enum(['all', 'own']),
    products: z.array(productExposureSchema),
  })
  .meta({ id: 'DisruptionExposure' });
export type DisruptionExposure = z.output<typeof exposureSchema>;

/** The disruption is in force on some day of the quarter that is not over: it may hit any delivery of it. */
export function isHit(disruption: Disruption, quarter: Quarter, today: CalendarDate): boolean {
  const next = firstDayOf(quarterFromNumber(quarterNumber(quarter) + 1));
  const first = firstDayOf(quarter) < today ? today : firstDayOf(quarter);
  let day: CalendarDate | undefined = first;
  while (day !== undefined && day < next) {
    if (stateOn(disruption, day) === 'in-force') return true;
    day = effectAt(disruption, day).next?.on;
  }
  return false;
}

/**
 * What of contracted deliveries a disruption is about, over some quarters: what is contracted on its lanes and not yet
 * accepted, in quarters that it hits; and the part of it that cannot come, rounded up at nine digits.
 */
export function exposedContracts(
  disruption: Disruption,
  contracts: readonly AssessedContract[],
  quarters: readonly Quarter[],
  today: CalendarDate,
  product: Pick<Product, 'unit'>,
): Pick<ProductExposure, 'quarters' | 'contracts' | 'exposed'> {
  const hit = quarters.filter((quarter) => isHit(disruption, quarter, today));
  const cut = cutShare(disruption);
  const open = contracts
    .filter((contract) => !contract.isOver && isOnLane(disruption, contract))
    .map(({ contract, quarters: of }) => ({
      contract,
      open: of
        .filter(({ quarter }) => hit.includes(quarter))
        .map(({ quarter, quantity, accepted }) => ({ quarter, left: lessAtMost(quantity, accepted) })),
    }));
  const quantity = (amount: Decimal) => ({ amount: trimDecimal(amount), unit: product.unit });
  const exposedOf = (left: readonly Decimal[]): Decimal => times(sumOf(left), cut);
  return {
    quarters: quarters.map((quarter) => {
      const left = open.flatMap((each) =>
        each.open.filter((part) => part.quarter === quarter).map((part) => part.left),
      );
      return { quarter, contracted: quantity(sumOf(left)), exposed: quantity(exposedOf(left)) };
    }),
    contracts: open
      .map(({ contract, open: parts }) => ({
        contract,
        exposed: quantity(exposedOf(parts.map(({ left }) => left))),
      }))
      .filter(({ exposed }) => exposed.amount.units > 0n),
    exposed: quantity(exposedOf(open.flatMap((each) => each.open.map(({ left }) => left)))),
  };
}

/** What cannot come, by where it was to go; nothing of destinations at which nothing is missing. */
export function exposedByDestination(
  contracts: readonly AssessedContract[],
  exposed: ProductExposure['contracts'],
): Map<string, Decimal> {
  const destinations = new Map(contracts.map(({ contract, destination }) => [contract, destination]));
  const sums = new Map<string, Decimal>();
  for (const { contract, exposed: part } of exposed) {
    const destination = destinations.get(contract);
    if (destination === undefined) throw new Error(`${contract} is exposed, and not there`);
    sums.set(destination, plus(sums.get(destination) ?? zero, part.amount));
  }
  return sums;
}

/** Days that a mass would have lasted at a year's planned use. */
export const exposedDays = (exposed: Decimal, annualUse: Decimal | null): Decimal | null =>
  annualUse === null ? null : daysOf(exposed, annualUse);

/** Of what is exposed, so much at this price; masses and prices of one unit and currency. */
export interface PricedPart {
  readonly exposed: Decimal;
  readonly price: Price;
}

/** What masses cost at their prices: to the minor unit of the currency, once, rounded up. */
export function replacementCost(
  parts: readonly [PricedPart, ...PricedPart[]],
): ProductExposure['replacement'] {
  const { units, scale } = sumOf(parts.map(({ exposed, price }) => times(exposed, price.amount)));
  const price = parts.map((part) => part.price).reduce(dearer);
  const digits = digitsOf(price.currency);
  return { price, cost: moneyOf(divide(units * tenTo(digits), tenTo(scale), 'up'), price.currency) };
}

/** The higher of two prices of one unit and currency. */
export const dearer = (a: Price, b: Price): Price => (compareDecimal(a.amount, b.amount) < 0 ? b : a);

export const bandOfSupply = (offered: Decimal, exposed: Decimal): (typeof supplyBands)[number] =>
  offered.units === 0n ? 'none' : compareDecimal(offered, exposed) < 0 ? 'some' : 'enough';
