import * as z from 'zod';
import { formatDecimal, trimDecimal } from '../../../shared/kernel/decimal.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import type { IndexValue } from '../../../shared/pricing/index-value.ts';
import { indexValueId } from '../../../shared/pricing/index-value.ts';
import { accounts } from '../../../shared/ledger/account.ts';
import type { Entry } from '../../../shared/ledger/entry.ts';
import { entrySchema, postingSchema } from '../../../shared/ledger/entry.ts';
import { minorUnits, signedUnits } from '../../../shared/ledger/posting.ts';
import type { Programme } from '../../../shared/support/programme.ts';
import type { SupportSettlement } from '../../../shared/support/quarter-settlement.ts';
import {
  settleAgreementQuarter,
  supportSettlementSchema,
} from '../../../shared/support/quarter-settlement.ts';
import type { FundingRound } from '../../../shared/support/round.ts';
import { decideRound, fundingRoundSchema, paymentEntry } from '../../../shared/support/round.ts';
import { standingSettlements } from '../../../shared/store/support/support-settlements.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';

/** Support of sites: quarters, what they claim, the rounds that pay it, and what is charged. */
export function* checkSupport(evidence: Evidence): Generator<Finding> {
  const entries = new Map(evidence.entries.map((entry) => [entry.id, entry]));
  const byAgreement = Map.groupBy(evidence.supportSettlements, ({ agreement }) => agreement);
  for (const [id, own] of byAgreement) yield* quartersOf(evidence, id, own, entries);
  yield* rounds(evidence, entries);
  yield* claims(evidence);
  yield* batches(evidence, byAgreement);
  yield* clawback(evidence, byAgreement);
  const claimed = new Set([
    ...evidence.supportSettlements.flatMap((each) => each.entries),
    ...evidence.rounds.flatMap((round) => entriesOf(evidence, round).map(({ id }) => id)),
  ]);
  for (const { id, cause } of evidence.entries)
    if (['support', 'payment', 'round'].includes(cause.kind) && !claimed.has(id))
      yield finding('support_entries', `LEDGER#${id}`, 'neither a settlement nor a round posted it');
}

/** Computed again from what each says it rests on, and held against the ledger. */
function* quartersOf(
  evidence: Evidence,
  id: string,
  own: readonly SupportSettlement[],
  entries: ReadonlyMap<string, Entry>,
): Generator<Finding> {
  const agreement = evidence.agreements.get(id);
  const product = agreement && evidence.product(agreement.product);
  const programme = agreement && evidence.references.get(`programme ${agreement.programme}`)?.head;
  for (const settlement of own) {
    const { quarter, sequence, fixing, index, stockpiled, settledAt: at } = settlement;
    const standing = own.find((each) => each.quarter === quarter && each.sequence === sequence - 1);
    const risen = minorUnits(settlement.claim) - (standing === undefined ? 0n : minorUnits(standing.claim));
    const previous = own.find((each) => each.id === settlement.previous);
    const isComplete =
      previous?.id === settlement.previous &&
      (sequence === 1 || standing !== undefined) &&
      isRightIndex(evidence, programme as Programme | undefined, settlement);
    const again =
      agreement === undefined || product === undefined || programme === undefined || !isComplete
        ? undefined
        : settleAgreementQuarter({
            ...{ agreement, product, quarter, fixing, index, stockpiled, previous, standing, at },
            batches: settlement.batches,
            programme: programme as Programme,
            // What was open is what was not owed back; that the two fit together is the claims' to say.
            open: risen < 0n ? -risen - minorUnits(settlement.refunded) : 0n,
          });
    if (
      again?.ok !== true ||
      again.value === undefined ||
      textOf(again.value.settlement) !== textOf(settlement)
    )
      yield finding('support_amounts', `AGREEMENT#${id}`, `${quarter} is not what it was settled at`);
    const posted = settlement.entries.flatMap((entry) => entries.get(entry)?.postings ?? []);
    if (textOfPostings(posted) !== textOfPostings(settlement.postings))
      yield finding('support_entries', `AGREEMENT#${id}`, `${quarter} says something else than its entries`);
  }
}

