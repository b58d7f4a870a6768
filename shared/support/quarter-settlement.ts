import * as z from 'zod';
import type { Decimal } from '../kernel/decimal.ts';
import { decimalCodec } from '../kernel/decimal.ts';
import { canonicalJson } from '../kernel/digest.ts';
import { derivedId } from '../kernel/derived-id.ts';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { moneyOf, moneySchema } from '../kernel/money.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { firstDayOf, quarterSchema } from '../kernel/quarter.ts';
import type { Result } from '../kernel/result.ts';
import { ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Entry } from '../ledger/entry.ts';
import { postingSchema } from '../ledger/entry.ts';
import { entryOf, minorUnits, signedUnits } from '../ledger/posting.ts';
import type { Fixing } from '../pricing/reference-price.ts';
import { fixingSchema } from '../pricing/reference-price.ts';
import type { Product } from '../reference/product.ts';
import { supportAccountSchema } from './account.ts';
import type { Agreement } from './agreement.ts';
import { billionths, ofBillionths } from '../pricing/billionths.ts';
import { fundClaims } from './funding.ts';
import type { ProgrammeTerms } from './programme.ts';
import { newSupportAccount, settleSupport, supportPostings } from './settlement.ts';

/** What was delivered and accepted of the site's output, per contract's delivery, in the product's own unit. */
export const batchSchema = z.strictObject({
  contract: generatedIdSchema('contract'),
  delivery: generatedIdSchema('delivery'),
  quantity: decimalCodec,
  /** What the seller was paid, where a floor held that price up. */
  protectedPrice: decimalCodec.optional(),
  /** What another programme has paid per unit. */
  supported: decimalCodec.optional(),
});
export type SupportBatch = z.output<typeof batchSchema>;

/**
 * One quarter of an agreement about a site, settled: all that it was computed from, what is owed either way, and what of
 * a claim the budget did not reach. Never changed; one for each agreement and quarter.
 */
export const supportSettlementSchema = z
  .strictObject({
    id: generatedIdSchema('settlement'),
    agreement: generatedIdSchema('agreement'),
    programme: generatedIdSchema('programme'),
    producer: nameIdSchema,
    product: nameIdSchema,
    quarter: quarterSchema,
    fixing: fixingSchema,
    batches: z.array(batchSchema),
    stockpiled: decimalCodec,
    strike: decimalCodec,
    /** Per unit, before what other support and floors have paid. */
    topUp: decimalCodec,
    clawback: decimalCodec,
    /** Supported in all: no kilogram twice, within the caps. */
    quantity: decimalCodec,
    /** Owed by the programme for this quarter, set off already. */
    claim: moneySchema,
    /** What was left unpaid of earlier quarters. */
    carriedIn: moneySchema,
    paid: moneySchema,
    carried: moneySchema,
    /** Owed by the producer, and what of it was set off against its top-up, or falls due now. */
    charged: moneySchema,
    netted: moneySchema,
    invoiced: moneySchema,
    /** Where the next quarter begins. */
    account: supportAccountSchema,
    postings: z.array(postingSchema),
    entries: z.array(generatedIdSchema('entry')),
    settledAt: instantSchema,
  })
  .meta({ id: 'SupportSettlement' });
export type SupportSettlement = z.output<typeof supportSettlementSchema>;

export interface AgreementQuarter {
  readonly programme: ProgrammeTerms;
  readonly agreement: Agreement;
  readonly product: Pick<Product, 'id' | 'unit' | 'currency' | 'containedFactor'>;
  readonly quarter: Quarter;
  readonly fixing: Fixing;
  readonly batches: readonly SupportBatch[];
  readonly stockpiled: Decimal;
  /** Of the quarter before it in the agreement; none for the first. */
  readonly previous: SupportSettlement | undefined;
  /** Minor units that may be paid: what the agreement still reserves, and what is left of the budget. */
  readonly available: bigint;
  readonly at: Instant;
}

/**
 * Settles one quarter of an agreement about a site, and pays what there is money for, what was carried first.
 * Errors: currency_mismatch, unit_not_convertible (of the reference price).
 */
export function settleAgreementQuarter(
  input: AgreementQuarter,
): Result<{ readonly settlement: SupportSettlement; readonly entry: Entry | undefined }> {
  const { programme, agreement, product, quarter, fixing, batches, previous, at } = input;
  const settled = settleSupport(programme, agreement, product, previous?.account ?? newSupportAccount, {
    quarter,
    reference: fixing.price,
    delivered: batches.map(({ quantity, protectedPrice, supported }) => ({
      quantity: billionths(quantity),
      ...(protectedPrice === undefined ? {} : { protectedPrice: billionths(protectedPrice) }),
      ...(supported === undefined ? {} : { supported: billionths(supported) }),
    })),
    stockpiled: billionths(input.stockpiled),
  });
  if (!settled.ok) return settled;
  const { claim, charged, netted, invoiced, unit, strike, total, after } = settled.value;
  const carriedIn = previous === undefined ? 0n : minorUnits(previous.carried);
  const { id } = agreement;
  const funded = fundClaims(
    input.available,
    [
      ...(previous === undefined ? [] : [{ agreement: id, quarter: previous.quarter, amount: carriedIn }]),
      { agreement: id, quarter, amount: claim },
    ],
    quarter,
  );
  const paid = funded.reduce((sum, each) => sum + each.paid, 0n);
  const { currency } = product;
  const money = (minor: bigint) => moneyOf(minor, currency);
  const movements = supportPostings(agreement, { charged, netted, paid }, currency).map((posting) => ({
    account: posting.account,
    amount: signedUnits(posting),
  }));
  const entry = entryOf({
    cause: { kind: 'support', agreement: id, quarter, sequence: 1 },
    ...{ quarter, product: product.id, postedAt: at, currency, movements },
    description: `Support of ${quarter}`,
  });
  return ok({
    entry,
    settlement: {
      id: derivedId(
        'settlement',
        `${firstDayOf(quarter)}T00:00:00.000Z`,
        canonicalJson(['support', id, quarter]),
      ),
      ...{ agreement: id, programme: agreement.programme, producer: agreement.producer, product: product.id },
      ...{ quarter, fixing, batches: [...batches], stockpiled: input.stockpiled, strike },
      topUp: ofBillionths(unit.topUp),
      clawback: ofBillionths(unit.clawback),
      quantity: ofBillionths(total),
      ...{ claim: money(claim), carriedIn: money(carriedIn), paid: money(paid) },
      carried: money(carriedIn + claim - paid),
      ...{ charged: money(charged), netted: money(netted), invoiced: money(invoiced) },
      account: after,
      postings: entry?.postings ?? [],
      entries: entry === undefined ? [] : [entry.id],
      settledAt: at,
    },
  });
}
