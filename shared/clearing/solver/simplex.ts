import { MOST_STEPS } from './limits.ts';
import { MarketTooLarge, promise } from './network.ts';
import { PivotTree } from './pivot-tree.ts';
import type { SpanningTree } from './spanning-tree.ts';

/** Arcs of a minimum-cost flow problem, by column. Costs and amounts are exact integers in doubles. */
export interface Arcs {
  readonly tail: Int32Array;
  readonly head: Int32Array;
  readonly cost: Float64Array;
  /** Upper bound of the flow; `Infinity` where other bounds suffice. */
  readonly capacity: Float64Array;
  /** Before: a feasible start. After: an optimal flow. */
  readonly flow: Float64Array;
}

/** A block has an arc for so many nodes at least: looking costs less than moving a subtree of a large market. */
const NODES_PER_ARC = 8;

const AT_LOWER = 1;
const IN_TREE = 0;
const AT_UPPER = -1;

/**
 * Moves a feasible flow to one of least cost by the primal network simplex method, and leaves in `tree` a basis
 * whose potentials prove it: `cost + potential[tail] − potential[head]` is ≥ 0 on every arc below its capacity
 * and ≤ 0 on every arc above zero.
 *
 * The tree must be strongly feasible at the start (from every node some flow can still be sent to the root along
 * it) and is kept so by the choice of the leaving arc, which rules out cycling (Cunningham 1976). The entering arc
 * is the best of a block of arcs (Kiraly and Kovacs 2012).
 *
 * @returns the number of pivots.
 * @throws {MarketTooLarge} after `mostSteps`, in arcs looked at and nodes moved.
 */
export function minimiseCost(arcs: Arcs, tree: SpanningTree, mostSteps = MOST_STEPS): number {
  tree.computePotentials(arcs, arcs.cost);
  const state = initialState(arcs, tree);
  if (isLeast(arcs, tree, state)) return 0;
  const working = new PivotTree(tree, restingNodes(arcs, tree));
  const { tail, head } = arcs;
  const numbered = { ...arcs, tail: renumbered(tail, working), head: renumbered(head, working) };
  const steps = { made: 0 };
  const findEntering = blockSearch(numbered, working, state, steps);
  let pivots = 0;
  for (let entering = findEntering(); entering >= 0; entering = findEntering()) {
    if (steps.made + working.moved > mostSteps)
      throw new MarketTooLarge(`more than ${mostSteps} steps for ${arcs.cost.length} arcs`);
    working.wake(numbered.head[entering]!);
    pivot(numbered, working, state, entering);
    pivots++;
  }
  working.writeTo(tree);
  return pivots;
}

/** Whether no arc would lower the cost: most finer goals find the flow as they want it. */
function isLeast({ tail, head, cost }: Arcs, { potential }: SpanningTree, state: Int8Array): boolean {
  for (let arc = 0; arc < cost.length; arc++)
    if (state[arc]! * (cost[arc]! + potential[tail[arc]!]! - potential[head[arc]!]!) < 0) return false;
  return true;
}

/**
 * Leaves that nothing but their own tree arc leaves, at no cost, as an origin cap's node is that nothing runs through:
 * most nodes of a sparse market. Pairs into them are weighed at their parent's potential.
 */
function restingNodes({ tail, cost }: Arcs, { parent, pred }: SpanningTree): Uint8Array {
  const rests = new Uint8Array(parent.length).fill(1);
  rests[0] = 0;
  for (let node = 1; node < parent.length; node++) {
    rests[parent[node]!] = 0;
    if (cost[pred[node]!] !== 0 || tail[pred[node]!] !== node) rests[node] = 0;
  }
  for (let arc = 0; arc < tail.length; arc++) if (pred[tail[arc]!] !== arc) rests[tail[arc]!] = 0;
  return rests;
}

function renumbered(ends: Int32Array, { numberOf }: PivotTree): Int32Array {
  const result = new Int32Array(ends.length);
  for (let arc = 0; arc < ends.length; arc++) result[arc] = numberOf[ends[arc]!]!;
  return result;
}

