import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { bidOf } from '../../shared/clearing/solver/network.ts';
import { loadHighs, makeOptimiser } from './highs.ts';
import { naiveQuarter } from './naive-market.ts';

type Order = Snapshot['offers'][number] | Snapshot['bids'][number];

/** What a market with conditions can gain at most, in cents × kilograms. */
export interface ConditionedOptimum {
  /** With prices at which nobody loses: the best over all sets of orders whose market keeps their conditions. */
  readonly supported: number;
  /** Whatever the prices. */
  readonly unsupported: number;
}

interface Pair {
  readonly name: string;
  readonly offer: Order;
  readonly bid: Order;
  readonly quarter: number;
  readonly weight: number;
}

interface Market {
  readonly quarters: readonly string[];
  readonly pairs: readonly Pair[];
  /** Capacity rows: who takes how many lots at most, by the names of the pairs. */
  readonly rows: readonly { readonly names: readonly string[]; readonly lots: number }[];
  readonly lotsOf: (order: Order, quarter: number) => number;
}

const ordinal = (quarter: string): number => Number(quarter.slice(0, 4)) * 4 + Number(quarter.slice(6));
const isConditioned = ({ minimumLot, allOrNone, minimumQuarters }: Order): boolean =>
  minimumLot !== undefined || allOrNone === true || (minimumQuarters ?? 1) > 1;
const minimumOf = ({ minimumLot }: Order): number => Number(minimumLot?.amount.units ?? 1n);
const leastQuartersOf = (order: Order): number => order.minimumQuarters ?? 1;

/**
 * The optimum by HiGHS, from the plain rules: for every set of orders with conditions, in falling order of what its
 * market gains by a linear programme, a mixed-integer programme says whether that much can be gained with every
 * condition kept. The first set of which it can is the best that prices support. Shares nothing with the engine.
 */
export async function makeConditionOracle(): Promise<(snapshot: Snapshot) => ConditionedOptimum> {
  const highs = await loadHighs();
  const optimum = await makeOptimiser();
  const solve = (model: string): number => {
    const solution = highs.solve(`${model}End\n`, { output_flag: false, mip_rel_gap: 0, mip_abs_gap: 0 });
    if (solution.Status !== 'Optimal') throw new Error(`HiGHS: ${solution.Status}`);
    return Math.round(solution.ObjectiveValue);
  };
  return (snapshot) => {
    const market = marketOf(snapshot);
    const conditioned = [...snapshot.offers, ...snapshot.bids].filter(isConditioned);
    const gains = (out: ReadonlySet<Order>): number => {
      const pairs = market.pairs.filter(({ offer, bid }) => !out.has(offer) && !out.has(bid));
      return pairs.length === 0 ? 0 : Math.round(optimum(programme(market, pairs, false)));
    };
    const kept = (out: ReadonlySet<Order>): number => {
      const pairs = market.pairs.filter(({ offer, bid }) => !out.has(offer) && !out.has(bid));
      return pairs.length === 0 ? 0 : solve(programme(market, pairs, true));
    };
    const sets = Array.from({ length: 2 ** conditioned.length }, (_, bits) => {
      const out = new Set(conditioned.filter((_order, index) => (bits & (1 << index)) !== 0));
      return { out, gains: gains(out) };
    }).sort((a, b) => b.gains - a.gains);
    const best = sets.find((set) => kept(set.out) === set.gains);
    if (best === undefined) throw new Error('without orders with conditions, none is broken');
    return { supported: best.gains, unsupported: kept(new Set()) };
  };
}

/** The eligible pairs of every quarter, without those that could never keep their orders' conditions. */
function marketOf(snapshot: Snapshot): Market {
  const quarters = [
    ...new Set(
      [...snapshot.offers, ...snapshot.bids].flatMap((order) => order.remaining.map((r) => r.quarter)),
    ),
  ].sort();
  const lotsOf = (order: Order, quarter: number): number =>
    Number(order.remaining.find((entry) => entry.quarter === quarters[quarter])?.quantity.amount.units ?? 0n);
  const pairs: Pair[] = [];
  const rows: { names: string[]; lots: number }[] = [];
  for (const [quarter, name] of quarters.entries()) {
    const { offers, bids, network } = naiveQuarter(snapshot, name);
    const rowOf = (lots: ArrayLike<number>) =>
      Array.from(lots, (each) => {
        const row = { names: [] as string[], lots: each };
        rows.push(row);
        return row;
      });
    const supply = rowOf(network.supply);
    const demand = rowOf(network.demand);
    const caps = rowOf(network.capLots);
    for (const [pair, row] of network.pairOffer.entries()) {
      const head = network.pairHead[pair]!;
      const cap = head - network.demand.length;
      const [offer, bid] = [offers[row]!, bids[bidOf(network, head)]!];
      const most = Math.min(
        lotsOf(offer, quarter),
        lotsOf(bid, quarter),
        cap < 0 ? Infinity : caps[cap]!.lots,
      );
      if (most < Math.max(minimumOf(offer), minimumOf(bid))) continue;
      const own = `x${quarter}_${row}_${bidOf(network, head)}`;
      pairs.push({ name: own, offer, bid, quarter, weight: network.pairWeight[pair]! });
      supply[row]!.names.push(own);
      demand[bidOf(network, head)]!.names.push(own);
      if (cap >= 0) caps[cap]!.names.push(own);
    }
  }
  return { quarters, lotsOf, pairs: possible({ quarters, lotsOf }, pairs), rows };
}

