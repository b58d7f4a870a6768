import { describe, expect, it } from 'vitest';
import { contractsOf } from '../../../shared/clearing/documents/conclude.ts';
import type { Snapshot } from '../../../shared/clearing/snapshot.ts';
import { quartersBetween } from '../../../shared/kernel/quarter.ts';
import { takeFromOrder } from '../../../shared/store/orders/book.ts';
import { allOf } from '../../../shared/store/table/condition.ts';
import { originKey } from '../../../shared/store/orders/order-item.ts';
import type { Concluded, LockedOrder } from '../../../shared/store/clearing/packing.ts';
import { packChunks } from '../../../shared/store/clearing/packing.ts';
import { actionsOf, chunkText } from '../../../shared/store/clearing/plan.ts';
import { idOf, scenarioProduct, siteId } from '../../support/clearing-scenario.ts';

const quarters = quartersBetween('2027-Q1', '2046-Q4');
const offer = (n: number) => idOf('off', `N${n}`);
const bid = (n: number) => idOf('bid', `N${n}`);

/** Contracts of every offer with every bid, `lots` in each of `length` quarters. */
function everyPair(offers: number, bids: number, length: number, lots: bigint): Concluded[] {
  const parties = { price: { amount: { units: 100n, scale: 0 }, currency: 'USD', per: 'kg' } };
  const awards = Array.from({ length: offers * bids }, (_, index) => ({
    offer: offer(index % offers),
    bid: bid(Math.floor(index / offers)),
    ...{ site: siteId, origin: 'AU', destination: 'DE', floor: undefined, standards: [], certificates: [] },
    schedule: quarters.slice(0, length).map((quarter) => ({
      ...{ quarter, lots, price: 900n, landed: 900n, interval: { low: 900n, high: 950n } },
      waterfall: {
        ask: 900n,
        floorUplift: 0n,
        scarcity: 0n,
        duties: 0n,
        levy: 0n,
        support: 0n,
        landed: 900n,
      },
    })),
  }));
  const snapshot = {
    ...{ product: scenarioProduct, clearing: idOf('clr', 'ONE'), gateClosure: '2026-11-22T12:00:00.000Z' },
    offers: Array.from({ length: offers }, (_, n) => ({ id: offer(n), party: `s${n}`, ...parties })),
    bids: Array.from({ length: bids }, (_, n) => ({ id: bid(n), party: `b${n}`, ...parties })),
  } as unknown as Snapshot;
  return contractsOf(snapshot, 1, awards, (party) => party).map((terms, index) => ({
    terms,
    lots: new Map(awards[index]!.schedule.map((entry) => [entry.quarter, entry.lots])),
  }));
}

const orders = (ids: string[], length: number, lots: bigint): LockedOrder[] =>
  ids.map((id) => ({
    id,
    version: 3,
    remaining: new Map(quarters.slice(0, length).map((quarter) => [quarter, lots])),
    ...(id.startsWith('bid') ? { byOrigin: new Map([[originKey('2027-Q1', 'AU'), 1n]]) } : {}),
  }));

const ids = (offers: number, bids: number) => [
  ...Array.from({ length: offers }, (_, n) => offer(n)),
  ...Array.from({ length: bids }, (_, n) => bid(n)),
];