function initialState(arcs: Arcs, tree: SpanningTree): Int8Array {
  const { flow, capacity } = arcs;
  const state = new Int8Array(flow.length).fill(AT_LOWER);
  for (let node = 1; node < tree.pred.length; node++) state[tree.pred[node]!] = IN_TREE;
  for (let arc = 0; arc < flow.length; arc++) {
    if (state[arc] === IN_TREE || flow[arc] === 0) continue;
    promise(flow[arc] === capacity[arc], 'an arc outside the tree is empty or full');
    state[arc] = AT_UPPER;
  }
  return state;
}

/** Looks for an arc that would lower the cost, round and round in blocks; −1 when none is left. */
function blockSearch(arcs: Arcs, tree: PivotTree, state: Int8Array, steps: { made: number }): () => number {
  const { tail, head, cost } = arcs;
  const { potential, standFor } = tree;
  const count = cost.length;
  const block = Math.ceil(Math.max(Math.sqrt(count), tree.size[0]! / NODES_PER_ARC, 10));
  let next = 0;
  return () => {
    let best = -1;
    let bestCost = 0;
    let leftInBlock = block;
    let arc = next;
    let seen = 0;
    for (; seen < count; seen++) {
      const reduced = state[arc]! * (cost[arc]! + potential[tail[arc]!]! - potential[standFor[head[arc]!]!]!);
      if (reduced < bestCost) {
        bestCost = reduced;
        best = arc;
      }
      if (++arc === count) arc = 0;
      if (--leftInBlock === 0) {
        if (best >= 0) break;
        leftInBlock = block;
      }
    }
    next = arc;
    steps.made += seen;
    return best;
  };
}

/** Pushes what flow it can around the cycle that `entering` closes with the tree, and exchanges the arcs. */
function pivot(arcs: Arcs, tree: PivotTree, state: Int8Array, entering: number): void {
  const { parent, pred, size, potential } = tree;
  const { tail, head, cost, capacity, flow } = arcs;
  const direction = state[entering]!;
  const forward = direction === AT_LOWER;
  const first = forward ? tail[entering]! : head[entering]!;
  const second = forward ? head[entering]! : tail[entering]!;

  // The cycle runs from the join down to `first`, across the entering arc, and from `second` up to the join. Of
  // several arcs that block it first, the last one met on the way leaves: this keeps the tree strongly feasible.
  let roomDown = Infinity;
  let cutDown = -1;
  let roomUp = Infinity;
  let cutUp = -1;
  let a = first;
  let b = second;
  while (a !== b) {
    if (size[a]! < size[b]!) {
      const arc = pred[a]!;
      const room = tail[arc] === a ? flow[arc]! : capacity[arc]! - flow[arc]!;
      if (room < roomDown) {
        roomDown = room;
        cutDown = a;
      }
      a = parent[a]!;
    } else {
      const arc = pred[b]!;
      const room = tail[arc] === b ? capacity[arc]! - flow[arc]! : flow[arc]!;
      if (room <= roomUp) {
        roomUp = room;
        cutUp = b;
      }
      b = parent[b]!;
    }
  }
  const join = a;
  const room = capacity[entering]!;
  const push = Math.min(roomDown, room, roomUp);
  promise(push !== Infinity, 'the flow is bounded');

  if (push > 0) {
    flow[entering] = flow[entering]! + direction * push;
    for (let node = first; node !== join; node = parent[node]!) {
      const arc = pred[node]!;
      flow[arc] = flow[arc]! + (tail[arc] === node ? -push : push);
    }
    for (let node = second; node !== join; node = parent[node]!) {
      const arc = pred[node]!;
      flow[arc] = flow[arc]! + (tail[arc] === node ? push : -push);
    }
  }

  const leavesAbove = roomUp === push;
  if (!leavesAbove && room === push) {
    state[entering] = -direction;
    return;
  }
  const cut = leavesAbove ? cutUp : cutDown;
  const leaving = pred[cut]!;
  state[leaving] = flow[leaving] === 0 ? AT_LOWER : AT_UPPER;
  state[entering] = IN_TREE;
  const low = leavesAbove ? second : first;
  const high = leavesAbove ? first : second;
  const reduced = cost[entering]! + potential[tail[entering]!]! - potential[head[entering]!]!;
  tree.rehang(cut, low, high, entering, join, low === tail[entering] ? -reduced : reduced);
}
