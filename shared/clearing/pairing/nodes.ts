/** Of classes with many members, each member is linked to so many of about its own size. */
export const LIKE_SIZES = 4;

/** One side's nodes as they are met: an order once for each kind of trade that must keep its own total. */
export class Nodes<Order> {
  readonly list: { order: Order; class: number; kind: number; lots: number }[] = [];
  readonly #kinds = new Map<Order, Map<number, number>>();
  /** By class, then kind; sorted by size once asked for. */
  readonly #alike = new Map<number, Map<number, number[]>>();
  readonly #none: readonly number[] = [];
  #sorted = false;

  of(order: Order, orderClass: number, kind: number, lots: number): number {
    const kinds = this.#kinds.get(order) ?? new Map<number, number>();
    this.#kinds.set(order, kinds);
    let node = kinds.get(kind);
    if (node === undefined) {
      node = this.list.push({ order, class: orderClass, kind, lots: 0 }) - 1;
      kinds.set(kind, node);
      const alike = this.#alike.get(orderClass) ?? new Map<number, number[]>();
      this.#alike.set(orderClass, alike);
      const nodes = alike.get(kind);
      if (nodes === undefined) alike.set(kind, [node]);
      else nodes.push(node);
    }
    this.list[node]!.lots += lots;
    return node;
  }

  /** The nodes of one class and kind, small ones first. */
  alike(orderClass: number, kind: number): readonly number[] {
    if (!this.#sorted)
      for (const kinds of this.#alike.values())
        for (const nodes of kinds.values()) nodes.sort((a, b) => this.list[a]!.lots - this.list[b]!.lots);
    this.#sorted = true;
    return this.#alike.get(orderClass)?.get(kind) ?? this.#none;
  }

  /** Of nodes sorted by size those nearest to `size`, and those that have been given something. */
  ofSize(nodes: readonly number[], size: number, given: ReadonlyMap<number, number>): Set<number> {
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[nodes[middle]!]!.lots < size) low = middle + 1;
      else high = middle;
    }
    const from = Math.max(0, Math.min(low - (LIKE_SIZES >> 1), nodes.length - LIKE_SIZES));
    const near = new Set(nodes.slice(from, from + LIKE_SIZES));
    const { class: orderClass, kind } = this.list[nodes[0]!]!;
    for (const node of given.keys())
      if (this.list[node]!.class === orderClass && this.list[node]!.kind === kind) near.add(node);
    return near;
  }
}
