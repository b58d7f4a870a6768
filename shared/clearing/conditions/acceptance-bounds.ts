import type { BidEntry, OfferEntry } from '../book.ts';
import type { Facets } from '../eligibility/facet.ts';
import type { Market } from '../market.ts';
import { bidOf } from '../solver/network.ts';
import type { ClearedQuarter } from '../quarters.ts';

type Order = OfferEntry | BidEntry;

/*
 * What taking an order out or in can change at most, read from prices alone. Duals of a market are feasible for the
 * market without one of its orders once that order's own are left out, and for the market with one more once that
 * order is given what its best partner would leave it: by weak duality both bound the gains, without solving anything.
 */

/** What each order with conditions gains at the prices, rounded down: at least so much is lost from the bound without it. */
export function stakesOf(quarters: readonly ClearedQuarter[]): ReadonlyMap<Order, bigint> {
  const stakes = new Map<Order, bigint>();
  for (const { market, solution } of quarters) {
    const { scale, scarcity, surplus, capValue } = solution.prices;
    const { capBid, capLots } = market.network;
    const bids = Array.from(market.bids, ({ total }, row) => BigInt(surplus[row]!) * BigInt(total));
    for (const [cap, value] of capValue.entries())
      if (value > 0) bids[capBid[cap]!]! += BigInt(value) * BigInt(capLots[cap]!);
    const add = (entry: Order, value: bigint): void => {
      if (entry.conditions !== undefined)
        stakes.set(entry, (stakes.get(entry) ?? 0n) + value / BigInt(scale));
    };
    for (const [row, { members, total }] of market.offers.entries())
      add(members[0]!, BigInt(scarcity[row]!) * BigInt(total));
    for (const [row, { members }] of market.bids.entries()) add(members[0]!, bids[row]!);
  }
  return stakes;
}

/** What a newcomer could gain a lot in one quarter, in 1/scale ticks: negative where nobody would trade with it. */
interface Newcomers {
  readonly margins: ReadonlyMap<Order, number>;
  readonly scale: number;
}

/** Estimates what rejected orders would add, each by itself, at the prices of the market without them. */
export class NewcomerBounds {
  readonly #facets: Facets;
  readonly #whole: readonly ClearedQuarter[];
  readonly #known = new WeakMap<ClearedQuarter, Newcomers>();
  /** Pairs looked at. */
  looked = 0;

  /** @param whole the quarters with nobody rejected. */
  constructor(facets: Facets, whole: readonly ClearedQuarter[]) {
    this.#facets = facets;
    this.#whole = whole;
  }

  /** The most that each order can add to the bound, in ticks × lots; undefined of one that would not trade at all. */
  of(rejected: Iterable<Order>, quarters: readonly ClearedQuarter[]): Map<Order, bigint | undefined> {
    const newcomers = quarters.map((cleared, quarter) => this.#newcomersTo(cleared, quarter));
    const most = new Map<Order, bigint | undefined>();
    for (const entry of rejected) {
      let sum: bigint | undefined;
      for (const [quarter, { margins, scale }] of newcomers.entries()) {
        const margin = margins.get(entry);
        if (margin === undefined || margin < 0) continue;
        const value = BigInt(margin) * BigInt(entry.lots[quarter]!);
        sum = (sum ?? 0n) + (value + BigInt(scale) - 1n) / BigInt(scale);
      }
      most.set(entry, sum);
    }
    return most;
  }

  #newcomersTo(cleared: ClearedQuarter, quarter: number): Newcomers {
    const known = this.#known.get(cleared);
    if (known !== undefined) return known;
    const { scale } = cleared.solution.prices;
    const whole = this.#whole[quarter]!.market;
    const margins = whole === cleared.market ? new Map<Order, number>() : this.#marginsIn(whole, cleared);
    const newcomers = { margins, scale };
    this.#known.set(cleared, newcomers);
    return newcomers;
  }

  #marginsIn({ network, offers, bids }: Market, { market, solution }: ClearedQuarter): Map<Order, number> {
    this.looked += network.pairOffer.length;
    const { scale, scarcity, surplus } = solution.prices;
    const offerRow = rowsOf(offers, market.offers);
    const bidRow = rowsOf(bids, market.bids);
    const margins = new Map<Order, number>();
    const offerMargin = new Float64Array(offers.length).fill(-Infinity);
    const bidMargin = new Float64Array(bids.length).fill(-Infinity);
    for (let pair = 0; pair < network.pairOffer.length; pair++) {
      const offer = network.pairOffer[pair]!;
      const bid = bidOf(network, network.pairHead[pair]!);
      const seller = offerRow[offer]!;
      const buyer = bidRow[bid]!;
      if (seller < 0 === buyer < 0) continue;
      const weight = scale * network.pairWeight[pair]!;
      if (seller >= 0) bidMargin[bid] = Math.max(bidMargin[bid]!, weight - scarcity[seller]!);
      else {
        const { origin } = this.#facets.offers[offers[offer]!.facet]!;
        const left = weight - surplus[buyer]! - capValueInto(market, solution.prices.capValue, buyer, origin);
        offerMargin[offer] = Math.max(offerMargin[offer]!, left);
      }
    }
    const note = (
      classes: Market['offers'] | Market['bids'],
      rows: Int32Array,
      values: Float64Array,
    ): void => {
      for (const [row, { members }] of classes.entries())
        if (rows[row]! < 0 && values[row]! > -Infinity) margins.set(members[0]!, values[row]!);
    };
    note(offers, offerRow, offerMargin);
    note(bids, bidRow, bidMargin);
    return margins;
  }
}

/** Each class's row in another market, −1 where its orders take no part there. */
function rowsOf(
  classes: readonly { readonly members: readonly Order[] }[],
  others: readonly { readonly members: readonly Order[] }[],
): Int32Array {
  const rows = new Map<Order, number>();
  for (const [row, { members }] of others.entries()) for (const member of members) rows.set(member, row);
  return Int32Array.from(classes, ({ members }) => rows.get(members[0]!) ?? -1);
}

function capValueInto({ bids, headOf }: Market, capValue: Float64Array, bid: number, origin: number): number {
  const cap = headOf[bid]![origin]! - bids.length;
  return cap >= 0 ? capValue[cap]! : 0;
}
