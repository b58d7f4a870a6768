import * as z from 'zod';
import type { ContractTerms } from '../../contracts/chain.ts';
import { contractTermsSchema } from '../../contracts/chain.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Agreement } from '../../support/agreement.ts';
import { agreementSchema } from '../../support/agreement.ts';
import type { Take } from '../orders/book.ts';
import { originKey } from '../orders/order-item.ts';
import type { Chunk } from './plan.ts';
import { actionsOf } from './plan.ts';
import { maximumActions } from '../table/table.ts';

/** An order as it was locked; `byOrigin` for bids, as stored beside them. */
export interface LockedOrder {
  readonly id: string;
  readonly version: number;
  readonly remaining: ReadonlyMap<Quarter, bigint>;
  readonly byOrigin?: ReadonlyMap<string, bigint>;
  /** Of a pool's bid, by id. */
  readonly members?: ReadonlyMap<
    string,
    { readonly version: number; readonly remaining: ReadonlyMap<Quarter, bigint> }
  >;
}

/** A contract, and the lots it takes from its offer and its bid alike; of a pool's bid, from its member too. */
export interface Concluded {
  readonly terms: ContractTerms;
  readonly lots: ReadonlyMap<Quarter, bigint>;
  /** Where a programme supports it. */
  readonly agreement?: Agreement | undefined;
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
  readonly members: ReadonlyMap<string, { version: number; readonly remaining: Map<Quarter, bigint> }>;
}

/**
 * Packs contracts into chunks of one transaction each, an order updated once in each of them. Contracts of one bid
 * come together, and after them those of bids that buy from the same offers, so that few chunks touch an order. Throws
 * where a contract takes what an order does not have.
 */
export function packChunks(
  concluded: readonly Concluded[],
  orders: readonly LockedOrder[],
  limits: ChunkLimits = chunkLimits,
): Chunk[] {
  const balances = new Map(
    orders.map(({ id, version, remaining, byOrigin, members }) => [
      id,
      {
        ...{ version, remaining: new Map(remaining), byOrigin: byOrigin && new Map(byOrigin) },
        members: new Map(
          [...(members ?? [])].map(([key, member]) => [
            key,
            { version: member.version, remaining: new Map(member.remaining) },
          ]),
        ),
      },
    ]),
  );
  const chunks: Chunk[] = [];
  let packed: Concluded[] = [];
  let bytes = 0;
  for (const contract of nextToEachOther(concluded)) {
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

/** Bid after bid, each followed by one that shares an offer with it where there is one: depth first, in order of ids. */
function nextToEachOther(concluded: readonly Concluded[]): Concluded[] {
  const sorted = concluded.toSorted((a, b) => (packingKey(a) < packingKey(b) ? -1 : 1));
  const ofBid = Map.groupBy(sorted, ({ terms }) => terms.bid);
  const ofOffer = Map.groupBy(sorted, ({ terms }) => terms.offer);
  const ordered: Concluded[] = [];
  for (const first of ofBid.keys()) {
    const waiting = [first];
    for (let bid = waiting.pop(); bid !== undefined; bid = waiting.pop()) {
      const own = ofBid.get(bid) ?? [];
      // Each bid once, each offer once: what has been followed is gone.
      ofBid.set(bid, []);
      ordered.push(...own);
      for (const { terms } of own) {
        for (const next of (ofOffer.get(terms.offer) ?? []).toReversed()) waiting.push(next.terms.bid);
        ofOffer.delete(terms.offer);
      }
    }
  }
  return ordered;
}

const packingKey = ({ terms }: Concluded): string =>
  `${terms.bid}:${terms.offer}:${terms.member ?? terms.programme ?? ''}`;

const ordersOf = (concluded: readonly Concluded[]): Set<string> =>
  new Set(concluded.flatMap(({ terms }) => [terms.offer, terms.bid]));

const actionsWith = (packed: readonly Concluded[], next: Concluded): number =>
  actionsOf([...packed, next].length, ordersOf([...packed, next]).size, agreementsOf([...packed, next]));

const agreementsOf = (concluded: readonly Concluded[]): Agreement[] =>
  concluded.flatMap(({ agreement }) => agreement ?? []);

/** An upper bound of what a contract adds to a chunk's text, its order's updates included. */
function sizeOf({ terms, lots, agreement }: Concluded, balances: ReadonlyMap<string, Balance>): number {
  const origins = (balances.get(terms.bid)?.byOrigin?.size ?? 0) + lots.size;
  return (
    Buffer.byteLength(JSON.stringify(z.encode(contractTermsSchema, terms))) +
    2 * (150 + 32 * lots.size) +
    36 * origins +
    memberBytes(terms, balances) +
    (agreement === undefined ? 0 : Buffer.byteLength(JSON.stringify(z.encode(agreementSchema, agreement))))
  );
}

/** What a contract's member adds to its bid's update: all that the member has left, by quarter. */
function memberBytes({ bid, member }: ContractTerms, balances: ReadonlyMap<string, Balance>): number {
  if (member === undefined) return 0;
  return 100 + 32 * (balances.get(bid)?.members.get(member)?.remaining.size ?? 0);
}

/** Draws the packed contracts from the balances. */
function chunkOf(packed: readonly Concluded[], balances: ReadonlyMap<string, Balance>): Chunk {
  const touched = [...ordersOf(packed)].sort();
  const takes = touched.map((order) => {
    const balance = balances.get(order);
    if (balance === undefined) throw new Error(`a contract of ${order}, which the run has not locked`);
    const lots = new Map<Quarter, bigint>();
    const own = packed.filter(({ terms }) => terms.offer === order || terms.bid === order);
    for (const contract of own) draw(contract, balance, lots);
    const members = drawMembers(
      own.filter(({ terms }) => terms.bid === order),
      balance,
    );
    const take = {
      order,
      version: balance.version,
      lots: Object.fromEntries(lots),
      ...(balance.byOrigin === undefined ? {} : { byOrigin: Object.fromEntries(balance.byOrigin) }),
      ...(Object.keys(members).length === 0 ? {} : { members }),
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
  const agreements = agreementsOf(packed);
  return {
    contracts: packed.map(({ terms }) => terms),
    ...(agreements.length === 0 ? {} : { agreements }),
    ...{ takes, filled },
  };
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

/** Draws contracts of a pool's bid from its members, and answers how these stand then. */
function drawMembers(packed: readonly Concluded[], { members }: Balance): NonNullable<Take['members']> {
  const touched = new Map<string, Map<Quarter, bigint>>();
  for (const { terms, lots } of packed) {
    if (terms.member === undefined) continue;
    const remaining = members.get(terms.member)?.remaining;
    if (remaining === undefined) throw new Error(`${terms.id} is of ${terms.member}, who is not a member`);
    for (const [quarter, count] of lots) {
      const left = (remaining.get(quarter) ?? 0n) - count;
      if (left < 0n) throw new Error(`${terms.id} takes ${count} lots of ${quarter}, which leaves ${left}`);
      remaining.set(quarter, left);
    }
    touched.set(terms.member, remaining);
  }
  return Object.fromEntries(
    [...touched].map(([id, remaining]) => {
      const member = members.get(id)!;
      member.version += 1;
      return [id, { version: member.version, remaining: Object.fromEntries(remaining) }];
    }),
  );
}
