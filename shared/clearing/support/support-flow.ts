import { DistanceQueue } from '../solver/distance-queue.ts';
import { type Network, promise } from '../solver/network.ts';

/** What a support round pays for on one quarter's network. */
export interface SupportedNetwork {
  readonly network: Network;
  /** Ticks that each pair is short of by lot; at least one. */
  readonly gap: Float64Array;
  /** The most that each pair may be awarded, if there is such a limit. */
  readonly pairLots?: Float64Array | undefined;
  /** Each offer in at most one. */
  readonly groups?: readonly OriginGroup[];
}

/** Offers of one origin, and the lots that zones' caps let in of all of them together. */
export interface OriginGroup {
  readonly offers: readonly number[];
  readonly lots: number;
}

/** What each node of a network costs to reach, in ticks. */
export interface ReachCosts {
  readonly offers: readonly bigint[];
  readonly bids: readonly bigint[];
  readonly caps: readonly bigint[];
  /** By origin that zones cap. */
  readonly groups: readonly bigint[];
}

/** Nothing more to be had. */
export const NO_MORE = Infinity;

/**
 * Cheapest flows of every volume, one after the other, by shortest augmenting paths from a source to a sink:
 *
 *     source → [zones' cap on the origin] → offer → pair → [origin cap →] bid → sink
 *
 * What the cheapest next lot costs (its marginal) never falls, so that the flow after any number of lots is a cheapest
 * one of its volume.
 *
 * Source: J. Edmonds, R. M. Karp, Journal of the ACM 19, 1972 (potentials keep every reduced cost from being negative).
 */
export class SupportFlow {
  readonly #supported: SupportedNetwork;
  readonly #offers: number;
  readonly #bids: number;
  readonly #nodes: number;
  readonly #sink: number;
  readonly #tail: Int32Array;
  readonly #head: Int32Array;
  readonly #cost: Float64Array;
  readonly #room: Float64Array;
  /** Arcs out of each node: the even ones forward, each odd one the reverse of the one before. */
  readonly #first: Int32Array;
  readonly #arcs: Int32Array;
  readonly #potential: Float64Array;
  readonly #distance: Float64Array;
  readonly #groups: readonly OriginGroup[];
  #isFresh = false;

