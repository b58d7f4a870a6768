/** The two ends of every arc. */
interface Ends {
  readonly tail: Int32Array;
  readonly head: Int32Array;
}

/**
 * A spanning tree of a flow network, rooted at node 0, as the network simplex method keeps it: parent and tree
 * arc per node, children as linked lists, and the potentials at which every tree arc's reduced cost is zero.
 */
export class SpanningTree {
  readonly parent: Int32Array;
  /** The arc between a node and its parent. */
  readonly pred: Int32Array;
  readonly depth: Int32Array;
  readonly potential: Float64Array;
  readonly #firstChild: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** @param parent the parent of each node; of the root, −1. @param pred the arc that leads there. */
  constructor(parent: Int32Array, pred: Int32Array) {
    const nodes = parent.length;
    this.parent = parent;
    this.pred = pred;
    this.depth = new Int32Array(nodes);
    this.potential = new Float64Array(nodes);
    this.#firstChild = new Int32Array(nodes).fill(-1);
    this.#next = new Int32Array(nodes).fill(-1);
    this.#previous = new Int32Array(nodes).fill(-1);
    for (let node = nodes - 1; node > 0; node--) this.#link(node, parent[node]!);
  }

  #link(node: number, under: number): void {
    const sibling = this.#firstChild[under]!;
    this.#next[node] = sibling;
    this.#previous[node] = -1;
    if (sibling >= 0) this.#previous[sibling] = node;
    this.#firstChild[under] = node;
  }

  #unlink(node: number): void {
    const previous = this.#previous[node]!;
    const next = this.#next[node]!;
    if (previous >= 0) this.#next[previous] = next;
    else this.#firstChild[this.parent[node]!] = next;
    if (next >= 0) this.#previous[next] = previous;
  }

  /** Sets every depth and potential anew, the root's potential to 0. */
  computePotentials(arcs: Ends, cost: Float64Array): void {
    const { parent, pred, depth, potential } = this;
    depth[0] = 0;
    potential[0] = 0;
    let node = this.#firstChild[0]!;
    while (node >= 0) {
      const arc = pred[node]!;
      const above = parent[node]!;
      depth[node] = depth[above]! + 1;
      potential[node] = potential[above]! + (arcs.tail[arc] === node ? -cost[arc]! : cost[arc]!);
      let onward = this.#firstChild[node]!;
      while (onward < 0 && node > 0) {
        onward = this.#next[node]!;
        if (onward < 0) node = parent[node]!;
      }
      node = onward;
    }
  }

  /**
   * Cuts the subtree that hangs from `cut`, hangs it anew by `arc` from its node `low` below `high`, and shifts
   * its potentials by `shift`.
   */
  rehang(cut: number, low: number, high: number, arc: number, shift: number): void {
    const { parent, pred, depth, potential } = this;
    const firstChild = this.#firstChild;
    const next = this.#next;
    let node = low;
    let above = high;
    let by = arc;
    for (;;) {
      const formerParent = parent[node]!;
      const formerArc = pred[node]!;
      this.#unlink(node);
      parent[node] = above;
      pred[node] = by;
      this.#link(node, above);
      if (node === cut) break;
      above = node;
      by = formerArc;
      node = formerParent;
    }
    node = low;
    for (;;) {
      depth[node] = depth[parent[node]!]! + 1;
      potential[node] = potential[node]! + shift;
      const child = firstChild[node]!;
      if (child >= 0) {
        node = child;
        continue;
      }
      while (node !== low && next[node]! < 0) node = parent[node]!;
      if (node === low) return;
      node = next[node]!;
    }
  }
}
