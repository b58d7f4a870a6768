import * as z from 'zod';
import { formatDecimal, type Decimal } from '../../kernel/decimal.ts';
import type { Currency, Price } from '../../kernel/money.ts';
import { currencySchema, moneyOf } from '../../kernel/money.ts';
import type { Quantity } from '../../kernel/quantity.ts';
import { unitSchema } from '../../kernel/unit.ts';
import { priceOf, quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';

/** Differences, which alone of all amounts may be negative. */
const signedAmountSchema = z
  .string()
  .regex(/^-?(0|[1-9]\d*)(\.\d+)?$/)
  .meta({ description: 'Exact decimal as a string; negative where it falls', examples: ['-12.50'] });

export const signedQuantitySchema = z
  .strictObject({ amount: signedAmountSchema, unit: unitSchema })
  .meta({ id: 'QuantityDifference' });
export const signedMoneySchema = z
  .strictObject({ amount: signedAmountSchema, currency: currencySchema })
  .meta({ id: 'MoneyDifference' });
export const signedPriceSchema = signedMoneySchema
  .extend({ per: unitSchema })
  .meta({ id: 'PriceDifference' });

const signed = (units: bigint, amountOf: (size: bigint) => Decimal): string =>
  units < 0n ? `-${formatDecimal(amountOf(-units))}` : formatDecimal(amountOf(units));

export const signedQuantity = (
  lots: bigint,
  product: Product,
): { amount: string; unit: Quantity['unit'] } => ({
  amount: signed(lots, (size) => quantityOf(size, product).amount),
  unit: product.unit,
});

export const signedMoney = (
  minorUnits: bigint,
  currency: Currency,
): { amount: string; currency: Currency } => ({
  amount: signed(minorUnits, (size) => moneyOf(size, currency).amount),
  currency,
});

export const signedPrice = (ticks: bigint, product: Product): Omit<Price, 'amount'> & { amount: string } => ({
  amount: signed(ticks, (size) => priceOf(size, product).amount),
  currency: product.currency,
  per: product.unit,
});

/** Ten-thousandths, as a decimal share. */
export const signedShare = (units: bigint): string => signed(units, (size) => ({ units: size, scale: 4 }));
export const signedShareSchema = signedAmountSchema;
