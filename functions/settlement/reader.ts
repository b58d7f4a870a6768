import { clearedPrices } from '../../shared/contracts/settlement/cleared-prices.ts';
import { plainTerms } from '../../shared/contracts/standard-terms.ts';
import { ok } from '../../shared/kernel/result.ts';
import { productOf } from '../../shared/store/orders.ts';
import { readReference } from '../../shared/store/reference.ts';
import type { Table } from '../../shared/store/table.ts';
import type { SettlementReader } from './dependencies.ts';

/** What settlements rest on, from the table. */
export const settlementReader = (table: Table): SettlementReader => ({
  product: (id) => productOf(table, id),
  standardTerms: () => Promise.resolve(plainTerms),
  accounts: async ({ seller, buyer, destination, floor }) => ({
    ...{ seller, buyer, destination },
    // A floor's zone never changes.
    zone: floor === null ? undefined : (await readReference(table, 'floor', floor.id))?.zone,
  }),
  unitPrices: (contract, quarter) => Promise.resolve(ok(clearedPrices(contract, quarter))),
});
