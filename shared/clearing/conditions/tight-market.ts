import type { BidEntry, OfferEntry } from '../book.ts';
import type { BidClass, OfferClass, OrderClass } from '../classes.ts';
import { isPairConditioned } from './conditions.ts';
import type { Facets } from '../eligibility/facet.ts';
import type { Market } from '../market.ts';
import { bidOf, type Network } from '../solver/network.ts';
import { isTight, type Prices } from '../solver/prices.ts';
import type { ClearedQuarter } from '../quarters.ts';

/**
 * A cleared quarter reduced to the pairs over which flows of equal gains may differ: those whose weight is exactly
 * what the prices give both sides (complementary slackness). Classes that an order with conditions on single awards
 * may trade with are taken apart, so that every such award is a pair of its own.
 */
export interface TightMarket {
  /** Its network has the tight pairs only. */
  readonly market: Market;
  /** The quarter's prices, for the classes of this market. */
  readonly prices: Prices;
}

/** More tight pairs than this are not taken apart: what then cannot be kept is rejected. */
const MOST_PAIRS = 1_000_000;

/** Undefined where taking classes apart would make too many pairs. */
export function tightMarket({ market, solution }: ClearedQuarter, facets: Facets): TightMarket | undefined {
  const { network } = market;
  const { prices } = solution;
  const tight = [...network.pairOffer.keys()].filter((pair) => isTight(network, prices, pair));
  const splitOffer = new Uint8Array(market.offers.length);
  const splitBid = new Uint8Array(market.bids.length);
  for (const pair of tight) {
    const offer = network.pairOffer[pair]!;
    const bid = bidOf(network, network.pairHead[pair]!);
    if (market.bids[bid]!.members.some(isPairConditioned)) splitOffer[offer] = 1;
    if (market.offers[offer]!.members.some(isPairConditioned)) splitBid[bid] = 1;
  }
  const offers = takeApart<OfferEntry, OfferClass>(market.offers, splitOffer);
  const bids = takeApart<BidEntry, BidClass>(market.bids, splitBid);
  let count = 0;
  for (const pair of tight)
    count +=
      offers.rowsOf[network.pairOffer[pair]!]!.length *
      bids.rowsOf[bidOf(network, network.pairHead[pair]!)]!.length;
  if (count > MOST_PAIRS) return undefined;

  const heads = headsOf(market, bids, facets);
  const columns = pairColumns(network, tight, count, offers.rowsOf, bids.rowsOf, heads.headsOf);
  const pick = (values: Float64Array, from: readonly number[]): Float64Array =>
    Float64Array.from(from, (index) => values[index]!);
  return {
    market: {
      ...market,
      offers: offers.classes,
      bids: bids.classes,
      headOf: heads.headOf,
      network: {
        ...network,
        ...columns,
        supply: Float64Array.from(offers.classes, ({ total }) => total),
        demand: Float64Array.from(bids.classes, ({ total }) => total),
        capBid: Int32Array.from(heads.capBid),
        capLots: Float64Array.from(heads.capLots),
      },
    },
    prices: {
      ...prices,
      scarcity: pick(prices.scarcity, offers.origin),
      scarcityLow: pick(prices.scarcityLow, offers.origin),
      scarcityHigh: pick(prices.scarcityHigh, offers.origin),
      surplus: pick(prices.surplus, bids.origin),
      capValue: pick(prices.capValue, heads.capOrigin),
      headWorth: pick(prices.headWorth, [
        ...bids.origin,
        ...heads.capOrigin.map((cap) => market.bids.length + cap),
      ]),
    },
  };
}

/** Classes, some of them taken apart; `origin` is the class that each was, `rowsOf` what became of each. */
function takeApart<Member, Class extends OrderClass<Member>>(
  classes: readonly Class[],
  split: Uint8Array,
): { classes: Class[]; origin: number[]; rowsOf: number[][] } {
  const apart: Class[] = [];
  const origin: number[] = [];
  const rowsOf = classes.map((each, index) => {
    const parts =
      split[index] === 0
        ? [each]
        : each.members.map((member, at) => ({
            ...each,
            members: [member],
            lots: [each.lots[at]!],
            total: each.lots[at]!,
          }));
    return parts.map((part) => {
      origin.push(index);
      return apart.push(part) - 1;
    });
  });
  return { classes: apart, origin, rowsOf };
}

/** Heads of the pairs after classes were taken apart: every part has origin caps of its own. */
function headsOf(
  market: Market,
  bids: { readonly classes: readonly BidClass[]; readonly origin: readonly number[] },
  facets: Facets,
) {
  const formerBids = market.bids.length;
  const capBid: number[] = [];
  const capLots: number[] = [];
  const capOrigin: number[] = [];
  /** By former cap's head, the heads that took its place, in the order of the parts. */
  const byFormer = new Map<number, number[]>();
  const headOf = bids.classes.map(({ caps, members }, row) =>
    facets.origins.map((_, origin): number => {
      const former = market.headOf[bids.origin[row]!]![origin]!;
      if (former < 0) return -1;
      if (former < formerBids) return row;
      capBid.push(row);
      capOrigin.push(former - formerBids);
      const head = bids.classes.length + capLots.push(caps![origin]! * members.length) - 1;
      byFormer.set(former, [...(byFormer.get(former) ?? []), head]);
      return head;
    }),
  );
  return { capBid, capLots, capOrigin, headOf, headsOf: (head: number) => byFormer.get(head)! };
}

/** The pairs' columns, sorted by offer. */
function pairColumns(
  network: Network,
  tight: readonly number[],
  count: number,
  offersOf: readonly (readonly number[])[],
  bidsOf: readonly (readonly number[])[],
  headsOfFormer: (head: number) => readonly number[],
): Pick<Network, 'pairOffer' | 'pairHead' | 'pairWeight' | 'pairInside' | 'pairLane'> {
  const hasLanes = network.pairLane.length > 0;
  const columns = {
    pairOffer: new Int32Array(count),
    pairHead: new Int32Array(count),
    pairWeight: new Float64Array(count),
    pairInside: new Uint8Array(count),
    pairLane: new Int32Array(hasLanes ? count : 0),
  };
  let next = 0;
  const byOffer = Map.groupBy(tight, (pair) => network.pairOffer[pair]!);
  for (const [former, pairs] of byOffer)
    for (const offer of offersOf[former]!)
      for (const pair of pairs) {
        const head = network.pairHead[pair]!;
        const heads = head < bidsOf.length ? bidsOf[head]! : headsOfFormer(head);
        for (const each of heads) {
          columns.pairOffer[next] = offer;
          columns.pairHead[next] = each;
          columns.pairWeight[next] = network.pairWeight[pair]!;
          columns.pairInside[next] = network.pairInside[pair]!;
          if (hasLanes) columns.pairLane[next] = network.pairLane[pair]!;
          next++;
        }
      }
  return columns;
}
