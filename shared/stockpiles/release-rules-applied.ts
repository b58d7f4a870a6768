import { divide, tenTo } from '../kernel/decimal.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import { splitByLargestRemainder } from '../kernel/split.ts';
import type { Product } from '../reference/product.ts';
import type { Need } from './allocation.ts';
import { needOfDays, proRata, releasable } from './allocation.ts';
import { targetQuantity } from './cover.ts';
import type { StockNeed, StockRelease } from './release.ts';
import type { ReleaseRules } from './release-rules.ts';
import { stepsOf, wholeSteps } from './steps.ts';
import type { StockpileProduct } from './stockpile.ts';

/** Of the target, what no release touches, rounded up. In steps. Errors: unit_not_convertible, off_lot. */
export function reserveFloor(rules: StockpileProduct, product: Product): Result<bigint> {
  const target = targetQuantity(rules, product);
  if (!target.ok) return target;
  const { units, scale } = rules.reserveFloorShare;
  return ok(divide(wholeSteps(target.value, product) * units, tenTo(scale), 'up'));
}

/** What verified needs come to: at most the days that each asked for, and those that the rules allow. */
export const needsOf = (
  needs: readonly StockNeed[],
  { needDays }: Pick<ReleaseRules, 'needDays'>,
  product: Product,
): Need[] =>
  needs
    .toSorted((a, b) => (a.organisation < b.organisation ? -1 : 1))
    .flatMap(({ organisation, days, verified, status }) => {
      if (status !== 'verified' || verified === undefined) return [];
      const use = stepsOf(verified.annualUse, product, '/annualUse');
      if (!use.ok) return [];
      return [{ organisation, annualUse: use.value, cap: needOfDays(use.value, Math.min(days, needDays)) }];
    });

/** What a decision must have given to each, from what it says it went by. */
export const decidedShares = (
  { free, reserveFloor: floor, allocations }: NonNullable<StockRelease['decided']>,
  wanted: bigint,
  product: Product,
): bigint[] =>
  proRata(
    releasable(wanted, { free: wholeSteps(free, product), floor: wholeSteps(floor, product) }),
    allocations.map(({ organisation, annualUse, cap }) => ({
      organisation,
      annualUse: wholeSteps(annualUse, product),
      cap: wholeSteps(cap, product),
    })),
  );

/** Minor units shared in proportion to masses, by largest remainder: what is paid is what the material is worth. */
export function amountsFor(total: bigint, shares: readonly bigint[]): bigint[] {
  // Larger weights of the same proportions: no share is bounded by its own weight.
  return splitByLargestRemainder(
    total,
    shares.map((share) => share * (total + 1n)),
  );
}
