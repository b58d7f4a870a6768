import type { Contract } from '../../shared/contracts/contract.ts';
import { clearedPrices } from '../../shared/contracts/settlement/cleared-prices.ts';
import { indexedPrices, settlementWindow } from '../../shared/contracts/settlement/indexed-prices.ts';
import type { UnitPrices } from '../../shared/contracts/settlement/settlement.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { ok } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { freezeFixing } from '../../shared/store/prices/fixings.ts';
import { productOf, readReference } from '../../shared/store/reference/reference.ts';
import { readStandardTerms } from '../../shared/store/reference/standard-terms.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { SettlementReader } from './dependencies.ts';

/** What settlements rest on, from the table. */
export const settlementReader = (table: Table): SettlementReader => ({
  product: (id) => productOf(table, id),
  standardTerms: (contract) => readStandardTerms(table, contract),
  accounts: async ({ seller, buyer, destination, programme, floor }) => ({
    ...{ seller, buyer, destination, programme },
    // A floor's zone never changes.
    zone: floor === null ? undefined : (await readReference(table, 'floor', floor.id))?.zone,
  }),
  unitPrices: (contract, quarter, at) => unitPrices(table, contract, quarter, at),
});

async function unitPrices(
  table: Table,
  contract: Contract,
  quarter: Quarter,
  at: Instant,
): Promise<Result<UnitPrices>> {
  const { priceTerms } = contract;
  if (priceTerms === undefined) return ok(clearedPrices(contract, quarter));
  const window = settlementWindow(quarter, await readStandardTerms(table, contract));
  const fixing = await freezeFixing(table, priceTerms.reference, window, at);
  if (fixing === undefined) throw new Error(`${contract.id} is indexed to a series that is not there`);
  return fixing.ok
    ? indexedPrices(contract, quarter, fixing.value, await productOf(table, contract.product))
    : fixing;
}
