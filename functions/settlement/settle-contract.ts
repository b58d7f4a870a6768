import type { Contract } from '../../shared/contracts/contract.ts';
import type { EventBody } from '../../shared/contracts/contract-events.ts';
import { stateOf } from '../../shared/contracts/life.ts';
import { dueEvents } from '../../shared/contracts/rules/standing.ts';
import { nextLook, quartersToSettle } from '../../shared/contracts/settlement/next-look.ts';
import { clearedPrices } from '../../shared/contracts/settlement/cleared-prices.ts';
import type { QuarterSettlement, Settlement } from '../../shared/contracts/settlement/settlement.ts';
import { dueFromDay, settleQuarter, yearsOf } from '../../shared/contracts/settlement/settle-quarter.ts';
import { isYearDue, settleYear } from '../../shared/contracts/settlement/settle-year.ts';
import type { StandardTermsTerms } from '../../shared/contracts/standard-terms.ts';
import { ok } from '../../shared/kernel/result.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import type { Action } from '../../shared/store/table/action.ts';
import { readContract } from '../../shared/store/contracts/contracts.ts';
import { siteAgreementsToLookAt } from '../../shared/store/support/site-agreements.ts';
import { endContractAgreement, payContractSupport } from '../../shared/store/support/support-payments.ts';
import { appendToContract, readSettlements, settle } from '../../shared/store/contracts/settlements.ts';
import { stockActions } from '../../shared/store/stockpiles/stock-contracts.ts';
import type { SettlementDependencies } from './dependencies.ts';

/** What came of looking at a contract. */
export interface HeldContract {
  readonly quarter: Quarter;
  readonly code: 'reference_unavailable' | 'not_covered';
}

export interface Looked {
  readonly settlements: readonly Settlement[];
  /** Quarters that wait for a reference price, or for money that their correction takes. */
  readonly held: readonly HeldContract[];
}

/** More than a contract can need: eighty quarters, their years, provisional payments and corrections of each. */
const maximumSteps = 1000;

/**
 * Does for one contract all that a day brings about: lapses it, settles what is due, corrects what has changed,
 * completes it, books what it means for stock; each step one transaction that holds only if nothing was appended meanwhile. So whoever comes second
 * finds it done, and whoever dies leaves whole steps.
 */
export async function settleContract(
  dependencies: Pick<SettlementDependencies, 'table' | 'reader' | 'clock' | 'only'>,
  id: string,
): Promise<Looked> {
  const { table } = dependencies;
  const settlements: Settlement[] = [];
  const held = new Map<Quarter, HeldContract['code']>();
  for (let turn = 1; turn <= maximumSteps; turn += 1) {
    const contract = await readContract(table, id);
    if (contract === undefined) throw new Error(`${id} is due, and not there`);
    const step = await nextStep(dependencies, contract, held);
    if (step.actions.length === 0) return { settlements, held: heldOf(held) };
    const outcome = await table.transact(step.actions);
    if (outcome.done) {
      if (step.settlement !== undefined) settlements.push(step.settlement);
      if (step.isLast) return { settlements, held: heldOf(held) };
    } else await table.backOff(Math.min(turn, 6));
  }
  throw new Error(`${id} does not come to rest`);
}

const heldOf = (held: ReadonlyMap<Quarter, HeldContract['code']>): HeldContract[] =>
  [...held].map(([quarter, code]) => ({ quarter, code }));

interface Step {
  readonly actions: readonly Action[];
  readonly settlement?: Settlement;
  readonly isLast: boolean;
}

