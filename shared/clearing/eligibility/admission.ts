import type { Quarter } from '../../kernel/quarter.ts';
import type { SnapshotCertificate, SnapshotSite } from '../snapshot.ts';
import type { MarketRules } from './warnings.ts';
import { satisfies } from './standards-check.ts';
import type { DestinationRules } from './trade-terms.ts';

/** Some zone of the destination bars the origin. */
export const isBarred = ({ zones }: DestinationRules, origin: string): boolean =>
  zones.some(({ barredOrigins }) => barredOrigins?.includes(origin) === true);

/** Some zone of the destination caps single origins from outside and has declared no consumption for the quarter. */
export const isUndeclared = (
  { zones }: DestinationRules,
  { consumption, product }: Pick<MarketRules, 'consumption' | 'product'>,
  origin: string,
  quarter: Quarter,
): boolean =>
  zones.some(
    (zone) =>
      zone.maxOriginShare !== undefined &&
      !zone.members.includes(origin) &&
      !consumption.some(
        (plan) =>
          plan.zone === zone.id &&
          plan.product === product.id &&
          plan.quarters.some((each) => each.quarter === quarter),
      ),
  );

/** What a site shows to rules. */
export interface Shown {
  readonly site: Pick<SnapshotSite, 'country' | 'verified'>;
  readonly certificates: readonly SnapshotCertificate[];
}

/**
 * Whether the rules of a destination let in what a site (or a stock lot) makes for a quarter, whatever bids ask for
 * themselves and however much it is: how much zones' caps let in counts apart.
 *
 * @param earlier quarters before it that one contract could cover too: a renewal covenant looks back at them.
 */
export function letsIn(
  rules: DestinationRules,
  market: MarketRules,
  { site, certificates }: Shown,
  quarter: Quarter,
  earlier: readonly Quarter[] = [],
): boolean {
  if (rules.floorMissing || isBarred(rules, site.country)) return false;
  if (isUndeclared(rules, market, site.country, quarter)) return false;
  if (!site.verified && rules.zones.some((zone) => zone.verifiedSitesOnly === true)) return false;
  const schemes = new Map(market.schemes.map((scheme) => [scheme.id, scheme]));
  return rules.standards.every(({ topics, minimumAssurance, renewalCovenant = false }) =>
    topics.every(({ anyOf }) => {
      const check = { anyOf, minimumAssurance, renewalCovenant };
      return [quarter, ...(renewalCovenant ? earlier : [])].some(
        (each) => satisfies(check, certificates, schemes, market.product, each).ok,
      );
    }),
  );
}
