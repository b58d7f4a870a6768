import type { Settlement } from '../../contracts/settlement/settlement.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Caller } from '../../reference/caller.ts';
import { readContractView } from './contract-lists.ts';
import { listOwnedOrAll } from '../table/listing.ts';
import { readSettlementItem, readSettlements, settlementKeyOf } from './settlements.ts';
import type { Table } from '../table/table.ts';

export interface SettlementFilter {
  readonly quarter?: Quarter | undefined;
  readonly product?: string | undefined;
  readonly kind?: Settlement['kind'] | undefined;
}

/** Settlements of the caller's contracts, all for administrators and auditors, in order of quarter. */
export const listSettlements = (
  table: Table,
  caller: Caller,
  filter: SettlementFilter,
  page: PageRequest,
): Promise<Page<Settlement>> =>
  listOwnedOrAll(table, 'settlement', caller, page, async (items) => {
    const read = await table.getMany(items.map(settlementKeyOf));
    return read
      .map(readSettlementItem)
      .filter(
        (each) =>
          (filter.quarter === undefined || each.quarter === filter.quarter) &&
          (filter.product === undefined || each.product === filter.product) &&
          (filter.kind === undefined || each.kind === filter.kind),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  });

/** Those of one contract; `undefined` where there is no such contract for the caller. */
export async function listContractSettlements(
  table: Table,
  contract: string,
  caller: Caller,
  page: PageRequest,
): Promise<Page<Settlement> | undefined> {
  if ((await readContractView(table, contract, caller)) === undefined) return undefined;
  const all = (await readSettlements(table, contract))
    .filter(({ id }) => page.after === undefined || id > page.after)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = all.slice(0, page.limit);
  return { items, next: all.length > items.length ? (items.at(-1)?.id ?? null) : null };
}
