import { compareDecimal } from '../kernel/decimal.ts';
import type { Problem } from '../kernel/problem.ts';
import { problem } from '../kernel/problem.ts';
import type { Product, ProductTerms } from '../reference/product.ts';
import { fixedProductFields } from '../reference/product.ts';
import type { Floor } from './floor.ts';
import { ticksOf } from './product-terms.ts';

type FixedField = (typeof fixedProductFields)[number];

/** The fixed fields that a change would touch; "1.0" for "1" touches nothing. */
export const fixedFieldsChanged = (present: ProductTerms, next: ProductTerms): FixedField[] =>
  fixedProductFields.filter((field) => !sameValue(field, present, next));

function sameValue(field: FixedField, present: ProductTerms, next: ProductTerms): boolean {
  if (field === 'lot')
    return present.lot.unit === next.lot.unit && compareDecimal(present.lot.amount, next.lot.amount) === 0;
  if (field === 'priceTick')
    return (
      present.priceTick.per === next.priceTick.per &&
      present.priceTick.currency === next.priceTick.currency &&
      compareDecimal(present.priceTick.amount, next.priceTick.amount) === 0
    );
  return present[field] === next[field];
}

/**
 * Whether a product may become `next`. `traded`: an order exists, in lots and ticks of the product. `floors`: its
 * approved floors that have not ended, whose prices are in its unit and on its tick. Error: product_fixed, with
 * each field at fault.
 */
export function productChangeProblem(
  present: Product,
  next: ProductTerms,
  traded: boolean,
  floors: readonly Floor[],
): Problem | undefined {
  const changed = fixedFieldsChanged(present, next);
  if (traded && changed.length > 0) return fixed(changed, 'Orders for this product exist');
  const priced = changed.filter((field) => ['unit', 'currency', 'priceTick'].includes(field));
  const breaks = floors.some(
    (floor) => floor.price.per !== next.unit || !ticksOf(floor.price, next, 'up').ok,
  );
  return breaks ? fixed(priced, 'A floor of this product is approved') : undefined;
}

const fixed = (fields: readonly FixedField[], because: string): Problem =>
  problem(
    'product_fixed',
    `${because}: ${fields.join(', ')} can no longer change.`,
    fields.map((field) => ({
      pointer: `/${field}`,
      code: 'product_fixed',
      detail: 'This field can no longer change.',
    })),
  );
