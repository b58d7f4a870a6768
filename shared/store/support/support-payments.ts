import type { Contract } from '../../contracts/contract.ts';
import type { Settlement } from '../../contracts/settlement/settlement.ts';
import { accounts } from '../../ledger/account.ts';
import { minorUnits, signedUnits } from '../../ledger/posting.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import type { Agreement } from '../../support/agreement.ts';
import { agreementOfContract } from '../../support/agreement.ts';
import type { Action } from '../table/action.ts';
import { endAgreement, readAgreement } from './agreements.ts';
import { marketState } from '../clearing/control.ts';
import { payFromReserve, payFromWhatIsLeft, readBudget } from './programme-budget.ts';
import type { Table } from '../table/table.ts';

/** Minor units that settlements have taken from the programme of a contract. */
const paidBy = (programme: string, settlements: readonly Settlement[]): bigint =>
  settlements
    .flatMap(({ postings }) => postings)
    .filter(({ account }) => account === accounts.programme(programme))
    .reduce((sum, posting) => sum - signedUnits(posting), 0n);

/**
 * What a settlement takes out of its programme's budget: paid is what had been reserved for it. What a correction gives
 * back is reserved again, until the contract is over; then it takes from what is left, or gives back to it. `not covered`
 * where what is left does not suffice, or a clearing counts on it.
 */
export async function payContractSupport(
  table: Table,
  { id, programme, product }: Contract,
  settlement: Settlement,
  today: CalendarDate,
): Promise<Action[] | 'not covered'> {
  if (programme === undefined) return [];
  const paid = paidBy(programme, [settlement]);
  if (paid === 0n) return [];
  const agreement = await agreementFor(table, id);
  if (agreement.status === 'active') return [payFromReserve(programme, { paid, released: paid }, today)];
  const [budget, { ended, gateClosure }] = await Promise.all([
    readBudget(table, programme),
    marketState(table, product),
  ]);
  if (budget === undefined) throw new Error(`${programme} has no budget`);
  return paid > 0n && (budget.left < paid || gateClosure !== undefined)
    ? 'not covered'
    : [payFromWhatIsLeft(programme, paid, today, ended)];
}

async function agreementFor(table: Table, contract: string): Promise<Agreement> {
  const agreement = await readAgreement(table, agreementOfContract(contract));
  if (agreement === undefined) throw new Error(`${contract} is supported without an agreement`);
  return agreement;
}

/**
 * The end of the agreement that supports a contract which is over: what it still reserves is free again. Nothing where
 * the contract has none, or it has ended already.
 */
export async function endContractAgreement(
  table: Table,
  contract: Contract,
  settlements: readonly Settlement[],
  status: 'completed' | 'ended',
  today: CalendarDate,
): Promise<Action[]> {
  const { programme } = contract;
  if (programme === undefined) return [];
  const agreement = await agreementFor(table, contract.id);
  if (agreement.status !== 'active') return [];
  const released = minorUnits(agreement.reserved) - paidBy(programme, settlements);
  return [
    endAgreement(agreement, status),
    ...(released === 0n ? [] : [payFromReserve(programme, { paid: 0n, released }, today)]),
  ];
}
