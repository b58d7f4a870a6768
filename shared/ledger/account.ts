import type { Account } from './entry.ts';

/** The accounts of the ledger, by whose they are. */
export const accounts = {
  organisation: (id: string): Account => `organisation:${id}`,
  /** What importers into a zone owe where they paid less than its floor. */
  levy: (zone: string): Account => `levy:${zone}`,
  /** What a country's customs are owed. */
  duties: (country: string): Account => `duties:${country}`,
  programme: (id: string): Account => `programme:${id}`,
  /** Fees, carry and what members, borrowers and those it releases to pay a stockpile. */
  stockpile: (id: string): Account => `stockpile:${id}`,
  /** What producers have to pay back to a programme: invoiced, or accrued. */
  clawback: (programme: string): Account => `clawback:${programme}`,
  /** What producers will owe a programme: charged, and neither set off against a top-up nor invoiced yet. */
  accrued: (programme: string): Account => `accrued:${programme}`,
  /** What a funding round of a programme has granted, on its way to the producers. */
  payable: (programme: string): Account => `payable:${programme}`,
  /** Where a programme's money comes from. */
  treasury: (programme: string): Account => `treasury:${programme}`,
} as const;
