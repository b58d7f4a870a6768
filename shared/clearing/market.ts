import type { BidClass, OfferClass } from './classes.ts';
import type { Eligibility } from './eligibility/eligibility.ts';
import type { Facets } from './eligibility/facet.ts';
import { MOST_PAIRS } from './solver/limits.ts';
import { MarketTooLarge, type Network } from './solver/network.ts';
import { CLOSED, FREE, type ZoneCaps } from './eligibility/zone-caps.ts';

/** One quarter's market: classes of orders, and the network between them. */
export interface Market {
  readonly offers: readonly OfferClass[];
  readonly bids: readonly BidClass[];
  readonly network: Network;
  /** Where each bid class takes lots from each origin: a head of the network's pairs, or −1 for nowhere. */
  readonly headOf: readonly (readonly number[])[];
  /** What each of the network's zone caps limits; those that can never bind are left out. */
  readonly limits: readonly { readonly zone: string; readonly origin: string }[];
  /** By origin, then destination: a lane of the network, or that zones' caps leave the pairs free or let none trade. */
  readonly laneOf: readonly (readonly number[])[];
  /** By origin, then destination: a zone's cap that the network does not exceed would not let a single lot more in. */
  readonly isSnug: readonly (readonly boolean[])[];
}

/** A pair of facets that may not trade in a quarter whatever eligibility says. */
export type IsBarred = (offerFacet: number, bidFacet: number) => boolean;

/** Which pairs of facets may trade, at which weight, and on which terms. */
export type Pairing = Pick<Eligibility, 'weight' | 'refusals' | 'terms'>;

/**
 * Lays out the network of the eligible pairs of classes.
 *
 * @throws {MarketTooLarge} beyond `mostPairs`, before any of the solver's memory is taken.
 */
export function marketOf(
  offers: readonly OfferClass[],
  bids: readonly BidClass[],
  facets: Facets,
  eligibility: Pairing,
  quarter: number,
  isBarred: IsBarred,
  caps: ZoneCaps,
  mostPairs = MOST_PAIRS,
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
  const pairLane: number[] = [];
  for (const [i, offer] of offers.entries()) {
    const facet = facets.offers[offer.facet]!;
    // Bids of one facet differ in quantities and caps alone: each facet is asked about once.
    const weightOf = new Map<number, number>();
    for (const [j, bid] of bids.entries()) {
      const head = headOf[j]![facet.origin]!;
      if (head < 0) continue;
      let weight = weightOf.get(bid.facet);
      if (weight === undefined) {
        weight = eligibility.weight(offer.facet, bid.facet);
        const isOpen =
          weight >= 0 &&
          eligibility.refusals(offer.facet, bid.facet, quarter) === 0 &&
          !isBarred(offer.facet, bid.facet);
        if (!isOpen) weight = -1;
        weightOf.set(bid.facet, weight);
      }
      const lane = caps.laneOf[facet.origin]![facets.bids[bid.facet]!.destination]!;
      if (weight < 0 || lane === CLOSED) continue;
      if (pairOffer.length === mostPairs)
        throw new MarketTooLarge(`more than ${mostPairs} pairs of classes could trade in one quarter`);
      pairOffer.push(i);
      pairHead.push(head);
      pairWeight.push(weight);
      if (caps.limits.length > 0) pairLane.push(lane);
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
  return { offers, bids, headOf, ...withLimits(network, pairLane, caps) };
}

/** Lays the zones' caps over the network, but for those that no flow could exceed. */
function withLimits(
  network: Network,
  pairLane: readonly number[],
  caps: ZoneCaps,
): Pick<Market, 'network' | 'limits' | 'laneOf' | 'isSnug'> {
  const onOffers = caps.limits.map(() => new Map<number, number>());
  const onHeads = caps.limits.map(() => new Map<number, number>());
  for (const [pair, lane] of pairLane.entries())
    for (const limit of caps.lanes[lane] ?? []) {
      const offer = network.pairOffer[pair]!;
      const head = network.pairHead[pair]!;
      onOffers[limit]!.set(offer, network.supply[offer]!);
      onHeads[limit]!.set(head, network.demand[head] ?? network.capLots[head - network.demand.length]!);
    }
  const sum = (amounts: ReadonlyMap<number, number>): number =>
    [...amounts.values()].reduce((total, lots) => total + lots, 0);
  /** Lots that flows could need at most beyond what a cap lets in. */
  const beyond = caps.limits.map(
    ({ lots }, limit) => Math.min(sum(onOffers[limit]!), sum(onHeads[limit]!)) - lots,
  );
  const binding = [...caps.limits.keys()].filter((limit) => beyond[limit]! > 0);
  const isSnug = caps.laneOf.map((lanes) =>
    lanes.map((lane) => caps.lanes[lane]?.some((limit) => beyond[limit] === 0) ?? false),
  );
  if (binding.length === 0)
    return { network, limits: [], laneOf: caps.laneOf.map((lanes) => lanes.map(freeOrClosed)), isSnug };
  const laneLimits = caps.lanes.map((limits) =>
    limits.map((limit) => binding.indexOf(limit)).filter((limit) => limit >= 0),
  );
  const laneFor = (lane: number): number => (laneLimits[lane]?.length === 0 ? FREE : lane);
  return {
    isSnug,
    network: {
      ...network,
      limitLots: Float64Array.from(binding, (limit) => caps.limits[limit]!.lots),
      pairLane: Int32Array.from(pairLane, laneFor),
      laneLimits,
    },
    limits: binding.map((limit) => {
      const { zone, origin } = caps.limits[limit]!;
      return { zone, origin };
    }),
    laneOf: caps.laneOf.map((lanes) => lanes.map(laneFor)),
  };
}

const freeOrClosed = (lane: number): number => (lane === CLOSED ? CLOSED : FREE);
