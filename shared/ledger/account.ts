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
  /** What producers have paid back to a programme, or owe it. */
  clawback: (programme: string): Account => `clawback:${programme}`,
  /** Where a programme's money comes from. */
  treasury: (programme: string): Account => `treasury:${programme}`,
} as const;
