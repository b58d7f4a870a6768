/** A binary heap of nodes by distance; a node may wait more than once. */
export class DistanceQueue {
  /** The distance of the node popped last. */
  distance = 0;
  readonly #keys: number[] = [];
  readonly #nodes: number[] = [];

  push(node: number, key: number): void {
    const keys = this.#keys;
    const nodes = this.#nodes;
    let at = keys.length;
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
    if (key === undefined) return -1;
    const node = nodes.pop()!;
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
