import type { Network } from '../../shared/clearing/solver/network.ts';

/**
 * The greatest gains by a plain network simplex, as one writes it first: typed arrays, an empty market to start from,
 * block search, parent and depth per node, and the subtree that a pivot moves walked by lists of children. Nothing is
 * shared with the engine. Fills are not evened out, nothing is priced and nothing is proved.
 */
export function plainSimplex(network: Network): number {
  const { supply, demand, capBid, capLots, pairOffer, pairHead, pairWeight } = network;
  const [offers, bids, caps, pairs] = [supply.length, demand.length, capLots.length, pairOffer.length];
  const nodes = 1 + offers + bids + caps;
  const arcs = pairs + caps + offers + bids;
  const tail = new Int32Array(arcs);
  const head = new Int32Array(arcs);
  const cost = new Float64Array(arcs);
  const capacity = new Float64Array(arcs).fill(Infinity);
  const flow = new Float64Array(arcs);
  // 1: empty, 0: in the tree, −1: full.
  const state = new Int8Array(arcs).fill(1);
  const parent = new Int32Array(nodes);
  const pred = new Int32Array(nodes);
  const depth = new Int32Array(nodes);
  const potential = new Float64Array(nodes);
  const child = new Int32Array(nodes).fill(-1);
  const next = new Int32Array(nodes).fill(-1);
  const previous = new Int32Array(nodes).fill(-1);
  const link = (node: number, above: number, arc: number): void => {
    parent[node] = above;
    pred[node] = arc;
    next[node] = child[above]!;
    previous[node] = -1;
    if (next[node] >= 0) previous[next[node]] = node;
    child[above] = node;
  };
  const unlink = (node: number): void => {
    if (previous[node]! >= 0) next[previous[node]!] = next[node]!;
    else child[parent[node]!] = next[node]!;
    if (next[node]! >= 0) previous[next[node]!] = previous[node]!;
  };
  for (let pair = 0; pair < pairs; pair++) {
    tail[pair] = 1 + pairOffer[pair]!;
    head[pair] = 1 + offers + pairHead[pair]!;
    cost[pair] = -pairWeight[pair]!;
  }
  const hang = (arc: number, node: number, above: number, most: number, amount: number): void => {
    tail[arc] = node;
    head[arc] = above;
    capacity[arc] = most;
    flow[arc] = amount;
    state[arc] = 0;
    depth[node] = depth[above]! + 1;
    link(node, above, arc);
  };
  for (let offer = 0; offer < offers; offer++)
    hang(pairs + caps + offer, 1 + offer, 0, Infinity, supply[offer]!);
  for (let bid = 0; bid < bids; bid++)
    hang(pairs + caps + offers + bid, 1 + offers + bid, 0, demand[bid]!, 0);
  for (let cap = 0; cap < caps; cap++)
    hang(pairs + cap, 1 + offers + bids + cap, 1 + offers + capBid[cap]!, capLots[cap]!, 0);

  const block = Math.ceil(Math.sqrt(arcs));
  let at = 0;
  for (;;) {
    let entering = -1;
    let best = 0;
    for (let seen = 1; seen <= arcs && (entering < 0 || seen % block !== 0); seen++) {
      const reduced = state[at]! * (cost[at]! + potential[tail[at]!]! - potential[head[at]!]!);
      if (reduced < best) {
        best = reduced;
        entering = at;
      }
      at = at + 1 === arcs ? 0 : at + 1;
    }
    if (entering < 0) break;

    const forward = state[entering] === 1;
    const first = forward ? tail[entering]! : head[entering]!;
    const second = forward ? head[entering]! : tail[entering]!;
    let push = capacity[entering]!;
    let cut = -1;
    let cutAbove = false;
    let [a, b] = [first, second];
    // Down one side the first arc that blocks leaves, up the other the last: the tree stays strongly feasible.
    while (a !== b) {
      const down = depth[a]! >= depth[b]!;
      const node = down ? a : b;
      const arc = pred[node]!;
      const room = (tail[arc] === node) === down ? flow[arc]! : capacity[arc]! - flow[arc]!;
      if (room < push || (room === push && !down)) {
        push = room;
        cut = node;
        cutAbove = !down;
      } else if (room === push && down && cut < 0) {
        cut = node;
        cutAbove = false;
      }
      if (down) a = parent[a]!;
      else b = parent[b]!;
    }
    const join = a;
    flow[entering]! += forward ? push : -push;
    for (let node = first; node !== join; node = parent[node]!)
      flow[pred[node]!]! += tail[pred[node]!] === node ? -push : push;
    for (let node = second; node !== join; node = parent[node]!)
      flow[pred[node]!]! += tail[pred[node]!] === node ? push : -push;
    if (cut < 0) {
      state[entering] = forward ? -1 : 1;
      continue;
    }
    state[pred[cut]!] = flow[pred[cut]!] === 0 ? 1 : -1;
    state[entering] = 0;

    const low = cutAbove ? second : first;
    const reduced = cost[entering]! + potential[tail[entering]!]! - potential[head[entering]!]!;
    const shift = low === tail[entering] ? -reduced : reduced;
    let node = low;
    let above = cutAbove ? first : second;
    for (let arc = entering; ;) {
      const formerParent = parent[node]!;
      const formerArc = pred[node]!;
      unlink(node);
      link(node, above, arc);
      if (node === cut) break;
      above = node;
      node = formerParent;
      arc = formerArc;
    }
    node = low;
    for (;;) {
      depth[node] = depth[parent[node]!]! + 1;
      potential[node]! += shift;
      if (child[node]! >= 0) node = child[node]!;
      else {
        while (node !== low && next[node]! < 0) node = parent[node]!;
        if (node === low) break;
        node = next[node]!;
      }
    }
  }
  let gains = 0;
  for (let pair = 0; pair < pairs; pair++) gains += pairWeight[pair]! * flow[pair]!;
  return gains;
}
