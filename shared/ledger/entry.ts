import * as z from 'zod';
import { generatedIdSchema, nameIdSchema } from '../kernel/ids.ts';
import { moneySchema } from '../kernel/money.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { instantSchema } from '../kernel/time.ts';

/**
 * Accounts are named by whose they are: `organisation:<id>`, `levy:<zone>`, `duties:<country>`, `programme:<id>`,
 * `clawback:<programme>`, `accrued:<programme>`, `payable:<programme>`, `treasury:<programme>`, `stockpile:<id>`. A debit on an organisation's account is what it owes, a credit what it is
 * owed. No payment is executed: what stands in the ledger is what an ERP or a bank file is made from.
 */
export const accountSchema = z
  .string()
  .regex(
    /^(organisation|levy|duties|programme|clawback|accrued|payable|treasury|stockpile):[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  );
export type Account = z.output<typeof accountSchema>;

/** Debit or credit, as ISO 20022 writes it (`CreditDebitCode`): amounts carry no sign. */
export const postingSchema = z.strictObject({
  account: accountSchema,
  side: z.enum(['DBIT', 'CRDT']),
  amount: moneySchema,
});
export type Posting = z.output<typeof postingSchema>;

/** What made an entry necessary: who asks why can follow it to its source. */
const causeSchema = z.discriminatedUnion('kind', [
  /** The goods of one contract and quarter, in full or a share on receipt. `sequence` 1 comes first, later ones change it. */
  z.strictObject({
    kind: z.enum(['delivery', 'provisional']),
    contract: generatedIdSchema('contract'),
    quarter: quarterSchema,
    sequence: z.int().positive(),
  }),
  /** Take-or-pay, upside sharing or the seller's shortfall of one contract and calendar year. */
  z.strictObject({
    kind: z.enum(['take-or-pay', 'upside', 'shortfall']),
    contract: generatedIdSchema('contract'),
    year: z.int(),
    sequence: z.int().positive(),
  }),
  /** Clawback of one agreement and quarter, and what a correction of its support takes back. */
  z.strictObject({
    kind: z.literal('support'),
    agreement: generatedIdSchema('agreement'),
    quarter: quarterSchema,
    sequence: z.int().positive(),
  }),
  /** What a funding round pays of one agreement's claim for a quarter. */
  z.strictObject({
    kind: z.literal('payment'),
    agreement: generatedIdSchema('agreement'),
    quarter: quarterSchema,
    round: z.int().positive(),
  }),
  /** A change of what a programme may spend (its approval is the first), or a funding round of it; each counted by itself. */
  z.strictObject({
    kind: z.enum(['funding', 'round']),
    programme: generatedIdSchema('programme'),
    sequence: z.int().positive(),
  }),
  /** What a member pays for its account in a stockpile: `event` counts what happened to the account. */
  z.strictObject({
    kind: z.enum(['entry-fee', 'carry', 'repurchase', 'not-replenished']),
    account: generatedIdSchema('account'),
    event: z.int().positive(),
    sequence: z.int().positive(),
  }),
  /** What was lent in kind and is paid for: by choice, or because it did not come back. */
  z.strictObject({
    kind: z.enum(['loan-paid', 'not-returned']),
    loan: generatedIdSchema('loan'),
    event: z.int().positive(),
    sequence: z.int().positive(),
  }),
  /** What was released to an organisation. */
  z.strictObject({
    kind: z.literal('release'),
    release: generatedIdSchema('release'),
    organisation: nameIdSchema,
    sequence: z.int().positive(),
  }),
]);
export type Cause = z.output<typeof causeSchema>;

/** One balanced entry: debits equal credits in each currency. Never changed; a correction is a new entry. */
export const entrySchema = z
  .strictObject({
    /** Derived from its cause: whoever posts it again posts the same one. */
    id: generatedIdSchema('entry'),
    cause: causeSchema,
    quarter: quarterSchema,
    product: nameIdSchema,
    postedAt: instantSchema,
    postings: z.array(postingSchema).min(2).max(20),
    description: z.string(),
  })
  .meta({ id: 'LedgerEntry' });
export type Entry = z.output<typeof entrySchema>;
