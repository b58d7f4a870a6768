import type { BidEntry, OfferEntry } from './book.ts';
import { fillEvenly } from './even-fill.ts';
import { solveQuarter } from './flow.ts';
import { solveLexicographic } from './lexicographic.ts';
import { bidOf, type Network } from './network.ts';
import type { TightMarket } from './tight-market.ts';

/** What is asked of a flow beside the greatest gains. Pairs by their place in the tight market's network. */
export interface Restrictions {
  /** Pairs that carry nothing. */
  readonly forbidden: ReadonlySet<number>;
  /** Pairs that carry at least so many lots. */
  readonly minima: ReadonlyMap<number, number>;
  /** Orders that are filled completely. */
  readonly filled: ReadonlySet<OfferEntry | BidEntry>;
}

/**
 * A flow of the same gains that obeys the restrictions, or undefined where there is none: exact, since over the tight
 * pairs it is a flow of greatest gains exactly if every order and cap with a price of its own is exhausted. So one lot
 * counts for each of its ends that must be, the minima are taken off beforehand, and the greatest count either is
 * what must be, or no flow does it all. Then volume, lots from inside and, if asked for, even fill decide as ever.
 */
export function steeredFlow(
  { market, prices }: TightMarket,
  { forbidden, minima, filled }: Restrictions,
  gains: bigint,
  evenly: boolean,
): Float64Array | undefined {
  const { network } = market;
  const supply = network.supply.slice();
  const demand = network.demand.slice();
  const capLots = network.capLots.slice();
  const limitLots = network.limitLots.slice();
  const flow = new Float64Array(network.pairOffer.length);
  for (const [pair, lots] of minima) {
    const head = network.pairHead[pair]!;
    flow[pair] = lots;
    supply[network.pairOffer[pair]!]! -= lots;
    demand[bidOf(network, head)]! -= lots;
    if (head >= demand.length) capLots[head - demand.length]! -= lots;
    for (const limit of network.laneLimits[network.pairLane[pair] ?? -1] ?? []) limitLots[limit]! -= lots;
  }
  for (const left of [supply, demand, capLots, limitLots])
    if (left.some((lots) => lots < 0)) return undefined;

  const mustSell = market.offers.map(
    ({ members }, offer) => prices.scarcity[offer]! > 0 || members.some((member) => filled.has(member)),
  );
  const mustBuy = market.bids.map(
    ({ members }, bid) => prices.surplus[bid]! > 0 || members.some((member) => filled.has(member)),
  );
  const mustPass = Array.from(network.capLots, (_, cap) => prices.capValue[cap]! > 0);
  const sumWhere = (must: readonly boolean[], lots: Float64Array): number =>
    must.reduce((sum, is, row) => (is ? sum + lots[row]! : sum), 0);
  const target = sumWhere(mustSell, supply) + sumWhere(mustBuy, demand) + sumWhere(mustPass, capLots);

  const weightOf = (pair: number): number => {
    const head = network.pairHead[pair]!;
    const cap = head - demand.length;
    return (
      Number(mustSell[network.pairOffer[pair]!]) +
      Number(mustBuy[bidOf(network, head)]) +
      Number(cap >= 0 && mustPass[cap])
    );
  };
  const part = partOf(network, { supply, demand, capLots, limitLots }, forbidden, weightOf);
  const found = flowOf(part.network, evenly);
  let reached = 0;
  for (const [index, lots] of found.entries()) {
    reached += lots * part.network.pairWeight[index]!;
    flow[part.pairs[index]!]! += lots;
  }
  if (reached < target) return undefined;
  let total = 0n;
  for (const [pair, lots] of flow.entries()) total += BigInt(lots) * BigInt(network.pairWeight[pair]!);
  return total === gains ? flow : undefined;
}

function flowOf(network: Network, evenly: boolean): Float64Array {
  // A zone's cap is more than a network: then only the whole solver keeps it.
  if (network.limitLots.length > 0) return solveQuarter(network).pairFlow;
  const basis = solveLexicographic(network);
  if (evenly) fillEvenly(network, basis);
  return basis.arcs.flow.slice(0, network.pairOffer.length);
}

/** The network of what is left after the minima, without forbidden pairs and exhausted rows. */
function partOf(
  network: Network,
  left: Pick<Network, 'supply' | 'demand' | 'capLots' | 'limitLots'>,
  forbidden: ReadonlySet<number>,
  weightOf: (pair: number) => number,
): { network: Network; pairs: readonly number[] } {
  const { supply, demand, capLots, limitLots } = left;
  const offers = placesOf(supply);
  const bids = placesOf(demand);
  const caps = placesOf(capLots, (cap) => demand[network.capBid[cap]!]! > 0);
  const isOpen = (pair: number): boolean => {
    const head = network.pairHead[pair]!;
    const cap = head - demand.length;
    const limits = network.laneLimits[network.pairLane[pair] ?? -1] ?? [];
    return (
      !forbidden.has(pair) &&
      supply[network.pairOffer[pair]!]! > 0 &&
      demand[bidOf(network, head)]! > 0 &&
      (cap < 0 || capLots[cap]! > 0) &&
      limits.every((limit) => limitLots[limit]! > 0)
    );
  };
  const pairs = [...network.pairOffer.keys()].filter(isOpen);
  const headOf = (pair: number): number => {
    const head = network.pairHead[pair]!;
    return head < demand.length ? bids.place[head]! : bids.kept.length + caps.place[head - demand.length]!;
  };
  return {
    pairs,
    network: {
      supply: Float64Array.from(offers.kept, (offer) => supply[offer]!),
      demand: Float64Array.from(bids.kept, (bid) => demand[bid]!),
      capBid: Int32Array.from(caps.kept, (cap) => bids.place[network.capBid[cap]!]!),
      capLots: Float64Array.from(caps.kept, (cap) => capLots[cap]!),
      pairOffer: Int32Array.from(pairs, (pair) => offers.place[network.pairOffer[pair]!]!),
      pairHead: Int32Array.from(pairs, headOf),
      pairWeight: Float64Array.from(pairs, weightOf),
      pairInside: Uint8Array.from(pairs, (pair) => network.pairInside[pair]!),
      limitLots,
      pairLane:
        network.pairLane.length === 0
          ? network.pairLane
          : Int32Array.from(pairs, (pair) => network.pairLane[pair]!),
      laneLimits: network.laneLimits,
    },
  };
}

/** The rows with anything left, and each row's place among them. */
function placesOf(lots: Float64Array, isKept: (row: number) => boolean = () => true) {
  const kept: number[] = [];
  const place = new Int32Array(lots.length).fill(-1);
  for (let row = 0; row < lots.length; row++)
    if (lots[row]! > 0 && isKept(row)) place[row] = kept.push(row) - 1;
  return { kept, place };
}