  constructor(supported: SupportedNetwork) {
    this.#supported = supported;
    const { network, gap, pairLots } = supported;
    const { supply, demand, capBid, capLots, pairOffer, pairHead } = network;
    this.#offers = supply.length;
    this.#bids = demand.length;
    this.#groups = supported.groups ?? [];
    // offers, bids, caps, groups, source, sink
    const firstGroup = supply.length + demand.length + capLots.length;
    const source = firstGroup + this.#groups.length;
    this.#nodes = source + 2;
    this.#sink = source + 1;
    const groupOf = new Int32Array(supply.length).fill(-1);
    for (const [index, { offers }] of this.#groups.entries())
      for (const offer of offers) groupOf[offer] = index;
    const count =
      2 * (pairOffer.length + capLots.length + supply.length + this.#groups.length + demand.length);
    this.#tail = new Int32Array(count);
    this.#head = new Int32Array(count);
    this.#cost = new Float64Array(count);
    this.#room = new Float64Array(count);
    const degree = new Int32Array(this.#nodes + 1);
    let laid = 0;
    const lay = (tail: number, head: number, cost: number, room: number): void => {
      promise(cost >= 0 && Number.isSafeInteger(cost), 'a gap is a whole number of ticks');
      this.#tail[laid] = this.#head[laid + 1] = tail;
      this.#head[laid] = this.#tail[laid + 1] = head;
      this.#cost[laid] = cost;
      this.#cost[laid + 1] = -cost;
      this.#room[laid] = room;
      degree[tail]!++;
      degree[head]!++;
      laid += 2;
    };
    for (const [pair, offer] of pairOffer.entries())
      lay(offer, supply.length + pairHead[pair]!, gap[pair]!, pairLots?.[pair] ?? Infinity);
    for (const [cap, lots] of capLots.entries())
      lay(supply.length + demand.length + cap, supply.length + capBid[cap]!, 0, lots);
    for (const [offer, lots] of supply.entries())
      lay(groupOf[offer]! < 0 ? source : firstGroup + groupOf[offer]!, offer, 0, lots);
    for (const [group, { lots }] of this.#groups.entries()) lay(source, firstGroup + group, 0, lots);
    for (const [bid, lots] of demand.entries()) lay(supply.length + bid, this.#sink, 0, lots);
    this.#first = new Int32Array(this.#nodes + 1);
    for (let node = 0; node < this.#nodes; node++) this.#first[node + 1] = this.#first[node]! + degree[node]!;
    const next = this.#first.slice();
    this.#arcs = new Int32Array(count);
    for (let arc = 0; arc < count; arc++) this.#arcs[next[this.#tail[arc]!]!++] = arc;
    this.#potential = new Float64Array(this.#nodes);
    this.#distance = new Float64Array(this.#nodes);
  }

  /** Lots by pair. */
  flow(): Float64Array {
    return Float64Array.from(this.#supported.network.pairOffer, (_, pair) => this.#room[2 * pair + 1]!);
  }

  get #source(): number {
    return this.#nodes - 2;
  }

  /** What the cheapest next lot costs, in ticks; {@link NO_MORE} where none can be had. */
  marginal(): number {
    if (!this.#isFresh) this.#measure();
    return this.#potential[this.#sink]! + this.#distance[this.#sink]!;
  }

  /** Adds at most `most` lots at the present marginal; answers how many. Fewer where there are no more at it. */
  push(most: number): number {
    let pushed = 0;
    const marginal = this.marginal();
    while (pushed < most && this.marginal() === marginal) {
      this.#raise(this.#distance[this.#sink]!);
      pushed += this.#augment(most - pushed);
      this.#isFresh = false;
    }
    return pushed;
  }

  /**
   * What each node costs to reach, at most `lambda`: it proves the flow a greatest one of λ × volume − cost, for any λ
   * from the last lot's marginal to the next one's. By offer, bid, cap and group.
   */
  costsWithin(lambda: bigint): ReachCosts {
    const most = lambda - BigInt(this.#potential[this.#sink]!);
    promise(this.marginal() >= Number(lambda) && most >= 0n, 'λ lies between the marginals');
    const at = (node: number): bigint => {
      const distance = this.#distance[node]!;
      const further = distance === Infinity || BigInt(distance) > most ? most : BigInt(distance);
      return BigInt(this.#potential[node]!) + further;
    };
    const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => at(first + i));
    const firstCap = this.#offers + this.#bids;
    const caps = this.#supported.network.capLots.length;
    return {
      offers: from(0, this.#offers),
      bids: from(this.#offers, this.#bids),
      caps: from(firstCap, caps),
      groups: from(firstCap + caps, this.#groups.length),
    };
  }

  /**
   * Shortest distances from the source over what room is left, in reduced costs, by Dijkstra's algorithm: of what is
   * nearer than the sink; nobody asks how much further the rest is.
   */
  #measure(): void {
    const potential = this.#potential;
    const distance = this.#distance.fill(Infinity);
    const done = new Uint8Array(this.#nodes);
    const queue = new DistanceQueue();
    distance[this.#source] = 0;
    queue.push(this.#source, 0);
    for (let node = queue.pop(); node >= 0; node = queue.pop()) {
      if (done[node] === 1) continue;
      if (node === this.#sink) break;
      done[node] = 1;
      for (let at = this.#first[node]!; at < this.#first[node + 1]!; at++) {
        const arc = this.#arcs[at]!;
        const head = this.#head[arc]!;
        if (this.#room[arc] === 0 || done[head] === 1) continue;
        const reduced = this.#cost[arc]! + potential[node]! - potential[head]!;
        promise(reduced >= 0, 'no way becomes cheaper');
        const through = distance[node]! + reduced;
        if (through >= distance[head]! || through >= distance[this.#sink]!) continue;
        distance[head] = through;
        queue.push(head, through);
      }
    }
    this.#isFresh = true;
  }

  /** Moves potentials on by the distances, at most by `most`: reduced costs stay what they must be on every arc. */
  #raise(most: number): void {
    for (let node = 0; node < this.#nodes; node++) {
      this.#potential[node]! += Math.min(this.#distance[node]!, most);
      promise(Number.isSafeInteger(this.#potential[node]!), 'a potential is exact');
    }
  }

  /** Augments along ways of reduced cost zero, each node tried once, with at most `most` lots. */
  #augment(most: number): number {
    const visited = new Uint8Array(this.#nodes);
    const next = this.#first.slice(0, this.#nodes);
    const path: number[] = [];
    let pushed = 0;
    let node = this.#source;
    visited[node] = 1;
    for (;;) {
      if (node === this.#sink) {
        const lots = path.reduce((least, arc) => Math.min(least, this.#room[arc]!), most - pushed);
        for (const arc of path) {
          this.#room[arc]! -= lots;
          this.#room[arc ^ 1]! += lots;
        }
        pushed += lots;
        if (pushed === most) return pushed;
        // Back to the first arc that is full now; what lies behind it may be tried again.
        let keep = 0;
        while (this.#room[path[keep]!]! > 0) keep++;
        for (const arc of path.slice(keep)) visited[this.#head[arc]!] = 0;
        node = this.#tail[path[keep]!]!;
        path.length = keep;
        continue;
      }
      const arc = this.#nextArc(node, next, visited);
      if (arc >= 0) {
        path.push(arc);
        node = this.#head[arc]!;
        visited[node] = 1;
        continue;
      }
      const back = path.pop();
      if (back === undefined) return pushed;
      node = this.#tail[back]!;
    }
  }

  #nextArc(node: number, next: Int32Array, visited: Uint8Array): number {
    const potential = this.#potential;
    for (; next[node]! < this.#first[node + 1]!; next[node]!++) {
      const arc = this.#arcs[next[node]!]!;
      const head = this.#head[arc]!;
      if (this.#room[arc] === 0 || visited[head] === 1) continue;
      if (this.#cost[arc]! + potential[node]! === potential[head]!) return arc;
    }
    return -1;
  }
}
