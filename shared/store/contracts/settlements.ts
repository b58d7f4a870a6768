import * as z from 'zod';
import type { Contract } from '../../contracts/contract.ts';
import { withEvents } from '../../contracts/chain.ts';
import type { ContractEvent, EventBody } from '../../contracts/contract-events.ts';
import { contractEventSchema } from '../../contracts/contract-events.ts';
import { statusOf } from '../../contracts/life.ts';
import type { Settlement } from '../../contracts/settlement/settlement.ts';
import { periodOf, settlementSchema } from '../../contracts/settlement/settlement.ts';
import type { Settled } from '../../contracts/settlement/settle-quarter.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import type { Action } from '../table/action.ts';
import { assign } from '../table/assign.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { dueFrom, duePartition, listedAs, ownedBy } from '../table/keys/indexes.ts';
import { shards } from '../table/keys/shards.ts';
import { postEntry } from './ledger.ts';
import { readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

export const readSettlementItem = (item: Item): Settlement => readBody(settlementSchema, item);

const isBought = (sk: unknown): boolean => String(sk).startsWith('BOUGHT#');

/** What was settled of a contract, in order of period and number. */
export async function readSettlements(table: Table, contract: string): Promise<Settlement[]> {
  const items = await table.query(keys.settlement(contract, '', 0).pk);
  return items.filter(({ sk }) => !isBought(sk)).map(readSettlementItem);
}

/** The settlement that an item of an index's list stands for: itself, or as its buyer finds it. */
export const settlementKeyOf = ({ pk, sk }: Item) => ({
  pk: String(pk),
  sk: String(sk).replace(/^BOUGHT#/, ''),
});

/** The settlement, its entries and lines: with the contract's event, one transaction. */
export function settle({ settlement, entries }: Settled<Settlement>): Action[] {
  const { id, contract, seller, buyer, sequence } = settlement;
  const period = periodOf(settlement);
  return [
    {
      name: 'settlement',
      put: {
        ...keys.settlement(contract, period, sequence),
        ...ownedBy(seller, 'settlement', id),
        ...listedAs('settlement', id),
        type: 'settlement',
        body: z.encode(settlementSchema, settlement),
      },
      conditions: [doesNotExist],
    },
    {
      name: 'boughtSettlement',
      put: {
        ...keys.boughtSettlement(contract, period, sequence),
        ...ownedBy(buyer, 'settlement', id),
        type: 'settlement of a buyer',
      },
    },
    ...entries.flatMap(postEntry),
  ];
}

/**
 * What the marketplace itself appends to a contract, and from when on somebody must look at it again (never, if
 * `undefined`). Refused where anything else was appended since the contract was read.
 */
export function appendToContract(
  contract: Contract,
  bodies: readonly EventBody[],
  due: CalendarDate | undefined,
): Action[] {
  const grown = withEvents(contract, bodies);
  const from = contract.events.length;
  const events = grown.events.slice(from);
  return [
    ...(events.length === 0
      ? [noNewEvent(contract)]
      : events.map((event, index) => putEvent(contract, event, from + index + 1))),
    {
      name: 'contract',
      update: keys.contract(contract.id),
      set: assign({
        status: statusOf(grown.events),
        events: grown.events.length,
        ...(due === undefined ? { gsi3pk: undefined, gsi3sk: undefined } : dueFrom(due, contract.id)),
      }),
    },
  ];
}

/** Nothing was appended since the contract was read. */
export const noNewEvent = ({ id, events }: Contract): Action => ({
  name: 'noNewEvent',
  check: keys.contractEvent(id, events.length + 1),
  conditions: [doesNotExist],
});

const putEvent = (contract: Contract, event: ContractEvent, sequence: number): Action => ({
  name: 'contractEvent',
  put: {
    ...keys.contractEvent(contract.id, sequence),
    type: 'contract event',
    contract: contract.id,
    sequence,
    ...{ product: contract.product, seller: contract.seller, buyer: contract.buyer },
    body: z.encode(contractEventSchema, event),
  },
  conditions: [doesNotExist],
});

/** Contracts and sites' agreements that somebody must look at by a day, of one shard, the longest overdue first. */
export async function whatIsDue(
  table: Table,
  shard: (typeof shards)[number],
  by: CalendarDate,
  limit: number,
): Promise<string[]> {
  const found = await table.queryIndex('gsi3', duePartition(shard), { until: `${by}~`, limit });
  return found.map(({ pk }) => pk.slice(pk.indexOf('#') + 1));
}
