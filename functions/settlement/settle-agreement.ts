import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { addDays, dateOf } from '../../shared/kernel/time.ts';
import { quotationalWindow } from '../../shared/pricing/quotational-period.ts';
import { indexValueId } from '../../shared/pricing/index-value.ts';
import type { Fixing } from '../../shared/pricing/reference-price.ts';
import type { Agreement } from '../../shared/support/agreement.ts';
import { supportDue } from '../../shared/support/round.ts';
import type { Programme } from '../../shared/support/programme.ts';
import type {
  SettledAgreementQuarter,
  SupportSettlement,
  UsedIndex,
} from '../../shared/support/quarter-settlement.ts';
import { settleAgreementQuarter } from '../../shared/support/quarter-settlement.ts';
import type { Action } from '../../shared/store/table/action.ts';
import { readAgreement, readDesignations } from '../../shared/store/support/agreements.ts';
import { freezeFixing } from '../../shared/store/prices/fixings.ts';
import { readBudget } from '../../shared/store/support/programme-budget.ts';
import { readClaimsOf, readPlace } from '../../shared/store/support/programme-claims.ts';
import { productOf, readReference } from '../../shared/store/reference/reference.ts';
import {
  completeAgreement,
  lookAgain,
  readSupportSettlements,
  settleSupportQuarter,
  standingSettlements,
} from '../../shared/store/support/support-settlements.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { SettlementDependencies } from './dependencies.ts';
import { fundProgramme } from './fund-programme.ts';
import { batchesOf, membersAt, soldFrom } from './site-batches.ts';

export interface AgreementLooked {
  readonly settlements: readonly { readonly id: string; readonly quarter: Quarter }[];
  readonly held: readonly HeldQuarter[];
}

/** What a quarter waits for: nothing of it is guessed. */
export type WaitsFor = 'reference_unavailable' | 'index_unavailable' | 'contract_open';
export interface HeldQuarter {
  readonly quarter: Quarter;
  readonly code: WaitsFor;
}

/** More than an agreement has quarters, each corrected once. */
const maximumSteps = 200;

/**
 * Settles the quarters of a site's agreement that are due, in order, each in one transaction, each once; and corrects
 * those that were settled, and what rests on them, where what was delivered in them is not what it was.
 */
export async function settleAgreement(
  dependencies: Pick<SettlementDependencies, 'table' | 'clock' | 'only'>,
  id: string,
): Promise<AgreementLooked> {
  const { table, clock, only } = dependencies;
  const settlements: AgreementLooked['settlements'][number][] = [];
  for (let turn = 1; turn <= maximumSteps; turn += 1) {
    const at = clock();
    const agreement = await readAgreement(table, id);
    if (agreement === undefined) throw new Error(`${id} is due, and not there`);
    const budget = await readBudget(table, agreement.programme);
    // A claim changes only between rounds.
    if (budget?.distributing !== undefined) await fundProgramme(dependencies, agreement.programme);
    const step = await nextStep(table, agreement, at, only);
    const outcome = step.actions.length === 0 ? { done: true } : await table.transact(step.actions);
    if (!outcome.done) await table.backOff(Math.min(turn, 6));
    else if (step.settled === undefined) return { settlements, held: step.held };
    else settlements.push({ id: step.settled.id, quarter: step.settled.quarter });
  }
  throw new Error(`${id} does not come to rest`);
}

interface Step {
  readonly actions: readonly Action[];
  readonly settled?: SupportSettlement;
  readonly held: readonly HeldQuarter[];
}

