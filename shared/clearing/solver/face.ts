import type { Network } from './network.ts';
import type { Arcs } from './simplex.ts';
import { SpanningTree } from './spanning-tree.ts';

/** Into how many parts each refinement divides what is still open of an order's fill. */
const PARTS = 10;

/**
 * The arcs that may still carry another amount without loss to what was decided before. The last ones lead to the
 * hub and stand for a stretch of an order's fill each: the lots after `low` up to `high`, which are those of its
 * lots whose middle lies in cell `cell` when the whole order is divided into `grid` equal cells.
 */
export interface Face {
  readonly arcs: Arcs;
  readonly tree: SpanningTree;
  /** For the arcs before the first stretch: the arc of the market that each one is. */
  readonly origin: Int32Array;
  readonly grid: number;
  readonly order: Int32Array;
  readonly cell: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The tight arcs of a solved face, each open stretch divided; nothing where no arc outside the tree is tight. */
export function divide(network: Network, face: Face): Face | undefined {
  const tight = tightArcs(face);
  return tight.free ? new FinerFace(network, face, tight).build() : undefined;
}

interface Tight {
  /** 1 where an arc may still carry another amount. */
  readonly kept: Uint8Array;
  /** How many of the arcs before the first stretch, and how many stretches. */
  readonly fixed: number;
  readonly stretches: number;
  /** 1 where a node has a tight pair: the others have nobody to share with, so their stretches stay whole. */
  readonly reached: Uint8Array;
  /** Some arc outside the tree is kept. */
  readonly free: boolean;
}

function tightArcs({ arcs, tree, origin }: Face): Tight {
  const { tail, head, cost } = arcs;
  const { potential, pred } = tree;
  const inTree = new Uint8Array(cost.length);
  for (let node = 1; node < pred.length; node++) inTree[pred[node]!] = 1;
  const kept = new Uint8Array(cost.length);
  const reached = new Uint8Array(pred.length);
  let fixed = 0;
  let stretches = 0;
  let free = false;
  for (let arc = 0; arc < cost.length; arc++) {
    if (cost[arc]! + potential[tail[arc]!]! - potential[head[arc]!]! !== 0) continue;
    if (arc < origin.length) {
      reached[tail[arc]!] = 1;
      reached[head[arc]!] = 1;
      fixed++;
    } else {
      if (reached[tail[arc]!] === 0 && inTree[arc] === 0) continue;
      stretches++;
    }
    kept[arc] = 1;
    free ||= inTree[arc] === 0;
  }
  return { kept, fixed, stretches, reached, free };
}

/** Lays out a finer face; its arcs come in the order of the coarser face's. */
class FinerFace {
  readonly #network: Network;
  readonly #face: Face;
  readonly #tight: Tight;
  readonly #arcs: Arcs;
  readonly #origin: Int32Array;
  readonly #order: Int32Array;
  readonly #cell: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** The finer arc that takes each coarser tree arc's place. */
  readonly #successor: Int32Array;
  readonly #allStay: boolean;
  #count = 0;

  constructor(network: Network, face: Face, tight: Tight) {
    this.#network = network;
    this.#face = face;
    this.#tight = tight;
    const { fixed, stretches } = tight;
    this.#allStay = fixed === face.origin.length;
    const parts = PARTS * stretches;
    this.#arcs = {
      tail: new Int32Array(fixed + parts),
      head: new Int32Array(fixed + parts),
      cost: new Float64Array(fixed + parts),
      capacity: new Float64Array(fixed + parts),
      flow: new Float64Array(fixed + parts),
    };
    this.#origin = new Int32Array(fixed);
    this.#order = new Int32Array(parts);
    this.#cell = new Float64Array(parts);
    this.#low = new Float64Array(parts);
    this.#high = new Float64Array(parts);
    this.#successor = new Int32Array(face.arcs.cost.length).fill(-1);
  }

