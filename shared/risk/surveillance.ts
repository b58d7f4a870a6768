import * as z from 'zod';
import type { ContractTerms } from '../contracts/chain.ts';
import { sha256, sha256Schema } from '../kernel/digest.ts';
import { nameIdSchema } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Bid } from '../orders/bid.ts';
import type { Offer } from '../orders/offer.ts';
import type { Site } from '../reference/site.ts';
import type { Zone } from '../reference/zone.ts';

/**
 * Market surveillance: patterns in orders and contracts that no rule forbids by itself, and that manipulation would leave
 * behind. A finding is a question for an administrator, with the evidence to answer it, never a sanction. The patterns
 * are those of Regulation (EU) 1227/2011 (REMIT) and of ACER's guidance on it, as far as a sealed call auction has them.
 */

export const suspicionKinds = [
  /** A contract between organisations of one group: registered as such only after the clearing. */
  'related_contract',
  /** Material sold in a ring: back to who sold it, for the same quarter. */
  'round_trip',
  /** One group offers and bids at prices that would trade. */
  'both_sides',
  /** Orders that were there until shortly before gate closure, again and again. */
  'withdrawn_at_gate',
  /** Bids of one group that together take more from one origin than the cap that one of them states. */
  'split_bid',
  /** Free of the levy for an origin that nobody has verified. */
  'unverified_exemption',
  /** A site that is new and sells a large part of the market at once. */
  'sudden_supply',
  /** Sites of one owner and one name in several countries or stages. */
  'twin_sites',
] as const;
export type SuspicionKind = (typeof suspicionKinds)[number];

export const suspicionSchema = z
  .strictObject({
    /** Of the same evidence the same, whenever it is asked for. */
    id: sha256Schema,
    kind: z.enum(suspicionKinds),
    organisations: z.array(nameIdSchema),
    /** When the last part of the evidence came about. */
    at: instantSchema,
    detail: z.string(),
    /** Ids of orders, contracts and sites to look at, and of the clearings concerned. */
    evidence: z.array(z.string()),
  })
  .meta({ id: 'Suspicion' });
export type Suspicion = z.output<typeof suspicionSchema>;

/** What of one product's market is looked at. */
export interface Watched {
  readonly offers: readonly Offer[];
  readonly bids: readonly Bid[];
  readonly contracts: readonly ContractTerms[];
  readonly sites: readonly Site[];
  readonly zones: readonly Zone[];
  readonly gates: readonly { readonly clearing: string; readonly gateClosure: Instant }[];
  /** The group of related parties that an organisation belongs to today. */
  readonly groupOf: (organisation: string) => string;
}

/** One suspicion; organisations and evidence in order, each once. */
export function suspicion(
  kind: SuspicionKind,
  at: Instant,
  detail: string,
  of: { readonly organisations: readonly string[]; readonly evidence: readonly string[] },
): Suspicion {
  const organisations = [...new Set(of.organisations)].sort();
  const evidence = [...new Set(of.evidence)].sort();
  return { id: sha256(kind, '\n', evidence.join('\n')), kind, organisations, at, detail, evidence };
}

/** The latest of some instants. */
export const latest = (instants: readonly Instant[]): Instant => instants.toSorted().at(-1) ?? '';
