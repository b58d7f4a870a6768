import type { Quarter } from '../kernel/quarter.ts';
import type { Floor } from '../pricing/floor.ts';
import type { StandardsRule } from '../standards/standards-rule.ts';
import type { BidEntry, OfferEntry } from './book.ts';
import type { ClearedQuarter, Setting } from './quarters.ts';
import type { SnapshotCertificate } from './snapshot.ts';
import { landedReserve } from './trade-terms.ts';
import { premium } from './prices.ts';
import { sellerPrice, waterfallOf, type TickWaterfall } from './waterfall.ts';

/** One quarter of an award; prices in ticks. */
export interface AwardedQuarter {
  readonly quarter: Quarter;
  readonly lots: bigint;
  /** What the seller is paid. */
  readonly price: bigint;
  readonly landed: bigint;
  readonly waterfall: TickWaterfall;
  /** Landed prices between which the market would have cleared alike. */
  readonly interval: { readonly low: bigint; readonly high: bigint };
}

/** What one offer sells to one bid, before it is recorded as a contract. */
export interface Award {
  readonly offer: string;
  readonly bid: string;
  /** Of the pool whose bid it is: whose part this is. */
  readonly member?: string | undefined;
  readonly site: string;
  readonly origin: string;
  readonly destination: string;
  readonly schedule: readonly AwardedQuarter[];
  /** Of the destination's zone, whether or not it moved the price. */
  readonly floor: Floor | undefined;
  readonly standards: readonly StandardsRule[];
  /** Those relied on. */
  readonly certificates: readonly SnapshotCertificate[];
}

/** Joins the quarters of each offer and bid and prices them; sorted by offer, then bid. */
export function awardsOf(setting: Setting, quarters: readonly ClearedQuarter[]): Award[] {
  const { book, facets } = setting;
  const pairs = new Map<string, { offer: OfferEntry; bid: BidEntry; schedule: AwardedQuarter[] }>();
  for (const [quarter, cleared] of quarters.entries())
    for (const { offer, bid, lots, offerClass } of cleared.awards) {
      const key = `${offer.order.id}:${bid.order.id}`;
      const pair = pairs.get(key) ?? { offer, bid, schedule: [] };
      pairs.set(key, pair);
      pair.schedule.push(
        pricedQuarter(setting, cleared, { offer, bid, offerClass }, book.quarters[quarter]!, lots),
      );
    }
  return [...pairs.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { offer, bid, schedule }]) => {
      const facet = facets.offers[facets.offerFacet.get(offer)!]!;
      const rules = facets.destinations[facets.bids[facets.bidFacet.get(bid)!]!.destination]!;
      return {
        offer: offer.order.id,
        bid: bid.order.id,
        site: offer.order.site,
        origin: facets.origins[facet.origin]!,
        destination: bid.order.destination ?? rules.destination,
        schedule,
        floor: rules.floor,
        standards: rules.standards,
        certificates: facets.evidence.reliedOn(
          offer.order.site,
          facets.bids[facets.bidFacet.get(bid)!]!.checks,
          schedule.map(({ quarter }) => quarter),
        ),
      };
    });
}

function pricedQuarter(
  { facets, eligibility }: Setting,
  { market, solution }: ClearedQuarter,
  { offer, bid, offerClass }: { offer: OfferEntry; bid: BidEntry; offerClass: number },
  quarter: Quarter,
  lots: number,
): AwardedQuarter {
  const offerFacet = facets.offers[facets.offerFacet.get(offer)!]!;
  const bidFacet = facets.bids[facets.bidFacet.get(bid)!]!;
  const terms = eligibility.terms(offerFacet, bidFacet);
  const { scarcity, scarcityLow, scarcityHigh } = solution.prices;
  const lane = market.laneOf[offerFacet.origin]![bidFacet.destination]!;
  const above = (own: Float64Array): bigint =>
    premium(market.network, solution.prices, own[offerClass]!, lane);
  const waterfall = waterfallOf(offer.price, above(scarcity), terms);
  const reserve = landedReserve(offer.price, terms);
  return {
    quarter,
    lots: BigInt(lots),
    price: sellerPrice(waterfall),
    landed: waterfall.landed,
    waterfall,
    interval: {
      low: reserve + above(scarcityLow),
      high: reserve + above(scarcityHigh),
    },
  };
}
