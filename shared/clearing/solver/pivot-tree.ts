import type { SpanningTree } from './spanning-tree.ts';

/**
 * A spanning tree while the network simplex method changes it, with the list of nodes in preorder that lets a subtree
 * be walked and moved without recursion (the augmented thread index of Barr, Glover and Klingman 1979; how it is kept
 * in order follows Kiraly and Kovacs 2012).
 *
 * Nodes are numbered anew in preorder of the tree at the start: most of the list then lies in memory as it is walked,
 * which for large markets counts more than the number of steps.
 */
export class PivotTree {
  /** This tree's number of each node of the tree it was made from. */
  readonly numberOf: Int32Array;
  readonly parent: Int32Array;
  /** The arc between a node and its parent. */
  readonly pred: Int32Array;
  /** Of nodes that do not rest; see {@link standFor}. */
  readonly potential: Float64Array;
  /** The node whose potential is each node's: its own, or for one that rests its parent's. */
  readonly standFor: Int32Array;
  /** How many nodes a subtree has, its top included and those that rest left out. */
  readonly size: Int32Array;
  /** Nodes whose potential has been shifted so far. */
  moved = 0;
  /** The next node in preorder; from the last one, back to the root. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** The last node in preorder of each node's subtree. */
  readonly #last: Int32Array;

  /**
   * @param tree its potentials are taken as they are.
   * @param rests 1 for leaves that may be left out until they are woken: their potential is their parent's.
   */
  constructor(tree: SpanningTree, rests: Uint8Array) {
    const nodes = tree.parent.length;
    const order = tree.preorder();
    const numberOf = new Int32Array(nodes);
    let awake = 0;
    for (let at = 0; at < nodes; at++) if (rests[order[at]!] === 0) numberOf[order[at]!] = awake++;
    let resting = awake;
    for (let at = 0; at < nodes; at++) if (rests[order[at]!] === 1) numberOf[order[at]!] = resting++;
    this.numberOf = numberOf;
    this.parent = new Int32Array(nodes);
    this.pred = new Int32Array(nodes);
    this.potential = new Float64Array(nodes);
    this.standFor = new Int32Array(nodes);
    this.size = new Int32Array(nodes).fill(1);
    this.#next = new Int32Array(nodes);
    this.#previous = new Int32Array(nodes);
    this.#last = new Int32Array(nodes);
    for (let former = 0; former < nodes; former++) {
      const node = numberOf[former]!;
      const above = former === 0 ? -1 : numberOf[tree.parent[former]!]!;
      this.parent[node] = above;
      this.pred[node] = tree.pred[former]!;
      this.potential[node] = tree.potential[former]!;
      this.standFor[node] = node < awake ? node : above;
      this.#next[node] = node + 1 === awake ? 0 : node + 1;
      this.#previous[node] = node === 0 ? awake - 1 : node - 1;
    }
    for (let node = awake - 1; node > 0; node--) this.size[this.parent[node]!]! += this.size[node]!;
    for (let node = 0; node < nodes; node++) this.#last[node] = node + this.size[node]! - 1;
  }

  /** Takes a node that rests into the tree, so that it can be led to. */
  wake(node: number): void {
    const { parent, potential, size, standFor } = this;
    if (standFor[node] === node) return;
    const above = parent[node]!;
    standFor[node] = node;
    potential[node] = potential[above]!;
    this.#putIn(node, node, above);
    for (let each = above; each >= 0; each = parent[each]!) size[each]!++;
  }

  /** Writes what the tree has become to the tree that it was made from. */
  writeTo(tree: SpanningTree): void {
    const nodes = this.parent.length;
    const nodeOf = new Int32Array(nodes);
    for (let node = 0; node < nodes; node++) nodeOf[this.numberOf[node]!] = node;
    for (let node = 0; node < nodes; node++) {
      const own = this.numberOf[node]!;
      tree.parent[node] = own === 0 ? -1 : nodeOf[this.parent[own]!]!;
      tree.pred[node] = this.pred[own]!;
      tree.potential[node] = this.potential[this.standFor[own]!]!;
    }
  }

  /**
   * Cuts the subtree that hangs from `cut`, hangs it anew by `arc` from its node `low` below `high`, and shifts
   * its potentials by `shift`. `join` is the nearest node above both `cut` and `high`.
   */
  rehang(cut: number, low: number, high: number, arc: number, join: number, shift: number): void {
    const { parent, size, potential } = this;
    const next = this.#next;
    const above = parent[cut]!;
    const moved = size[cut]!;
    this.#takeOut(cut, above);
    const lastMoved = this.#turn(cut, low, high, arc);
    this.#putIn(low, lastMoved, high);
    this.moved += moved;
    for (let node = above; node !== join; node = parent[node]!) size[node]! -= moved;
    for (let node = high; node !== join; node = parent[node]!) size[node]! += moved;

    let node = low;
    for (let left = moved; left > 0; left--) {
      potential[node] = potential[node]! + shift;
      node = next[node]!;
    }
  }

  /** Takes a subtree out of the list; who ended with its last node ends before its first. */
  #takeOut(top: number, above: number): void {
    const { parent } = this;
    const last = this.#last;
    const end = last[top]!;
    const before = this.#previous[top]!;
    const after = this.#next[end]!;
    this.#next[before] = after;
    this.#previous[after] = before;
    for (let node = above; node >= 0 && last[node] === end; node = parent[node]!) last[node] = before;
  }

  /** Puts a list of nodes in behind `high`; who ended there ends with the list's last node. */
  #putIn(first: number, end: number, high: number): void {
    const { parent } = this;
    const last = this.#last;
    const after = this.#next[high]!;
    this.#next[high] = first;
    this.#previous[first] = high;
    this.#next[end] = after;
    this.#previous[after] = end;
    for (let node = high; node >= 0 && last[node] === high; node = parent[node]!) last[node] = end;
  }

  /**
   * Turns a subtree that was taken out so that `low` becomes its top, under `high` by `arc`: whatever lay above
   * `low` hangs below it, the nearest first.
   *
   * @returns the last node of the new list.
   */
  #turn(cut: number, low: number, high: number, arc: number): number {
    const { parent, pred, size } = this;
    const next = this.#next;
    const previous = this.#previous;
    const last = this.#last;
    const moved = size[cut]!;
    let node = low;
    let above = high;
    let by = arc;
    let end = last[low]!;
    // Of the part dealt with last: its size, its former end and what came before and after it in the former list.
    let within = 0;
    let formerEnd = end;
    let before = previous[low]!;
    let after = next[end]!;
    for (;;) {
      const formerParent = parent[node]!;
      const formerArc = pred[node]!;
      const formerSize = size[node]!;
      parent[node] = above;
      pred[node] = by;
      size[node] = moved - within;
      if (node === cut) break;
      within = formerSize;
      above = node;
      by = formerArc;
      node = formerParent;

      // Append what the next node leads but for the part already appended.
      const beforeNode = previous[node]!;
      const nodeEnd = last[node]!;
      next[end] = node;
      previous[node] = end;
      if (nodeEnd === formerEnd) end = before;
      else {
        next[before] = after;
        previous[after] = before;
        after = next[nodeEnd]!;
        end = nodeEnd;
        formerEnd = nodeEnd;
      }
      before = beforeNode;
    }
    for (let stem = cut; stem !== high; stem = parent[stem]!) last[stem] = end;
    return end;
  }
}
