import type { Quarter } from '../../kernel/quarter.ts';
import { must } from '../../kernel/result.ts';
import { minorUnitsOf, ticksOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import { minorUnitsIn } from '../../support/settlement.ts';
import type { Award } from '../awards/award.ts';
import { readBook, type Book } from '../book.ts';
import { bidClasses, offerClasses, type BidClass, type OfferClass } from '../classes.ts';
import { Eligibility } from '../eligibility/eligibility.ts';
import type { Facets } from '../eligibility/facet.ts';
import { facetsOf } from '../eligibility/facets.ts';
import { refusalBit } from '../eligibility/refusal.ts';
import { zoneCaps } from '../eligibility/zone-caps.ts';
import { marketOf, type Market, type Pairing } from '../market.ts';
import type { Snapshot, SnapshotProgramme } from '../snapshot.ts';
import { supportWithin } from './frontier.ts';
import { closedOnly, originGroups } from './origin-groups.ts';
import { residualSnapshot } from './residual-snapshot.ts';
import type { OriginGroup, ReachCosts, SupportedNetwork } from './support-flow.ts';
import { supportedAwards } from './supported-awards.ts';

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
    awards: supportedAwards(setting, programme.id, quarters, found.flows),
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
