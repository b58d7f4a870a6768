import { compareDecimal, type Decimal } from '../../kernel/decimal.ts';
import { must } from '../../kernel/result.ts';
import { isConditional } from '../../orders/conditional.ts';
import { ticksOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Requirement } from '../../standards/standards-rule.ts';
import { destinationsOf, groupsOf, type Book, type BidEntry, type OfferEntry } from '../book.ts';
import { Evidence } from './evidence.ts';
import type { BidFacet, Facets, OfferFacet } from './facet.ts';
import { Numbering } from './numbering.ts';
import type { Snapshot, SnapshotSite } from '../snapshot.ts';
import type { Check } from './standards-check.ts';
import { destinationRules, poolRules, type DestinationRules } from './trade-terms.ts';

const priceTermsKey = ({ order }: OfferEntry | BidEntry): string =>
  order.priceTerms?.kind === 'indexed' ? `indexed ${order.priceTerms.reference}` : 'fixed';

/** In ticks; it lies on the tick already. */
const capTicks = ({ order: { priceTerms } }: OfferEntry | BidEntry, product: Product): number =>
  priceTerms?.kind === 'indexed' && priceTerms.cap !== undefined
    ? Number(must(ticksOf(priceTerms.cap, product, 'down')))
    : Infinity;

/** Equal for equal facets of one side: their fields in order, of which only lists have commas. */
const textOf = (facet: OfferFacet | BidFacet): string => Object.values(facet).join('|');

/** Numbers everything that offers and bids can be told apart by. */
export function facetsOf(snapshot: Snapshot, book: Book): Facets {
  const sites = new Map(snapshot.sites.map((site) => [site.id, site]));
  const siteOf = ({ order }: OfferEntry): SnapshotSite => {
    const site = sites.get(order.site);
    if (site === undefined) throw new Error(`the snapshot lacks site ${order.site}`);
    return site;
  };
  const origins = [...new Set(book.offers.map((offer) => siteOf(offer).country))].sort();
  const rulesOfBid = rulesByBid(snapshot, book.bids);
  const destinations = [...new Set(rulesOfBid.values())].sort((a, b) =>
    a.destination < b.destination ? -1 : 1,
  );
  const purities = distinctPurities(book.bids);
  const groups = groupsOnBothSides(book);
  const terms = new Numbering<string>();

  const checks = new Numbering<Check>();
  const publicChecks = destinations.map(({ standards }) =>
    standards.flatMap((rule) =>
      rule.topics.map(({ anyOf }) =>
        checks.of({
          anyOf,
          renewalCovenant: rule.renewalCovenant === true,
          ...(rule.minimumAssurance !== undefined && { minimumAssurance: rule.minimumAssurance }),
        }),
      ),
    ),
  );
  const publicCount = checks.values.length;
  const own = (requirement: Requirement): number =>
    checks.of({ anyOf: [requirement], renewalCovenant: false });
  const checksOf = ({ order }: BidEntry, destination: number): number[] => [
    ...new Set([...publicChecks[destination]!, ...(order.requires ?? []).map(own)]),
  ];

  const bidFacets = new Numbering<BidFacet>();
  const destinationIndex = new Map(destinations.map((rules, index) => [rules, index]));
  const looksBack = snapshot.standards.some((rule) => rule.renewalCovenant === true);
  const bidFacet = new Map<BidEntry, number>();
  for (const bid of book.bids) {
    const destination = destinationIndex.get(rulesOfBid.get(bid)!)!;
    const { minimumPurity } = bid.order;
    const facet: BidFacet = {
      limit: bid.price,
      destination,
      checks: checksOf(bid, destination).sort((a, b) => a - b),
      excluded: origins.map((origin) => bid.order.excludedOrigins?.includes(origin) ?? false),
      minimumPurity: minimumPurity === undefined ? 0 : 1 + rankOf(purities, minimumPurity),
      acceptsConditional: bid.order.acceptsConditional === true,
      priceTerms: terms.of(priceTermsKey(bid)),
      cap: capTicks(bid, snapshot.product),
      group: groups.get(bid.order.group) ?? -1,
      ...(bid.members !== undefined && {
        groups: groupsOf(bid).flatMap((group) => groups.get(group) ?? []),
      }),
      firstQuarter: looksBack ? bid.firstQuarter : 0,
    };
    bidFacet.set(bid, bidFacets.of(facet, textOf(facet)));
  }

  const evidence = new Evidence(
    checks.values,
    new Set(book.offers.map(({ order }) => order.site)),
    snapshot.certificates,
    snapshot.schemes,
    snapshot.product,
    book.quarters,
  );
  const asksForVerified = destinations.some(({ zones }) => zones.some((zone) => zone.verifiedSitesOnly));
  const offerFacets = new Numbering<OfferFacet>();
  const offerFacet = new Map<OfferEntry, number>();
  for (const offer of book.offers) {
    const { order } = offer;
    const site = siteOf(offer);
    const facet: OfferFacet = {
      ask: offer.price,
      origin: origins.indexOf(site.country),
      verified: site.verified || !asksForVerified,
      delivers: destinations.map(({ countries }) =>
        countries.every((country) => order.destinations?.includes(country) ?? true),
      ),
      purity: order.purity === undefined ? 0 : rankAfter(purities, order.purity),
      conditional: isConditional(order),
      priceTerms: terms.of(priceTermsKey(offer)),
      cap: capTicks(offer, snapshot.product),
      group: groups.get(order.group) ?? -1,
      record: evidence.recordOf(order.site),
      firstQuarter: looksBack ? offer.firstQuarter : 0,
    };
    offerFacet.set(offer, offerFacets.of(facet, textOf(facet)));
  }
  const available = new Set(
    (snapshot.references ?? []).flatMap(({ id, status }) =>
      status === 'available' ? [`indexed ${id}`] : [],
    ),
  );
  const heldTerms = new Set(
    terms.values.flatMap((key, number) => (key === 'fixed' || available.has(key) ? [] : [number])),
  );
  const privateChecks = new Set([...checks.values.keys()].filter((check) => check >= publicCount));
  return {
    origins,
    destinations,
    evidence,
    offers: offerFacets.values,
    bids: bidFacets.values,
    offerFacet,
    bidFacet,
    heldTerms,
    privateChecks,
  };
}

