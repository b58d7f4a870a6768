import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isIncluded, SnapshotDigest } from '../../../shared/clearing/documents/digest.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { aMarket } from '../../support/market.ts';

const sha = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leaf = (value: unknown): Buffer => sha(Buffer.of(0), canonicalJson(value));
const node = (a: Buffer, b: Buffer): Buffer =>
  sha(Buffer.of(1), ...[a, b].sort((x, y) => Buffer.compare(x, y)));

/** A snapshot with so many offers and bids, in an order that is not that of their ids. */
const snapshotOf = (offers: number, bids: number) => {
  const market = aMarket().zone();
  for (let index = 0; index < offers; index++) market.offer(`o${index}`, 'AU', `${70 + index}.00`, '5');
  for (let index = 0; index < bids; index++) market.bid(`b${index}`, 'DE', `${90 + index}.00`, '5');
  const json = market.json();
  return { ...json, offers: json.offers.toReversed(), bids: json.bids.toReversed() };
};

describe('the digest of a snapshot', () => {
  it('is the Merkle root that the documentation describes', () => {
    const { offers, bids, ...rules } = snapshotOf(2, 2);
    const [o0, o1, b0, b1] = [...offers.toReversed(), ...bids.toReversed()].map(leaf);
    const root = node(node(node(leaf(rules), o0!), node(o1!, b0!)), b1!);
    expect(new SnapshotDigest({ ...rules, offers, bids }).root).toBe(root.toString('hex'));
    const { offers: none, bids: nobody, ...alone } = snapshotOf(0, 0);
    expect(new SnapshotDigest({ ...alone, offers: none, bids: nobody }).root).toBe(
      leaf(alone).toString('hex'),
    );
  });

  it.each([
    [1, 0],
    [1, 1],
    [2, 3],
    [4, 4],
    [7, 9],
  ])('of %i offers and %i bids is reached from every one of them, and from no other', (offers, bids) => {
    const snapshot = snapshotOf(offers, bids);
    const digest = new SnapshotDigest(snapshot);
    for (const order of [...snapshot.offers, ...snapshot.bids]) {
      const path = digest.inclusionOf(order.id)!;
      expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(1 + offers + bids)));
      expect(path.every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
      expect(isIncluded(order, path, digest.root)).toBe(true);
      expect(isIncluded({ ...order, version: 2 }, path, digest.root)).toBe(false);
      expect(isIncluded(order, path.slice(1), digest.root)).toBe(false);
      expect(
        isIncluded(
          order,
          path,
          digest.root.replace(/^./, (first) => (first === '0' ? '1' : '0')),
        ),
      ).toBe(false);
    }
    expect(digest.inclusionOf('off_nobody')).toBeUndefined();
  });

  it('tells a node from a leaf: what two hashes spell is no order', () => {
    const snapshot = snapshotOf(1, 0);
    const { offers, bids, ...rules } = snapshot;
    const pair = Buffer.concat([leaf(rules), leaf(offers[0])].sort((a, b) => Buffer.compare(a, b)));
    expect(new SnapshotDigest({ ...rules, offers, bids }).root).not.toBe(
      sha(Buffer.of(0), pair).toString('hex'),
    );
  });
});
