import { problem } from '../../kernel/problem.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { isStockLot } from '../../orders/offer.ts';
import type { Outcome } from '../clear.ts';
import { clear } from '../clear.ts';
import { figuresOf } from '../preview/figures.ts';
import { differenceOf, sideOf } from '../preview/present.ts';
import type { PreviewBounds } from '../preview/preview.ts';
import { pairsToClear } from '../preview/workload.ts';
import type { BookBid, Snapshot } from '../snapshot.ts';
import type { StressTest } from './result.ts';

export interface Stop {
  readonly origin: string;
  readonly quarters: readonly Quarter[];
}

/**
 * What buyers would ask for again: for each contract that stops, a bid of its own for what is lost, on the terms of the
 * bid that it was concluded under, without that one's conditions on quantity: whoever replaces takes what there is.
 */
export interface LostDemand {
  readonly contract: string;
  readonly bid: BookBid;
}

/** Lots that the clearing gives back to each contract's buyer, by quarter. */
export type Restored = ReadonlyMap<string, ReadonlyMap<Quarter, bigint>>;

/** The book without what the origin offers in the quarters of the stop. */
function withoutOrigin(snapshot: Snapshot, { origin, quarters }: Stop): Snapshot {
  const stopped = new Set(
    // What lies in a stockpile has left its origin.
    snapshot.sites.filter(({ country, id }) => country === origin && !isStockLot(id)).map(({ id }) => id),
  );
  return {
    ...snapshot,
    offers: snapshot.offers.flatMap((offer) => {
      if (!stopped.has(offer.site)) return [offer];
      const remaining = offer.remaining.filter(({ quarter }) => !quarters.includes(quarter));
      return remaining.length === 0 ? [] : [{ ...offer, remaining }];
    }),
  };
}

/**
 * Clears the book as it stands, and again without the origin and with the lost demand back in it.
 * Errors: market_too_large.
 */
export function stressOf(
  snapshot: Snapshot,
  stop: Stop,
  lost: readonly LostDemand[],
  bounds: PreviewBounds,
): Result<{ readonly clearing: StressTest['clearing']; readonly restored: Restored }> {
  const reduced = withoutOrigin(snapshot, stop);
  const stressed: Snapshot = {
    ...reduced,
    bids: [...reduced.bids, ...lost.map(({ bid }) => bid)].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
  if (Math.max(pairsToClear(snapshot), pairsToClear(stressed)) > bounds.pairs) return tooLarge;
  const clearInTime = (book: Snapshot): Result<Outcome> => {
    const cleared = clear(book, () => !bounds.isOverTime());
    return !cleared.ok && bounds.isOverTime() ? tooLarge : cleared;
  };
  const current = clearInTime(snapshot);
  if (!current.ok) return current;
  const without = clearInTime(stressed);
  if (!without.ok) return without;
  const { product } = snapshot;
  const [before, after] = [figuresOf(snapshot, current.value), figuresOf(stressed, without.value)];
  return ok({
    clearing: {
      current: sideOf(before, product),
      without: sideOf(after, product),
      difference: differenceOf(before, after, product),
    },
    restored: restoredOf(without.value, lost),
  });
}

function restoredOf({ awards }: Outcome, lost: readonly LostDemand[]): Restored {
  const contractOf = new Map(lost.map(({ contract, bid }) => [bid.id, contract]));
  const restored = new Map<string, Map<Quarter, bigint>>();
  for (const { bid, schedule } of awards) {
    const contract = contractOf.get(bid);
    if (contract === undefined) continue;
    const lots = restored.get(contract) ?? new Map<Quarter, bigint>();
    restored.set(contract, lots);
    for (const entry of schedule) lots.set(entry.quarter, (lots.get(entry.quarter) ?? 0n) + entry.lots);
  }
  return restored;
}

const tooLarge = fail(
  problem(
    'market_too_large',
    'The open book is too large for a stress test within a call. Nothing is wrong with it: a clearing takes far more. Test when fewer orders are open.',
  ),
);
