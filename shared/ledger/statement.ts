import * as z from 'zod';
import { nameIdSchema } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { currencySchema, moneyOf, moneySchema } from '../kernel/money.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { quarterSchema } from '../kernel/quarter.ts';
import { signedMoneyOf, signedMoneySchema } from '../kernel/signed.ts';
import type { Account, Entry } from './entry.ts';
import { accountSchema, entrySchema, postingSchema } from './entry.ts';
import { minorUnits } from './posting.ts';

/** What one entry says of one account. */
export const lineSchema = z
  .strictObject({
    ...postingSchema.shape,
    entry: entrySchema.shape.id,
    quarter: quarterSchema,
    product: nameIdSchema,
    postedAt: entrySchema.shape.postedAt,
    cause: entrySchema.shape.cause,
    description: entrySchema.shape.description,
  })
  .meta({ id: 'LedgerLine' });
export type Line = z.output<typeof lineSchema>;

/** An entry's lines, in the order of its postings. */
export const linesOf = ({ id, quarter, product, postedAt, cause, description, postings }: Entry): Line[] =>
  postings.map((posting) => ({
    ...posting,
    ...{ entry: id, quarter, product, postedAt, cause, description },
  }));

/** Sums of one currency. `net` is what the account is owed (positive) or owes (negative). */
const totalSchema = z.strictObject({
  currency: currencySchema,
  /** camt.053 `TtlDbtNtries/Sum`, `TtlCdtNtries/Sum`. */
  debit: moneySchema,
  credit: moneySchema,
  net: signedMoneySchema,
});

/**
 * An account's statement for one quarter: every line posted about it so far, oldest first, and what they add up to.
 * Named after ISO 20022 camt.053 where the standard has the thing: `side` is its `CdtDbtInd`, `entry` its `NtryRef`,
 * `postedAt` its `BookgDt`, `description` its `AddtlNtryInf`.
 */
export const statementSchema = z
  .strictObject({
    account: accountSchema,
    quarter: quarterSchema,
    lines: z.array(lineSchema),
    totals: z.array(totalSchema),
  })
  .meta({ id: 'Statement' });
export type Statement = z.output<typeof statementSchema>;

export function statementOf(account: Account, quarter: Quarter, lines: readonly Line[]): Statement {
  const sums = new Map<Currency, { debit: bigint; credit: bigint }>();
  for (const { side, amount } of lines) {
    const sum = sums.get(amount.currency) ?? { debit: 0n, credit: 0n };
    sum[side === 'DBIT' ? 'debit' : 'credit'] += minorUnits(amount);
    sums.set(amount.currency, sum);
  }
  return {
    ...{ account, quarter },
    lines: lines.toSorted((a, b) => (`${a.postedAt}${a.entry}` < `${b.postedAt}${b.entry}` ? -1 : 1)),
    totals: [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, { debit, credit }]) => ({
        currency,
        debit: moneyOf(debit, currency),
        credit: moneyOf(credit, currency),
        net: signedMoneyOf(credit - debit, currency),
      })),
  };
}
