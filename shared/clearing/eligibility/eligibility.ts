import { isBarred, isUndeclared } from './admission.ts';
import type { Facets, BidFacet, OfferFacet } from './facet.ts';
import { refusalBit } from './refusal.ts';
import type { Snapshot } from '../snapshot.ts';
import { landedReserve, tradeTerms, type TradeTerms } from './trade-terms.ts';

/** An origin's standing in one destination. */
interface Lane {
  readonly terms: TradeTerms;
  /** Bits of what refuses every trade on it. */
  readonly refused: number;
  /** Refused to origins outside a zone that caps single origins, where no consumption is declared. */
  readonly undeclared: readonly boolean[];
}

/**
 * Decides for each pair of facets and quarter whether they may trade, from tables per origin and destination and
 * per record of certificates, so that a pair costs a few comparisons.
 */
export class Eligibility {
  readonly #facets: Facets;
  /** By origin, then destination. */
  readonly #lanes: readonly (readonly Lane[])[];
  /** Landed reserve in ticks, by offer facet, then destination. */
  readonly #reserves: readonly Float64Array[];
  readonly #limits: Float64Array;
  readonly #floors: readonly (readonly number[])[];
  readonly #verifiedOnly: readonly boolean[];

  constructor(snapshot: Snapshot, facets: Facets, quarters: readonly string[]) {
    this.#facets = facets;
    this.#lanes = facets.origins.map((origin) =>
      facets.destinations.map((rules) => {
        const terms = tradeTerms(snapshot, rules, origin);
        const refused =
          (isBarred(rules, origin) ? refusalBit.origin_barred : 0) |
          (rules.floorMissing ? refusalBit.floor_not_defined : 0);
        const undeclared = quarters.map((quarter) => isUndeclared(rules, snapshot, origin, quarter));
        return { terms, refused, undeclared };
      }),
    );
    this.#floors = this.#lanes.map((lanes) => lanes.map(({ terms }) => Number(terms.floor)));
    this.#verifiedOnly = facets.destinations.map(({ zones }) =>
      zones.some((zone) => zone.verifiedSitesOnly === true),
    );
    this.#limits = Float64Array.from(facets.bids, ({ limit }) => Number(limit));
    this.#reserves = facets.offers.map(({ ask, origin }) =>
      Float64Array.from(this.#lanes[origin]!, ({ terms }) => Number(landedReserve(ask, terms))),
    );
  }

  terms(offer: OfferFacet, bid: BidFacet): TradeTerms {
    return this.lane(offer.origin, bid.destination);
  }

  /** What rules bring to every trade from one origin into one destination, by number. */
  lane(origin: number, destination: number): TradeTerms {
    return this.#lanes[origin]![destination]!.terms;
  }

  /** The floor in force at a destination, in ticks; 0 where none is. */
  floorAt(destination: number): bigint {
    return this.#lanes.reduce((most, lanes) => {
      const { floor } = lanes[destination]!.terms;
      return floor > most ? floor : most;
    }, 0n);
  }

  /** Limit less landed reserve in ticks; negative where there is nothing to gain. */
  weight(offer: number, bid: number): number {
    return this.#limits[bid]! - this.#reserves[offer]![this.#facets.bids[bid]!.destination]!;
  }

  /**
   * The seller concedes its own cap, so a bid's cap is kept by offers whose cap is no greater; and no cap may bring a
   * price below a hard floor.
   */
  #refusedByPriceTerms(offer: OfferFacet, bid: BidFacet, { effect, floor }: TradeTerms): number {
    if (offer.priceTerms !== bid.priceTerms) return refusalBit.price_terms_mismatch;
    const unkept = offer.cap > bid.cap || (effect === 'hard' && offer.cap < Number(floor));
    return (
      (unkept ? refusalBit.price_terms_mismatch : 0) |
      (this.#facets.heldTerms.has(offer.priceTerms) ? refusalBit.reference_unavailable : 0)
    );
  }

  /** Bits of every reason why the two may not trade in `quarter`; 0 where they may. */
  refusals(offerNumber: number, bidNumber: number, quarter: number): number {
    const offer = this.#facets.offers[offerNumber]!;
    const bid = this.#facets.bids[bidNumber]!;
    const { destination } = bid;
    const lane = this.#lanes[offer.origin]![destination]!;
    let refused = lane.refused;
    if (this.weight(offerNumber, bidNumber) < 0) {
      const belowFloor = this.#limits[bidNumber]! < this.#floors[offer.origin]![destination]!;
      refused |= belowFloor ? refusalBit.price_below_floor : refusalBit.limit_below_reserve;
    }
    if (offer.group >= 0 && (offer.group === bid.group || bid.groups?.includes(offer.group) === true))
      refused |= refusalBit.related_party;
    refused |= this.#refusedByPriceTerms(offer, bid, lane.terms);
    if (offer.delivers[destination] !== true) refused |= refusalBit.not_delivered;
    if (offer.purity < bid.minimumPurity) refused |= refusalBit.purity_too_low;
    if (bid.excluded[offer.origin] === true) refused |= refusalBit.origin_excluded;
    if (offer.conditional && !bid.acceptsConditional) refused |= refusalBit.conditional_not_accepted;
    if (!offer.verified && this.#verifiedOnly[destination] === true) refused |= refusalBit.site_unverified;
    if (lane.undeclared[quarter] === true) refused |= refusalBit.consumption_not_declared;
    if (bid.checks.length > 0) {
      const first = Math.max(offer.firstQuarter, bid.firstQuarter);
      refused |= this.#facets.evidence.refusals(offer.record, bid.checks, first, quarter);
    }
    return refused;
  }
}
