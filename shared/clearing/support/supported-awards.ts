import type { Quarter } from '../../kernel/quarter.ts';
import type { Award, AwardedQuarter } from '../awards/award.ts';
import { relying } from '../awards/award.ts';
import { shareAmongMembers } from '../awards/sharing.ts';
import { sellerPrice, waterfallOf } from '../awards/waterfall.ts';
import type { BidEntry, OfferEntry } from '../book.ts';
import type { Eligibility } from '../eligibility/eligibility.ts';
import type { Facets } from '../eligibility/facet.ts';
import type { Market } from '../market.ts';

/** What each offer sells to each bid with the programme's support; sorted by offer, then bid. */
export function supportedAwards(
  { facets, eligibility }: { facets: Facets; eligibility: Eligibility },
  programme: string,
  quarters: readonly { readonly quarter: Quarter; readonly market: Market }[],
  flows: readonly Float64Array[],
): Award[] {
  const schedules = new Map<OfferEntry, Map<BidEntry, AwardedQuarter[]>>();
  for (const [index, { quarter, market }] of quarters.entries())
    for (const { offer, bid, lots } of shareAmongMembers(market, flows[index]!)) {
      const facet = {
        offer: facets.offers[facets.offerFacet.get(offer)!]!,
        bid: facets.bids[facets.bidFacet.get(bid)!]!,
      };
      const parts = waterfallOf(offer.price, 0n, eligibility.terms(facet.offer, facet.bid));
      const waterfall = { ...parts, support: parts.landed - bid.price };
      const { landed } = waterfall;
      const entry = {
        ...{ quarter, lots: BigInt(lots), price: sellerPrice(waterfall), landed, waterfall },
        interval: { low: landed, high: landed },
      };
      const ofOffer = schedules.get(offer) ?? new Map<BidEntry, AwardedQuarter[]>();
      schedules.set(offer, ofOffer);
      ofOffer.set(bid, [...(ofOffer.get(bid) ?? []), entry]);
    }
  const byId = (a: OfferEntry | BidEntry, b: OfferEntry | BidEntry): number =>
    a.order.id < b.order.id ? -1 : 1;
  const reliedOn = relying({ facets });
  return [...schedules.keys()].sort(byId).flatMap((offer) =>
    [...schedules.get(offer)!.keys()].sort(byId).map((bid): Award => {
      const facet = facets.bids[facets.bidFacet.get(bid)!]!;
      const rules = facets.destinations[facet.destination]!;
      const schedule = schedules.get(offer)!.get(bid)!;
      return {
        ...{ offer: offer.order.id, bid: bid.order.id, programme, site: offer.order.site },
        origin: facets.origins[facets.offers[facets.offerFacet.get(offer)!]!.origin]!,
        destination: bid.order.destination ?? rules.destination,
        ...{ schedule, floor: rules.floor, standards: rules.standards },
        certificates: reliedOn(offer.order.site, facet.checks, schedule),
      };
    }),
  );
}
