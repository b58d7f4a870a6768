import { promise } from './network.ts';

/** The two ends of every arc. */
interface Ends {
  readonly tail: Int32Array;
  readonly head: Int32Array;
}

/**
 * A spanning tree of a flow network, rooted at node 0: parent and tree arc per node, and the potentials at which every
 * tree arc's reduced cost is zero.
 */
export class SpanningTree {
  readonly parent: Int32Array;
  /** The arc between a node and its parent. */
  readonly pred: Int32Array;
  readonly potential: Float64Array;

  /** @param parent the parent of each node; of the root, −1. @param pred the arc that leads there. */
  constructor(parent: Int32Array, pred: Int32Array) {
    this.parent = parent;
    this.pred = pred;
    this.potential = new Float64Array(parent.length);
  }

  /** Sets every potential anew, the root's to 0. */
  computePotentials(arcs: Ends, cost: Float64Array): void {
    const { parent, pred, potential } = this;
    const { tail } = arcs;
    potential[0] = 0;
    const order = this.preorder();
    for (let at = 1; at < order.length; at++) {
      const node = order[at]!;
      const arc = pred[node]!;
      potential[node] = potential[parent[node]!]! + (tail[arc] === node ? -cost[arc]! : cost[arc]!);
    }
  }

  /** The nodes, each directly followed by all that hangs below it; children in ascending order. */
  preorder(): Int32Array {
    const { parent } = this;
    const nodes = parent.length;
    const firstChild = new Int32Array(nodes).fill(-1);
    const sibling = new Int32Array(nodes).fill(-1);
    for (let node = nodes - 1; node > 0; node--) {
      sibling[node] = firstChild[parent[node]!]!;
      firstChild[parent[node]!] = node;
    }
    const order = new Int32Array(nodes);
    let node = 0;
    for (let place = 1; place < nodes; place++) {
      let next = firstChild[node]!;
      for (; next < 0 && node !== 0; node = parent[node]!) next = sibling[node]!;
      promise(next >= 0, 'every node hangs from the root');
      order[place] = next;
      node = next;
    }
    return order;
  }
}
