import * as z from 'zod';
import type { Decimal } from './decimal.ts';
import { tenTo } from './decimal.ts';

/**
 * Units of mass that prices and quantities come in. `kg contained` and `mtu` (metric ton unit: 10 kg of
 * contained WO3) weigh what is contained in the product; the others weigh the product itself.
 */
export const units = ['g', 'kg', 't', 'lb', 'mtu', 'kg contained'] as const;
export type Unit = (typeof units)[number];
export const unitSchema = z.enum(units).meta({ description: 'Unit of mass' });

/** An exact fraction. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

// International avoirdupois pound: 0.453 592 37 kg exactly (1959 agreement).
const microgramsPerUnit: Record<Unit, bigint> = {
  g: 1_000_000n,
  kg: 1_000_000_000n,
  t: 1_000_000_000_000n,
  lb: 453_592_370n,
  mtu: 10_000_000_000n,
  'kg contained': 1_000_000_000n,
};

const weighsContained = (unit: Unit): boolean => unit === 'mtu' || unit === 'kg contained';

/**
 * How many `to` there are in one `from`. Between product mass and contained mass the product's
 * `containedFactor` (contained ÷ product) converts; without one the answer is `undefined`: guessing what a
 * product contains would compare an oxide with a metal.
 */
export function conversion(from: Unit, to: Unit, containedFactor?: Decimal): Ratio | undefined {
  const numerator = microgramsPerUnit[from];
  const denominator = microgramsPerUnit[to];
  if (weighsContained(from) === weighsContained(to)) return { numerator, denominator };
  if (containedFactor === undefined) return undefined;
  const factor: Ratio = { numerator: containedFactor.units, denominator: tenTo(containedFactor.scale) };
  return weighsContained(to)
    ? { numerator: numerator * factor.numerator, denominator: denominator * factor.denominator }
    : { numerator: numerator * factor.denominator, denominator: denominator * factor.numerator };
}