async function nextStep(
  { table, reader, clock, only }: Pick<SettlementDependencies, 'table' | 'reader' | 'clock' | 'only'>,
  contract: Contract,
  held: Map<Quarter, HeldContract['code']>,
): Promise<Step> {
  const at = latestOf(contract, clock());
  const standardTerms = await reader.standardTerms(contract);
  const state = stateOf(contract, standardTerms);
  const today = dateOf(at);
  const lapsing = dueEvents(state, at).filter(({ type }) => type === 'terminated');
  if (only === undefined && lapsing.length > 0) return appending(contract, lapsing, today);

  const earlier = await readSettlements(table, contract.id);
  held.clear();
  for (const quarter of quartersToSettle(contract, state)) {
    if (only !== undefined && quarter !== only) continue;
    const due = dueFromDay(state, quarter) <= today;
    const isReceived = state.deliveries.some(
      (each) => each.quarter === quarter && each.receipt !== undefined,
    );
    if (!due && !(isReceived && state.terms.provisionalShare !== undefined)) continue;
    // What a quarter was settled at stands, and before that is paid a share of what was cleared.
    const frozen = earlier.findLast(
      (each): each is QuarterSettlement => each.kind === 'delivery' && each.quarter === quarter,
    )?.unit;
    const unit = frozen ?? (due ? undefined : clearedPrices(contract, quarter));
    const priced = unit === undefined ? await reader.unitPrices(contract, quarter, at) : ok(unit);
    if (!priced.ok) {
      if (priced.problem.code !== 'reference_unavailable') throw new Error(priced.problem.detail);
      held.set(quarter, 'reference_unavailable');
      continue;
    }
    const accounts = await reader.accounts(contract);
    const settled = settleQuarter({ contract, state, quarter, unit: priced.value, accounts, earlier, at });
    if (settled === undefined) continue;
    const { kind, sequence, id } = settled.settlement;
    const event: EventBody = { type: 'quarter_settled', at, quarter, sequence, settlement: id };
    const support = await payContractSupport(table, contract, settled.settlement, today);
    if (support === 'not covered') {
      held.set(quarter, 'not_covered');
      continue;
    }
    return {
      actions: [
        ...settle(settled),
        ...support,
        ...(await siteAgreementsToLookAt(table, contract, quarter, today)),
        ...appendToContract(contract, kind === 'delivery' ? [event] : [], today),
      ],
      settlement: settled.settlement,
      isLast: false,
    };
  }
  if (only !== undefined) return { actions: [], isLast: true };
  const year = await yearStep({ contract, standardTerms, earlier, at }, reader);
  if (year !== undefined) return year;
  const completing = dueEvents(state, at);
  if (completing.length > 0) return appending(contract, completing, today);
  const stock = await stockActions(table, contract, state, await reader.product(contract.product));
  if (stock.length > 0)
    return { actions: [...stock, ...appendToContract(contract, [], today)], isLast: false };
  const look = nextLook(contract, state, at, held.size > 0);
  if (look === undefined) {
    const status = state.status === 'completed' ? 'completed' : 'ended';
    const ending = await endContractAgreement(table, contract, earlier, status, today);
    if (ending.length > 0)
      return { actions: [...ending, ...appendToContract(contract, [], today)], isLast: false };
  }
  return { actions: appendToContract(contract, [], look), isLast: true };
}

/** The clock of this host may be behind that of the one that wrote the last event. */
const latestOf = ({ events }: Contract, now: Instant): Instant =>
  events.reduce((latest, { at }) => (at > latest ? at : latest), now);

const appending = (contract: Contract, events: readonly EventBody[], today: string): Step => ({
  actions: appendToContract(contract, events, today),
  isLast: false,
});

async function yearStep(
  {
    contract,
    standardTerms,
    earlier,
    at,
  }: {
    readonly contract: Contract;
    readonly standardTerms: StandardTermsTerms;
    readonly earlier: readonly Settlement[];
    readonly at: Instant;
  },
  reader: SettlementDependencies['reader'],
): Promise<Step | undefined> {
  const state = stateOf(contract, standardTerms);
  for (const year of yearsOf(state).sort((a, b) => a - b)) {
    if (!isYearDue(state, year, at)) continue;
    const { containedFactor } = await reader.product(contract.product);
    const settled = settleYear({ contract, state, standardTerms, year, earlier, containedFactor, at });
    if (settled === undefined) continue;
    const { sequence, id } = settled.settlement;
    const event: EventBody = { type: 'year_settled', at, year, sequence, settlement: id, ...settled.banks };
    return {
      actions: [...settle(settled), ...appendToContract(contract, [event], dateOf(at))],
      settlement: settled.settlement,
      isLast: false,
    };
  }
  return undefined;
}
