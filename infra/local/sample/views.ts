import * as z from 'zod';
import { decimalCodec } from '../../../shared/kernel/decimal.ts';

/** What the printed result reads of the API's answers; whatever else they hold is left alone. */

const amount = z.object({ amount: decimalCodec });
const byQuarter = z.array(z.object({ quarter: z.string(), quantity: amount }));
export const productView = z.object({
  id: z.string(),
  name: z.string(),
  unit: z.string(),
  currency: z.string(),
});
export const floorView = z.object({
  zone: z.string(),
  borderAdjusted: z.boolean(),
  status: z.string(),
  price: z.object({ amount: z.string() }),
});
export const clearingView = z.object({
  id: z.string(),
  inputDigest: z.string(),
  quarters: z.array(z.object({ optimality: z.object({ primal: z.string(), dual: z.string() }).nullable() })),
});
export const contractView = z.object({
  seller: z.string(),
  buyer: z.string(),
  origin: z.string(),
  destination: z.string(),
  programme: z.string().optional(),
  priceTerms: z.object({ reference: z.string() }).optional(),
  schedule: z.array(
    z.object({
      quarter: z.string(),
      quantity: amount,
      price: amount,
      landedPrice: amount,
      waterfall: z.object({ levy: decimalCodec, support: decimalCodec }),
      interval: z.object({ low: amount, high: amount }),
    }),
  ),
});
export type ContractView = z.output<typeof contractView>;
export const orderView = z.object({
  id: z.string(),
  seller: z.string().optional(),
  buyer: z.string().optional(),
  site: z.string().optional(),
  destination: z.string().optional(),
  remaining: byQuarter,
  contracted: byQuarter,
});
export const explanationView = z.object({
  quarters: z.array(
    z.object({
      binding: z.array(z.object({ code: z.string() })),
    }),
  ),
});
