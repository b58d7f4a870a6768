import { formatDecimal } from '../kernel/decimal.ts';
import type { Cause } from '../ledger/entry.ts';
import type { Statement } from '../ledger/statement.ts';
import { csvOf } from './csv.ts';

const columns = [
  'account',
  'quarter',
  'postedAt',
  'entry',
  'product',
  'cause',
  'of',
  'period',
  'sequence',
  'description',
  'currency',
  'debit',
  'credit',
] as const;

/** A statement as CSV, a line each: the debits and credits of a currency add up to the totals of its JSON. */
export const statementCsv = ({ account, quarter, lines }: Statement): string =>
  csvOf([
    columns,
    ...lines.map(({ postedAt, entry, product, cause, description, side, amount }) => {
      const sum = formatDecimal(amount.amount);
      return [
        ...[account, quarter, postedAt, entry, product, cause.kind, subjectOf(cause)],
        ...[
          periodOf(cause, quarter),
          String('round' in cause ? cause.round : cause.sequence),
          description,
          amount.currency,
        ],
        ...(side === 'DBIT' ? [sum, ''] : ['', sum]),
      ];
    }),
  ]);

function subjectOf(cause: Cause): string {
  if ('contract' in cause) return cause.contract;
  if ('agreement' in cause) return cause.agreement;
  if ('programme' in cause) return cause.programme;
  if ('account' in cause) return cause.account;
  return 'loan' in cause ? cause.loan : cause.release;
}

/** What is of no period is about the quarter in which it was posted. */
const periodOf = (cause: Cause, quarter: string): string =>
  'year' in cause ? String(cause.year) : 'quarter' in cause ? cause.quarter : quarter;
