import * as z from 'zod';
import { positiveDecimalCodec, decimalCodec } from './decimal.ts';
import { unitSchema } from './unit.ts';

/** A positive mass with its unit. */
export const quantitySchema = z
  .strictObject({ amount: positiveDecimalCodec, unit: unitSchema })
  .meta({ id: 'Quantity' });
export type Quantity = z.output<typeof quantitySchema>;

/** A mass that may be zero: what remains of an order, what is planned for a quarter. */
export const zeroableQuantitySchema = z
  .strictObject({ amount: decimalCodec, unit: unitSchema })
  .meta({ id: 'ZeroableQuantity' });
