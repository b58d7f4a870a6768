import type { Arcs } from './simplex.ts';

/** The arcs that leave and that enter each node, as slices of one list. */
export interface Incidence {
  readonly outStart: Int32Array;
  readonly out: Int32Array;
  readonly inStart: Int32Array;
  readonly in: Int32Array;
}

/** Sorts arcs by tail and by head (counting sort, stable). */
export function incidence(arcs: Arcs, nodes: number): Incidence {
  const [outStart, out] = byNode(arcs.tail, nodes);
  const [inStart, into] = byNode(arcs.head, nodes);
  return { outStart, out, inStart, in: into };
}

function byNode(end: Int32Array, nodes: number): [Int32Array, Int32Array] {
  const start = new Int32Array(nodes + 1);
  for (const node of end) start[node + 1]!++;
  for (let node = 0; node < nodes; node++) start[node + 1]! += start[node]!;
  const next = start.slice(0, nodes);
  const sorted = new Int32Array(end.length);
  for (let arc = 0; arc < end.length; arc++) {
    const node = end[arc]!;
    sorted[next[node]!] = arc;
    next[node]!++;
  }
  return [start, sorted];
}

/**
 * Distances in the residual network from the hub (node 0) to every node, or with `toHub` from every node to the
 * hub, at reduced costs under `potential`; `Infinity` where there is no path. Dijkstra's method: no residual arc
 * may have a negative reduced cost.
 */
export function hubDistances(
  arcs: Arcs,
  cost: Float64Array,
  potential: Float64Array,
  index: Incidence,
  toHub: boolean,
): Float64Array {
  const { tail, head, capacity, flow } = arcs;
  const distance = new Float64Array(potential.length).fill(Infinity);
  const queue = new DistanceQueue();
  distance[0] = 0;
  queue.push(0, 0);
  // An arc with room is walked from tail to head, one with flow from head to tail; on the way to the hub we look
  // at the walk from its end.
  const roomStart = toHub ? index.inStart : index.outStart;
  const room = toHub ? index.in : index.out;
  const flowStart = toHub ? index.outStart : index.inStart;
  const used = toHub ? index.out : index.in;
  for (let node = queue.pop(); node >= 0; node = queue.pop()) {
    const here = queue.distance;
    if (here > distance[node]!) continue;
    for (let at = roomStart[node]!; at < roomStart[node + 1]!; at++) {
      const arc = room[at]!;
      if (flow[arc]! >= capacity[arc]!) continue;
      const other = toHub ? tail[arc]! : head[arc]!;
      const there = here + cost[arc]! + potential[tail[arc]!]! - potential[head[arc]!]!;
      if (there < distance[other]!) {
        distance[other] = there;
        queue.push(other, there);
      }
    }
    for (let at = flowStart[node]!; at < flowStart[node + 1]!; at++) {
      const arc = used[at]!;
      if (flow[arc] === 0) continue;
      const other = toHub ? head[arc]! : tail[arc]!;
      const there = here - cost[arc]! - potential[tail[arc]!]! + potential[head[arc]!]!;
      if (there < distance[other]!) {
        distance[other] = there;
        queue.push(other, there);
      }
    }
  }
  return distance;
}

/** A binary heap of nodes by distance; a node may wait more than once. */
class DistanceQueue {
  /** The distance of the node popped last. */
  distance = 0;
  readonly #keys: number[] = [];
  readonly #nodes: number[] = [];

  push(node: number, key: number): void {
    const keys = this.#keys;
    const nodes = this.#nodes;
    let at = keys.length;
    keys.push(key);
    nodes.push(node);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (keys[above]! <= key) break;
      keys[at] = keys[above]!;
      nodes[at] = nodes[above]!;
      at = above;
    }
    keys[at] = key;
    nodes[at] = node;
  }

  /** The nearest node, or −1. */
  pop(): number {
    const keys = this.#keys;
    const nodes = this.#nodes;
    const key = keys.pop();
    const node = nodes.pop();
    if (key === undefined || node === undefined) return -1;
    const count = keys.length;
    if (count === 0) {
      this.distance = key;
      return node;
    }
    this.distance = keys[0]!;
    const top = nodes[0]!;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= count) break;
      if (below + 1 < count && keys[below + 1]! < keys[below]!) below++;
      if (keys[below]! >= key) break;
      keys[at] = keys[below]!;
      nodes[at] = nodes[below]!;
      at = below;
    }
    keys[at] = key;
    nodes[at] = node;
    return top;
  }
}