/** Pairs that run through enough consecutive quarters in which both orders are open for an award of that length. */
function possible({ quarters, lotsOf }: Pick<Market, 'quarters' | 'lotsOf'>, pairs: readonly Pair[]): Pair[] {
  const isOpen = ({ offer, bid }: Pair, quarter: number): boolean =>
    usable(offer, quarter) && usable(bid, quarter);
  const usable = (order: Order, quarter: number): boolean =>
    lotsOf(order, quarter) >= minimumOf(order) && lotsOf(order, quarter) > 0;
  return pairs.filter((pair) => {
    const least = Math.max(leastQuartersOf(pair.offer), leastQuartersOf(pair.bid));
    let length = 1;
    for (const step of [-1, 1])
      for (
        let quarter = pair.quarter + step;
        quarter >= 0 &&
        quarter < quarters.length &&
        ordinal(quarters[quarter]!) === ordinal(quarters[pair.quarter]!) + quarter - pair.quarter &&
        isOpen(pair, quarter);
        quarter += step
      )
        length++;
    return length >= least;
  });
}

/** The gains as a programme in CPLEX LP format: linear, or with the conditions as binary choices. */
function programme(market: Market, pairs: readonly Pair[], withConditions: boolean): string {
  const inMarket = new Set(pairs.map(({ name }) => name));
  const sum = (names: readonly string[]): string => names.map((name) => `+ 1 ${name}`).join(' ');
  const rows = market.rows.flatMap(({ names, lots }) => {
    const own = names.filter((name) => inMarket.has(name));
    return own.length === 0 ? [] : [`${sum(own)} <= ${lots}`];
  });
  const binaries: string[] = [];
  if (withConditions) addConditions(market, pairs, rows, binaries);
  const generals = withConditions ? `General\n ${pairs.map(({ name }) => name).join(' ')}\n` : '';
  const binary = binaries.length > 0 ? `Binary\n ${binaries.join(' ')}\n` : '';
  const objective = pairs.map(({ name, weight }) => `+ ${weight} ${name}`).join(' ');
  return `Maximize\n obj: ${objective}\nSubject To\n${rows.map((row, index) => ` r${index}: ${row}`).join('\n')}\n${generals}${binary}`;
}

function addConditions(market: Market, pairs: readonly Pair[], rows: string[], binaries: string[]): void {
  const binary = (name: string): string => {
    binaries.push(name);
    return name;
  };
  // y is 1 where a pair trades: then at least the minimum lot.
  for (const { name, offer, bid, quarter } of pairs) {
    const trades = binary(`y${name}`);
    const most = Math.min(market.lotsOf(offer, quarter), market.lotsOf(bid, quarter));
    rows.push(`${name} - ${most} ${trades} <= 0`);
    rows.push(`${name} - ${Math.max(minimumOf(offer), minimumOf(bid))} ${trades} >= 0`);
  }
  // z is 1 where an order trades: then all of it, in every quarter.
  const orders = [...new Set(pairs.flatMap(({ offer, bid }) => [offer, bid]))];
  for (const [index, order] of orders.entries()) {
    if (order.allOrNone !== true) continue;
    const trades = binary(`z${index}`);
    for (const quarter of market.quarters.keys()) {
      const own = pairs.filter(
        (pair) => pair.quarter === quarter && (pair.offer === order || pair.bid === order),
      );
      const lots = market.lotsOf(order, quarter);
      if (own.length === 0) {
        if (lots > 0) rows.push(`${trades} = 0`);
      } else rows.push(`${own.map(({ name }) => `+ 1 ${name}`).join(' ')} - ${lots} ${trades} = 0`);
    }
  }
  // s is 1 where a pair begins to trade: then it goes on for enough consecutive quarters.
  for (const pair of pairs) {
    const least = Math.max(leastQuartersOf(pair.offer), leastQuartersOf(pair.bid));
    if (least === 1) continue;
    const at = (step: number): Pair | undefined =>
      pairs.find(
        (other) =>
          other.offer === pair.offer &&
          other.bid === pair.bid &&
          ordinal(market.quarters[other.quarter]!) === ordinal(market.quarters[pair.quarter]!) + step,
      );
    const before = at(-1);
    for (let step = 1; step < least; step++) {
      const later = at(step);
      const begins = `y${pair.name}${before === undefined ? '' : ` - y${before.name}`}`;
      rows.push(later === undefined ? `${begins} <= 0` : `${begins} - y${later.name} <= 0`);
    }
  }
}
