import type { Decimal } from '../kernel/decimal.ts';
import type { Currency, Money, Price } from '../kernel/money.ts';
import { digitsOf } from '../kernel/money.ts';
import { tenTo } from '../kernel/decimal.ts';
import type { Quarter } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import { accounts } from '../ledger/account.ts';
import type { Account } from '../ledger/entry.ts';
import type { Movement } from '../ledger/posting.ts';
import type { Product } from '../reference/product.ts';
import type { Agreement } from './agreement.ts';
import type { SupportAccount } from './account.ts';
import type { ClawbackRules, Netted } from './clawback.ts';
import { netClawback, noClawback } from './clawback.ts';
import type { Billionths } from './exact.ts';
import { atLeastZero, least, moneyFor, perProductUnit } from './exact.ts';
import { billionths } from '../pricing/billionths.ts';
import type { ProgrammeTerms } from './programme.ts';
import { usuallyInvoicedAfter } from './programme.ts';
import type { Batch, CountedQuantities, QuarterQuantities } from './quantity.ts';
import { countQuantities } from './quantity.ts';
import type { UnitPayment } from './unit-payment.ts';
import { boundedReference, strikeAt, unitPayment } from './unit-payment.ts';

/** Of an agreement of which nothing has been settled yet. */
export const newSupportAccount: SupportAccount = { settled: 0n, stockpiledPaid: 0n, clawback: noClawback };

/** What a quarter of an agreement is settled with: its frozen reference price, and what was delivered and stockpiled. */
export interface SupportInput extends QuarterQuantities {
  readonly quarter: Quarter;
  readonly reference: Price;
  /** The indexation's value of the quarter, where the programme has one. */
  readonly index?: Decimal;
}

/** A quarter of an agreement, settled: amounts in minor units of the product's currency. */
export interface SupportSettlement extends Netted, CountedQuantities {
  readonly quarter: Quarter;
  readonly strike: Decimal;
  /** Per unit of the product, before what other support and floors have paid already. */
  readonly unit: UnitPayment;
  /** Before anything is set off. */
  readonly topUp: bigint;
  readonly after: SupportAccount;
}

/**
 * Settles one quarter of an agreement of site basis: what its programme owes the producer for it (`claim`), and what
 * the producer is charged (`charged`), set off (`netted`) and invoiced. Whether the claim is funded is
 * {@link fundClaims}' to say. The top-up of each delivery, and the clawback of all, are rounded down to the minor unit.
 *
 * No double support: with what a floor holds its price at and what other support has paid, a kilogram gets no more than
 * the strike.
 *
 * Errors: currency_mismatch, unit_not_convertible (of the reference price).
 */
export function settleSupport(
  programme: ProgrammeTerms,
  agreement: Pick<Agreement, 'caps' | 'to' | 'strike'>,
  product: Pick<Product, 'unit' | 'currency' | 'containedFactor'>,
  account: SupportAccount,
  input: SupportInput,
): Result<SupportSettlement> {
  const { quarter } = input;
  const fixing = perProductUnit(input.reference, product);
  if (!fixing.ok) return fixing;
  const strikeAmount = strikeAt({ ...programme, strike: agreement.strike }, input.index);
  const strike = billionths(strikeAmount);
  const unit = unitPayment(programme, strike, fixing.value, quarter);
  const counted = countQuantities(
    input,
    account.stockpiledPaid,
    capOf(agreement.caps, quarter),
    capOf(agreement.caps) - account.settled,
  );
  const { currency } = product;
  const reference = boundedReference(fixing.value, programme.minimumReference?.amount);
  const topUp = counted.delivered.reduce(
    (sum, batch) => sum + moneyFor(topUpOf(batch, unit, strike, reference), batch.quantity, currency),
    moneyFor(unit.topUp, counted.stockpiled, currency),
  );
  const clawback = moneyFor(unit.clawback, counted.total, currency);
  const netted = netClawback(account.clawback, { topUp, clawback }, clawbackRules(programme, currency), {
    quarter,
    isLast: quarter >= agreement.to,
  });
  const after = {
    settled: account.settled + counted.total,
    stockpiledPaid: counted.stockpiledPaid,
    clawback: netted.account,
  };
  return ok({ ...counted, ...netted, quarter, strike: strikeAmount, unit, topUp, after });
}

/** Σ support ≤ strike − reference, and a price that a floor holds above the reference counts as support. */
const topUpOf = (batch: Batch, unit: UnitPayment, strike: Billionths, reference: Billionths): Billionths => {
  const lifted = atLeastZero((batch.protectedPrice ?? 0n) - reference);
  return least(unit.topUp, atLeastZero(strike - reference - lifted - (batch.supported ?? 0n)));
};

/** The cap of one quarter (none: zero), or of all. */
function capOf(caps: Agreement['caps'], quarter?: Quarter): Billionths {
  return caps
    .filter((cap) => quarter === undefined || cap.quarter === quarter)
    .reduce((sum, { quantity }) => sum + billionths(quantity.amount), 0n);
}

function clawbackRules({ design }: ProgrammeTerms, currency: Currency): ClawbackRules {
  if (design.kind === 'one-way')
    return { annual: undefined, lifetime: undefined, invoicedAfter: usuallyInvoicedAfter };
  const { annualClawbackCap, lifetimeClawbackCap, invoicedAfter = usuallyInvoicedAfter } = design;
  const minor = (cap: Money | undefined) => (cap === undefined ? undefined : minorUnitsIn(cap, currency));
  return { annual: minor(annualClawbackCap), lifetime: minor(lifetimeClawbackCap), invoicedAfter };
}

/** Whole minor units of an amount, what is beyond them left out. */
export const minorUnitsIn = ({ amount }: Money, currency: Currency): bigint =>
  (amount.units * tenTo(digitsOf(currency))) / tenTo(amount.scale);

/** Minor units that settling a quarter moves, of either sign: a correction moves what has changed. */
export interface SupportMoved {
  readonly charged: bigint;
  readonly netted: bigint;
  readonly invoiced: bigint;
  /** Paid for what a correction finds was not owed. */
  readonly refunded: bigint;
}

/**
 * What a settled quarter moves, claims left aside: these are paid by funding rounds. What is charged accrues, and is
 * nobody's debt yet; what is set off is neither owed nor paid; what is invoiced the producer owes. In balance by
 * construction.
 */
export function supportMovements(
  { programme, producer }: Pick<Agreement, 'programme' | 'producer'>,
  { charged, netted, invoiced, refunded }: SupportMoved,
): Movement[] {
  const organisation = accounts.organisation(producer);
  const move = (from: Account, to: Account, amount: bigint): Movement[] => [
    { account: from, amount: -amount },
    { account: to, amount },
  ];
  return [
    ...move(accounts.accrued(programme), accounts.clawback(programme), charged - netted),
    ...move(organisation, accounts.accrued(programme), invoiced),
    ...move(organisation, accounts.programme(programme), refunded),
  ];
}
