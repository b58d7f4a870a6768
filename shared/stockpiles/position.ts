import * as z from 'zod';
import { nameIdSchema } from '../kernel/ids.ts';
import { zeroableQuantitySchema } from '../kernel/quantity.ts';
import type { Product } from '../reference/product.ts';
import { massOfSteps } from './steps.ts';
import type { StockBalances } from './stock-account.ts';

/**
 * What a stockpile has of a product. `physical` is all that lies in its warehouses, of which `encumbered` is spoken for
 * and `entitled` its members' to draw; `inTransit` is contracted and not received; `available` = physical − encumbered +
 * inTransit, what counts as cover.
 */
export const positionSchema = z.strictObject({
  product: nameIdSchema,
  physical: zeroableQuantitySchema,
  encumbered: zeroableQuantitySchema,
  entitled: zeroableQuantitySchema,
  inTransit: zeroableQuantitySchema,
  lent: zeroableQuantitySchema,
  available: zeroableQuantitySchema,
});
export type Position = z.output<typeof positionSchema>;

export function positionOf(balances: StockBalances, product: Product): Position {
  const { free, entitled, encumbered, 'in-transit': inTransit, lent } = balances;
  const mass = (steps: bigint) => massOfSteps(steps, product);
  return {
    product: product.id,
    physical: mass(free + entitled + encumbered),
    encumbered: mass(encumbered),
    entitled: mass(entitled),
    inTransit: mass(inTransit),
    lent: mass(lent),
    available: mass(free + entitled + inTransit),
  };
}
