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
        ...[account, quarter, postedAt, entry, product, cause.kind, subjectOf(cause), periodOf(cause)],
        ...[String(cause.sequence), description, amount.currency],
        ...(side === 'DBIT' ? [sum, ''] : ['', sum]),
      ];
    }),
  ]);

const subjectOf = (cause: Cause): string =>
  'contract' in cause ? cause.contract : 'agreement' in cause ? cause.agreement : cause.programme;

const periodOf = (cause: Cause): string => ('year' in cause ? String(cause.year) : cause.quarter);
