import type { Quarter } from '../../kernel/quarter.ts';
import { hasBegun } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import { lotsOf } from '../../pricing/product-terms.ts';
import type { Shown } from '../eligibility/admission.ts';
import { letsIn } from '../eligibility/admission.ts';
import type { MarketRules } from '../eligibility/warnings.ts';
import type { DestinationRules } from '../eligibility/trade-terms.ts';
import { destinationRules } from '../eligibility/trade-terms.ts';
import { contractedInto, isCounted, zoneLimit } from '../eligibility/zone-caps.ts';
import type { BookOffer, Snapshot } from '../snapshot.ts';

/** Where something is missing, when, and from which origins it cannot come. */
export interface Missing {
  readonly destinations: readonly string[];
  readonly quarters: readonly Quarter[];
  readonly origins: readonly string[];
}

/** The rules of a market as they stand at an instant. */
export type StandingRules = MarketRules & Pick<Snapshot, 'gateClosure'>;

/** Of one offer, what could come in. */
export interface ElsewhereOffer {
  readonly origin: string;
  /** Token of its group of related parties. */
  readonly group: string;
  readonly lots: bigint;
}

/**
 * What open offers of other origins could bring to the destinations: only what the rules there let in, in quarters that
 * have not begun, to where the offer delivers, and no more than the zones' caps on single origins leave open. Where
 * several destinations count against several caps, offers take turns by id: never more than fits, perhaps less than would.
 */
export function offersElsewhere(snapshot: Snapshot, missing: Missing): ElsewhereOffer[] {
  const { product, originUse, consumption, gateClosure } = snapshot;
  const sites = new Map(snapshot.sites.map((site) => [site.id, site]));
  const certificates = Map.groupBy(snapshot.certificates, ({ site }) => site);
  const destinations = missing.destinations.map((destination) => destinationRules(snapshot, destination));
  const rooms = new Map<string, bigint>();
  const capsOf = ({ destination, zones }: DestinationRules, origin: string, quarter: Quarter): string[] =>
    zones
      .filter((zone) => isCounted(zone, origin, destination))
      .map((zone) => {
        const key = `${zone.id}|${origin}|${quarter}`;
        const limit = zoneLimit(zone, consumption, quarter, product) ?? 0n;
        if (!rooms.has(key))
          rooms.set(key, limit - contractedInto(zone, origin, quarter, originUse, product));
        return key;
      });
  const take = (
    offer: BookOffer,
    origin: string,
    open: readonly DestinationRules[],
    quarter: Quarter,
    lots: bigint,
  ): bigint => {
    let left = lots;
    for (const caps of open
      .filter(({ destination }) => offer.destinations?.includes(destination) ?? true)
      .map((rules) => capsOf(rules, origin, quarter))
      .sort((a, b) => a.length - b.length)) {
      const taken = caps.reduce((least, key) => smaller(least, rooms.get(key) ?? 0n), left);
      if (taken <= 0n) continue;
      for (const key of caps) rooms.set(key, (rooms.get(key) ?? 0n) - taken);
      left -= taken;
    }
    return lots - left;
  };
  return snapshot.offers.flatMap((offer) => {
    const site = sites.get(offer.site);
    if (site === undefined) throw new Error(`the snapshot lacks site ${offer.site}`);
    if (missing.origins.includes(site.country)) return [];
    const shown = { site, certificates: certificates.get(offer.site) ?? [] };
    const open = offer.remaining.filter(({ quarter }) => !hasBegun(quarter, dateOf(gateClosure)));
    const lots = open
      .filter(({ quarter, quantity }) => missing.quarters.includes(quarter) && quantity.amount.units > 0n)
      .reduce((sum, { quarter, quantity }) => {
        const earlier = open.map((each) => each.quarter).filter((each) => each < quarter);
        const reached = destinations.filter((rules) => letsIn(rules, snapshot, shown, quarter, earlier));
        return sum + take(offer, site.country, reached, quarter, must(lotsOf(quantity, product)));
      }, 0n);
    return [{ origin: site.country, group: offer.group, lots }];
  });
}

/** Whether what a site makes could come in to any of the destinations, in some quarter that has not begun. */
export function siteElsewhere(market: StandingRules, missing: Missing, shown: Shown): boolean {
  const quarters = missing.quarters.filter((quarter) => !hasBegun(quarter, dateOf(market.gateClosure)));
  return (
    !missing.origins.includes(shown.site.country) &&
    missing.destinations.some((destination) => {
      const rules = destinationRules(market, destination);
      return quarters.some((quarter) => letsIn(rules, market, shown, quarter));
    })
  );
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
