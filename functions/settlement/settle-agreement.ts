import type { Contract } from '../../shared/contracts/contract.ts';
import { stateOf } from '../../shared/contracts/life.ts';
import { entryFor } from '../../shared/contracts/settlement/cleared-prices.ts';
import type { QuarterSettlement } from '../../shared/contracts/settlement/settlement.ts';
import { endOf, settledAfterDays } from '../../shared/contracts/settlement/settle-quarter.ts';
import { isLive } from '../../shared/contracts/quantities.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { CalendarDate, Instant } from '../../shared/kernel/time.ts';
import { addDays, dateOf } from '../../shared/kernel/time.ts';
import { quotationalWindow } from '../../shared/pricing/quotational-period.ts';
import type { Programme } from '../../shared/support/programme.ts';
import type { Agreement } from '../../shared/support/agreement.ts';
import type { SupportBatch } from '../../shared/support/quarter-settlement.ts';
import { settleAgreementQuarter } from '../../shared/support/quarter-settlement.ts';
import { readAgreement, readDesignations } from '../../shared/store/agreements.ts';
import { readContract } from '../../shared/store/contracts.ts';
import { freezeFixing } from '../../shared/store/fixings.ts';
import { ownerPartition } from '../../shared/store/keys.ts';
import { productOf } from '../../shared/store/orders.ts';
import { readBudget } from '../../shared/store/programme-budget.ts';
import { readReference } from '../../shared/store/reference.ts';
import { readStandardTerms } from '../../shared/store/standard-terms.ts';
import { readSettlements } from '../../shared/store/settlements.ts';
import {
  lookAgain,
  readSupportSettlements,
  reserveLeft,
  settleSupportQuarter,
} from '../../shared/store/support-settlements.ts';
import type { Table } from '../../shared/store/table.ts';
import type { SettlementDependencies } from './dependencies.ts';

/** When a quarter of an agreement is settled: when the contracts under which its output was delivered surely are. */
export const supportDue = (quarter: Quarter): CalendarDate => addDays(endOf(quarter), settledAfterDays);

export interface AgreementLooked {
  readonly settlements: readonly { readonly id: string; readonly quarter: Quarter }[];
  readonly held: readonly Quarter[];
}

/** More than an agreement has quarters. */
const maximumSteps = 200;

/** Settles the quarters of a site's agreement that are due, in order, each in one transaction, each once. */
export async function settleAgreement(
  { table, clock, only }: Pick<SettlementDependencies, 'table' | 'clock' | 'only'>,
  id: string,
): Promise<AgreementLooked> {
  const settlements: AgreementLooked['settlements'][number][] = [];
  for (let turn = 1; turn <= maximumSteps; turn += 1) {
    const at = clock();
    const agreement = await readAgreement(table, id);
    if (agreement === undefined) throw new Error(`${id} is due, and not there`);
    const earlier = await readSupportSettlements(table, id);
    const quarters = agreement.caps.map(({ quarter }) => quarter).sort();
    const open = quarters.filter((quarter) => !earlier.some((each) => each.quarter === quarter));
    const [quarter, following] = open;
    if (quarter === undefined || agreement.status !== 'active') return { settlements, held: [] };
    if (only !== undefined && quarter !== only) return { settlements, held: [] };
    if (supportDue(quarter) > dateOf(at)) {
      await table.transact([lookAgain(agreement, supportDue(quarter))]);
      return { settlements, held: [] };
    }
    const settled = await quarterOf(table, agreement, quarter, earlier, at);
    if (settled === 'no reference price')
      await table.transact([lookAgain(agreement, addDays(dateOf(at), 1))]);
    // A contract that is not settled yet may be in a moment: the agreement stays due.
    if (typeof settled === 'string') return { settlements, held: [quarter] };
    const due = following === undefined ? undefined : supportDue(following);
    const outcome = await table.transact(settleSupportQuarter(agreement, earlier, settled, due));
    if (outcome.done) settlements.push({ id: settled.settlement.id, quarter });
    else await table.backOff(Math.min(turn, 6));
  }
  throw new Error(`${id} does not come to rest`);
}

/** Or what is still to come. */
async function quarterOf(
  table: Table,
  agreement: Agreement,
  quarter: Quarter,
  earlier: Awaited<ReturnType<typeof readSupportSettlements>>,
  at: Instant,
) {
  const programme = await readReference(table, 'programme', agreement.programme);
  const budget = await readBudget(table, agreement.programme);
  if (programme === undefined || budget === undefined) throw new Error(`${agreement.programme} has gone`);
  const fixing = await freezeFixing(table, programme.reference, quotationalWindow(quarter), at);
  if (fixing === undefined) throw new Error(`there is no series ${programme.reference}`);
  const batches = await batchesOf(table, agreement, programme, quarter);
  if (!fixing.ok) return 'no reference price' as const;
  if (batches === undefined) return 'a contract is not settled' as const;
  const designated = (await readDesignations(table, agreement.id)).find((each) => each.quarter === quarter);
  const settled = settleAgreementQuarter({
    ...{ programme, agreement, quarter, batches, at, fixing: fixing.value },
    product: await productOf(table, agreement.product),
    stockpiled: designated?.stockpiled.amount ?? { units: 0n, scale: 0 },
    previous: earlier.at(-1),
    available: reserveLeft(agreement, earlier) + budget.left,
  });
  if (!settled.ok) throw new Error(settled.problem.detail);
  return settled.value;
}

/**
 * What was delivered of the site's output into the programme's zone in a quarter, as the contracts' settlements have it;
 * `undefined` while one of them is still to come.
 */
async function batchesOf(
  table: Table,
  { producer, site, product }: Agreement,
  programme: Programme,
  quarter: Quarter,
): Promise<SupportBatch[] | undefined> {
  const zone = await readReference(table, 'zone', programme.zone);
  const sold = await table.queryIndex('gsi1', ownerPartition(producer, 'sold'));
  const batches: SupportBatch[] = [];
  for (const { position } of sold) {
    const contract = await readContract(table, position);
    if (contract?.site !== site || contract.product !== product) continue;
    if (zone?.members.includes(contract.destination) !== true) continue;
    const state = stateOf(contract, await readStandardTerms(table, contract));
    if (!state.deliveries.some((each) => each.quarter === quarter && isLive(each))) continue;
    const settlement = (await readSettlements(table, contract.id)).findLast(
      (each): each is QuarterSettlement => each.kind === 'delivery' && each.quarter === quarter,
    );
    if (settlement === undefined) return undefined;
    batches.push(...batchesIn(contract, settlement));
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
