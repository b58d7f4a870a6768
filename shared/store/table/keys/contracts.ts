import type { Key } from './key.ts';
import { padded } from './key.ts';

/** Contracts, and what is settled and posted of them. */
export const contractKeys = {
  contract: (id: string): Key => ({ pk: `CONTRACT#${id}`, sk: 'CONTRACT' }),
  contractEvent: (id: string, sequence: number): Key => ({
    pk: `CONTRACT#${id}`,
    sk: `EVENT#${padded(sequence)}`,
  }),
  /** A settlement of one contract and quarter or year, in order of both and of its number. */
  settlement: (contract: string, period: string, sequence: number): Key => ({
    pk: `SETTLEMENT#${contract}`,
    sk: `${period}#${padded(sequence)}`,
  }),
  /** By which its buyer finds a settlement in the index that lists it for its seller. */
  boughtSettlement: (contract: string, period: string, sequence: number): Key => ({
    pk: `SETTLEMENT#${contract}`,
    sk: `BOUGHT#${period}#${padded(sequence)}`,
  }),
  ledgerEntry: (id: string): Key => ({ pk: `LEDGER#${id}`, sk: 'ENTRY' }),
  /** What an entry says of one account; `line` counts the entry's postings. */
  ledgerLine: (account: string, quarter: string, entry: string, line: number): Key => ({
    pk: `ACCOUNT#${account}`,
    sk: `${quarter}#${entry}#${padded(line)}`,
  }),
} as const;
