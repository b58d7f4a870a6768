import type { ClearedQuarter, Setting } from '../../shared/clearing/quarters.ts';
import { tiesOf } from '../../shared/clearing/pairing/ties.ts';

/** How a run's trade is cut up between pairs of orders. */
export interface Fragmentation {
  /** Pairs that trade in some quarter: each becomes a contract. */
  readonly awards: number;
  readonly orders: number;
  /** No fewer awards serve these orders, whatever is paired with whom. */
  readonly fewest: number;
  /** Lots that a pair trades in a quarter as in the one before, of those that its orders could have kept trading. */
  readonly kept: number;
}

export function fragmentationOf(setting: Setting, quarters: readonly ClearedQuarter[]): Fragmentation {
  const pairs = new Set<string>();
  const needed = new Map<string, number>();
  const offers = new Set<string>();
  let kept = 0;
  let keepable = 0;
  let before: Lots | undefined;
  for (const { awards, market } of quarters) {
    const lots = new Lots();
    for (const { offer, bid, lots: each } of awards) {
      pairs.add(`${offer.order.id}:${bid.order.id}`);
      offers.add(offer.order.id);
      lots.add(offer.order.id, bid.order.id, each);
    }
    // A bid whose cap lets in less than it takes needs more than one origin, so more than one seller.
    for (const { bid, bidClass } of awards) {
      const most = Math.max(...(market.bids[bidClass]!.caps ?? [Infinity]));
      const sellers = Math.ceil(lots.bids.get(bid.order.id)! / most);
      needed.set(bid.order.id, Math.max(needed.get(bid.order.id) ?? 1, sellers));
    }
    if (before !== undefined) {
      kept += common(before.pairs, lots.pairs);
      keepable += Math.min(common(before.offers, lots.offers), common(before.bids, lots.bids));
    }
    before = lots;
  }
  return {
    awards: pairs.size,
    orders: offers.size + needed.size,
    fewest: fewestAwards(setting, quarters, needed),
    kept: keepable === 0 ? 1 : kept / keepable,
  };
}

class Lots {
  readonly pairs = new Map<string, number>();
  readonly offers = new Map<string, number>();
  readonly bids = new Map<string, number>();

  add(offer: string, bid: string, lots: number): void {
    for (const [map, key] of [
      [this.pairs, `${offer}:${bid}`],
      [this.offers, offer],
      [this.bids, bid],
    ] as const)
      map.set(key, (map.get(key) ?? 0) + lots);
  }
}

const common = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number =>
  [...a].reduce((sum, [key, lots]) => sum + Math.min(lots, b.get(key) ?? 0), 0);

/** Of each part of the run's ties that has nobody in common with the rest: its offers, or what its bids need. */
function fewestAwards(
  setting: Setting,
  quarters: readonly ClearedQuarter[],
  needed: ReadonlyMap<string, number>,
): number {
  const above = new Map<string, string>();
  const top = (id: string): string => {
    let at = id;
    for (let next = above.get(at); next !== undefined; next = above.get(at)) at = next;
    if (at !== id) above.set(id, at);
    return at;
  };
  const ids = new Set<string>();
  for (const cleared of new Set(quarters)) {
    const { sellers, buyers, linkSeller, linkBuyer } = tiesOf(setting, cleared, cleared.awards, () => false);
    for (const { order } of [...sellers, ...buyers]) ids.add(order.order.id);
    for (const [link, seller] of linkSeller.entries()) {
      const [a, b] = [top(sellers[seller]!.order.order.id), top(buyers[linkBuyer[link]!]!.order.order.id)];
      if (a !== b) above.set(a, b);
    }
  }
  const islands = Map.groupBy(ids, top).values();
  return [...islands].reduce((sum, members) => {
    const bids = members.filter((id) => needed.has(id));
    const demand = bids.reduce((total, id) => total + needed.get(id)!, 0);
    return sum + Math.max(members.length - bids.length, demand);
  }, 0);
}
