import * as z from 'zod';
import { decimalCodec } from '../../kernel/decimal.ts';
import { countrySchema, generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import { priceSchema } from '../../kernel/money.ts';
import { zeroableQuantitySchema } from '../../kernel/quantity.ts';
import { quarterSchema } from '../../kernel/quarter.ts';
import { instantSchema } from '../../kernel/time.ts';
import type { Floor } from '../../pricing/floor.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import { originCapSchema, type OriginCap } from './headroom.ts';
import type { MarketRun, Side, Trade } from './record.ts';
import { isRevealing } from '../../kernel/withholding.ts';

/** Where a figure is withheld it is `null`, and `withheld` says that it is not simply missing. */
const withheld = z.boolean().meta({
  description: 'True where figures here are null because too few organisations stand behind them',
});
const quantity = zeroableQuantitySchema.nullable();

const sideSchema = z.strictObject({ quantity, withheld });
const marketClearingSchema = z.strictObject({
  clearing: generatedIdSchema('clearing'),
  status: z.enum(['completed', 'failed']),
  gateClosure: instantSchema,
  volume: quantity,
  withheld,
  quarters: z.array(
    z.strictObject({
      quarter: quarterSchema,
      volume: quantity,
      /** Landed prices paid: the lowest and the highest. */
      landedPrice: z.strictObject({ low: priceSchema, high: priceSchema }).nullable(),
      withheld,
    }),
  ),
  depth: z.array(z.strictObject({ quarter: quarterSchema, supply: sideSchema, demand: sideSchema })),
  concentration: z.strictObject({
    /** Each origin's share of the volume, largest first. */
    origins: z.array(z.strictObject({ origin: countrySchema, share: decimalCodec })).nullable(),
    withheld,
  }),
});

/** What anybody who trades here may know of a market. */
export const marketViewSchema = z
  .strictObject({
    product: nameIdSchema,
    floors: z.array(
      z.strictObject({
        id: generatedIdSchema('floor'),
        zone: nameIdSchema,
        price: priceSchema,
        borderAdjusted: z.boolean(),
      }),
    ),
    /** Zones' caps on single origins: what they still let in. */
    originCaps: z.array(originCapSchema),
    /** Newest first. */
    clearings: z.array(marketClearingSchema),
  })
  .meta({ id: 'Market' });
export type MarketView = z.output<typeof marketViewSchema>;

/** Whether a figure of what was traded must be withheld. */
export const tradeReveals = (trade: Trade): boolean =>
  isRevealing(trade.lots, trade.sellers) || isRevealing(trade.lots, trade.buyers);

/** Whether how much was traded must be withheld, by itself or beside what earlier runs have shown. */
export const volumeHidden = (trade: Trade): boolean => tradeReveals(trade) || trade.told === false;

/** What was filled may be published too, so the book may be shown only if what stayed unfilled could be as well. */
export const sideReveals = (side: Side): boolean =>
  isRevealing(side.lots, side) || isRevealing(side.unfilled.lots, side.unfilled) || side.told === false;

export const marketView = (
  product: Product,
  floors: readonly Floor[],
  runs: readonly MarketRun[],
  originCaps: readonly OriginCap[] = [],
): MarketView => ({
  product: product.id,
  floors: floors.map(({ id, zone, price, borderAdjusted }) => ({ id, zone, price, borderAdjusted })),
  originCaps: [...originCaps],
  clearings: runs.map((run) => clearingView(product, run)),
});

/**
 * Nothing withheld may follow from what is shown by subtraction. So the total is shown only where every quarter is,
 * and origins only all of them together, under a total that is shown. Prices are no sums: what earlier runs have shown
 * takes nothing from how well a quarter's own parties are hidden.
 */
function clearingView(product: Product, run: MarketRun): MarketView['clearings'][number] {
  const nothing = run.total === null;
  const totalHidden = run.total !== null && [run.total, ...run.quarters].some(volumeHidden);
  const originsHidden = totalHidden || run.origins.some(volumeHidden);
  const total = run.total?.lots ?? 0n;
  return {
    clearing: run.clearing,
    status: run.status,
    gateClosure: run.gateClosure,
    volume: totalHidden ? null : quantityOf(total, product),
    withheld: totalHidden,
    quarters: run.quarters.map((entry) => {
      const hidden = volumeHidden(entry);
      return {
        quarter: entry.quarter,
        volume: hidden ? null : quantityOf(entry.lots, product),
        landedPrice: tradeReveals(entry) ? null : entry.landedPrice,
        withheld: hidden,
      };
    }),
    depth: run.depth.map(({ quarter, supply, demand }) => ({
      quarter,
      supply: sideView(product, supply),
      demand: sideView(product, demand),
    })),
    concentration: {
      origins: nothing || originsHidden ? null : originShares(run.origins, total),
      withheld: originsHidden,
    },
  };
}

function sideView(product: Product, side: Side) {
  const hidden = sideReveals(side);
  return { quantity: hidden ? null : quantityOf(side.lots, product), withheld: hidden };
}

/** Shares to four digits, rounded down. */
const originShares = (origins: MarketRun['origins'], total: bigint) =>
  origins
    .toSorted((a, b) => (a.lots === b.lots ? (a.origin < b.origin ? -1 : 1) : a.lots > b.lots ? -1 : 1))
    .map(({ origin, lots }) => ({ origin, share: { units: (lots * 10_000n) / total, scale: 4 } }));
