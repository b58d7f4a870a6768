import type { Decimal } from '../kernel/decimal.ts';
import type { Price } from '../kernel/money.ts';
import type { Unit } from '../kernel/unit.ts';
import { units } from '../kernel/unit.ts';
import { billionths, pricePer } from './billionths.ts';

/**
 * A price may be right and yet be stated in the wrong unit: tungsten was reported "per tonne" that was per metric ton
 * unit. Told, never refused or corrected: prices do move.
 */
export interface SuspectedUnit {
  readonly code: 'suspected_unit';
  /** The unit in which the price would be in line, if there is one. */
  readonly unit: Unit | undefined;
  readonly detail: string;
}

const FARTHEST = 10n;

/** Both prices in the same currency and unit. */
export function suspectedUnit(
  price: Price,
  last: Price,
  containedFactor: Decimal | undefined,
): SuspectedUnit | undefined {
  const [now, before] = [billionths(price.amount), billionths(last.amount)];
  const isFar = now >= FARTHEST * before || before >= FARTHEST * now;
  // Nearer than that, only a doubling or halving that another unit explains to within a tenth is worth a word.
  const unit = now > 2n * before || before > 2n * now ? inLineAs(price, before, containedFactor) : undefined;
  if (!isFar && unit === undefined) return undefined;
  const supposed = unit === undefined ? '' : ` It would be in line if it were per ${unit}.`;
  return {
    code: 'suspected_unit',
    unit,
    detail: `The series' last point is ${isFar ? 'tenfold or more' : 'more than twofold'} away.${supposed}`,
  };
}

/** The unit in which the number stated would be within a tenth of the last price. */
const inLineAs = (price: Price, before: bigint, containedFactor: Decimal | undefined): Unit | undefined =>
  units.find((unit) => {
    if (unit === price.per) return false;
    const supposed = pricePer({ ...price, per: unit }, price.per, containedFactor);
    if (supposed === undefined) return false;
    const gap = billionths(supposed.amount) - before;
    return (gap < 0n ? -gap : gap) * FARTHEST <= before;
  });
