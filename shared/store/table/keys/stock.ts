import type { Key } from './key.ts';
import { padded } from './key.ts';

/** What lies in stockpiles, and what members have there. */
export const stockKeys = {
  stockLot: (id: string): Key => ({ pk: `LOT#${id}`, sk: 'LOT' }),
  stockLotVersion: (id: string, version: number): Key => ({ pk: `LOT#${id}`, sk: `V#${padded(version)}` }),
  /** What of a contract that sells from a lot is still held for it, and what was delivered. */
  lotContract: (lot: string, contract: string): Key => ({ pk: `LOT#${lot}`, sk: `CONTRACT#${contract}` }),
  /** What of a contract that buys for a stockpile is on its way, and what was received. */
  stockpileContract: (stockpile: string, contract: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `CONTRACT#${contract}`,
  }),
  /** What a bid for a stockpile asks for, and a count that every such bid of a product moves on. */
  stockpileBid: (stockpile: string, bid: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `BID#${bid}`,
  }),
  stockpilePace: (stockpile: string, product: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `PACE#${product}`,
  }),
  /** A member's account, a loan, a release or a standing rule of a stockpile; its id tells which. */
  stockRecord: (id: string): Key => ({ pk: `STOCK#${id}`, sk: 'RECORD' }),
  /** By which a stockpile's accounts, loans, releases and rules are found; the ids begin with their kind and time. */
  stockRecordOf: (stockpile: string, id: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `RECORD#${id}`,
  }),
  /** The assessment that a level was found by; `found` counts a release's, a loan has one. */
  foundAssessment: (record: string, found: number): Key => ({
    pk: `STOCK#${record}`,
    sk: `ASSESSMENT#${padded(found)}`,
  }),
  /** What an organisation needs of a product when a stockpile releases. */
  stockNeed: (stockpile: string, product: string, organisation: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `NEED#${product}#${organisation}`,
  }),
  /** A count that every loan of a product which is asked for or approved moves on: a borrower's are judged together. */
  stockLoans: (stockpile: string, product: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `LOANS#${product}`,
  }),
  /** What a stockpile has of a product, by account. */
  stockBalance: (stockpile: string, product: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `BALANCE#${product}`,
  }),
  /** A movement's id begins with its time. */
  stockMovement: (stockpile: string, movement: string): Key => ({
    pk: `STOCKPILE#${stockpile}`,
    sk: `MOVEMENT#${movement}`,
  }),
} as const;
