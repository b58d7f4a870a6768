import * as z from 'zod';
import type { Decimal } from './decimal.ts';
import { decimalCodec, positiveDecimalCodec } from './decimal.ts';
import { unitSchema } from './unit.ts';

/** ISO 4217 currencies the market trades in, with the digits of their minor unit. */
const minorDigits = { USD: 2, EUR: 2, JPY: 0, GBP: 2, AUD: 2, CAD: 2, KRW: 0, CNY: 2, CHF: 2 } as const;

export type Currency = keyof typeof minorDigits;
export const currencySchema = z
  .enum(Object.keys(minorDigits) as [Currency, ...Currency[]])
  .meta({ description: 'ISO 4217 currency code' });

/** Digits after the point of the currency's minor unit: 2 for USD, 0 for JPY. */
export const digitsOf = (currency: Currency): number => minorDigits[currency];

/** An amount of money; may be zero. */
export const moneySchema = z
  .strictObject({ amount: decimalCodec, currency: currencySchema })
  .meta({ id: 'Money' });
export type Money = z.output<typeof moneySchema>;

/** A price per unit of mass. */
export const priceSchema = z
  .strictObject({ amount: positiveDecimalCodec, currency: currencySchema, per: unitSchema })
  .meta({ id: 'Price' });
export type Price = z.output<typeof priceSchema>;

/** Money from an exact count of minor units. */
export const moneyOf = (minorUnits: bigint, currency: Currency): Money => ({
  amount: { units: minorUnits, scale: digitsOf(currency) } satisfies Decimal,
  currency,
});
