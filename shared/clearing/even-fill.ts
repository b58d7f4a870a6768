import { layout, type Basis } from './lexicographic.ts';
import type { Network } from './network.ts';
import { minimiseCost, type Arcs } from './simplex.ts';
import { SpanningTree } from './spanning-tree.ts';

/**
 * Each refinement divides what is still open of an order's fill by ten, until a part is a hundredth of a lot of
 * the largest order.
 */
const PARTS = 10;
const FINENESS = 100;

/**
 * The arcs that may still carry another amount without loss to what was decided before. The last ones lead to the
 * hub and stand for a stretch of an order's fill each: the lots after `low` up to `high`, which are those of its
 * lots whose middle lies in cell `cell` when the whole order is divided into `grid` equal cells.
 */
interface Face {
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

/**
 * Among flows of equal gains, volume and lots from inside, moves to one in which orders that compete for the same
 * trade are filled in the same proportion, sellers and buyers alike, to within a lot. Changes `basis.arcs.flow`.
 *
 * By complementary slackness those flows are the ones that differ on tight arcs only (reduced cost zero), so an
 * order with a dual of its own stays at its fill. What is tight is solved anew, each tenth of an order costing
 * more than the tenth before it; then the tenth that stayed open is divided again. A lot counts where its middle
 * lies (Sainte-Laguë's rule), so that neither small nor large orders come first.
 */
export function fillEvenly(network: Network, basis: Basis): void {
  let face = wholeFace(network, basis);
  const finest = FINENESS * face.high.reduce((most, lots) => Math.max(most, lots), 0);
  while (face.grid < finest) {
    const finer = divide(network, face);
    if (finer === undefined) break;
    minimiseCost(finer.arcs, finer.tree);
    finer.origin.forEach((arc, index) => {
      basis.arcs.flow[arc] = finer.arcs.flow[index]!;
    });
    face = finer;
  }
  recountHub(network, basis.arcs);
}

function wholeFace(network: Network, { arcs, tree }: Basis): Face {
  const { firstUnsold } = layout(network);
  const orders = network.supply.length + network.demand.length;
  const high = new Float64Array(orders);
  high.set(network.supply);
  high.set(network.demand, network.supply.length);
  return {
    arcs,
    tree,
    origin: Int32Array.from({ length: firstUnsold }, (_, arc) => arc),
    grid: 1,
    order: Int32Array.from({ length: orders }, (_, order) => order),
    cell: new Float64Array(orders),
    low: new Float64Array(orders),
    high,
  };
}

/** The tight arcs of a solved face, each open stretch divided; nothing where no arc outside the tree is tight. */
function divide(network: Network, face: Face): Face | undefined {
  const { arcs, tree } = face;
  const inTree = new Uint8Array(arcs.cost.length);
  for (let node = 1; node < tree.pred.length; node++) inTree[tree.pred[node]!] = 1;
  const tight = (arc: number): boolean =>
    arcs.cost[arc]! + tree.potential[arcs.tail[arc]!]! - tree.potential[arcs.head[arc]!]! === 0;

  const kept: number[] = [];
  let free = false;
  for (let arc = 0; arc < arcs.cost.length; arc++) {
    if (!tight(arc)) continue;
    kept.push(arc);
    free ||= inTree[arc] === 0;
  }
  return free ? new FaceBuilder(network, face, kept).build() : undefined;
}

/** Lays out a finer face; its arcs come in the order of the coarser face's. */
class FaceBuilder {
  readonly #network: Network;
  readonly #face: Face;
  readonly #kept: readonly number[];
  readonly #tail: number[] = [];
  readonly #head: number[] = [];
  readonly #cost: number[] = [];
  readonly #capacity: number[] = [];
  readonly #flow: number[] = [];
  readonly #origin: number[] = [];
  readonly #order: number[] = [];
  readonly #cell: number[] = [];
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  /** The finer arc that takes each coarser tree arc's place. */
  readonly #successor: Int32Array;

