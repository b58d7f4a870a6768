import type { Contract } from '../contracts/contract.ts';
import type { Settlement } from '../contracts/settlement/settlement.ts';
import { accounts } from '../ledger/account.ts';
import { minorUnits, signedUnits } from '../ledger/posting.ts';
import { agreementOfContract } from '../support/agreement.ts';
import type { Action } from './action.ts';
import { readAgreement } from './agreements.ts';
import type { Clause } from './condition.ts';
import { keys } from './keys.ts';
import { paySupport } from './programme-budget.ts';
import type { Table } from './table.ts';

/** Minor units that settlements have taken from the programme of a contract. */
const paidBy = (programme: string, settlements: readonly Settlement[]): bigint =>
  settlements
    .flatMap(({ postings }) => postings)
    .filter(({ account }) => account === accounts.programme(programme))
    .reduce((sum, posting) => sum - signedUnits(posting), 0n);

/**
 * What a settlement takes out of its programme's budget: paid is what had been reserved for it. What a correction gives
 * back is reserved again, until the contract is over.
 */
export function payContractSupport({ programme }: Contract, settlement: Settlement): Action[] {
  if (programme === undefined) return [];
  const paid = paidBy(programme, [settlement]);
  return paid === 0n ? [] : [paySupport(programme, { paid, released: paid })];
}

const isActive: Clause = {
  name: 'isActive',
  expression: '#body.#status = :active',
  names: { '#body': 'body', '#status': 'status' },
  values: { ':active': 'active' },
};

/**
 * The end of the agreement that supports a contract which is over: what it still reserves is free again. Nothing where
 * the contract has none, or it has ended already.
 */
export async function endContractAgreement(
  table: Table,
  contract: Contract,
  settlements: readonly Settlement[],
  status: 'completed' | 'ended',
): Promise<Action[]> {
  const { programme } = contract;
  if (programme === undefined) return [];
  const id = agreementOfContract(contract.id);
  const agreement = await readAgreement(table, id);
  if (agreement === undefined) throw new Error(`${contract.id} is supported without an agreement`);
  if (agreement.status !== 'active') return [];
  const released = minorUnits(agreement.reserved) - paidBy(programme, settlements);
  return [
    {
      name: `agreement ${id}`,
      update: keys.agreement(id),
      set: {
        expression: 'SET #body.#status = :status, #body.#version = :version',
        names: { '#body': 'body', '#status': 'status', '#version': 'version' },
        values: { ':status': status, ':version': agreement.version + 1 },
      },
      conditions: [isActive],
    },
    ...(released === 0n ? [] : [paySupport(programme, { paid: 0n, released })]),
  ];
}
