import * as z from 'zod';
import type { Decimal } from '../kernel/decimal.ts';
import { decimalCodec, positiveDecimalCodec } from '../kernel/decimal.ts';
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
import { entryOf, minorUnits } from '../ledger/posting.ts';
import { indexValueIdSchema } from '../pricing/index-value.ts';
import type { Fixing } from '../pricing/reference-price.ts';
import { fixingSchema } from '../pricing/reference-price.ts';
import type { Product } from '../reference/product.ts';
import { supportAccountSchema } from './account.ts';
import type { Agreement } from './agreement.ts';
import { billionths, ofBillionths } from '../pricing/billionths.ts';
import type { ProgrammeTerms } from './programme.ts';
import { atLeastZero } from './exact.ts';
import type { SupportMoved } from './settlement.ts';
import { newSupportAccount, settleSupport, supportMovements } from './settlement.ts';

/** What was delivered and accepted of the site's output, per contract's delivery, in the product's own unit. */
const batchSchema = z.strictObject({
  contract: generatedIdSchema('contract'),
  delivery: generatedIdSchema('delivery'),
  quantity: decimalCodec,
  /** What the seller was paid, where a floor held that price up. */
  protectedPrice: decimalCodec.optional(),
  /** What another programme has paid per unit. */
  supported: decimalCodec.optional(),
});
export type SupportBatch = z.output<typeof batchSchema>;

const usedIndexSchema = z.strictObject({
  id: indexValueIdSchema,
  version: z.int().positive(),
  value: positiveDecimalCodec,
});
export type UsedIndex = z.output<typeof usedIndexSchema>;

/**
 * One quarter of an agreement about a site, settled: all that it was computed from, and what it comes to in all. What of
 * it had not been posted is posted; the claim is open until funding rounds have paid it. Never changed: what is corrected
 * later is a settlement of its own, with the next number.
 */
export const supportSettlementSchema = z
  .strictObject({
    id: generatedIdSchema('settlement'),
    agreement: generatedIdSchema('agreement'),
    programme: generatedIdSchema('programme'),
    producer: nameIdSchema,
    product: nameIdSchema,
    quarter: quarterSchema,
    /** 1 for the first of its quarter; a correction has the next. */
    sequence: z.int().positive(),
    /** Of the quarter before, whose account this one began at; none for the agreement's first. */
    previous: generatedIdSchema('settlement').optional(),
    fixing: fixingSchema,
    /** What the programme's index was in the quarter, by which version of it; of a programme with an indexed strike. */
    index: usedIndexSchema.optional(),
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
    /** Charged to the producer, and what of that was set off against its top-up, or falls due now. */
    charged: moneySchema,
    netted: moneySchema,
    invoiced: moneySchema,
    /** Of a correction: paid already, and owed back at once. */
    refunded: moneySchema,
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
  /** Of a programme with an indexed strike. */
  readonly index: UsedIndex | undefined;
  readonly batches: readonly SupportBatch[];
  readonly stockpiled: Decimal;
  /** Of the quarter before it in the agreement, as it stands; none for the first. */
  readonly previous: SupportSettlement | undefined;
  /** What stands of this quarter; none where it is settled for the first time. */
  readonly standing: SupportSettlement | undefined;
  /** Minor units of this quarter's claim that have not been paid. */
  readonly open: bigint;
  readonly at: Instant;
}

export interface SettledAgreementQuarter {
  readonly settlement: SupportSettlement;
  readonly entry: Entry | undefined;
  /** Minor units of the claim that are not paid now. */
  readonly open: bigint;
}

/**
 * Settles one quarter of an agreement about a site, or corrects it: `undefined` where what stands is right. A claim that
 * a correction raises is open; one that it lowers is no longer, and what was paid beyond it is owed back.
 * Errors: currency_mismatch, unit_not_convertible (of the reference price).
 */
export function settleAgreementQuarter(input: AgreementQuarter): Result<SettledAgreementQuarter | undefined> {
  const { programme, agreement, product, quarter, fixing, index, batches, previous, standing, at } = input;
  const settled = settleSupport(programme, agreement, product, previous?.account ?? newSupportAccount, {
    quarter,
    reference: fixing.price,
    delivered: batches.map(({ quantity, protectedPrice, supported }) => ({
      quantity: billionths(quantity),
      ...(protectedPrice === undefined ? {} : { protectedPrice: billionths(protectedPrice) }),
      ...(supported === undefined ? {} : { supported: billionths(supported) }),
    })),
    stockpiled: billionths(input.stockpiled),
    ...(index === undefined ? {} : { index: index.value }),
  });
  if (!settled.ok) return settled;
  const { claim, charged, netted, invoiced, unit, strike, total, after } = settled.value;
  const { id } = agreement;
  const { currency } = product;
  const money = (minor: bigint) => moneyOf(minor, currency);
  const before = (of: 'claim' | keyof Omit<SupportMoved, 'refunded'>): bigint =>
    standing === undefined ? 0n : minorUnits(standing[of]);
  const open = input.open + claim - before('claim');
  const refunded = atLeastZero(-open);
  const sequence = (standing?.sequence ?? 0) + 1;
  const entry = entryOf({
    cause: { kind: 'support', agreement: id, quarter, sequence },
    ...{ quarter, product: product.id, postedAt: at, currency },
    movements: supportMovements(agreement, {
      charged: charged - before('charged'),
      netted: netted - before('netted'),
      invoiced: invoiced - before('invoiced'),
      refunded,
    }),
    description: sequence === 1 ? `Clawback of ${quarter}` : `Correction of the support of ${quarter}`,
  });
  const settlement: SupportSettlement = {
    id: derivedId(
      'settlement',
      `${firstDayOf(quarter)}T00:00:00.000Z`,
      canonicalJson(['support', id, quarter, sequence]),
    ),
    ...{ agreement: id, programme: agreement.programme, producer: agreement.producer, product: product.id },
    ...{ quarter, sequence, ...(previous === undefined ? {} : { previous: previous.id }) },
    ...{ fixing, ...(index === undefined ? {} : { index }) },
    ...{ batches: [...batches], stockpiled: input.stockpiled, strike },
    topUp: ofBillionths(unit.topUp),
    clawback: ofBillionths(unit.clawback),
    quantity: ofBillionths(total),
    ...{ claim: money(claim), charged: money(charged), netted: money(netted), invoiced: money(invoiced) },
    refunded: money(refunded),
    account: after,
    postings: entry?.postings ?? [],
    entries: entry === undefined ? [] : [entry.id],
    settledAt: at,
  };
  if (standing !== undefined && saysOf(standing) === saysOf(settlement)) return ok(undefined);
  return ok({ settlement, entry, open: atLeastZero(open) });
}

/** All but what tells one settlement of a quarter from the next. */
const saysOf = (settlement: SupportSettlement): string => {
  const { batches, claim, charged, netted, invoiced, quantity, account } = z.encode(
    supportSettlementSchema,
    settlement,
  );
  return canonicalJson([batches, claim, charged, netted, invoiced, quantity, account]);
};
