import { minorUnitsIn } from '../support/settlement.ts';
import type { Programme } from '../support/programme.ts';
import { assign } from './assign.ts';
import { lockedBy } from './book.ts';
import type { Attribute, Clause } from './condition.ts';
import { doesNotExist, exists, mergePlaceholders } from './condition.ts';
import { keys } from './keys.ts';
import { freeOfRuns } from './order-item.ts';
import type { Action } from './action.ts';
import type { Item } from './item.ts';
import type { Table } from './table.ts';

/*
 * The one item that every promise of a programme is weighed against, in minor units: budget = paid + reserved + left.
 * A clearing holds it from its snapshot on (`lock`, as orders are held), so that what it found left is still there when
 * its contracts are recorded. The lock binds until the run has ended, and frees itself then without a write.
 */

export const openBudget = ({ id, product, budget }: Programme): Action => {
  const minor = minorUnitsIn(budget, budget.currency);
  return {
    name: 'budget',
    put: {
      ...keys.programmeBudget(id),
      ...{ type: 'programme budget', programme: id, product, currency: budget.currency },
      ...{ budget: minor, paid: 0n, reserved: 0n, left: minor },
    },
    conditions: [doesNotExist],
  };
};

/** Minor units. */
export interface BudgetMinor {
  readonly budget: bigint;
  readonly paid: bigint;
  readonly reserved: bigint;
  readonly left: bigint;
}

const minorOf = (item: Item): BudgetMinor => ({
  budget: item['budget'] as bigint,
  paid: item['paid'] as bigint,
  reserved: item['reserved'] as bigint,
  left: item['left'] as bigint,
});

/** `undefined` before the programme is approved. */
export async function readBudget(table: Table, programme: string): Promise<BudgetMinor | undefined> {
  const item = await table.get(keys.programmeBudget(programme));
  return item && minorOf(item);
}

/**
 * Holds a programme's budget for a run and answers what is left of it: nobody takes from it before that run has ended.
 * `undefined` where a later run has it: the one that asks has ended.
 */
export async function lockBudget(
  table: Table,
  programme: string,
  { run, ended }: { readonly run: number; readonly ended: number },
): Promise<BudgetMinor | undefined> {
  const free = freeOfRuns(ended);
  const mine = lockedBy(run);
  const freeForRun: Clause = {
    name: 'freeForRun',
    expression: `${free.expression} OR ${mine.expression}`,
    names: mergePlaceholders([free.names ?? {}, mine.names ?? {}]),
    values: mergePlaceholders<Attribute>([free.values ?? {}, mine.values ?? {}]),
  };
  const locked = await table.update(keys.programmeBudget(programme), assign({ lock: run }), [
    exists,
    freeForRun,
  ]);
  return locked.done ? minorOf(locked.item) : undefined;
}

const hasLeft = (amount: bigint): Clause => ({
  name: 'hasLeft',
  expression: '#left >= :amount',
  names: { '#left': 'left' },
  values: { ':amount': amount },
});

/** Reserves an exposure, of a budget that this run holds, or that no run does. */
export const reserveExposure = (
  programme: string,
  amount: bigint,
  holder: { readonly run: number } | { readonly ended: number },
): Action => ({
  name: `budget of ${programme}`,
  update: keys.programmeBudget(programme),
  set: {
    expression: 'SET #reserved = #reserved + :amount, #left = #left - :amount',
    names: { '#reserved': 'reserved', '#left': 'left' },
    values: { ':amount': amount },
  },
  conditions: ['run' in holder ? lockedBy(holder.run) : freeOfRuns(holder.ended), hasLeft(amount)],
});

/**
 * Part of the transaction that settles a quarter of an agreement: what is paid out of the budget, and what of the
 * agreement's reserve is no longer needed. What is paid beyond the reserve comes from what is left, and must be there.
 */
export function paySupport(
  programme: string,
  { paid, released }: { readonly paid: bigint; readonly released: bigint },
): Action {
  const freed = released - paid;
  return {
    name: `budget of ${programme}`,
    update: keys.programmeBudget(programme),
    set: {
      expression: 'SET #paid = #paid + :paid, #reserved = #reserved - :released, #left = #left + :freed',
      names: { '#paid': 'paid', '#reserved': 'reserved', '#left': 'left' },
      values: { ':paid': paid, ':released': released, ':freed': freed },
    },
    conditions: [
      {
        name: 'isReserved',
        expression: '#reserved >= :released',
        names: { '#reserved': 'reserved' },
        values: { ':released': released },
      },
      ...(freed < 0n ? [hasLeft(-freed)] : []),
    ],
  };
}