  constructor(network: Network, face: Face, kept: readonly number[]) {
    this.#network = network;
    this.#face = face;
    this.#kept = kept;
    this.#successor = new Int32Array(face.arcs.cost.length).fill(-1);
  }

  build(): Face {
    const { arcs, tree, origin, grid } = this.#face;
    for (const arc of this.#kept) {
      if (arc >= origin.length) {
        this.#divideStretch(arc);
        continue;
      }
      this.#origin.push(origin[arc]!);
      this.#successor[arc] = this.#push(arc, 0, arcs.capacity[arc]!, arcs.flow[arc]!);
    }
    const pred = tree.pred.map((arc) => (arc < 0 ? -1 : this.#successor[arc]!));
    return {
      arcs: {
        tail: Int32Array.from(this.#tail),
        head: Int32Array.from(this.#head),
        cost: Float64Array.from(this.#cost),
        capacity: Float64Array.from(this.#capacity),
        flow: Float64Array.from(this.#flow),
      },
      tree: new SpanningTree(tree.parent.slice(), pred),
      origin: Int32Array.from(this.#origin),
      grid: PARTS * grid,
      order: Int32Array.from(this.#order),
      cell: Float64Array.from(this.#cell),
      low: Float64Array.from(this.#low),
      high: Float64Array.from(this.#high),
    };
  }

  #push(arc: number, cost: number, capacity: number, flow: number): number {
    const { arcs } = this.#face;
    this.#cost.push(cost);
    this.#capacity.push(capacity);
    this.#flow.push(flow);
    this.#head.push(arcs.head[arc]!);
    return this.#tail.push(arcs.tail[arc]!) - 1;
  }

  /**
   * A bid's arc to the hub carries what is filled: its parts fill from below. An offer's carries what is unsold:
   * its parts fill from above. Where the arc was in the tree, its place takes the part that can still grow.
   */
  #divideStretch(arc: number): void {
    const face = this.#face;
    const stretch = arc - face.origin.length;
    const order = face.order[stretch]!;
    const { supply, demand } = this.#network;
    const isOffer = order < supply.length;
    const quantity = isOffer ? supply[order]! : demand[order - supply.length]!;
    const low = face.low[stretch]!;
    const flow = face.arcs.flow[arc]!;
    const fill = isOffer ? face.high[stretch]! - flow : low + flow;
    let to = low;
    for (let part = 0; part < PARTS; part++) {
      const cell = face.cell[stretch]! * PARTS + part;
      const from = to;
      to = lotsBefore(quantity, cell + 1, face.grid * PARTS);
      if (from === to) continue;
      const filled = Math.min(Math.max(fill - from, 0), to - from);
      const growing = isOffer ? fill > from || from === low : fill < to;
      // What an offer leaves unsold is bounded by what it has; so its tree arc can always grow.
      const capacity = isOffer && from === 0 ? Infinity : to - from;
      const index = isOffer
        ? this.#push(arc, PARTS - 1 - part, capacity, to - from - filled)
        : this.#push(arc, part, capacity, filled);
      this.#order.push(order);
      this.#cell.push(cell);
      this.#low.push(from);
      this.#high.push(to);
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

/** Sets the hub's arcs to what the pairs' flows say. */
function recountHub(network: Network, arcs: Arcs): void {
  const { supply, demand, pairOffer, pairHead, capBid } = network;
  const { firstUnsold, firstFilled } = layout(network);
  arcs.flow.set(supply, firstUnsold);
  arcs.flow.fill(0, firstFilled);
  for (let pair = 0; pair < pairOffer.length; pair++) {
    const lots = arcs.flow[pair]!;
    if (lots === 0) continue;
    const head = pairHead[pair]!;
    const bid = head < demand.length ? head : capBid[head - demand.length]!;
    arcs.flow[firstUnsold + pairOffer[pair]!]! -= lots;
    arcs.flow[firstFilled + bid]! += lots;
  }
}
