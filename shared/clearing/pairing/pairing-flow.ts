import { promise } from '../solver/network.ts';
import { minimiseCost, type Arcs } from '../solver/simplex.ts';
import { SpanningTree } from '../solver/spanning-tree.ts';

/** A part of a quarter's ties in which everybody is connected, numbered from zero. */
export interface Island {
  readonly sellers: readonly number[];
  readonly buyers: readonly number[];
  readonly gates: readonly { readonly buyer: number; readonly most: number }[];
  readonly links: readonly IslandLink[];
}

export interface IslandLink {
  readonly seller: number;
  readonly buyer: number;
  readonly gate: number;
  /** Nothing extra is to be paid for using this pair: another quarter has it already. */
  readonly isKnown: boolean;
  /** Its two orders are among a few that would use each other up. */
  readonly isMatch: boolean;
  /** Up to so many lots, ascending, are what neighbouring quarters have; each lot above costs one unit a time. */
  readonly wanted: readonly number[];
  /** Fewer lots than this are worse than none. */
  readonly minimum: number;
}

/** Lots per link, and how good they are. */
export interface Pairing {
  readonly lots: readonly number[];
  readonly score: Score;
}

/** Pairs below their minimum, pairs that no other quarter has, lots that neighbours do not have; less is better. */
export type Score = readonly [short: number, fresh: number, unkept: number];

export function isBetter(a: Score, b: Score): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && a[at]! < b[at]!;
}

/** How often a new pair's price per lot is set anew from what it carried. */
const ROUNDS = 2;

/**
 * Lots for every link, all sellers' and buyers' totals kept, with few new pairs.
 *
 * A charge per pair used, whatever it carries, is a fixed-charge transport problem, NP-hard; its linear relaxation
 * spreads the charge over the most that the pair can carry (Balinski 1961). The relaxation is solved by the network
 * simplex method, then again with the charge spread over what the pair did carry (dynamic slope scaling, Kim and
 * Pardalos 1999), and the best of all rounds is taken.
 */
export function pairIsland(island: Island): Pairing {
  const network = new IslandNetwork(island);
  let best = network.solve(island.links.map((_, link) => network.room(link)));
  if (best.score[1] > 0 && island.links.some(({ isMatch }) => isMatch)) {
    const matched = network.solve(
      island.links.map(({ isMatch }, link) => (isMatch ? Infinity : network.room(link))),
    );
    if (isBetter(matched.score, best.score)) best = matched;
  }
  let last = best;
  for (let round = 0; round < ROUNDS && best.score[0] + best.score[1] > 0; round++) {
    // A pair left empty keeps its charge, one in use pays by what it carries.
    const again = network.solve(last.lots.map((lots, link) => (lots > 0 ? lots : network.room(link))));
    if (isBetter(again.score, best.score)) best = again;
    if (again.lots.every((lots, link) => lots === last.lots[link])) break;
    last = again;
  }
  return best;
}

export function scoreOf({ links }: Island, lots: readonly number[]): Score {
  let short = 0;
  let fresh = 0;
  let unkept = 0;
  for (const [link, { isKnown, wanted, minimum }] of links.entries()) {
    const carried = lots[link]!;
    if (carried === 0) continue;
    if (carried < minimum) short++;
    if (!isKnown) fresh++;
    for (const lots of wanted) unkept += Math.max(carried - lots, 0);
  }
  return [short, fresh, unkept];
}

/** The island as a flow network: node 0 is the hub, then come sellers, buyers, gates. */
class IslandNetwork {
  readonly #island: Island;
  readonly #arcs: Arcs;
  readonly #tree: SpanningTree;
  /** The link of each arc before the gates', and how many neighbours lack the lots on it. */
  readonly #linkOf: number[] = [];
  readonly #lacking: number[] = [];
  readonly #mostLacking: number;
  readonly #room: number[];
  readonly #smallest: number;
  /** What the smallest pair's lots are charged each; larger pairs pay less a lot. */
  readonly #charge: number;
  /** What a lot not traded costs: more than any rearrangement could save. */
  readonly #untraded: number;

