import type { Contract } from '../../shared/contracts/contract.ts';
import type { UnitPrices } from '../../shared/contracts/settlement/settlement.ts';
import { plainTerms } from '../../shared/contracts/standard-terms.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
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

/** As it was cleared. What is delivered in a quarter that was not agreed (make-up) has the price of the last one before. */
export function clearedPrices({ schedule }: Contract, quarter: Quarter): UnitPrices {
  const entry = schedule.findLast((each) => each.quarter <= quarter) ?? schedule[0]!;
  const { duties, levy, support } = entry.waterfall;
  return { price: entry.price, duties, levy, support, landed: entry.landedPrice };
}
