import * as z from 'zod';
import type { ContractTerms } from '../contracts/contract-events.ts';
import { contractTermsSchema } from '../contracts/contract-events.ts';
import type { Quarter } from '../kernel/quarter.ts';
import { originKey } from './order-item.ts';
import type { Chunk } from './plan.ts';
import { actionsOf } from './plan.ts';
import { maximumActions } from './table.ts';

/** An order as it was locked; `byOrigin` for bids, as stored beside them. */
export interface LockedOrder {
  readonly id: string;
  readonly version: number;
  readonly remaining: ReadonlyMap<Quarter, bigint>;
  readonly byOrigin?: ReadonlyMap<string, bigint>;
}

/** A contract, and the lots it takes from its offer and its bid alike. */
export interface Concluded {
  readonly terms: ContractTerms;
  readonly lots: ReadonlyMap<Quarter, bigint>;
}

export interface ChunkLimits {
  /** Of the chunk's text, well below the 400 KB of an item. */
  readonly bytes: number;
  readonly actions: number;
}
export const chunkLimits: ChunkLimits = { bytes: 250_000, actions: maximumActions };

/** An order while the plan is made: what earlier chunks of the plan will have left of it. */
interface Balance {
  version: number;
  readonly remaining: Map<Quarter, bigint>;
  readonly byOrigin: Map<string, bigint> | undefined;
}

/**
 * Packs contracts into chunks of one transaction each, an order updated once in each of them. Contracts of one bid
 * come together, so that few chunks touch it. Throws where a contract takes what an order does not have.
 */
export function packChunks(
  concluded: readonly Concluded[],
  orders: readonly LockedOrder[],
  limits: ChunkLimits = chunkLimits,
): Chunk[] {
  const balances = new Map(
    orders.map(({ id, version, remaining, byOrigin }) => [
      id,
      { version, remaining: new Map(remaining), byOrigin: byOrigin && new Map(byOrigin) },
    ]),
  );
  const sorted = concluded.toSorted((a, b) => (packingKey(a) < packingKey(b) ? -1 : 1));
  const chunks: Chunk[] = [];
  let packed: Concluded[] = [];
  let bytes = 0;
  for (const contract of sorted) {
    const size = sizeOf(contract, balances);
    if (
      packed.length > 0 &&
      (bytes + size > limits.bytes || actionsWith(packed, contract) > limits.actions)
    ) {
      chunks.push(chunkOf(packed, balances));
      packed = [];
      bytes = 0;
    }
    packed.push(contract);
    bytes += size;
  }
  if (packed.length > 0) chunks.push(chunkOf(packed, balances));
  return chunks;
}

const packingKey = ({ terms }: Concluded): string => `${terms.bid}:${terms.offer}`;

const ordersOf = (concluded: readonly Concluded[]): Set<string> =>
  new Set(concluded.flatMap(({ terms }) => [terms.offer, terms.bid]));

const actionsWith = (packed: readonly Concluded[], next: Concluded): number =>
  actionsOf([...packed, next].length, ordersOf([...packed, next]).size);

/** An upper bound of what a contract adds to a chunk's text, its order's updates included. */
function sizeOf({ terms, lots }: Concluded, balances: ReadonlyMap<string, Balance>): number {
  const origins = (balances.get(terms.bid)?.byOrigin?.size ?? 0) + lots.size;
  return (
    Buffer.byteLength(JSON.stringify(z.encode(contractTermsSchema, terms))) +
    2 * (150 + 32 * lots.size) +
    36 * origins
  );
}

/** Draws the packed contracts from the balances. */
function chunkOf(packed: readonly Concluded[], balances: ReadonlyMap<string, Balance>): Chunk {
  const touched = [...ordersOf(packed)].sort();
  const takes = touched.map((order) => {
    const balance = balances.get(order);
    if (balance === undefined) throw new Error(`a contract of ${order}, which the run has not locked`);
    const lots = new Map<Quarter, bigint>();
    for (const contract of packed)
      if (contract.terms.offer === order || contract.terms.bid === order) draw(contract, balance, lots);
    const take = {
      order,
      version: balance.version,
      lots: Object.fromEntries(lots),
      ...(balance.byOrigin === undefined ? {} : { byOrigin: Object.fromEntries(balance.byOrigin) }),
    };
    balance.version += 1;
    return take;
  });
  const filled = touched.flatMap((id) => {
    const balance = balances.get(id);
    return balance !== undefined && [...balance.remaining.values()].every((left) => left === 0n)
      ? [{ id, version: balance.version }]
      : [];
  });
  return { contracts: packed.map(({ terms }) => terms), takes, filled };
}

function draw({ terms, lots }: Concluded, balance: Balance, taken: Map<Quarter, bigint>): void {
  for (const [quarter, count] of lots) {
    const left = (balance.remaining.get(quarter) ?? 0n) - count;
    if (left < 0n || count <= 0n)
      throw new Error(`${terms.id} takes ${count} lots of ${quarter}, which leaves ${left}`);
    balance.remaining.set(quarter, left);
    taken.set(quarter, (taken.get(quarter) ?? 0n) + count);
    if (balance.byOrigin === undefined) continue;
    const key = originKey(quarter, terms.origin);
    balance.byOrigin.set(key, (balance.byOrigin.get(key) ?? 0n) + count);
  }
}
