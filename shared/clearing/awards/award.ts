import type { Quarter } from '../../kernel/quarter.ts';
import type { Floor } from '../../pricing/floor.ts';
import type { StandardsRule } from '../../standards/standards-rule.ts';
import type { BidEntry, OfferEntry } from '../book.ts';
import type { ClearedQuarter, Setting } from '../quarters.ts';
import type { SnapshotCertificate } from '../snapshot.ts';
import { landedReserve } from '../eligibility/trade-terms.ts';
import { premium } from '../solver/prices.ts';
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
  /** That supports it, in a round after the market's own clearing. */
  readonly programme?: string | undefined;
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
  const schedules = new Map<OfferEntry, Map<BidEntry, AwardedQuarter[]>>();
  for (const [quarter, cleared] of quarters.entries()) {
    const priceOf = pricing(setting, cleared);
    for (const { offer, bid, lots, offerClass } of cleared.awards) {
      const ofOffer = schedules.get(offer) ?? new Map<BidEntry, AwardedQuarter[]>();
      schedules.set(offer, ofOffer);
      const schedule = ofOffer.get(bid) ?? [];
      ofOffer.set(bid, schedule);
      const price = priceOf({ offer, bid, offerClass });
      schedule.push({ quarter: book.quarters[quarter]!, lots: BigInt(lots), ...price });
    }
  }
  const byId = (a: OfferEntry | BidEntry, b: OfferEntry | BidEntry): number =>
    a.order.id < b.order.id ? -1 : 1;
  const reliedOn = relying(setting);
  return [...schedules.keys()].sort(byId).flatMap((offer) => {
    const origin = facets.origins[facets.offers[facets.offerFacet.get(offer)!]!.origin]!;
    const ofOffer = schedules.get(offer)!;
    return [...ofOffer.keys()].sort(byId).map((bid): Award => {
      const facet = facets.bids[facets.bidFacet.get(bid)!]!;
      const rules = facets.destinations[facet.destination]!;
      const schedule = ofOffer.get(bid)!;
      return {
        offer: offer.order.id,
        bid: bid.order.id,
        site: offer.order.site,
        origin,
        destination: bid.order.destination ?? rules.destination,
        schedule,
        floor: rules.floor,
        standards: rules.standards,
        certificates: reliedOn(offer.order.site, facet.checks, schedule),
      };
    });
  });
}

/** The certificates relied on, one list for all awards that rely on the same. */
export function relying({ facets: { evidence } }: Pick<Setting, 'facets'>) {
  const known = new Map<string, SnapshotCertificate[]>();
  return (site: string, checks: readonly number[], schedule: readonly AwardedQuarter[]) => {
    if (checks.length === 0) return [];
    const quarters = schedule.map(({ quarter }) => quarter);
    const key = `${site}|${checks.join()}|${quarters.join()}`;
    const found = known.get(key) ?? evidence.reliedOn(site, checks, quarters);
    known.set(key, found);
    return found;
  };
}

type Priced = Omit<AwardedQuarter, 'quarter' | 'lots'>;

/** The prices of a quarter's pairs, one object for all pairs of an offer class and a bid facet: its offers ask alike. */
function pricing(setting: Setting, cleared: ClearedQuarter) {
  const { bidFacet, bids } = setting.facets;
  const known = new Map<number, Priced>();
  return (pair: { offer: OfferEntry; bid: BidEntry; offerClass: number }): Priced => {
    const key = pair.offerClass * bids.length + bidFacet.get(pair.bid)!;
    const found = known.get(key) ?? pricedQuarter(setting, cleared, pair);
    known.set(key, found);
    return found;
  };
}

function pricedQuarter(
  { facets, eligibility }: Setting,
  { market, solution }: ClearedQuarter,
  { offer, bid, offerClass }: { offer: OfferEntry; bid: BidEntry; offerClass: number },
): Priced {
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
    price: sellerPrice(waterfall),
    landed: waterfall.landed,
    waterfall,
    interval: {
      low: reserve + above(scarcityLow),
      high: reserve + above(scarcityHigh),
    },
  };
}
