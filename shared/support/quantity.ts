import type { Billionths } from './exact.ts';
import { atLeastZero, least } from './exact.ts';

/** Goods delivered and accepted, of one delivery, that an agreement may support. */
export interface Batch {
  readonly quantity: Billionths;
  /** What the seller was paid per unit where a floor held that price up; undefined where the market made it. */
  readonly protectedPrice?: Billionths;
  /** What another support has paid per unit already. */
  readonly supported?: Billionths;
}

/** Kilograms of one quarter. */
export interface QuarterQuantities {
  /** In the order in which they were delivered. */
  readonly delivered: readonly Batch[];
  /** Made in the quarter, and unsold at its end, as the producer designates. */
  readonly stockpiled: Billionths;
}

/** What counts of each batch and of what was stockpiled. */
export interface CountedQuantities {
  readonly delivered: readonly Batch[];
  readonly stockpiled: Billionths;
  readonly total: Billionths;
  /** Paid for while stockpiled, and not yet delivered. */
  readonly stockpiledPaid: Billionths;
}

/**
 * The quantity of a quarter that support is for: what was delivered and accepted and what was stockpiled, no kilogram
 * twice, at most `cap` in the quarter and at most what `lifetime` still allows.
 *
 * Stock goes out first in, first out: what is delivered is taken from what was paid for while it was stockpiled, until
 * none of that is left. So what is paid for over time is what was made. Source: designation of quantities without
 * double counting, MP Materials' price protection agreement (2025).
 */
export function countQuantities(
  { delivered, stockpiled }: QuarterQuantities,
  stockpiledPaid: Billionths,
  cap: Billionths,
  lifetime: Billionths,
): CountedQuantities {
  let fromStock = stockpiledPaid;
  let room = least(cap, atLeastZero(lifetime));
  const counted: Batch[] = [];
  for (const batch of delivered) {
    const paidBefore = least(fromStock, batch.quantity);
    fromStock -= paidBefore;
    const quantity = least(batch.quantity - paidBefore, room);
    room -= quantity;
    if (quantity > 0n) counted.push({ ...batch, quantity });
  }
  const stock = least(stockpiled, room);
  return {
    delivered: counted,
    stockpiled: stock,
    total: counted.reduce((sum, { quantity }) => sum + quantity, stock),
    stockpiledPaid: fromStock + stock,
  };
}
