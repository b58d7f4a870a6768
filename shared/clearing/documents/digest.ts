import { createHash } from 'node:crypto';
import { canonicalJson } from '../../kernel/digest.ts';
import type { SnapshotJson } from '../snapshot.ts';

/*
 * A snapshot's digest is the root of a Merkle tree (as in RFC 6962, certificate transparency):
 *
 *   leaf = SHA-256(00 ‖ canonical JSON)      node = SHA-256(01 ‖ smaller hash ‖ greater hash)
 *
 * over one leaf for the rules (the snapshot without its orders), one per offer, one per bid, one per member of a pool,
 * in that order, each by id. Rows of hashes are joined two by two; a last one without a neighbour moves up as it is. The prefixes keep
 * a node from passing for a leaf. The two hashes of a node go in numeric order, so that a path is a plain list.
 */

type Hash = Uint8Array;

const hashOf = (prefix: number, ...parts: readonly (Hash | string)[]): Hash => {
  const hash = createHash('sha256').update(Uint8Array.of(prefix));
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const nodeOf = (a: Hash, b: Hash): Hash => (Buffer.compare(a, b) <= 0 ? hashOf(1, a, b) : hashOf(1, b, a));
const toHex = (hash: Hash): string => Buffer.from(hash).toString('hex');

type OrderJson =
  | SnapshotJson['offers'][number]
  | SnapshotJson['bids'][number]
  | NonNullable<SnapshotJson['members']>[number];

/** What is hashed for one order: the order as the snapshot holds it. */
const leafOf = (order: OrderJson): string => canonicalJson(order);

const byId = (a: OrderJson, b: OrderJson): number => (a.id < b.id ? -1 : 1);

/** The digest of a snapshot, and the path from each of its orders to it. */
export class SnapshotDigest {
  /** Lower-case hexadecimal. */
  readonly root: string;
  readonly #rows: readonly (readonly Hash[])[];
  readonly #position = new Map<string, number>();

  constructor(snapshot: SnapshotJson) {
    const { offers, bids, members = [], ...rules } = snapshot;
    const orders = [...offers.toSorted(byId), ...bids.toSorted(byId), ...members.toSorted(byId)];
    orders.forEach(({ id }, index) => this.#position.set(id, index + 1));
    let row: Hash[] = [hashOf(0, canonicalJson(rules)), ...orders.map((order) => hashOf(0, leafOf(order)))];
    const rows = [row];
    while (row.length > 1) {
      const below = row;
      row = [];
      for (let at = 0; at < below.length; at += 2) {
        const right = below[at + 1];
        row.push(right === undefined ? below[at]! : nodeOf(below[at]!, right));
      }
      rows.push(row);
    }
    this.#rows = rows;
    this.root = toHex(row[0]!);
  }

  /** The hashes that lead from an order's leaf to the root; undefined for an order that is not in. */
  inclusionOf(id: string): string[] | undefined {
    let position = this.#position.get(id);
    if (position === undefined) return undefined;
    const path: string[] = [];
    for (const row of this.#rows) {
      const neighbour = row[position ^ 1];
      if (neighbour !== undefined) path.push(toHex(neighbour));
      position >>= 1;
    }
    return path;
  }
}

/** Whether `order`, as its owner knows it, was in the snapshot with this digest. */
export function isIncluded(order: OrderJson, inclusion: readonly string[], root: string): boolean {
  let hash = hashOf(0, leafOf(order));
  for (const neighbour of inclusion) hash = nodeOf(hash, Buffer.from(neighbour, 'hex'));
  return toHex(hash) === root;
}
