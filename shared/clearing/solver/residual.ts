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
  const walk = { arcs, reduced, groupOf };
  const fromHome = distances(walk, false);
  const toHome = distances(walk, true);
  return {
    fromHub: fromHome.map((_, node) => fromHome[groupOf[node]!]!),
    toHub: toHome.map((_, node) => toHome[groupOf[node]!]!),
  };
}

/** The residual network with its nodes in groups. */
interface Walk {
  readonly arcs: Arcs;
  readonly reduced: Float64Array;
  readonly groupOf: Int32Array;
}

/** Distances of groups from the hub's own or, looking at every step from its end, to it. */
function distances({ arcs, reduced, groupOf }: Walk, toHub: boolean): Float64Array {
  const { tail, head, flow } = arcs;
  const home = groupOf[0]!;
  const distance = new Float64Array(groupOf.length).fill(Infinity);
  distance[home] = 0;
  // An arc between groups is empty or full: empty it is walked from tail to head, full from head to tail.
  const begins = (arc: number): number => ((flow[arc] === 0) === toHub ? head[arc]! : tail[arc]!);
  const ends = (arc: number): number => ((flow[arc] === 0) === toHub ? tail[arc]! : head[arc]!);
  for (let arc = 0; arc < reduced.length; arc++) {
    if (groupOf[begins(arc)] !== home) continue;
    const group = groupOf[ends(arc)]!;
    const length = Math.abs(reduced[arc]!);
    if (length < distance[group]!) distance[group] = length;
  }
  // Of all other steps only those matter that are shorter than the way known so far.
  const between: number[] = [];
  for (let arc = 0; arc < reduced.length; arc++) {
    const group = groupOf[ends(arc)]!;
    if (Math.abs(reduced[arc]!) >= distance[group]!) continue;
    const from = groupOf[begins(arc)]!;
    if (from !== group && from !== home) between.push(arc);
  }
  shorten(distance, {
    from: Int32Array.from(between, (arc) => groupOf[begins(arc)]!),
    to: Int32Array.from(between, (arc) => groupOf[ends(arc)]!),
    length: Float64Array.from(between, (arc) => Math.abs(reduced[arc]!)),
  });
  return distance;
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
