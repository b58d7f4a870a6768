import { divide, tenTo } from '../../kernel/decimal.ts';
import type { Price } from '../../kernel/money.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import type { BidTerms } from '../../orders/bid.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { Warning } from '../../orders/order.ts';
import { ticksOf } from '../../pricing/product-terms.ts';
import type { Site } from '../../reference/site.ts';
import type { Zone } from '../../reference/zone.ts';
import type { Certificate } from '../../standards/certificate.ts';
import type { RefusalCode } from './refusal.ts';
import { detailOf } from './refusal.ts';
import type { Snapshot } from '../snapshot.ts';
import { satisfies } from './standards-check.ts';
import { destinationRules } from './trade-terms.ts';

/** The rules of a market in force at an instant. */
export type MarketRules = Pick<
  Snapshot,
  'product' | 'zones' | 'consumption' | 'floors' | 'standards' | 'schemes'
>;

const warning = (code: RefusalCode | 'origin_cap_below_lot', detail: string): Warning => ({ code, detail });

/**
 * What the rules of each zone that an offer reaches would refuse it for, were they to stay as they are: told when it
 * is posted, decided when it clears.
 */
export function offerWarnings(
  rules: MarketRules,
  offer: {
    readonly destinations?: readonly string[] | undefined;
    readonly quarters: readonly Quarter[];
    readonly site: Site;
    readonly certificates: readonly Certificate[];
  },
): Warning[] {
  const { destinations } = offer;
  const reached = rules.zones.filter(
    (zone) => destinations === undefined || zone.members.some((member) => destinations.includes(member)),
  );
  return reached.flatMap((zone) => {
    const codes: RefusalCode[] = [
      ...(zone.barredOrigins?.includes(offer.site.country) === true ? (['origin_barred'] as const) : []),
      ...(zone.verifiedSitesOnly === true && !offer.site.verified ? (['site_unverified'] as const) : []),
    ];
    return [
      ...codes.map((code) => warning(code, `Zone ${zone.id}: ${detailOf(code)}`)),
      ...standardsWarnings(rules, zone, offer),
    ];
  });
}

/** One warning for each topic of the zone's rule that the site's certificates do not satisfy in every quarter. */
function standardsWarnings(
  rules: MarketRules,
  zone: Zone,
  offer: { readonly quarters: readonly Quarter[]; readonly certificates: readonly Certificate[] },
): Warning[] {
  const schemes = new Map(rules.schemes.map((scheme) => [scheme.id, scheme]));
  const ofZone = rules.standards.filter((rule) => rule.zone === zone.id);
  return ofZone.flatMap((rule) =>
    rule.topics.flatMap(({ topic, anyOf }) => {
      const check = {
        anyOf,
        minimumAssurance: rule.minimumAssurance,
        renewalCovenant: rule.renewalCovenant === true,
      };
      const quarters = check.renewalCovenant ? offer.quarters.slice(0, 1) : offer.quarters;
      for (const quarter of quarters) {
        const shown = satisfies(check, offer.certificates, schemes, rules.product, quarter);
        if (!shown.ok)
          return [warning(shown.code, `Zone ${zone.id}, ${topic}, from ${quarter}: ${detailOf(shown.code)}`)];
      }
      return [];
    }),
  );
}

/** What would keep a bid from clearing, were the rules to stay as they are. `price` is on the product's tick. */
export function bidWarnings(
  rules: MarketRules,
  bid: Pick<BidTerms, 'destination' | 'maxOriginShare'> & {
    readonly price: Price;
    readonly requested: LotsByQuarter;
    readonly at: string;
  },
): Warning[] {
  const { product } = rules;
  const { floor, floorMissing } = destinationRules({ ...rules, gateClosure: bid.at }, bid.destination);
  const limit = must(ticksOf(bid.price, product, 'down'));
  const belowFloor = floor !== undefined && limit < must(ticksOf(floor.price, product, 'up'));
  const { maxOriginShare } = bid;
  const capped =
    maxOriginShare === undefined
      ? []
      : [...bid.requested].filter(
          ([, lots]) => divide(lots * maxOriginShare.units, tenTo(maxOriginShare.scale), 'down') === 0n,
        );
  return [
    ...(belowFloor ? [warning('price_below_floor', detailOf('price_below_floor'))] : []),
    ...(floorMissing ? [warning('floor_not_defined', detailOf('floor_not_defined'))] : []),
    ...capped
      .slice(0, 1)
      .map(([quarter]) =>
        warning(
          'origin_cap_below_lot',
          `From ${quarter}: the share of one origin comes to less than one lot, so nothing can be awarded.`,
        ),
      ),
  ];
}
