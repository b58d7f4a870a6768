import * as z from 'zod';
import { accounts } from '../../../shared/ledger/account.ts';
import { minorUnits, signedUnits } from '../../../shared/ledger/posting.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { postingSchema } from '../../../shared/ledger/entry.ts';
import type { Programme } from '../../../shared/support/programme.ts';
import type { SupportSettlement } from '../../../shared/support/quarter-settlement.ts';
import {
  settleAgreementQuarter,
  supportSettlementSchema,
} from '../../../shared/support/quarter-settlement.ts';
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
  yield* ofSites(evidence);
}

/** Settled quarters of sites' agreements: computed again from what they say they rest on, and held against the ledger. */
function* ofSites(evidence: Evidence): Generator<Finding> {
  const entries = new Map(evidence.entries.map((entry) => [entry.id, entry]));
  const claimed = new Set(evidence.supportSettlements.flatMap((each) => each.entries));
  for (const [id, own] of Map.groupBy(evidence.supportSettlements, ({ agreement }) => agreement)) {
    const agreement = evidence.agreements.get(id);
    const product = agreement && evidence.product(agreement.product);
    const programme = agreement && evidence.references.get(`programme ${agreement.programme}`)?.head;
    let previous: SupportSettlement | undefined;
    for (const settlement of own.toSorted((a, b) => (a.quarter < b.quarter ? -1 : 1))) {
      const { quarter, fixing, batches, stockpiled, settledAt: at } = settlement;
      const available = minorUnits(settlement.paid) + (settlement.carried.amount.units === 0n ? 1n : 0n);
      const again =
        agreement === undefined || product === undefined || programme === undefined
          ? undefined
          : settleAgreementQuarter({
              ...{ agreement, product, quarter, fixing, batches, stockpiled, previous, available, at },
              programme: programme as Programme,
            });
      if (again?.ok !== true || textOf(again.value.settlement) !== textOf(settlement))
        yield finding('support_amounts', `AGREEMENT#${id}`, `${quarter} is not what it was settled at`);
      const posted = settlement.entries.flatMap((entry) => entries.get(entry)?.postings ?? []);
      if (textOfPostings(posted) !== textOfPostings(settlement.postings))
        yield finding(
          'support_entries',
          `AGREEMENT#${id}`,
          `${quarter} says something else than its entries`,
        );
      previous = settlement;
    }
  }
  for (const { id, cause } of evidence.entries)
    if (cause.kind === 'support' && !claimed.has(id))
      yield finding('support_entries', `LEDGER#${id}`, 'no settlement posted it');
}

const textOf = (settlement: SupportSettlement): string =>
  canonicalJson(z.encode(supportSettlementSchema, settlement));
const textOfPostings = (postings: SupportSettlement['postings']): string =>
  canonicalJson(z.encode(z.array(postingSchema), postings));

/** Minor units by programme and contract. */
function paidByContract(evidence: Evidence): Map<string, bigint> {
  const paid = new Map<string, bigint>();
  for (const { line } of evidence.lines) {
    const { account, cause } = line;
    if (!account.startsWith('programme:') || !('contract' in cause || 'agreement' in cause)) continue;
    const of = 'contract' in cause ? cause.contract : cause.agreement;
    const key = `${account.slice('programme:'.length)} ${of}`;
    paid.set(key, (paid.get(key) ?? 0n) - signedUnits(line));
  }
  return paid;
}

/** What of an active agreement's reserve has not been paid. */
function openOf({ id, programme, basis, reserved }: Agreement, paid: ReadonlyMap<string, bigint>): bigint {
  const of = basis.kind === 'contract' ? basis.contract : id;
  const open = minorUnits(reserved) - (paid.get(`${programme} ${of}`) ?? 0n);
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
