import { createHash } from 'node:crypto';
import type { Snapshot } from './proof.ts';

/** RFC 8785: names sorted by UTF-16 code units; strings and numbers as ECMAScript writes them. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`).join()}}`;
}

const sha256 = (prefix: number, ...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256').update(Buffer.of(prefix));
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leaf = (value: string): Buffer => sha256(0, value);
const node = (a: Buffer, b: Buffer): Buffer => sha256(1, ...[a, b].sort((x, y) => Buffer.compare(x, y)));

/** The Merkle root over the rules, the offers, the bids and the members of pools, each by id, as in RFC 6962 but with unordered pairs. */
export function rootOf({ offers, bids, members = [], ...rules }: Snapshot): string {
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  const sorted = [...offers.toSorted(byId), ...bids.toSorted(byId), ...members.toSorted(byId)];
  let row = [rules, ...sorted].map((value) => leaf(canonical(value)));
  while (row.length > 1) {
    const below = row;
    row = [];
    for (let at = 0; at < below.length; at += 2) {
      const [left, right] = below.slice(at, at + 2);
      if (left !== undefined) row.push(right === undefined ? left : node(left, right));
    }
  }
  return row.map((hash) => hash.toString('hex')).join();
}

/** Where an order's leaf and its inclusion path lead. */
export const rootFrom = (leafText: string, inclusion: readonly string[]): string =>
  inclusion.reduce((hash, next) => node(hash, Buffer.from(next, 'hex')), leaf(leafText)).toString('hex');
