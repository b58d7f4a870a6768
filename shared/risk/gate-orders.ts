import { millisecondsOf } from '../kernel/time.ts';
import type { Suspicion, Watched } from './surveillance.ts';
import { latest, suspicion } from './surveillance.ts';

/** Withdrawn so shortly before gate closure, or after an earlier clearing had let it stand for no longer than this. */
const beforeGateMilliseconds = 60 * 60_000;
/** Once may be a change of mind. */
const fewestGates = 2;

/**
 * Organisations that withdrew orders within the hour before gate closure, of two clearings or more. Orders are sealed, so
 * that nobody is misled by the book itself; but depth is published after each clearing, previews read the open book, and
 * who can tell from a warning what the zone's caps still let in learns it from orders that it never means to keep.
 */
export function withdrawnAtGate({ offers, bids, gates }: Watched): Suspicion[] {
  const orders = [
    ...offers.map((order) => ({ ...order, owner: order.seller })),
    ...bids.map((order) => ({ ...order, owner: order.buyer })),
  ];
  const late = orders
    .filter(({ status }) => status === 'withdrawn')
    .flatMap((order) => {
      const withdrawn = millisecondsOf(order.updatedAt);
      const gate = gates.find(({ gateClosure }) => {
        const before = millisecondsOf(gateClosure) - withdrawn;
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
        `${found.length} orders withdrawn within the hour before gate closure of ${new Set(found.map(({ gate }) => gate.clearing)).size} clearings.`,
        { organisations: [owner], evidence: found.flatMap(({ order, gate }) => [order.id, gate.clearing]) },
      ),
    );
}
