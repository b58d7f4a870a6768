import type { BidEntry, OfferEntry } from '../book.ts';
import type { Evidence } from './evidence.ts';
import type { DestinationRules } from './trade-terms.ts';

/** All that eligibility and weights see of an offer, by number. Offers of one facet are alike. */
export interface OfferFacet {
  readonly ask: bigint;
  readonly origin: number;
  readonly verified: boolean;
  /** Destinations it delivers to, one flag for each of {@link Facets.destinations}. */
  readonly delivers: readonly boolean[];
  /** How many of the bids' minimum purities it meets. */
  readonly purity: number;
  /** It hangs on conditions precedent. */
  readonly conditional: boolean;
  readonly priceTerms: number;
  /** The most in ticks that it lets an indexed price settle at; infinite without a cap. */
  readonly cap: number;
  /** Its group, if that has orders on both sides; else −1. */
  readonly group: number;
  /** Its site's record of {@link Evidence}. */
  readonly record: number;
  readonly firstQuarter: number;
}

/** All that eligibility and weights see of a bid, but for its quantities. */
export interface BidFacet {
  readonly limit: bigint;
  readonly destination: number;
  /** Numbers of {@link Evidence.checks}: the zone's rules and its own requirements. */
  readonly checks: readonly number[];
  readonly excluded: readonly boolean[];
  /** Its minimum purity as a rank among the bids'; 0 where it has none. */
  readonly minimumPurity: number;
  readonly acceptsConditional: boolean;
  readonly priceTerms: number;
  /** The most in ticks that it lets an indexed price settle at; infinite without a cap. */
  readonly cap: number;
  readonly group: number;
  /** Of a pool: its runner's and its members', as far as they have orders on both sides. */
  readonly groups?: readonly number[];
  readonly firstQuarter: number;
}

/** The book reduced to what eligibility sees. */
export interface Facets {
  readonly origins: readonly string[];
  readonly destinations: readonly DestinationRules[];
  readonly evidence: Evidence;
  readonly offers: readonly OfferFacet[];
  readonly bids: readonly BidFacet[];
  readonly offerFacet: ReadonlyMap<OfferEntry, number>;
  readonly bidFacet: ReadonlyMap<BidEntry, number>;
  /** Price terms, by number, whose reference has no price of the day. */
  readonly heldTerms: ReadonlySet<number>;
  /** The checks that only a bid's own `requires` makes: no other organisation may learn them. */
  readonly privateChecks: ReadonlySet<number>;
}