/** A programme with an indexed strike was settled by a value that is on record, of its index and the quarter. */
function isRightIndex(
  evidence: Evidence,
  programme: Programme | undefined,
  { quarter, index }: SupportSettlement,
): boolean {
  const wanted = programme?.indexation;
  if (wanted === undefined || index === undefined) return wanted === undefined && index === undefined;
  const versions = evidence.references.get(`index-value ${index.id}`)?.versions as
    readonly IndexValue[] | undefined;
  const version = versions?.find((each) => each.version === index.version);
  return (
    index.id === indexValueId(wanted.index, quarter) &&
    version !== undefined &&
    textOfAmount(version.value) === textOfAmount(index.value)
  );
}

const textOf = (settlement: SupportSettlement): string =>
  canonicalJson(z.encode(supportSettlementSchema, settlement));
const textOfPostings = (postings: SupportSettlement['postings']): string =>
  canonicalJson(z.encode(z.array(postingSchema), postings));
const textOfRound = (round: FundingRound | undefined): string =>
  round === undefined ? '' : canonicalJson(z.encode(fundingRoundSchema, round));
const textOfEntry = (entry: Entry): string => canonicalJson(z.encode(entrySchema, entry));

const productOf = (evidence: Evidence, programme: string): string =>
  (evidence.references.get(`programme ${programme}`)?.head as Programme | undefined)?.product ?? '';

/** The entry of a round, and of each payment that has been made by now or must have been. */
function entriesOf(evidence: Evidence, round: FundingRound): Entry[] {
  const product = productOf(evidence, round.programme);
  const made = decidedAgain(evidence, round)?.entry;
  return [...(made === undefined ? [] : [made]), ...paymentsOf(round, product)];
}

const paymentsOf = (round: FundingRound, product: string): Entry[] =>
  round.claims.flatMap((claim) => paymentEntry(round, claim, product) ?? []);

const decidedAgain = (evidence: Evidence, round: FundingRound) =>
  decideRound({
    ...{ programme: round.programme, round: round.round, at: round.at },
    product: productOf(evidence, round.programme),
    currency: round.paid.currency,
    available: minorUnits(round.available),
    claims: round.claims.map(({ owed, ...claim }) => ({ ...claim, amount: minorUnits(owed) })),
  });

/** Numbered without a gap, shared out as they must be, and paid, all but the one that is still being paid. */
function* rounds(evidence: Evidence, entries: ReadonlyMap<string, Entry>): Generator<Finding> {
  for (const round of evidence.rounds) {
    const { programme, round: number } = round;
    const subject = `PROGRAMME#${programme}`;
    const again = decidedAgain(evidence, round);
    if (textOfRound(again?.round) !== textOfRound(round))
      yield finding('support_rounds', subject, `round ${number} does not share out what there was`);
    const isOpen = evidence.budgets.get(programme)?.['distributing'] === BigInt(number);
    for (const entry of entriesOf(evidence, round)) {
      const posted = entries.get(entry.id);
      if (
        posted === undefined
          ? !isOpen || entry.cause.kind === 'round'
          : textOfEntry(posted) !== textOfEntry(entry)
      )
        yield finding('support_rounds', subject, `round ${number} says something else than the ledger`);
    }
  }
  for (const [programme, own] of Map.groupBy(evidence.rounds, (round) => round.programme)) {
    const budget = evidence.budgets.get(programme);
    const counted = budget?.['rounds'];
    if (budget?.['distributing'] !== undefined && budget['gsi3sk'] === undefined)
      yield finding(
        'support_rounds',
        `PROGRAMME#${programme}`,
        'a round is being paid, and nobody looks at it',
      );
    if (counted !== BigInt(own.length))
      yield finding('support_rounds', `PROGRAMME#${programme}`, `${own.length} rounds of ${String(counted)}`);
  }
}

