import type { Quarter } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { minorUnitsOf, ticksOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import { minorUnitsIn } from '../../support/settlement.ts';
import type { Award, AwardedQuarter } from '../awards/award.ts';
import { relying } from '../awards/award.ts';
import { shareAmongMembers } from '../awards/sharing.ts';
import { sellerPrice, waterfallOf } from '../awards/waterfall.ts';
import { readBook, type BidEntry, type Book, type OfferEntry } from '../book.ts';
import { bidClasses, offerClasses, type BidClass, type OfferClass } from '../classes.ts';
import { Eligibility } from '../eligibility/eligibility.ts';
import type { Facets } from '../eligibility/facet.ts';
import { facetsOf } from '../eligibility/facets.ts';
import { refusalBit } from '../eligibility/refusal.ts';
import { CLOSED, FREE, zoneCaps, type ZoneCaps } from '../eligibility/zone-caps.ts';
import { marketOf, type Market, type Pairing } from '../market.ts';
import type { Snapshot, SnapshotProgramme } from '../snapshot.ts';
import { supportWithin } from './frontier.ts';
import { residualSnapshot } from './residual-snapshot.ts';
import type { OriginGroup, ReachCosts, SupportedNetwork } from './support-flow.ts';

/** One quarter of a round, as its proof needs it. */
export interface SupportedQuarter {
  readonly quarter: Quarter;
  readonly market: Market;
  readonly groups: readonly OriginGroup[];
  readonly costs: ReachCosts;
}

/** What one programme supports after the market's own clearing. */
export interface SupportRound {
  readonly programme: string;
  readonly awards: readonly Award[];
  /** Σ gap × lots, in minor units. */
  readonly cost: bigint;
  /** Ticks of the next lot, or more than is left: what proves the round, see {@link supportWithin}. */
  readonly next: bigint;
  readonly facets: Facets;
  readonly quarters: readonly SupportedQuarter[];
}

/** Pairs of all quarters of a round together: every marginal price looks at those of a quarter again, so it is minutes. */
const MOST_SUPPORTED_PAIRS = 2_000_000;

/**
 * Each programme's round, one after the other, on what the market and the rounds before have left: what is missing
 * between a landed reserve and a limit is topped up, for the most lots that the budget can pay, at the least cost. No
 * trade that needs no support is displaced.
 *
 * @throws {MarketTooLarge} beyond so many pairs that a programme could support: the whole clearing fails with a reason.
 */
export function supportRounds(snapshot: Snapshot, awards: readonly Award[]): SupportRound[] {
  const rounds: SupportRound[] = [];
  const all = [...awards];
  for (const programme of snapshot.programmes ?? []) {
    const round = supportRound(residualSnapshot(snapshot, all, programme), programme);
    rounds.push(round);
    all.push(...round.awards);
  }
  return rounds;
}

function supportRound(snapshot: Snapshot, programme: SnapshotProgramme): SupportRound {
  const { product } = snapshot;
  const book = readBook(snapshot);
  const facets = facetsOf(snapshot, book);
  const eligibility = new Eligibility(snapshot, facets, book.quarters);
  const most = Number(must(ticksOf(programme.maximumGap, product, 'down')));
  const pairing = pairingWithin(eligibility, most);
  let room = MOST_SUPPORTED_PAIRS;
  const quarters = book.quarters.map((quarter, index) => {
    const caps = zoneCaps(snapshot, facets, quarter);
    const [offers, bids] = [offerClasses(book, facets, index), bidClasses(snapshot, book, facets, index)];
    const alone = programme.awardCap !== undefined;
    const market = marketOf(
      ...([alone ? offers.flatMap(oneByOne) : offers, alone ? bids.flatMap(oneByOne) : bids] as const),
      ...([facets, pairing, index, () => false, closedOnly(caps), room] as const),
    );
    room -= market.network.pairOffer.length;
    const gap = market.network.pairWeight.map((weight) => most - weight);
    const groups = originGroups(market, facets, caps);
    const network: SupportedNetwork = {
      ...{ network: market.network, gap, groups },
      pairLots: awardLots(programme, product, book, market, gap),
    };
    return { quarter, market, groups, network };
  });
  const inTicks = minorUnitsOf(1n, 1n, product);
  const found = supportWithin(
    minorUnitsIn(programme.left, product.currency) / inTicks,
    quarters.map(({ network }) => network),
  );
  const setting = { facets, eligibility };
  return {
    programme: programme.id,
    awards: awardsOf(setting, programme.id, quarters, found.flows),
    cost: found.cost * inTicks,
    next: found.next,
    facets,
    quarters: quarters.map(({ quarter, market, groups }, index) => ({
      ...{ quarter, market, groups },
      costs: found.proofs[index]!,
    })),
  };
}

/** Pairs that nothing but the price keeps apart, by at least a tick and at most `most`; their weight is what is left of that. */
function pairingWithin(eligibility: Eligibility, most: number): Pairing {
  const byPrice = refusalBit.limit_below_reserve | refusalBit.price_below_floor;
  return {
    weight: (offer, bid) => {
      const gap = -eligibility.weight(offer, bid);
      return gap >= 1 && gap <= most ? most - gap : -1;
    },
    refusals: (offer, bid, quarter) => eligibility.refusals(offer, bid, quarter) & ~byPrice,
    terms: (offer, bid) => eligibility.terms(offer, bid),
  };
}

/** An award has a cap of its own: like orders are not one node then. */
const oneByOne = <C extends OfferClass | BidClass>(of: C): C[] =>
  of.members.map((member, index) => ({
    ...of,
    members: [member],
    lots: [of.lots[index]!],
    total: of.lots[index]!,
  }));

/** Caps that are used up close their lanes; what the others let in is counted by origin. */
const closedOnly = ({ laneOf }: ZoneCaps): ZoneCaps => ({
  limits: [],
  lanes: [],
  laneOf: laneOf.map((lanes) => lanes.map((lane) => (lane === CLOSED ? CLOSED : FREE))),
});

/**
 * What zones let in from each origin: the least that any zone with one of the round's destinations does, counting all
 * that the round supports of that origin. Exact where those destinations lie in the same capping zones, as one
 * programme's mostly do; elsewhere on the safe side.
 */
function originGroups(market: Market, { origins, offers }: Facets, caps: ZoneCaps): OriginGroup[] {
  return origins.flatMap((_, origin) => {
    const limits = new Set(caps.laneOf[origin]!.flatMap((lane) => caps.lanes[lane] ?? []));
    if (limits.size === 0) return [];
    const members = [...market.offers.keys()].filter(
      (index) => offers[market.offers[index]!.facet]!.origin === origin,
    );
    const lots = Math.min(...[...limits].map((limit) => caps.limits[limit]!.lots));
    return members.length === 0 ? [] : [{ offers: members, lots }];
  });
}

/**
 * The most lots of each pair where a programme caps single awards: the cap is spread evenly over the quarters that both
 * orders have in common, so that no award exceeds it whatever the other quarters bring.
 */
function awardLots(
  { awardCap }: SnapshotProgramme,
  product: Product,
  book: Book,
  { offers, bids, network }: Market,
  gap: Float64Array,
): Float64Array | undefined {
  if (awardCap === undefined) return undefined;
  const cap = minorUnitsIn(awardCap, product.currency) / minorUnitsOf(1n, 1n, product);
  const bidOf = (head: number): number => (head < bids.length ? head : network.capBid[head - bids.length]!);
  return Float64Array.from(network.pairOffer, (offer, pair) => {
    const [seller, buyer] = [offers[offer]!.members[0]!, bids[bidOf(network.pairHead[pair]!)]!.members[0]!];
    const common = book.quarters.filter((_, index) => seller.lots[index]! > 0 && buyer.lots[index]! > 0);
    return Number(cap / (BigInt(common.length) * BigInt(gap[pair]!)));
  });
}

/** What each offer sells to each bid with the programme's support; sorted by offer, then bid. */
function awardsOf(
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