  build(): Face {
    const { tree, grid } = this.#face;
    this.#keepFixed();
    const { origin, arcs } = this.#face;
    for (let arc = origin.length; arc < arcs.cost.length; arc++)
      if (this.#tight.kept[arc] === 1) this.#divideStretch(arc);
    const { tail, head, cost, capacity, flow } = this.#arcs;
    const count = this.#count;
    const stretches = count - this.#origin.length;
    return {
      arcs: {
        tail: tail.subarray(0, count),
        head: head.subarray(0, count),
        cost: cost.subarray(0, count),
        capacity: capacity.subarray(0, count),
        flow: flow.subarray(0, count),
      },
      tree: new SpanningTree(
        tree.parent.slice(),
        tree.pred.map((arc) => (arc < 0 ? -1 : this.#successorOf(arc))),
      ),
      origin: this.#origin,
      grid: PARTS * grid,
      order: this.#order.subarray(0, stretches),
      cell: this.#cell.subarray(0, stretches),
      low: this.#low.subarray(0, stretches),
      high: this.#high.subarray(0, stretches),
    };
  }

  /** The arcs before the first stretch; after the first division they tend to stay all of them. */
  #keepFixed(): void {
    const { arcs, origin } = this.#face;
    const { kept } = this.#tight;
    if (this.#allStay) {
      const { length } = origin;
      this.#arcs.tail.set(arcs.tail.subarray(0, length));
      this.#arcs.head.set(arcs.head.subarray(0, length));
      this.#arcs.capacity.set(arcs.capacity.subarray(0, length));
      this.#arcs.flow.set(arcs.flow.subarray(0, length));
      this.#origin.set(origin);
      this.#count = length;
      return;
    }
    for (let arc = 0; arc < origin.length; arc++) {
      if (kept[arc] === 0) continue;
      this.#origin[this.#count] = origin[arc]!;
      this.#successor[arc] = this.#push(arc, 0, arcs.capacity[arc]!, arcs.flow[arc]!);
    }
  }

  #successorOf(arc: number): number {
    return this.#allStay && arc < this.#origin.length ? arc : this.#successor[arc]!;
  }

  #push(arc: number, cost: number, capacity: number, flow: number): number {
    const { tail, head } = this.#face.arcs;
    const index = this.#count++;
    this.#arcs.tail[index] = tail[arc]!;
    this.#arcs.head[index] = head[arc]!;
    this.#arcs.cost[index] = cost;
    this.#arcs.capacity[index] = capacity;
    this.#arcs.flow[index] = flow;
    return index;
  }

  #describe(index: number, order: number, cell: number, low: number, high: number): void {
    const stretch = index - this.#origin.length;
    this.#order[stretch] = order;
    this.#cell[stretch] = cell;
    this.#low[stretch] = low;
    this.#high[stretch] = high;
  }

  /**
   * A bid's arc to the hub carries what is filled: its parts fill from below. An offer's carries what is unsold:
   * its parts fill from above. Where the arc was in the tree, its place takes the part that can still grow.
   */
  #divideStretch(arc: number): void {
    const { arcs, origin, order: orders, cell: cells, low: lows, high: highs, grid } = this.#face;
    const stretch = arc - origin.length;
    const order = orders[stretch]!;
    const low = lows[stretch]!;
    const high = highs[stretch]!;
    const flow = arcs.flow[arc]!;
    if (this.#tight.reached[arcs.tail[arc]!] === 0) {
      this.#successor[arc] = this.#push(arc, 0, arcs.capacity[arc]!, flow);
      this.#describe(this.#successor[arc], order, cells[stretch]!, low, high);
      return;
    }
    const { supply, demand } = this.#network;
    const isOffer = order < supply.length;
    const quantity = isOffer ? supply[order]! : demand[order - supply.length]!;
    const fill = isOffer ? high - flow : low + flow;
    let to = low;
    for (let part = 0; part < PARTS; part++) {
      const cell = cells[stretch]! * PARTS + part;
      const from = to;
      to = lotsBefore(quantity, cell + 1, grid * PARTS);
      if (from === to) continue;
      const filled = Math.min(Math.max(fill - from, 0), to - from);
      const growing = isOffer ? fill > from || from === low : fill < to;
      // What an offer leaves unsold is bounded by what it has; so its tree arc can always grow.
      const capacity = isOffer && from === 0 ? Infinity : to - from;
      const index = isOffer
        ? this.#push(arc, PARTS - 1 - part, capacity, to - from - filled)
        : this.#push(arc, part, capacity, filled);
      this.#describe(index, order, cell, from, to);
      if (growing && (isOffer || this.#successor[arc] === -1)) this.#successor[arc] = index;
    }
  }
}

/** How many of an order's lots have their middle before cell `cell` of `grid`: ⌈quantity · cell ÷ grid − ½⌉. */
function lotsBefore(quantity: number, cell: number, grid: number): number {
  const product = 2 * quantity * cell + grid;
  if (product < Number.MAX_SAFE_INTEGER) return Math.floor((product - 1) / (2 * grid));
  return Number((2n * BigInt(quantity) * BigInt(cell) + BigInt(grid) - 1n) / (2n * BigInt(grid)));
}
