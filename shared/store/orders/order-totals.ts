import type { Instant } from '../../kernel/time.ts';
import { keys } from '../table/keys.ts';
import { readOrderState } from './order-item.ts';
import { contractedLots, lotsMap } from './orders.ts';
import type { Table } from '../table/table.ts';

export const sumOfLots = (lots: Iterable<bigint>): bigint =>
  [...lots].reduce((sum, count) => sum + count, 0n);

/** Of an order: what it still asks or offers, and what it has contracted. In lots. */
export interface OrderTotals {
  readonly open: bigint;
  readonly contracted: bigint;
}

/** By order. What has run out by `now` asks for nothing any more, whether or not a run has said so. */
export async function orderTotals(
  table: Table,
  ids: readonly string[],
  now: Instant,
): Promise<Map<string, OrderTotals>> {
  const items = await table.getMany(ids.map((id) => keys.order(id)));
  return new Map(
    items.map((item) => {
      const state = readOrderState(item);
      const { validUntil } = item['body'] as { validUntil?: string };
      const isOpen = state.status === 'open' && (validUntil === undefined || validUntil > now);
      return [
        String(item['pk']).slice('ORDER#'.length),
        {
          open: isOpen ? sumOfLots(lotsMap(state.remaining).values()) : 0n,
          contracted: sumOfLots(contractedLots(state).values()),
        },
      ];
    }),
  );
}
