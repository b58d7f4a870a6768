import { DistanceQueue } from './distance-queue.ts';
import { promise } from './network.ts';
import type { Arcs } from './simplex.ts';

/** Distances in the residual network, at reduced costs; `Infinity` where there is no path. */
export interface HubDistances {
  readonly fromHub: Float64Array;
  readonly toHub: Float64Array;
}

/** Steps of the residual network between groups of nodes that lie at distance zero of each other. */
interface Steps {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly length: Float64Array;
}

/**
 * Distances in the residual network from the hub (node 0) to every node, and from every node to the hub, at reduced
 * costs under `potential`.
 *
 * An arc that is neither empty nor full can be walked both ways at no cost, so the nodes that such arcs join are as
 * far from the hub as each other. Most of a market is joined to the hub itself: one pass over the arcs settles all that
 * touches that group, and Dijkstra's method has only the rest to do.
 *
 * @throws {EngineFault} where a residual arc has a negative reduced cost: the flow is then not of least cost, and there
 * is no price to give.
 */
export function hubDistances(arcs: Arcs, cost: Float64Array, potential: Float64Array): HubDistances {
  const { tail, head, capacity, flow } = arcs;
  const reduced = new Float64Array(cost.length);
  const groups = new Groups(potential.length);
  for (let arc = 0; arc < cost.length; arc++) {
    const each = cost[arc]! + potential[tail[arc]!]! - potential[head[arc]!]!;
    reduced[arc] = each;
    const used = flow[arc]! > 0;
    const room = flow[arc]! < capacity[arc]!;
    promise((each >= 0 || !room) && (each <= 0 || !used), 'no residual arc may be negative');
    if (used && room) groups.join(tail[arc]!, head[arc]!);
  }
  const groupOf = groups.ofEveryNode();
  const home = groupOf[0]!;

  const fromHome = new Float64Array(potential.length).fill(Infinity);
  const toHome = new Float64Array(potential.length).fill(Infinity);
  fromHome[home] = 0;
  toHome[home] = 0;
  const apart: number[] = [];
  const touch = (from: number, to: number, length: number): boolean => {
    if (from === home) fromHome[to] = Math.min(fromHome[to]!, length);
    else if (to === home) toHome[from] = Math.min(toHome[from]!, length);
    else return false;
    return true;
  };
  for (let arc = 0; arc < cost.length; arc++) {
    const a = groupOf[tail[arc]!]!;
    const b = groupOf[head[arc]!]!;
    if (a === b) continue;
    // An arc between groups is empty or full: empty it leads from tail to head, full from head to tail.
    const isEmpty = flow[arc] === 0;
    if (isEmpty && capacity[arc] === 0) continue;
    const settled = isEmpty ? touch(a, b, reduced[arc]!) : touch(b, a, -reduced[arc]!);
    if (!settled) apart.push(arc);
  }
  const steps = {
    from: Int32Array.from(apart, (arc) => groupOf[flow[arc] === 0 ? tail[arc]! : head[arc]!]!),
    to: Int32Array.from(apart, (arc) => groupOf[flow[arc] === 0 ? head[arc]! : tail[arc]!]!),
    length: Float64Array.from(apart, (arc) => Math.abs(reduced[arc]!)),
  };
  shorten(fromHome, steps);
  shorten(toHome, { from: steps.to, to: steps.from, length: steps.length });
  return {
    fromHub: fromHome.map((_, node) => fromHome[groupOf[node]!]!),
    toHub: toHome.map((_, node) => toHome[groupOf[node]!]!),
  };
}

/** Dijkstra's method from several places, each with the distance that it is known to have at most. */
function shorten(distance: Float64Array, { from, to, length }: Steps): void {
  const { start, sorted } = byNode(from, distance.length);
  const queue = new DistanceQueue();
  const wait = (node: number): void => {
    if (start[node]! < start[node + 1]! && distance[node]! < Infinity) queue.push(node, distance[node]!);
  };
  for (let node = 0; node < distance.length; node++) wait(node);
  for (let node = queue.pop(); node >= 0; node = queue.pop()) {
    const here = queue.distance;
    if (here > distance[node]!) continue;
    for (let at = start[node]!; at < start[node + 1]!; at++) {
      const step = sorted[at]!;
      const there = here + length[step]!;
      if (there >= distance[to[step]!]!) continue;
      distance[to[step]!] = there;
      wait(to[step]!);
    }
  }
}

/** Sorts steps by the node that they start at (counting sort, stable). */
function byNode(from: Int32Array, nodes: number): { start: Int32Array; sorted: Int32Array } {
  const start = new Int32Array(nodes + 1);
  for (const node of from) start[node + 1]!++;
  for (let node = 0; node < nodes; node++) start[node + 1]! += start[node]!;
  const next = start.slice(0, nodes);
  const sorted = new Int32Array(from.length);
  for (let step = 0; step < from.length; step++) {
    const node = from[step]!;
    sorted[next[node]!] = step;
    next[node]!++;
  }
  return { start, sorted };
}

/** Disjoint sets of nodes (Tarjan's union–find, paths halved). */
class Groups {
  readonly #above: Int32Array;

  constructor(nodes: number) {
    this.#above = Int32Array.from({ length: nodes }, (_, node) => node);
  }

  #top(node: number): number {
    const above = this.#above;
    let at = node;
    while (above[at] !== at) {
      above[at] = above[above[at]!]!;
      at = above[at]!;
    }
    return at;
  }

  /** The lower number leads, so that no order of joining changes the outcome. */
  join(a: number, b: number): void {
    const [x, y] = [this.#top(a), this.#top(b)];
    this.#above[Math.max(x, y)] = Math.min(x, y);
  }

  /** The node that leads each node's set. */
  ofEveryNode(): Int32Array {
    return this.#above.map((_, node) => this.#top(node));
  }
}
