import type { BidClass, OfferClass } from './classes.ts';
import type { Eligibility } from './eligibility.ts';
import type { Facets } from './facet.ts';
import type { Network } from './network.ts';

/** One quarter's market: classes of orders, and the network between them. */
export interface Market {
  readonly offers: readonly OfferClass[];
  readonly bids: readonly BidClass[];
  readonly network: Network;
  /** Where each bid class takes lots from each origin: a head of the network's pairs, or −1 for nowhere. */
  readonly headOf: readonly (readonly number[])[];
  /** What each of the network's zone caps limits. */
  readonly limits: readonly { readonly zone: string; readonly origin: string }[];
}

/** A pair of facets that may not trade in a quarter whatever eligibility says. */
export type IsBarred = (offerFacet: number, bidFacet: number) => boolean;

/** Lays out the network of the eligible pairs of classes. */
export function marketOf(
  offers: readonly OfferClass[],
  bids: readonly BidClass[],
  facets: Facets,
  eligibility: Eligibility,
  quarter: number,
  isBarred: IsBarred,
): Market {
  const demand = Float64Array.from(bids, (bid) => bid.total);
  const capBid: number[] = [];
  const capLots: number[] = [];
  const headOf = bids.map(({ caps, lots, total }, bid) =>
    facets.origins.map((_, origin): number => {
      const cap = caps?.[origin];
      if (cap === undefined || cap >= lots[0]!) return bid;
      if (cap === 0) return -1;
      capBid.push(bid);
      return bids.length + capLots.push(cap * (total / lots[0]!)) - 1;
    }),
  );

  const pairOffer: number[] = [];
  const pairHead: number[] = [];
  const pairWeight: number[] = [];
  const pairInside: number[] = [];
  for (const [i, offer] of offers.entries()) {
    const facet = facets.offers[offer.facet]!;
    for (const [j, bid] of bids.entries()) {
      const weight = eligibility.weight(offer.facet, bid.facet);
      if (weight < 0) continue;
      const head = headOf[j]![facet.origin]!;
      if (head < 0 || eligibility.refusals(offer.facet, bid.facet, quarter) !== 0) continue;
      if (isBarred(offer.facet, bid.facet)) continue;
      pairOffer.push(i);
      pairHead.push(head);
      pairWeight.push(weight);
      pairInside.push(eligibility.terms(facet, facets.bids[bid.facet]!).inside ? 1 : 0);
    }
  }
  const network = {
    supply: Float64Array.from(offers, (offer) => offer.total),
    demand,
    capBid: Int32Array.from(capBid),
    capLots: Float64Array.from(capLots),
    pairOffer: Int32Array.from(pairOffer),
    pairHead: Int32Array.from(pairHead),
    pairWeight: Float64Array.from(pairWeight),
    pairInside: Uint8Array.from(pairInside),
    limitLots: new Float64Array(0),
    pairLane: new Int32Array(0),
    laneLimits: [],
  };
  return { offers, bids, network, headOf, limits: [] };
}
