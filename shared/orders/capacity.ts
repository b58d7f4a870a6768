import { tenTo } from '../kernel/decimal.ts';
import type { Problem } from '../kernel/problem.ts';
import { fieldProblem } from '../kernel/problem.ts';
import type { Quantity } from '../kernel/quantity.ts';
import { yearOf } from '../kernel/quarter.ts';
import { conversion } from '../kernel/unit.ts';
import type { Product } from '../reference/product.ts';
import type { LotsByQuarter } from './delivery.ts';

/** What one offer holds of its site's capacity: what is open of it, and what is contracted. */
export interface CapacityUse {
  readonly product: Product;
  readonly lots: LotsByQuarter;
}

/** An exact sum of fractions. */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const sum = (a: Fraction, b: Fraction): Fraction =>
  a.denominator === b.denominator
    ? { numerator: a.numerator + b.numerator, denominator: a.denominator }
    : {
        numerator: a.numerator * b.denominator + b.numerator * a.denominator,
        denominator: a.denominator * b.denominator,
      };

/**
 * Whether the offers of a site, taken together, ask no more of any calendar year than the site can make. Masses
 * are converted exactly, contained metal by each product's own factor.
 * Errors: capacity_exceeded, unit_not_convertible.
 */
export function capacityProblem(capacity: Quantity, uses: readonly CapacityUse[]): Problem | undefined {
  const byYear = new Map<number, Fraction>();
  for (const { product, lots } of uses) {
    const ratio = conversion(product.unit, capacity.unit, product.containedFactor);
    if (ratio === undefined)
      return fieldProblem(
        'unit_not_convertible',
        '/site',
        `The site's capacity in ${capacity.unit} cannot be compared with ${product.id} in ${product.unit}.`,
      );
    const lot = product.lot.amount;
    const denominator = tenTo(lot.scale) * ratio.denominator;
    for (const [quarter, count] of lots) {
      const used = { numerator: count * lot.units * ratio.numerator, denominator };
      const year = yearOf(quarter);
      const already = byYear.get(year);
      byYear.set(year, already === undefined ? used : sum(already, used));
    }
  }
  const exceeded = [...byYear]
    .filter(
      ([, { numerator, denominator }]) =>
        numerator * tenTo(capacity.amount.scale) > capacity.amount.units * denominator,
    )
    .map(([year]) => year)
    .sort((a, b) => a - b);
  return exceeded.length === 0
    ? undefined
    : fieldProblem(
        'capacity_exceeded',
        '/delivery',
        `The site's offers, open and contracted, would exceed its yearly capacity in ${exceeded.join(', ')}.`,
      );
}