/** The rules of each bid's destination, one object for all bids that share it. */
function rulesByBid(snapshot: Snapshot, bids: readonly BidEntry[]): Map<BidEntry, DestinationRules> {
  const known = new Map<string, DestinationRules>();
  return new Map(
    bids.map((bid) => {
      const countries = destinationsOf(bid);
      const { zone = '' } = bid.order;
      const key = bid.members === undefined ? countries[0]! : `${zone}:${countries.join()}`;
      const rules =
        known.get(key) ??
        (bid.members === undefined ? destinationRules(snapshot, key) : poolRules(snapshot, zone, countries));
      known.set(key, rules);
      return [bid, rules];
    }),
  );
}

function distinctPurities(bids: readonly BidEntry[]): Decimal[] {
  const sorted = bids
    .flatMap(({ order }) => (order.minimumPurity === undefined ? [] : [order.minimumPurity]))
    .sort(compareDecimal);
  return sorted.filter((purity, index) => index === 0 || compareDecimal(sorted[index - 1]!, purity) !== 0);
}

const rankOf = (sorted: readonly Decimal[], value: Decimal): number =>
  sorted.findIndex((each) => compareDecimal(each, value) === 0);

/** How many of the sorted values are at most `value`. */
const rankAfter = (sorted: readonly Decimal[], value: Decimal): number =>
  sorted.filter((each) => compareDecimal(each, value) <= 0).length;

/** Only a group that both offers and bids can be refused as a related party. */
function groupsOnBothSides(book: Book): Map<string, number> {
  const buying = new Set(book.bids.flatMap(groupsOf));
  const both = [...new Set(book.offers.map(({ order }) => order.group))].filter((group) => buying.has(group));
  return new Map(both.sort().map((group, index) => [group, index]));
}
