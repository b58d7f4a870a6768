import type { BidFacet, OfferFacet } from '../eligibility/facet.ts';
import { bestOf } from './best-cures.ts';
import type { Miss } from './misses.ts';
import type { PriceInterval } from '../documents/published.ts';
import type { Setting } from '../quarters.ts';
import { causesIn, refusalBit, type BindingCause } from '../eligibility/refusal.ts';
import { attainable } from '../eligibility/standards-check.ts';
import { landedReserve, priceWithin, type TradeTerms } from '../eligibility/trade-terms.ts';

/**
 * A near miss, with what the order may be told of what would have cured it. Prices in ticks.
 *
 * The rule: a figure is the order's own, or public (a floor, a rule, a landed price that the market's public view gives
 * and the tick that wins against it), and which figure is told follows from public figures alone. What others' hidden terms
 * decide is one thing only: whether it would have been enough. So whoever reads it learns of others what it would have
 * learned by posting at the public price, and no price, quantity or requirement of theirs.
 */
export interface Cure {
  /** What stood against the trade, in order of report; one or two. */
  readonly causes: readonly BindingCause[];
  /** Everything that stood against the trade can be told. */
  readonly told: boolean;
  /** And it all lies in the order's own hands. */
  readonly own: boolean;
  /** With it the order would have traded at least a lot more. */
  readonly certain: boolean;
  /** A tick above the highest landed price paid, where that is public and would have been enough. */
  readonly limit?: bigint;
  /** By which the offer would have landed a tick below the lowest price paid, or at the floor: where that was enough. */
  readonly ask?: bigint;
  readonly floor?: bigint;
  readonly checks: readonly number[];
  /** An origin that the bid excludes. */
  readonly origin: number;
}

const byPrice = refusalBit.price_below_floor | refusalBit.limit_below_reserve;
const byCertificate =
  refusalBit.certificate_missing |
  refusalBit.certificate_scope |
  refusalBit.certificate_level |
  refusalBit.certificate_expired |
  refusalBit.certificate_suspended;
const bySite = refusalBit.site_unverified | refusalBit.not_delivered;

/** The one public price for a bid: a tick above the highest paid; undefined where its limit is there already. */
export const publicLimit = (bid: BidFacet, prices: PriceInterval | undefined): bigint | undefined =>
  prices === undefined || prices.high < bid.limit ? undefined : prices.high + 1n;

/** The one public price into a destination: a tick below the lowest paid, though not below what the floor asks for. */
function publicAskInto(
  terms: TradeTerms,
  prices: PriceInterval | undefined,
): { readonly landed: bigint; readonly ask: bigint } | undefined {
  const atFloor = landedReserve(0n, terms);
  const below = prices === undefined ? atFloor : prices.low - 1n;
  const landed = below > atFloor ? below : atFloor;
  return landed > 0n ? { landed, ask: priceWithin(landed, terms) } : undefined;
}

/** The one public price for an offer: of all destinations the greatest such ask below its own. */
export const publicAsk = (
  { facets, eligibility }: Setting,
  offer: OfferFacet,
  prices: PriceInterval | undefined,
): bigint | undefined =>
  facets.destinations
    .map((_, destination) => publicAskInto(eligibility.lane(offer.origin, destination), prices)?.ask ?? 0n)
    .filter((ask) => ask > 0n && ask < offer.ask)
    .reduce<bigint | undefined>((best, ask) => (best === undefined || ask > best ? ask : best), undefined);

