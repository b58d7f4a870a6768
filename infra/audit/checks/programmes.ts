import * as z from 'zod';
import { accounts } from '../../../shared/ledger/account.ts';
import type { Cause } from '../../../shared/ledger/entry.ts';
import { minorUnits, signedUnits } from '../../../shared/ledger/posting.ts';
import { minorUnitsIn } from '../../../shared/support/settlement.ts';
import type { Programme } from '../../../shared/support/programme.ts';
import type { Agreement } from '../../../shared/support/agreement.ts';
import { agreementOfContract } from '../../../shared/support/agreement.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

const budgetSchema = z.object({
  budget: z.bigint(),
  paid: z.bigint(),
  reserved: z.bigint(),
  contracts: z.bigint(),
  left: z.bigint(),
});

/** Programmes: what each was given and has paid by the ledger, and reserved by its agreements; and contracts' agreements. */
export function* checkProgrammes(evidence: Evidence): Generator<Finding> {
  const lines = Map.groupBy(
    evidence.lines.map(({ line }) => line),
    ({ account }) => account,
  );
  const sumOf = (account: string, of: (cause: Cause) => boolean): bigint =>
    (lines.get(account) ?? [])
      .filter(({ cause }) => of(cause))
      .reduce((sum, line) => sum + signedUnits(line), 0n);
  const isFunding = ({ kind }: Cause): boolean => kind === 'funding';
  const byProgramme = Map.groupBy(evidence.agreements.values(), ({ programme }) => programme);
  const paid = paidByAgreement(evidence);
  for (const [programme, item] of evidence.budgets) {
    const subject = `PROGRAMME#${programme}`;
    const read = budgetSchema.safeParse(item);
    if (!read.success) {
      yield finding('unreadable', subject, 'its budget');
      continue;
    }
    const { budget, left, ...stated } = read.data;
    const { reserved, contracts } = stated;
    if (contracts < 0n || reserved < contracts || budget !== stated.paid + reserved + left)
      yield finding('programme_budget', subject, `${budget} is not ${stated.paid} + ${reserved} + ${left}`);
    if (stated.paid + contracts > budget)
      yield finding(
        'programme_budget',
        subject,
        `of ${budget}, ${stated.paid} and ${contracts} are promised`,
      );
    const spent = -sumOf(accounts.programme(programme), (cause) => !isFunding(cause));
    const own = (byProgramme.get(programme) ?? []).filter(({ status }) => status === 'active');
    const open = (of: 'contract' | 'site'): bigint =>
      own
        .filter(({ basis }) => basis.kind === of)
        .reduce((sum, agreement) => sum + stillReserved(agreement, paid), 0n);
    const [ofContracts, ofSites] = [open('contract'), open('site')];
    if (stated.paid !== spent || contracts !== ofContracts || reserved !== ofContracts + ofSites)
      yield finding(
        'programme_paid',
        subject,
        `paid ${stated.paid}, by the ledger ${spent}; reserved ${reserved} (${contracts} for contracts), ` +
          `by its agreements ${ofContracts + ofSites} (${ofContracts})`,
      );
    const record = evidence.references.get(`programme ${programme}`)?.head as Programme | undefined;
    const given = [
      record === undefined ? undefined : minorUnitsIn(record.budget, record.budget.currency),
      sumOf(accounts.programme(programme), isFunding),
      -sumOf(accounts.treasury(programme), () => true),
    ];
    if (given.some((sum) => sum !== budget))
      yield finding(
        'programme_funding',
        subject,
        `a budget of ${budget}; by its record, its account and its treasury ${given.join(', ')}`,
      );
  }
  for (const programme of byProgramme.keys())
    if (!evidence.budgets.has(programme))
      yield finding('programme_paid', `PROGRAMME#${programme}`, 'it has agreements, and no budget');
  yield* ofContracts(evidence);
}

/** Minor units: of a contract's agreement by the ledger, of a site's by its rounds less what was owed back. */
function paidByAgreement(evidence: Evidence): Map<string, bigint> {
  const paid = new Map<string, bigint>();
  const add = (agreement: string, amount: bigint): void => {
    paid.set(agreement, (paid.get(agreement) ?? 0n) + amount);
  };
  for (const { line } of evidence.lines)
    if (line.account.startsWith('programme:') && 'contract' in line.cause)
      add(agreementOfContract(line.cause.contract), -signedUnits(line));
  for (const { claims } of evidence.rounds)
    for (const claim of claims) add(claim.agreement, minorUnits(claim.paid));
  for (const { agreement, refunded } of evidence.supportSettlements) add(agreement, -minorUnits(refunded));
  return paid;
}

/** What of an active agreement's reserve has not been paid. */
function stillReserved({ id, reserved }: Agreement, paid: ReadonlyMap<string, bigint>): bigint {
  const open = minorUnits(reserved) - (paid.get(id) ?? 0n);
  return open < 0n ? 0n : open;
}

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
