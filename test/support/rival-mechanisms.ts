import { bidOf, type Network } from '../../shared/clearing/solver/network.ts';

/**
 * Two other ways to match the same attributed orders, of our own making and as plain as they come: what they gain is
 * what the rule can do, not what some product does.
 */

/** Lots per pair, and the order in which pairs were made. */
export interface Matched {
  readonly flow: Float64Array;
  readonly trades: readonly { readonly pair: number; readonly lots: number }[];
}

/**
 * A continuous book: orders arrive one by one, and each takes what it can from those waiting on the other side that
 * it may trade with, the best for it first, then the earliest. It knows eligibility, but like any book of single
 * trades nothing of a bid's share of one origin.
 *
 * @param arrivals offers as they are numbered, bids as `offers + bid`.
 */
export function priceTimeBook(network: Network, arrivals: readonly number[]): Matched {
  const offers = network.supply.length;
  const left = [...network.supply, ...network.demand];
  const pairsOf = left.map((): { pair: number; other: number }[] => []);
  for (const [pair, offer] of network.pairOffer.entries()) {
    const bid = offers + bidOf(network, network.pairHead[pair]!);
    pairsOf[offer]!.push({ pair, other: bid });
    pairsOf[bid]!.push({ pair, other: offer });
  }
  const arrived = new Map<number, number>();
  const book = new Trades(network);
  for (const order of arrivals) {
    const weight = (pair: number): number => network.pairWeight[pair]!;
    const waiting = pairsOf[order]!.filter(({ other }) => arrived.has(other) && left[other]! > 0).sort(
      (a, b) => weight(b.pair) - weight(a.pair) || arrived.get(a.other)! - arrived.get(b.other)!,
    );
    for (const { pair, other } of waiting) {
      const lots = Math.min(left[order]!, left[other]!);
      if (lots === 0) break;
      left[order]! -= lots;
      left[other]! -= lots;
      book.add(pair, lots);
    }
    arrived.set(order, arrived.size);
  }
  return book;
}

/** The most gainful pair first, as much as both sides and the bid's share of the origin leave; then the next. */
export function greedyBySurplus(network: Network): Matched {
  const supply = network.supply.slice();
  const demand = network.demand.slice();
  const caps = network.capLots.slice();
  const trades = new Trades(network);
  const pairs = [...network.pairOffer.keys()].sort(
    (a, b) => network.pairWeight[b]! - network.pairWeight[a]! || a - b,
  );
  for (const pair of pairs) {
    const offer = network.pairOffer[pair]!;
    const bid = bidOf(network, network.pairHead[pair]!);
    const cap = network.pairHead[pair]! - demand.length;
    const lots = Math.min(supply[offer]!, demand[bid]!, cap < 0 ? Infinity : caps[cap]!);
    if (lots === 0) continue;
    supply[offer]! -= lots;
    demand[bid]! -= lots;
    if (cap >= 0) caps[cap]! -= lots;
    trades.add(pair, lots);
  }
  return trades;
}

/** What is left of a result once each bid's latest trades above its share of an origin are undone. */
export function trimmed(network: Network, { trades }: Matched): Matched {
  const caps = network.capLots.slice();
  const kept = new Trades(network);
  for (const { pair, lots } of trades) {
    const cap = network.pairHead[pair]! - network.demand.length;
    const within = cap < 0 ? lots : Math.min(lots, caps[cap]!);
    if (within === 0) continue;
    if (cap >= 0) caps[cap]! -= within;
    kept.add(pair, within);
  }
  return kept;
}

class Trades implements Matched {
  readonly flow: Float64Array;
  readonly trades: { pair: number; lots: number }[] = [];

  constructor(network: Network) {
    this.flow = new Float64Array(network.pairOffer.length);
  }

  add(pair: number, lots: number): void {
    this.flow[pair]! += lots;
    this.trades.push({ pair, lots });
  }
}
