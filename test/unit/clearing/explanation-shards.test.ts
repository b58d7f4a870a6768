import { createHash } from 'node:crypto';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import {
  explanationIn,
  explanationSchema,
  explanationShards,
  MOST_SHARDS,
  shardBytes,
  shardOf,
} from '../../../shared/clearing/explanation/explanation-shards.ts';
import { canonicalJson } from '../../../shared/kernel/digest.ts';
import { must } from '../../../shared/kernel/result.ts';
import { aMarket } from '../../support/market.ts';

const clearing = 'clr_00000000000000000001';
const head = { clearing, inputDigest: '0'.repeat(64) };
const orderId = (index: number): string => `off_${String(index).padStart(20, '0')}`;
const sizeOf = (shard: unknown): number => Buffer.byteLength(canonicalJson(shard));

/** So many explanations, each of about so many bytes of two-byte letters. */
const explained = (count: number, bytes: number) =>
  new Map(Array.from({ length: count }, (_, index) => [orderId(index), 'ü'.repeat(bytes / 2)]));

const sharded = (...of: Parameters<typeof explanationShards>) => [...explanationShards(...of)];

describe('shards of explanations', () => {
  it.for([
    [0, 0],
    [1, 1000],
    [500, 200],
    [2000, 5500],
    [300, 60_000],
    [9, 60_000],
  ] as const)('hold %i explanations of %i bytes, each once and where it is looked for', ([count, bytes]) => {
    const orders = explained(count, bytes);
    const shards = sharded(head, orders);
    const found = shards.flatMap(({ orders: own }, shard) =>
      Object.keys(own).map((id) => {
        expect(shardOf(id, shards.length)).toBe(shard);
        return id;
      }),
    );
    expect(found.toSorted()).toEqual([...orders.keys()]);
    for (const [index, shard] of shards.entries()) {
      expect(shard).toMatchObject({ ...head, shard: index, shards: shards.length });
      expect(sizeOf(shard)).toBeLessThanOrEqual(shardBytes.most);
    }
    const total = shards.reduce((sum, shard) => sum + sizeOf(shard), 0);
    expect(shards.length).toBeLessThanOrEqual(Math.max(1, 8 * Math.ceil(total / shardBytes.aim)));
  });

  it('are one where all fits into one, and no more than there are orders, however large those are', () => {
    expect(sharded(head, explained(20, 1000))).toHaveLength(1);
    expect(sharded(head, explained(1, 2 * shardBytes.most))).toHaveLength(1);
  });

  it('grow rather than become more than their digests have room for, and are made one at a time', () => {
    const ids = Array.from({ length: 60_000 }, (_, index) => orderId(index));
    const asked: string[] = [];
    const large = {
      size: ids.length,
      keys: () => ids,
      get: (id: string) => (asked.push(id), 'x'.repeat(10_000)),
    };
    const shards = explanationShards(head, large);
    expect(shards.count).toBe(MOST_SHARDS);
    expect(asked.length).toBeLessThanOrEqual(5000);
    asked.length = 0;
    const [first] = shards;
    expect(Object.keys(first!.orders)).toEqual(asked);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length).toBeLessThan(60);
    const digests = Array.from({ length: shards.count }, () => ({ S: '0'.repeat(64) }));
    expect(JSON.stringify(digests).length).toBeLessThan(350_000);
  });

  it('are as many as a few orders of a large book suggest', () => {
    const shards = sharded(head, explained(20_000, 1000));
    expect(shards.length).toBeGreaterThan(100);
    expect(new Set(shards.flatMap(({ orders }) => Object.keys(orders))).size).toBe(20_000);
    for (const shard of shards) expect(sizeOf(shard)).toBeLessThanOrEqual(shardBytes.most);
  });

  it('are the same bytes whatever the order of the book', () => {
    const orders = [...explained(400, 2000)];
    const bytes = (list: typeof orders) => sharded(head, new Map(list)).map(canonicalJson);
    expect(bytes(orders.toReversed())).toEqual(bytes(orders));
  });

  it('are refused where they lie in the place of another', () => {
    const shards = sharded(head, explained(400, 2000));
    const order = orderId(7);
    const shard = shardOf(order, shards.length);
    const other = (shard + 1) % shards.length;
    const at = { clearing, shard, shards: shards.length };
    expect(explanationIn(shards[shard], at, 'off_unknown')).toBeUndefined();
    expect(() => explanationIn(shards[other], at, order)).toThrow(/lies where another should/);
    expect(() => explanationIn(shards[shard], { ...at, shards: 99 }, order)).toThrow(/another/);
    expect(() => explanationIn(shards[shard], { ...at, clearing: 'clr_x' }, order)).toThrow(/another/);
  });
});

/** The rule as documented, with nothing of ours. */
function rootOf(leaf: string, inclusion: readonly string[]): string {
  const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  return inclusion
    .map((hex) => Buffer.from(hex, 'hex'))
    .reduce(
      (hash, neighbour) => sha(Buffer.of(1), ...[hash, neighbour].sort((a, b) => Buffer.compare(a, b))),
      sha(Buffer.of(0), Buffer.from(leaf)),
    )
    .toString('hex');
}

describe('an explanation', () => {
  const market = aMarket().zone().floor('110.00');
  for (const name of ['a', 'b', 'c'])
    market
      .offer(name, 'AU', '90.00', { '2027-Q1': '40', '2027-Q2': '5' }, { destinations: ['DE'] })
      .bid(name, 'DE', '130.00', '60', { maxOriginShare: '0.65', contractedByOrigin: [] });
  const { inputDigest, explanations: shards } = must(clearAndDocument(market.snapshot()));
  const explanations = [...shards()];
  const snapshot = market.json();
  const at = (id: string) => {
    const shard = shardOf(id, explanations.length);
    return explanationIn(explanations[shard], { clearing, shard, shards: explanations.length }, id)!;
  };

  it.for([...snapshot.offers, ...snapshot.bids].map((order) => [order.id, order] as const))(
    'of %s proves by its leaf and path that the order was in as it stood',
    ([id, order]) => {
      const { leaf, inclusion, entry, quarters } = z.encode(explanationSchema, at(id));
      expect(rootOf(leaf, inclusion)).toBe(inputDigest);
      expect(JSON.parse(leaf)).toEqual(order);
      expect(entry).toEqual(order);
      expect(quarters).toHaveLength(order.remaining.length);
      expect(rootOf(leaf.replace('"amount":"', '"amount":"1'), inclusion)).not.toBe(inputDigest);
      expect(rootOf(leaf, inclusion.slice(1))).not.toBe(inputDigest);
      const others = [...snapshot.offers, ...snapshot.bids].filter((each) => each.id !== id);
      for (const other of others) expect(leaf).not.toContain(other.id);
    },
  );
});