/** For each agreement and quarter: claimed = paid − owed back + open. */
function* claims(evidence: Evidence): Generator<Finding> {
  const open = new Map<string, bigint>();
  const add = (programme: string, quarter: string, agreement: string, amount: bigint): void => {
    const key = `${programme} ${quarter} ${agreement}`;
    open.set(key, (open.get(key) ?? 0n) + amount);
  };
  for (const [agreement, own] of Map.groupBy(evidence.supportSettlements, (each) => each.agreement))
    for (const { programme, quarter, claim } of standingSettlements(own).values())
      add(programme, quarter, agreement, minorUnits(claim));
  for (const { programme, quarter, agreement, refunded } of evidence.supportSettlements)
    add(programme, quarter, agreement, minorUnits(refunded));
  const posted = new Set(evidence.entries.map(({ id }) => id));
  const paid = new Map<string, bigint>();
  for (const { agreement, refunded } of evidence.supportSettlements)
    paid.set(agreement, (paid.get(agreement) ?? 0n) - minorUnits(refunded));
  for (const round of evidence.rounds)
    for (const claim of round.claims) {
      const entry = paymentEntry(round, claim, productOf(evidence, round.programme));
      if (entry === undefined || !posted.has(entry.id)) continue;
      add(round.programme, claim.quarter, claim.agreement, -minorUnits(claim.paid));
      paid.set(claim.agreement, (paid.get(claim.agreement) ?? 0n) + minorUnits(claim.paid));
    }
  for (const [agreement, stated] of evidence.paidPlaces)
    if (stated !== (paid.get(agreement) ?? 0n))
      yield finding(
        'support_claims',
        `AGREEMENT#${agreement}`,
        `its place says that ${stated} was paid, and its rounds ${paid.get(agreement) ?? 0n}`,
      );
  for (const [key, amount] of evidence.claims) {
    const expected = open.get(key) ?? 0n;
    if (expected !== amount) yield unclaimed(key, expected, amount);
    open.delete(key);
  }
  for (const [key, expected] of open) if (expected !== 0n) yield unclaimed(key, expected, 0n);
}

const unclaimed = (key: string, expected: bigint, found: bigint): Finding =>
  finding('support_claims', `PROGRAMME#${key}`, `${expected} minor units are open, and ${found} on record`);

/** Each delivery as its contract's settlement had it then, and counted by one agreement in one quarter. */
function* batches(
  evidence: Evidence,
  byAgreement: ReadonlyMap<string, readonly SupportSettlement[]>,
): Generator<Finding> {
  const supportedBy = new Map<string, string>();
  for (const [agreement, own] of byAgreement)
    for (const { quarter, batches: counted, settledAt } of standingSettlements(own).values())
      for (const { contract, delivery, quantity } of counted) {
        const settled = (evidence.settlements.get(contract) ?? [])
          .filter(
            (each) => each.kind === 'delivery' && each.quarter === quarter && each.settledAt <= settledAt,
          )
          .toSorted((a, b) => a.sequence - b.sequence)
          .at(-1);
        const line =
          settled?.kind === 'delivery'
            ? settled.lines.find((each) => each.delivery === delivery && each.basis === 'final')
            : undefined;
        const by = supportedBy.get(delivery);
        const isSame = line !== undefined && textOfAmount(line.quantity.amount) === textOfAmount(quantity);
        if (!isSame || by !== undefined)
          yield finding(
            'support_batches',
            `AGREEMENT#${agreement}`,
            `${delivery} in ${quarter} ${by === undefined ? 'was not settled so' : `is supported by ${by}, too`}`,
          );
        supportedBy.set(delivery, agreement);
      }
}

const textOfAmount = (amount: Parameters<typeof trimDecimal>[0]): string =>
  formatDecimal(trimDecimal(amount));

/** charged − set off = invoiced + accrued, in the ledger as in the settlements. */
function* clawback(
  evidence: Evidence,
  byAgreement: ReadonlyMap<string, readonly SupportSettlement[]>,
): Generator<Finding> {
  const sums = new Map<string, { accrued: bigint; owed: bigint }>();
  for (const own of byAgreement.values())
    for (const { programme, charged, netted, invoiced } of standingSettlements(own).values()) {
      const { accrued, owed } = sums.get(programme) ?? { accrued: 0n, owed: 0n };
      const net = minorUnits(charged) - minorUnits(netted);
      sums.set(programme, { accrued: accrued + net - minorUnits(invoiced), owed: owed + net });
    }
  const balances = new Map<string, bigint>();
  for (const { line } of evidence.lines)
    balances.set(line.account, (balances.get(line.account) ?? 0n) + signedUnits(line));
  for (const programme of evidence.budgets.keys()) {
    const { accrued, owed } = sums.get(programme) ?? { accrued: 0n, owed: 0n };
    const [inAccrued = 0n, inClawback = 0n] = [accounts.accrued(programme), accounts.clawback(programme)].map(
      (account) => balances.get(account) ?? 0n,
    );
    if (inAccrued !== -accrued || inClawback !== owed)
      yield finding(
        'support_clawback',
        `PROGRAMME#${programme}`,
        `${owed} owed back, ${accrued} of it accrued; in the ledger ${inClawback} and ${-inAccrued}`,
      );
  }
}
