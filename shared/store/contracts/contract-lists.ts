import type { ContractView } from '../../contracts/view.ts';
import { viewOf } from '../../contracts/view.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import { readContract } from './contracts.ts';
import { allSource, mergedSource, ownedSource, pageFrom } from '../table/listing.ts';
import type { Table } from '../table/table.ts';

export interface ContractFilter {
  /** Only those that the caller's organisation sells under, or buys under. */
  readonly role?: 'seller' | 'buyer' | undefined;
  readonly product?: string | undefined;
  /** One of the statuses of a contract. */
  readonly status?: string | undefined;
}

/** The contract as the caller may see it; `undefined` if there is none for them. */
export async function readContractView(
  table: Table,
  id: string,
  caller: Caller,
): Promise<ContractView | undefined> {
  const contract = await readContract(table, id);
  return contract && viewOf(contract, caller);
}

/** The caller's contracts, all for administrators and auditors, in order of id. */
export function listContracts(
  table: Table,
  caller: Caller,
  filter: ContractFilter,
  page: PageRequest,
): Promise<Page<ContractView>> {
  return pageFrom(table, sourceFor(table, caller, filter.role), page, async (items) => {
    // Under `bought` lies a contract's first event, under `sold` the contract: both name it in their key.
    const ids = items
      .filter((item) => filter.product === undefined || item['product'] === filter.product)
      .map((item) => String(item['pk']).slice('CONTRACT#'.length));
    const views = await Promise.all(ids.map((id) => readContractView(table, id, caller)));
    return views.filter(
      (view) => view !== undefined && (filter.status ?? view.status) === view.status,
    ) as ContractView[];
  });
}

function sourceFor(table: Table, caller: Caller, role: ContractFilter['role']) {
  const sold = ownedSource(table, caller.organisation, 'sold');
  const bought = ownedSource(table, caller.organisation, 'bought');
  if (role === 'seller') return sold;
  if (role === 'buyer') return bought;
  return seesAll(caller) ? allSource(table, 'contract') : mergedSource(sold, bought);
}