async function nextStep(
  table: Table,
  agreement: Agreement,
  at: Instant,
  only: Quarter | undefined,
): Promise<Step> {
  const { id, programme } = agreement;
  const today = dateOf(at);
  const standing = standingSettlements(await readSupportSettlements(table, id));
  const quarters = agreement.caps.map(({ quarter }) => quarter).sort();
  const basis = await basisOf(table, agreement);
  const claims = new Map(
    (await readClaimsOf(table, programme, id, quarters)).map(({ quarter, amount }) => [quarter, amount]),
  );
  let previous: SupportSettlement | undefined;
  for (const [index, quarter] of quarters.entries()) {
    const before = standing.get(quarter);
    if (only !== undefined && quarter !== only) {
      if (before === undefined) return { actions: [], held: [] };
      previous = before;
      continue;
    }
    if (before === undefined && supportDue(quarter) > today)
      return { actions: [lookAgain(id, supportDue(quarter))], held: [] };
    const open = claims.get(quarter) ?? 0n;
    const settled = await settledQuarter(table, basis, { quarter, before, previous, open, at });
    if (settled === 'reference_unavailable' || settled === 'index_unavailable')
      return { actions: [lookAgain(id, addDays(today, 1))], held: [{ quarter, code: settled }] };
    if (settled === 'contract_open') {
      // It may be in a moment: the agreement stays due. What stands stands until then.
      if (before === undefined) return { actions: [], held: [{ quarter, code: settled }] };
    } else if (settled !== undefined) {
      const place = await readPlace(table, programme, agreement.site);
      const next = quarters[index + 1];
      return {
        actions: settleSupportQuarter(agreement, settled, { place, open, next }, today),
        settled: settled.settlement,
        held: [],
      };
    }
    previous = before;
  }
  if (only !== undefined) return { actions: [], held: [] };
  const place = await readPlace(table, programme, agreement.site);
  return {
    actions:
      agreement.status === 'active' && claims.size === 0
        ? completeAgreement(agreement, place, today)
        : [lookAgain(id, undefined)],
    held: [],
  };
}

/** What every quarter of an agreement is settled with. */
async function basisOf(table: Table, agreement: Agreement) {
  const programme = await readReference(table, 'programme', agreement.programme);
  if (programme === undefined) throw new Error(`${agreement.programme} has gone`);
  const [product, sold, designations] = await Promise.all([
    productOf(table, agreement.product),
    soldFrom(table, agreement),
    readDesignations(table, agreement.id),
  ]);
  return { agreement, programme, product, sold, designations };
}

/** Or what is still to come; nothing where what stands is right. */
async function settledQuarter(
  table: Table,
  { agreement, programme, product, sold, designations }: Awaited<ReturnType<typeof basisOf>>,
  of: {
    readonly quarter: Quarter;
    readonly before: SupportSettlement | undefined;
    readonly previous: SupportSettlement | undefined;
    readonly open: bigint;
    readonly at: Instant;
  },
): Promise<SettledAgreementQuarter | undefined | WaitsFor> {
  const { quarter, before, previous, open, at } = of;
  const fixing = before?.fixing ?? (await fixingOf(table, programme.reference, quarter, at));
  const index = before === undefined ? await indexOf(table, programme, quarter) : before.index;
  const members = await membersAt(table, programme, before?.settledAt ?? at);
  const batches = batchesOf(sold, members, quarter);
  if (fixing === undefined) return 'reference_unavailable';
  if (programme.indexation !== undefined && index === undefined) return 'index_unavailable';
  if (batches === undefined) return 'contract_open';
  const designated = designations.find((each) => each.quarter === quarter);
  const settled = settleAgreementQuarter({
    ...{
      programme,
      agreement,
      product,
      quarter,
      batches,
      fixing,
      index,
      previous,
      open,
      at,
      standing: before,
    },
    stockpiled: before?.stockpiled ?? designated?.stockpiled.amount ?? { units: 0n, scale: 0 },
  });
  if (!settled.ok) throw new Error(settled.problem.detail);
  return settled.value;
}

/** What the programme's index was in the quarter; nothing where it has none, or where it is not on record. */
async function indexOf(
  table: Table,
  { indexation }: Programme,
  quarter: Quarter,
): Promise<UsedIndex | undefined> {
  if (indexation === undefined) return undefined;
  const found = await readReference(table, 'index-value', indexValueId(indexation.index, quarter));
  return found && { id: found.id, version: found.version, value: found.value };
}

async function fixingOf(
  table: Table,
  series: string,
  quarter: Quarter,
  at: Instant,
): Promise<Fixing | undefined> {
  const fixing = await freezeFixing(table, series, quotationalWindow(quarter), at);
  if (fixing === undefined) throw new Error(`there is no series ${series}`);
  return fixing.ok ? fixing.value : undefined;
}