  constructor(island: Island) {
    this.#island = island;
    const { sellers, buyers, gates, links } = island;
    this.#room = links.map(({ seller, buyer, gate }) =>
      Math.min(sellers[seller]!, buyers[buyer]!, gate < 0 ? Infinity : gates[gate]!.most),
    );
    this.#smallest = this.#room.reduce((least, room) => Math.min(least, room), Infinity);
    const nodes = 1 + sellers.length + buyers.length + gates.length;
    const firstBuyer = 1 + sellers.length;
    const firstGate = firstBuyer + buyers.length;
    const tail: number[] = [];
    const head: number[] = [];
    const capacity: number[] = [];
    const arc = (from: number, to: number, most: number): number => {
      tail.push(from);
      head.push(to);
      return capacity.push(most) - 1;
    };
    let mostLacking = 0;
    for (const [link, { seller, buyer, gate, wanted }] of links.entries()) {
      const into = gate < 0 ? firstBuyer + buyer : firstGate + gate;
      let before = 0;
      for (const [lacking, lots] of [...wanted, Infinity].entries()) {
        mostLacking = Math.max(mostLacking, lacking);
        if (lots === before) continue;
        arc(1 + seller, into, lots - before);
        this.#linkOf.push(link);
        this.#lacking.push(lacking);
        before = lots;
      }
    }
    const parent = new Int32Array(nodes);
    const pred = new Int32Array(nodes);
    for (const [gate, { buyer, most }] of gates.entries()) {
      parent[firstGate + gate] = firstBuyer + buyer;
      pred[firstGate + gate] = arc(firstGate + gate, firstBuyer + buyer, most);
    }
    for (const seller of sellers.keys()) pred[1 + seller] = arc(1 + seller, 0, Infinity);
    for (const [buyer, lots] of buyers.entries()) pred[firstBuyer + buyer] = arc(firstBuyer + buyer, 0, lots);
    parent[0] = -1;
    pred[0] = -1;
    const flow = new Float64Array(tail.length);
    for (const [seller, lots] of sellers.entries()) flow[pred[1 + seller]!] = lots;
    this.#arcs = {
      tail: Int32Array.from(tail),
      head: Int32Array.from(head),
      cost: new Float64Array(tail.length),
      capacity: Float64Array.from(capacity),
      flow,
    };
    this.#tree = new SpanningTree(parent, pred);
    this.#mostLacking = mostLacking;
    this.#charge = Math.min(2 ** 30, Math.floor(2 ** 51 / nodes ** 2)) - mostLacking;
    promise(this.#charge > mostLacking, 'an island is small enough for exact charges');
    this.#untraded = nodes * (this.#charge + mostLacking);
    for (const seller of sellers.keys()) this.#arcs.cost[pred[1 + seller]!] = this.#untraded;
  }

  /** The most that a link could carry. */
  room(link: number): number {
    return this.#room[link]!;
  }

  /** The cheapest flow where a new pair's charge is spread over `spread` lots. */
  solve(spread: readonly number[]): Pairing {
    const { links, sellers } = this.#island;
    const charges = links.map(({ isKnown, minimum }, link) => {
      const over = spread[link]!;
      if (isKnown && over >= minimum) return 0;
      return Math.min(this.#charge, this.#mostLacking + Math.ceil((this.#charge * this.#smallest) / over));
    });
    for (const [arc, link] of this.#linkOf.entries())
      this.#arcs.cost[arc] = charges[link]! + this.#lacking[arc]!;
    minimiseCost(this.#arcs, this.#tree);
    const lots = links.map(() => 0);
    let traded = 0;
    for (const [arc, link] of this.#linkOf.entries()) {
      lots[link]! += this.#arcs.flow[arc]!;
      traded += this.#arcs.flow[arc]!;
    }
    promise(traded === sellers.reduce((sum, each) => sum + each, 0), 'every lot finds its buyer again');
    return { lots, score: scoreOf(this.#island, lots) };
  }
}
