import type { BidEntry, OfferEntry } from '../book.ts';
import { fillEvenly } from '../solver/even-fill.ts';
import { solveQuarter } from '../solver/flow.ts';
import { solveLexicographic } from '../solver/lexicographic.ts';
import { bidOf, type Network } from '../solver/network.ts';
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

  const isFilled = ({ members }: { readonly members: readonly (OfferEntry | BidEntry)[] }): boolean =>
    filled.size > 0 && members.some((member) => filled.has(member));
  const must = {
    sell: Uint8Array.from(market.offers, (each, row) => Number(prices.scarcity[row]! > 0 || isFilled(each))),
    buy: Uint8Array.from(market.bids, (each, row) => Number(prices.surplus[row]! > 0 || isFilled(each))),
    pass: Uint8Array.from(network.capLots, (_, cap) => Number(prices.capValue[cap]! > 0)),
  };
  const target = sumOf(must.sell, supply) + sumOf(must.buy, demand) + sumOf(must.pass, capLots);

  const part = partOf(network, { supply, demand, capLots, limitLots }, forbidden, must);
  const found = flowOf(part.network, evenly);
  let reached = 0;
  for (let index = 0; index < found.length; index++) {
    const lots = found[index]!;
    reached += lots * part.network.pairWeight[index]!;
    flow[part.pairs[index]!]! += lots;
  }
  if (reached < target) return undefined;
  let total = 0n;
  for (let pair = 0; pair < flow.length; pair++)
    if (flow[pair]! > 0) total += BigInt(flow[pair]!) * BigInt(network.pairWeight[pair]!);
  return total === gains ? flow : undefined;
}

const sumOf = (must: Uint8Array, lots: Float64Array): number =>
  must.reduce((sum, is, row) => sum + is * lots[row]!, 0);

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
  must: Readonly<Record<'sell' | 'buy' | 'pass', Uint8Array>>,
): { network: Network; pairs: Int32Array } {
  const { pairOffer, pairHead, pairLane, laneLimits, capBid } = network;
  const { supply, demand, capLots, limitLots } = left;
  const bidCount = demand.length;
  const offers = placesOf(supply);
  const bids = placesOf(demand);
  const caps = placesOf(capLots, (cap) => demand[capBid[cap]!]! > 0);
  const isLaneFull = laneLimits.map((limits) => limits.some((limit) => limitLots[limit] === 0));
  const size = pairOffer.length;
  const pairs = new Int32Array(size);
  const columns = {
    pairOffer: new Int32Array(size),
    pairHead: new Int32Array(size),
    pairWeight: new Float64Array(size),
    pairInside: new Uint8Array(size),
    pairLane: new Int32Array(pairLane.length),
  };
  let count = 0;
  for (let pair = 0; pair < size; pair++) {
    const offer = pairOffer[pair]!;
    const head = pairHead[pair]!;
    const cap = head - bidCount;
    const bid = cap < 0 ? head : capBid[cap]!;
    const offerPlace = offers.place[offer]!;
    const headPlace = cap < 0 ? bids.place[head]! : caps.place[cap]!;
    if (offerPlace < 0 || headPlace < 0 || forbidden.has(pair)) continue;
    if (pairLane.length > 0) {
      const lane = pairLane[pair]!;
      if (lane >= 0 && isLaneFull[lane] === true) continue;
      columns.pairLane[count] = lane;
    }
    pairs[count] = pair;
    columns.pairOffer[count] = offerPlace;
    columns.pairHead[count] = cap < 0 ? headPlace : bids.kept.length + headPlace;
    columns.pairWeight[count] = must.sell[offer]! + must.buy[bid]! + (cap < 0 ? 0 : must.pass[cap]!);
    columns.pairInside[count] = network.pairInside[pair]!;
    count++;
  }
  return {
    pairs: pairs.subarray(0, count),
    network: {
      supply: Float64Array.from(offers.kept, (offer) => supply[offer]!),
      demand: Float64Array.from(bids.kept, (bid) => demand[bid]!),
      capBid: Int32Array.from(caps.kept, (cap) => bids.place[capBid[cap]!]!),
      capLots: Float64Array.from(caps.kept, (cap) => capLots[cap]!),
      pairOffer: columns.pairOffer.subarray(0, count),
      pairHead: columns.pairHead.subarray(0, count),
      pairWeight: columns.pairWeight.subarray(0, count),
      pairInside: columns.pairInside.subarray(0, count),
      pairLane: pairLane.length === 0 ? pairLane : columns.pairLane.subarray(0, count),
      limitLots,
      laneLimits,
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