/** What a seller may be told: public rules alone. A bid's own requirements, purity and limit are the buyer's. */
export function curesOfOffer(
  { snapshot, facets, eligibility }: Setting,
  offer: OfferFacet,
  misses: readonly Miss[],
  prices: PriceInterval | undefined,
): Cure[] {
  const lanes = facets.destinations.map((_, destination) => eligibility.lane(offer.origin, destination));
  const reserves = lanes.map((terms) => landedReserve(offer.ask, terms));
  const asks = lanes.map((terms) => publicAskInto(terms, prices));
  const askFor = ({ reach }: Miss): bigint | undefined =>
    asks.reduce<bigint | undefined>((best, rung, destination) => {
      if (rung === undefined || Number(rung.landed) > reach[destination]!) return best;
      const { ask } = rung;
      return ask > 0n && ask < offer.ask && (best === undefined || ask > best) ? ask : best;
    }, undefined);
  const cures = misses.flatMap((miss): Cure[] => {
    const checks = miss.checks.filter((check) => !facets.privateChecks.has(check));
    const open =
      (miss.refused & ~(byPrice | byCertificate | bySite)) === 0 &&
      ((miss.refused & byCertificate) === 0 || (checks.length > 0 && checks.length === miss.checks.length)) &&
      checks.every((check) => {
        const asked = facets.evidence.checks[check]!;
        return attainable(asked, snapshot.schemes, snapshot.product).length > 0;
      });
    const enough = reserves.some((reserve, destination) => Number(reserve) <= miss.reach[destination]!);
    const ask = enough ? undefined : askFor(miss);
    const price = ask === undefined ? undefined : { ask };
    return variants(miss, { told: open, own: open, enough, price, checks });
  });
  return bestOf(cures);
}

/**
 * What a buyer may be told: the floor, public prices, and what its own bid and the zone's rules ask for. Certain is only
 * what lies in its own hands: an offer that met a rule it did not meet might have gone to others.
 */
export function curesOfBid(
  { facets, eligibility }: Setting,
  bid: BidFacet,
  misses: readonly Miss[],
  prices: PriceInterval | undefined,
): Cure[] {
  const floor = eligibility.floorAt(bid.destination);
  const above = publicLimit(bid, prices);
  const own =
    byPrice |
    byCertificate |
    bySite |
    refusalBit.origin_excluded |
    refusalBit.purity_too_low |
    refusalBit.conditional_not_accepted |
    refusalBit.concentration_limit;
  const cures = misses.flatMap((miss): Cure[] => {
    const least = miss.reach[0]!;
    const open =
      (miss.refused & ~own) === 0 && ((miss.refused & byCertificate) === 0 || miss.checks.length > 0);
    const inHand =
      !miss.shut &&
      (miss.refused & bySite) === 0 &&
      miss.checks.every((check) => facets.privateChecks.has(check));
    const enough = inHand && Number(bid.limit) >= least;
    const atFloor = (miss.refused & refusalBit.price_below_floor) !== 0;
    const price =
      atFloor && Number(floor) >= least
        ? { floor }
        : above !== undefined && Number(above) >= least
          ? { limit: above }
          : undefined;
    const made = variants(miss, {
      told: open,
      own: open && inHand,
      enough,
      price: inHand ? price : undefined,
      checks: miss.checks,
    });
    // The rules alone ask for the floor, whether or not it would have been enough.
    return price === undefined && miss.refused === refusalBit.price_below_floor
      ? made.map((cure) => ({ ...cure, told: true, floor }))
      : made;
  });
  return bestOf(cures);
}

/** A miss with its refusals gone, and with its price changed as well. */
function variants(
  { refused, origin }: Miss,
  found: {
    readonly told: boolean;
    readonly own: boolean;
    readonly enough: boolean;
    readonly price: { readonly limit?: bigint; readonly ask?: bigint; readonly floor?: bigint } | undefined;
    readonly checks: readonly number[];
  },
): Cure[] {
  const { told: open, own, enough, price, checks } = found;
  const causes = causesIn(refused);
  const priced = refused === 0 || (refused & byPrice) !== 0;
  const alone: Cure = {
    causes,
    told: open && !priced,
    own: own && !priced,
    certain: open && enough && !priced,
    checks,
    origin,
  };
  if (price === undefined) return refused === 0 ? [] : [alone];
  const all: Cure = {
    causes: priced && refused !== 0 ? causes : [...causes, 'out_of_competition'],
    told: open,
    own,
    certain: open,
    ...price,
    checks,
    origin,
  };
  return priced ? [all] : [alone, all];
}
