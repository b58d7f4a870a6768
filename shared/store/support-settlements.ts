import * as z from 'zod';
import type { CalendarDate } from '../kernel/time.ts';
import type { Entry } from '../ledger/entry.ts';
import { minorUnits } from '../ledger/posting.ts';
import type { Agreement } from '../support/agreement.ts';
import type { SupportSettlement } from '../support/quarter-settlement.ts';
import { supportSettlementSchema } from '../support/quarter-settlement.ts';
import type { Action } from './action.ts';
import { assign } from './assign.ts';
import { doesNotExist } from './condition.ts';
import type { Item } from './item.ts';
import { dueFrom, keys } from './keys.ts';
import { postEntry } from './ledger.ts';
import { plain } from './order-item.ts';
import { paySupport } from './programme-budget.ts';
import type { Table } from './table.ts';

export const readSupportItem = (item: Item): SupportSettlement =>
  z.decode(supportSettlementSchema, plain(item['body']) as z.input<typeof supportSettlementSchema>);

/** The quarters of an agreement that have been settled, in their order. */
export async function readSupportSettlements(table: Table, agreement: string): Promise<SupportSettlement[]> {
  const { pk, sk } = keys.supportSettlement(agreement, '');
  return (await table.query(pk, { prefix: sk })).map(readSupportItem);
}

/**
 * A settled quarter of an agreement: its settlement, its entry, what leaves the budget; and from when on somebody must
 * look at the agreement again. With its last quarter it is completed, and what it reserved and did not need is free.
 */
export function settleSupportQuarter(
  agreement: Agreement,
  earlier: readonly SupportSettlement[],
  { settlement, entry }: { readonly settlement: SupportSettlement; readonly entry: Entry | undefined },
  due: CalendarDate | undefined,
): Action[] {
  const paid = minorUnits(settlement.paid);
  const open = reserveLeft(agreement, earlier);
  const released = due === undefined || paid > open ? open : paid;
  return [
    {
      name: 'supportSettlement',
      put: {
        ...keys.supportSettlement(agreement.id, settlement.quarter),
        type: 'support settlement',
        body: z.encode(supportSettlementSchema, settlement),
      },
      conditions: [doesNotExist],
    },
    ...(entry === undefined ? [] : postEntry(entry)),
    ...(paid === 0n && released === 0n ? [] : [paySupport(agreement.programme, { paid, released })]),
    due === undefined ? completed(agreement) : lookAgain(agreement, due),
  ];
}

/** Minor units that an agreement still reserves. */
export const reserveLeft = (agreement: Agreement, earlier: readonly SupportSettlement[]): bigint => {
  const left = earlier.reduce((sum, { paid }) => sum - minorUnits(paid), minorUnits(agreement.reserved));
  return left < 0n ? 0n : left;
};

const completed = ({ id, version }: Agreement): Action => ({
  name: `agreement ${id}`,
  update: keys.agreement(id),
  set: {
    expression: 'SET #body.#status = :status, #body.#version = :version REMOVE #gsi3pk, #gsi3sk',
    names: {
      ...{ '#body': 'body', '#status': 'status', '#version': 'version' },
      ...{ '#gsi3pk': 'gsi3pk', '#gsi3sk': 'gsi3sk' },
    },
    values: { ':status': 'completed', ':version': version + 1 },
  },
});

export const lookAgain = ({ id }: Agreement, due: CalendarDate): Action => ({
  name: `agreement ${id}`,
  update: keys.agreement(id),
  set: assign(dueFrom(due, id)),
});
