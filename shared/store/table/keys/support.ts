import type { Key } from './key.ts';
import { padded } from './key.ts';

/** Programmes, and agreements with them. */
export const supportKeys = {
  /** What an approved programme has paid, reserved and left. */
  programmeBudget: (id: string): Key => ({ pk: `PROGRAMME#${id}`, sk: 'BUDGET' }),
  /** There where a site has an agreement with a programme: what it reserves, was paid, and claims for next. */
  programmeSite: (id: string, site: string): Key => ({ pk: `PROGRAMME#${id}`, sk: `SITE#${site}` }),
  /** What an agreement is owed for a quarter and has not been paid; by quarter. */
  programmeClaim: (id: string, quarter: string, agreement: string): Key => ({
    pk: `PROGRAMME#${id}`,
    sk: `CLAIM#${quarter}#${agreement}`,
  }),
  fundingRound: (id: string, round: number): Key => ({ pk: `PROGRAMME#${id}`, sk: `ROUND#${padded(round)}` }),
  agreement: (id: string): Key => ({ pk: `AGREEMENT#${id}`, sk: 'AGREEMENT' }),
  designation: (agreement: string, quarter: string): Key => ({
    pk: `AGREEMENT#${agreement}`,
    sk: `DESIGNATION#${quarter}`,
  }),
  /** A settled quarter of an agreement, and its corrections. */
  supportSettlement: (agreement: string, quarter: string, sequence: number): Key => ({
    pk: `AGREEMENT#${agreement}`,
    sk: `SETTLEMENT#${quarter}#${padded(sequence)}`,
  }),
} as const;
