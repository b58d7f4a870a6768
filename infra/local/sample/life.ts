import type * as z from 'zod';
import type { standardTermsShape } from '../../../shared/contracts/standard-terms.ts';
import { formatDecimal, trimDecimal } from '../../../shared/kernel/decimal.ts';
import { quarterFromNumber } from '../../../shared/kernel/quarter.ts';
import type { CalendarDate } from '../../../shared/kernel/time.ts';
import { addDays } from '../../../shared/kernel/time.ts';
import type {
  pricePointTermsSchema,
  referenceSeriesTermsSchema,
} from '../../../shared/pricing/reference-price.ts';
import type { programmeTermsSchema } from '../../../shared/support/programme.ts';
import { horizon } from './data/common.ts';
import type { Derived, Known } from './figure.ts';
import { amountOf, chain, derive } from './figure.ts';
import { zoneId } from './partners.ts';
import type { SampleProduct } from './sample-product.ts';

/** What goes beyond orders, ready for the wire: reference prices, a programme, the terms that contracts are concluded on. */
export interface SampleLife {
  readonly series?: {
    readonly id: string;
    readonly terms: z.input<typeof referenceSeriesTermsSchema>;
    readonly points: readonly z.input<typeof pricePointTermsSchema>[];
  };
  readonly standardTerms?: z.input<typeof standardTermsShape>;
  readonly programme?: z.input<typeof programmeTermsSchema>;
}

export function lifeOf(product: SampleProduct, today: CalendarDate, firstQuarter: number): SampleLife {
  const { series, standardTerms, programme } = product;
  return {
    ...(series === undefined
      ? {}
      : {
          series: {
            id: series.id,
            terms: {
              ...{ name: series.name, product: product.id, currency: 'USD', per: product.unit },
              source: 'Invented: deals of five firms, at assumed parts of a published quotation',
            },
            points: series.deals.map(({ firm, ratio }, index) => ({
              date: addDays(today, -index),
              firm,
              price: priceOf(derivedPrice(product, ratio), product),
              quantity: { amount: amountOf(series.quantity), unit: product.unit },
            })),
          },
        }),
    ...(standardTerms === undefined
      ? {}
      : {
          standardTerms: {
            takeOrPay: {
              share: amountOf(standardTerms.takeOrPay),
              makeUpYears: Number(amountOf(standardTerms.makeUpYears)),
            },
            assay: {
              umpire: standardTerms.umpire,
              elements: [
                {
                  element: product.mineral,
                  rejectBelow: amountOf(standardTerms.rejectBelow),
                  splittingLimit: amountOf(standardTerms.splittingLimit),
                },
              ],
            },
            provisionalShare: amountOf(standardTerms.provisionalShare),
          },
        }),
    ...(programme === undefined || series === undefined
      ? {}
      : {
          programme: {
            ...{ name: programme.name, product: product.id, zone: zoneId, rationale: programme.rationale },
            design: { kind: 'one-way' as const },
            strike: priceOf(derivedPrice(product, programme.strikeRatio), product),
            reference: series.id,
            eligible: { origins: [...programme.origins] },
            budget: { amount: amountOf(programme.budget), currency: 'USD' },
            maximumGap: priceOf(programme.maximumGap, product),
            from: quarterFromNumber(firstQuarter),
            to: quarterFromNumber(firstQuarter + Number(amountOf(horizon)) - 1),
          },
        }),
  };
}

/** A part of the product's reference price, in whole ticks, rounded up. */
export const derivedPrice = (product: SampleProduct, ratio: Known): Derived =>
  derive(
    'reference price × ratio',
    { unit: `USD/${product.unit}`, step: product.tick, rounding: 'up' },
    chain(product.reference, ratio),
  );

/** A price for the wire. */
export const priceOf = (price: Known, { unit }: SampleProduct) =>
  ({ amount: formatDecimal(trimDecimal(price.value, 2)), currency: 'USD', per: unit }) as const;
