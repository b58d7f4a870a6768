import { beatOf, noteFollowed } from '../../shared/store/service/beat.ts';
import type { Item } from '../../shared/store/table/item.ts';
import type { Table } from '../../shared/store/table/table.ts';

/** Notes the last beat that has come through the stream: who asks how the market is sees by it how far behind it is. */
export async function followBeat(table: Table, items: readonly Item[]): Promise<void> {
  const beats = items.flatMap((item) => beatOf(item)?.at ?? []).sort();
  const last = beats.at(-1);
  if (last !== undefined) await noteFollowed(table, last);
}