describe('packing contracts into transactions', () => {
  const concluded = everyPair(20, 10, 2, 1n);
  const chunks = packChunks(concluded, orders(ids(20, 10), 2, 20n));

  it('leaves none out, writes none twice, and keeps within what a transaction takes', () => {
    const packed = chunks.flatMap((chunk) => chunk.contracts.map(({ id }) => id));
    expect(packed.toSorted()).toEqual(concluded.map(({ terms }) => terms.id).sort());
    expect(new Set(packed).size).toBe(200);
    for (const chunk of chunks) {
      expect(actionsOf(chunk.contracts.length, chunk.takes.length)).toBeLessThanOrEqual(100);
      expect(new Set(chunk.takes.map(({ order }) => order)).size).toBe(chunk.takes.length);
      const touched = new Set(chunk.contracts.flatMap((contract) => [contract.offer, contract.bid]));
      expect(new Set(chunk.takes.map(({ order }) => order))).toEqual(touched);
    }
  });

  it('raises an order’s version from chunk to chunk, and takes of it just what its contracts say', () => {
    for (const id of ids(20, 10)) {
      const takes = chunks.flatMap((chunk) => chunk.takes.filter(({ order }) => order === id));
      expect(takes.map(({ version }) => version)).toEqual(takes.map((_, index) => 3 + index));
      const taken = takes.reduce((sum, { lots }) => sum + (lots['2027-Q1'] ?? 0n), 0n);
      expect(taken).toBe(id.startsWith('off') ? 10n : 20n);
    }
    const lastOfBid = chunks.flatMap((chunk) => chunk.takes.filter(({ order }) => order === bid(0))).at(-1);
    expect(lastOfBid?.byOrigin).toEqual({ '2027-Q1|AU': 21n, '2027-Q2|AU': 20n });
  });

  it('names an order filled once, in the chunk that leaves it nothing', () => {
    const filled = chunks.flatMap((chunk) => chunk.filled.map(({ id }) => id));
    expect(filled.toSorted()).toEqual(ids(0, 10).sort());
  });

  it('touches an order by few chunks, however orders are chained', () => {
    // Each bid buys from two offers, each offer sells to two bids, all in one chain; ids say nothing of where in it.
    const place = new Map(Array.from({ length: 41 }, (_, index) => [bid((index * 17) % 41), index]));
    const from = new Map(Array.from({ length: 41 }, (_, index) => [offer((index * 23) % 41), index]));
    const chain = everyPair(41, 41, 1, 1n).filter(({ terms }) =>
      [0, 1].includes((from.get(terms.offer) ?? -1) - (place.get(terms.bid) ?? -1)),
    );
    expect(chain).toHaveLength(81);
    const packed = packChunks(chain, orders(ids(41, 41), 1, 10n), { bytes: 250_000, actions: 20 });
    expect(packed.length).toBeGreaterThan(10);
    // Where two chunks meet, both touch an order; so do those that go either way from where the chain was entered.
    const takes = packed.reduce((sum, chunk) => sum + chunk.takes.length, 0);
    expect(takes).toBeLessThanOrEqual(82 + packed.length + 1);
  });

  it('keeps chunks of long contracts below the size of an item', () => {
    const long = everyPair(5, 5, 80, 1n);
    for (const chunk of packChunks(long, orders(ids(5, 5), 80, 100n)))
      expect(Buffer.byteLength(chunkText(chunk).text)).toBeLessThan(250_000);
  });

  it('throws rather than take what an order does not have', () => {
    expect(() => packChunks(everyPair(1, 2, 1, 6n), orders(ids(1, 2), 1, 10n))).toThrow(/leaves -2/);
    expect(() => packChunks(everyPair(1, 1, 1, 1n), orders(ids(1, 0), 1, 10n))).toThrow(/not locked/);
  });
});

describe('taking from an order', () => {
  it('stays within the 4 KB and 300 operators of an expression, for twenty years of quarters', () => {
    const lots = Object.fromEntries(quarters.map((quarter) => [quarter, 1n]));
    const action = takeFromOrder(
      { order: bid(1), version: 1, lots, byOrigin: lots },
      1,
      '2026-11-22T12:00:00.000Z',
    );
    if (!('update' in action)) throw new Error('not an update');
    const condition = allOf(...(action.conditions ?? [])).expression;
    for (const expression of [condition, action.set.expression]) {
      expect(expression.length).toBeLessThan(4096);
      expect(expression.match(/ (=|>=|-|AND|OR) |attribute_/g)?.length ?? 0).toBeLessThan(300);
    }
  });
});
