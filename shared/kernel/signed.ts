import * as z from 'zod';
import type { Decimal } from './decimal.ts';
import { decimal, formatDecimal } from './decimal.ts';
import type { Currency } from './money.ts';
import { currencySchema, digitsOf } from './money.ts';

const pattern = /^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$/;

/** An exact decimal of either sign: what a correction, a premium or a net sum may be. Prices and masses have none. */
export const signedDecimalCodec = z.codec(
  z
    .string()
    .regex(pattern, 'expected a decimal string such as "-12.50" (no exponent)')
    .meta({ description: 'Exact signed decimal as a string', examples: ['-12.50'] }),
  z.custom<Decimal>(
    (value) =>
      typeof value === 'object' && value !== null && 'units' in value && typeof value.units === 'bigint',
  ),
  {
    decode: (text) => {
      const { units, scale } = decimal(text.replace('-', ''));
      return { units: text.startsWith('-') ? -units : units, scale };
    },
    encode: ({ units, scale }) =>
      units < 0n ? `-${formatDecimal({ units: -units, scale })}` : formatDecimal({ units, scale }),
  },
);

/** An amount of money of either sign. */
export const signedMoneySchema = z
  .strictObject({ amount: signedDecimalCodec, currency: currencySchema })
  .meta({ id: 'SignedMoney' });
export type SignedMoney = z.output<typeof signedMoneySchema>;

/** Signed money from an exact count of minor units. */
export const signedMoneyOf = (minorUnits: bigint, currency: Currency): SignedMoney => ({
  amount: { units: minorUnits, scale: digitsOf(currency) },
  currency,
});
