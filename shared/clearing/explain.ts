import type { Requirement } from '../standards/standards-rule.ts';
import type { QuarterQuantity } from '../orders/delivery.ts';
import { priceOf, quantityOf } from '../pricing/product-terms.ts';
import { lotsFrom, type BidEntry, type OfferEntry } from './book.ts';
import type { QuarterExplanation, WouldNeed } from './explanation.ts';
import type { BidFacet } from './facet.ts';
import { conditionReason } from './condition-reason.ts';
import type { ClearedMarket, ClearedQuarter, Setting } from './quarters.ts';
import { reasonsOf, type QuarterReasons, type Reasons } from './reasons.ts';
import { codeOf, detailOf, type RefusalCause } from './refusal.ts';

/** Why each order of the snapshot was or was not filled, quarter by quarter, by order id. */
export function explain(setting: Setting, cleared: ClearedMarket): Map<string, QuarterExplanation[]> {
  const { snapshot, book } = setting;
  const { quarters, bars } = cleared;
  const explanations = new Map<string, QuarterExplanation[]>();
  const known = new Map<ClearedQuarter, QuarterReasons>();
  const views = quarters.map((each, quarter) => {
    const reasons = known.get(each) ?? reasonsOf(setting, bars, each, quarter);
    known.set(each, reasons);
    return viewOf(each, reasons);
  });

  const quartersOf = (
    id: string,
    remaining: readonly QuarterQuantity[],
    entry: OfferEntry | BidEntry | undefined,
    undelivered: Undelivered,
    needs: (cause: RefusalCause, checks: ReadonlySet<number>) => WouldNeed,
  ): QuarterExplanation[] =>
    remaining.map(({ quarter, quantity }) => {
      const requested = lotsFrom(quantity, snapshot);
      const view = views[book.quarters.indexOf(quarter)];
      const awarded = (entry && view?.awarded.get(entry)) ?? 0;
      const left = requested - awarded;
      // Begun quarters and orders past their validity took no part.
      const outside: Reasons = { binding: ['window_mismatch'], nearMisses: new Map() };
      const reasons = entry === undefined || view === undefined ? outside : view.reasons.get(entry);
      const condition = left === 0 ? undefined : conditionReason(setting, cleared, id, quarter, entry);
      return {
        quarter,
        requested: lots(requested),
        awarded: lots(awarded),
        remaining: lots(left),
        binding:
          condition !== undefined
            ? [condition]
            : (left === 0 ? [] : (reasons?.binding ?? [])).map((cause) => ({
                code: codeOf(cause),
                detail: cause === 'not_delivered' ? undelivered.detail : detailOf(codeOf(cause)),
              })),
        nearMisses: (left === 0 ? [] : [...(reasons?.nearMisses ?? [])]).map(([cause, checks]) => ({
          code: codeOf(cause),
          quantity: lots(left),
          wouldNeed: cause === 'not_delivered' ? { delivery: undelivered.wouldNeed } : needs(cause, checks),
        })),
      };
    });
  const lots = (count: number): QuarterQuantity['quantity'] => quantityOf(BigInt(count), snapshot.product);

  const offers = new Map(book.offers.map((entry) => [entry.order.id, entry]));
  for (const { id, remaining, destinations = [] } of snapshot.offers)
    explanations.set(
      id,
      quartersOf(id, remaining, offers.get(id), undeliveredBy(destinations), (cause, checks) =>
        needsOfOffer(setting, cause, checks),
      ),
    );
  const bids = new Map(book.bids.map((entry) => [entry.order.id, entry]));
  for (const { id, remaining, destination } of snapshot.bids) {
    const entry = bids.get(id);
    const facet = entry && setting.facets.bids[setting.facets.bidFacet.get(entry)!];
    explanations.set(
      id,
      quartersOf(id, remaining, entry, undeliveredTo(destination), (cause, checks) =>
        needsOfBid(setting, facet, cause, checks),
      ),
    );
  }
  return explanations;
}

/** What a cleared quarter says of single orders. */
function viewOf({ market, awards }: ClearedQuarter, reasons: QuarterReasons) {
  const awarded = new Map<OfferEntry | BidEntry, number>();
  for (const { offer, bid, lots } of awards)
    for (const entry of [offer, bid]) awarded.set(entry, (awarded.get(entry) ?? 0) + lots);
  const ofEntry = new Map<OfferEntry | BidEntry, Reasons>();
  const spread = (
    classes: readonly { members: readonly (OfferEntry | BidEntry)[] }[],
    found: ReadonlyMap<number, Reasons>,
  ): void => {
    for (const [index, why] of found) for (const entry of classes[index]!.members) ofEntry.set(entry, why);
  };
  spread(market.offers, reasons.offers);
  spread(market.bids, reasons.bids);
  return { awarded, reasons: ofEntry };
}

/** A seller may learn public rules only: a bid's own requirements, purity and limit are the buyer's. */
function needsOfOffer({ facets }: Setting, cause: RefusalCause, checks: ReadonlySet<number>): WouldNeed {
  if (cause === 'site_unverified') return { verifiedSite: true };
  const open = [...checks].filter((check) => !facets.privateChecks.has(check));
  return open.length > 0 ? { certificates: open.map((check) => needOf(facets.evidence.checks[check]!)) } : {};
}

/** A buyer may learn the floor and what its own bid and the zone's rules ask for; never another's ask. */
function needsOfBid(
  { snapshot, facets, eligibility }: Setting,
  bid: BidFacet | undefined,
  cause: RefusalCause,
  checks: ReadonlySet<number>,
): WouldNeed {
  if (cause === 'site_unverified') return { verifiedSite: true };
  if (cause === 'price_below_floor' && bid !== undefined)
    return { floor: priceOf(eligibility.floorAt(bid.destination), snapshot.product) };
  return checks.size > 0
    ? { certificates: [...checks].map((check) => needOf(facets.evidence.checks[check]!)) }
    : {};
}

const needOf = ({
  anyOf,
  minimumAssurance,
}: {
  anyOf: readonly Requirement[];
  minimumAssurance?: 'self' | 'second-party' | 'third-party' | undefined;
}): NonNullable<WouldNeed['certificates']>[number] => ({
  anyOf: [...anyOf],
  ...(minimumAssurance !== undefined && { minimumAssurance }),
});

/** What a mismatch of destinations comes to, in words and of the order's own terms alone. */
interface Undelivered {
  readonly detail: string;
  readonly wouldNeed: string;
}

/** A seller may read where its offer delivers to, not where the bids are. */
const undeliveredBy = (destinations: readonly string[]): Undelivered => ({
  detail: `The offer does not deliver to where there is demand: it delivers to ${destinations.join(', ')} only.`,
  wouldNeed: `Delivery to more destinations than ${destinations.join(', ')}.`,
});

/** A buyer may read its bid's destination, not where the offers deliver to. */
const undeliveredTo = (destination: string): Undelivered => ({
  detail: `There is supply, but it does not deliver to ${destination}.`,
  wouldNeed: `An offer that delivers to ${destination}.`,
});
