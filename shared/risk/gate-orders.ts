import { millisecondsOf } from '../kernel/time.ts';
import type { Bid } from '../orders/bid.ts';
import type { Offer } from '../orders/offer.ts';
import type { Suspicion, Watched } from './surveillance.ts';
import { latest, suspicion } from './surveillance.ts';

/** Withdrawn so shortly before gate closure, or after an earlier clearing had let it stand for no longer than this. */
const beforeGateMilliseconds = 60 * 60_000;
/** Once may be a change of mind. */
const fewestGates = 2;

/** When an order was withdrawn; or let expire, where that was said so late that it comes to the same. */
function leftAt({ status, updatedAt, validUntil }: Offer | Bid): number | undefined {
  if (status === 'withdrawn') return millisecondsOf(updatedAt);
  if (status !== 'expired' || validUntil === undefined) return undefined;
  const end = millisecondsOf(validUntil);
  return end - millisecondsOf(updatedAt) <= beforeGateMilliseconds ? end : undefined;
}

/**
 * Organisations that withdrew orders, or had them expire at short notice, within the hour before gate closure, of two clearings or more. Orders are sealed, so
 * that nobody is misled by the book itself; but depth is published after each clearing, previews read the open book, and
 * who can tell from a warning what the zone's caps still let in learns it from orders that it never means to keep.
 */
export function withdrawnAtGate({ offers, bids, gates }: Watched): Suspicion[] {
  const orders = [
    ...offers.map((order) => ({ ...order, owner: order.seller })),
    ...bids.map((order) => ({ ...order, owner: order.buyer })),
  ];
  const late = orders.flatMap((order) => {
    const left = leftAt(order);
    if (left === undefined) return [];
    const gate = gates.find(({ gateClosure }) => {
      const before = millisecondsOf(gateClosure) - left;
      return before >= 0 && before <= beforeGateMilliseconds;
    });
    return gate === undefined ? [] : [{ order, gate }];
  });
  return [...Map.groupBy(late, ({ order }) => order.owner)]
    .filter(([, found]) => new Set(found.map(({ gate }) => gate.clearing)).size >= fewestGates)
    .map(([owner, found]) =>
      suspicion(
        'withdrawn_at_gate',
        latest(found.map(({ order }) => order.updatedAt)),
        `${found.length} orders withdrawn, or let expire at short notice, within the hour before gate closure of ${new Set(found.map(({ gate }) => gate.clearing)).size} clearings.`,
        { organisations: [owner], evidence: found.flatMap(({ order, gate }) => [order.id, gate.clearing]) },
      ),
    );
}
