import type { Contract } from '../../shared/contracts/contract.ts';
import { stateOf } from '../../shared/contracts/life.ts';
import { isLive } from '../../shared/contracts/quantities.ts';
import { entryFor } from '../../shared/contracts/settlement/cleared-prices.ts';
import type { QuarterSettlement, Settlement } from '../../shared/contracts/settlement/settlement.ts';
import type { ContractState } from '../../shared/contracts/state.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { Agreement } from '../../shared/support/agreement.ts';
import type { Programme } from '../../shared/support/programme.ts';
import type { SupportBatch } from '../../shared/support/quarter-settlement.ts';
import { readContract } from '../../shared/store/contracts/contracts.ts';
import { ownerPartition } from '../../shared/store/table/keys/indexes.ts';
import { versionAt } from '../../shared/store/reference/reference.ts';
import { readStandardTerms } from '../../shared/store/reference/standard-terms.ts';
import { readSettlements } from '../../shared/store/contracts/settlements.ts';
import type { Table } from '../../shared/store/table/table.ts';

/** A contract under which a site's output is sold, and what was settled of it. */
export interface Sold {
  readonly contract: Contract;
  readonly state: ContractState;
  readonly settlements: readonly Settlement[];
}

/** All contracts of an agreement's site and product. */
export async function soldFrom(
  table: Table,
  { producer, site, product }: Pick<Agreement, 'producer' | 'site' | 'product'>,
): Promise<Sold[]> {
  const listed = await table.queryIndex('gsi1', ownerPartition(producer, 'sold'));
  const sold: Sold[] = [];
  for (const { position } of listed) {
    const contract = await readContract(table, position);
    if (contract?.site !== site || contract.product !== product) continue;
    const state = stateOf(contract, await readStandardTerms(table, contract));
    sold.push({ contract, state, settlements: await readSettlements(table, contract.id) });
  }
  return sold;
}

/** Where a programme's zone reached at an instant: a quarter that was settled keeps what it reached then. */
export async function membersAt(
  table: Table,
  { zone }: Pick<Programme, 'zone'>,
  at: Instant,
): Promise<readonly string[]> {
  return (await versionAt(table, 'zone', zone, at))?.members ?? [];
}

/**
 * What was delivered of a site's output to some countries in a quarter, as the contracts' settlements have it;
 * `undefined` while one of them is still to come.
 */
export function batchesOf(
  sold: readonly Sold[],
  members: readonly string[],
  quarter: Quarter,
): SupportBatch[] | undefined {
  const batches: SupportBatch[] = [];
  for (const { contract, state, settlements } of sold) {
    if (!members.includes(contract.destination)) continue;
    const settlement = settlements.findLast(
      (each): each is QuarterSettlement => each.kind === 'delivery' && each.quarter === quarter,
    );
    if (settlement !== undefined) batches.push(...batchesIn(contract, settlement));
    else if (state.deliveries.some((each) => each.quarter === quarter && isLive(each))) return undefined;
  }
  return batches;
}

function batchesIn(contract: Contract, { quarter, unit, lines }: QuarterSettlement): SupportBatch[] {
  const { floorUplift } = entryFor(contract, quarter).waterfall;
  const lifted = unit.bound === undefined ? floorUplift.units > 0n : unit.bound === 'floor';
  return lines
    .filter(({ basis }) => basis === 'final')
    .map(({ delivery, quantity, support }) => ({
      ...{ contract: contract.id, delivery, quantity: quantity.amount },
      ...(lifted ? { protectedPrice: unit.price.amount } : {}),
      ...(support.amount.units > 0n ? { supported: unit.support } : {}),
    }));
}
