import * as z from 'zod';
import { accounts } from '../../../shared/ledger/account.ts';
import { minorUnits, signedUnits } from '../../../shared/ledger/posting.ts';
import type { Agreement } from '../../../shared/support/agreement.ts';
import { agreementOfContract } from '../../../shared/support/agreement.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

const budgetSchema = z.object({
  budget: z.bigint(),
  paid: z.bigint(),
  reserved: z.bigint(),
  left: z.bigint(),
});

/** Programmes: what each has paid by the ledger, and reserved by its agreements; and contracts' agreements. */
export function* checkProgrammes(evidence: Evidence): Generator<Finding> {
  const paid = paidByContract(evidence);
  const agreements = [...evidence.agreements.values()];
  const byProgramme = Map.groupBy(agreements, ({ programme }) => programme);
  for (const [programme, item] of evidence.budgets) {
    const subject = `PROGRAMME#${programme}`;
    const read = budgetSchema.safeParse(item);
    if (!read.success) {
      yield finding('unreadable', subject, 'its budget');
      continue;
    }
    const { budget, left, ...stated } = read.data;
    if (left < 0n || stated.reserved < 0n || budget !== stated.paid + stated.reserved + left)
      yield finding(
        'programme_budget',
        subject,
        `${budget} is not ${stated.paid} + ${stated.reserved} + ${left}`,
      );
    const own = byProgramme.get(programme) ?? [];
    const spent = [...paid].reduce(
      (sum, [key, units]) => (key.startsWith(`${programme} `) ? sum + units : sum),
      0n,
    );
    const reserved = own
      .filter(({ status }) => status === 'active')
      .reduce((sum, agreement) => sum + openOf(agreement, paid), 0n);
    if (stated.paid !== spent || stated.reserved !== reserved)
      yield finding(
        'programme_paid',
        subject,
        `paid ${stated.paid}, by the ledger ${spent}; reserved ${stated.reserved}, by its agreements ${reserved}`,
      );
  }
  for (const programme of byProgramme.keys())
    if (!evidence.budgets.has(programme))
      yield finding('programme_paid', `PROGRAMME#${programme}`, 'it has agreements, and no budget');
  yield* ofContracts(evidence);
}

/** Minor units by programme and contract. */
function paidByContract(evidence: Evidence): Map<string, bigint> {
  const paid = new Map<string, bigint>();
  for (const { line } of evidence.lines) {
    const { account, cause } = line;
    if (!account.startsWith('programme:') || !('contract' in cause)) continue;
    const key = `${account.slice('programme:'.length)} ${cause.contract}`;
    paid.set(key, (paid.get(key) ?? 0n) - signedUnits(line));
  }
  return paid;
}

/** What of an active agreement's reserve has not been paid. */
const openOf = ({ programme, basis, reserved }: Agreement, paid: ReadonlyMap<string, bigint>): bigint =>
  minorUnits(reserved) -
  (basis.kind === 'contract' ? (paid.get(`${programme} ${basis.contract}`) ?? 0n) : 0n);

/** A supported contract has its agreement, which reserved what the contract says; no other agreement names a contract. */
function* ofContracts(evidence: Evidence): Generator<Finding> {
  for (const { id, programme, totals } of evidence.contracts.values()) {
    const agreement = evidence.agreements.get(agreementOfContract(id));
    if (programme === undefined && agreement === undefined) continue;
    const reserved = agreement && minorUnits(agreement.reserved);
    if (agreement?.programme !== programme || reserved !== minorUnits(totals.support))
      yield finding(
        'programme_agreement',
        `CONTRACT#${id}`,
        `${accounts.programme(programme ?? '?')} has no agreement for it as it stands`,
      );
  }
  for (const { id, basis } of evidence.agreements.values())
    if (
      basis.kind === 'contract' &&
      (!evidence.contracts.has(basis.contract) || id !== agreementOfContract(basis.contract))
    )
      yield finding('programme_agreement', `AGREEMENT#${id}`, 'it supports a contract that is not there');
}
