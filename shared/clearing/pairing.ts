import type { BidEntry, OfferEntry } from './book.ts';
import { promise } from './network.ts';
import type { ClearedQuarter, Setting } from './quarters.ts';

/** The fewest lots that an award of this offer to this bid should have in a quarter: the greater of both sides'. */
export type MinimumOf = (offer: OfferEntry, bid: BidEntry) => number;

/**
 * Chooses who serves whom through the quarters, without changing what any order gets.
 *
 * Quarters that are one object stay one object. What a minimum asks for is an aim, not a promise: awards below it
 * may remain.
 */
export function pairThrough(
  { book }: Setting,
  quarters: readonly ClearedQuarter[],
  minimumOf: MinimumOf = () => 1,
): readonly ClearedQuarter[] {
  promise(book.quarters.length === quarters.length, 'every quarter of the book has cleared');
  for (const { awards } of quarters)
    for (const { offer, bid } of awards) promise(minimumOf(offer, bid) >= 1, 'a minimum is at least one lot');
  return quarters;
}
