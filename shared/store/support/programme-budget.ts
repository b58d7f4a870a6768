import { minorUnitsIn } from '../../support/settlement.ts';
import type { Programme } from '../../support/programme.ts';
import type { CalendarDate } from '../../kernel/time.ts';
import { assign } from '../table/assign.ts';
import { lockedBy } from '../orders/book.ts';
import type { Attribute, Clause } from '../table/condition.ts';
import { doesNotExist, mergePlaceholders } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import { dueFrom } from '../table/keys/indexes.ts';
import { freeOfRuns } from '../clearing/control.ts';
import type { Action, Update } from '../table/action.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';

/*
 * The one item that every promise of a programme is weighed against, in minor units: budget = paid + reserved + left.
 * Of what is reserved, `contracts` is for contracts that clearings concluded: their support is paid whatever else
 * happens. What is left falls below zero where a budget was cut, or an indexed strike has cost more than was reserved:
 * then nothing more is promised, and what sites' agreements claim is paid as far as the money goes.
 *
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
      ...{ budget: minor, paid: 0n, reserved: 0n, contracts: 0n, left: minor },
      ...{ fundings: minor > 0n ? 1n : 0n, rounds: 0n, moves: 0n },
    },
    conditions: [doesNotExist],
  };
};

/** Minor units. */
export interface BudgetMinor {
  readonly budget: bigint;
  readonly paid: bigint;
  readonly reserved: bigint;
  readonly contracts: bigint;
  readonly left: bigint;
}

/** The budget with what was counted: changes of it, rounds that paid from it, claims that came or changed. */
export interface BudgetItem extends BudgetMinor {
  readonly fundings: number;
  readonly rounds: number;
  readonly moves: bigint;
  /** The round whose payments are still being made. */
  readonly distributing: number | undefined;
}

const budgetOf = (item: Item): BudgetItem => ({
  budget: item['budget'] as bigint,
  paid: item['paid'] as bigint,
  reserved: item['reserved'] as bigint,
  contracts: item['contracts'] as bigint,
  left: item['left'] as bigint,
  fundings: Number(item['fundings']),
  rounds: Number(item['rounds']),
  moves: item['moves'] as bigint,
  distributing: item['distributing'] === undefined ? undefined : Number(item['distributing']),
});

/** `undefined` before the programme is approved. */
export async function readBudget(table: Table, programme: string): Promise<BudgetItem | undefined> {
  const item = await table.get(keys.programmeBudget(programme));
  return item && budgetOf(item);
}

/** What sites' agreements may be paid from: what contracts reserve is theirs. */
export const availableIn = ({ budget, paid, contracts }: BudgetMinor): bigint => budget - paid - contracts;

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
  const locked = await table.update(keys.programmeBudget(programme), assign({ lock: run }), [freeForRun]);
  return locked.done ? budgetOf(locked.item) : undefined;
}

/** An attribute stands as it was read, or is at least so much. */
const compared = (attribute: keyof BudgetItem, sign: '=' | '>=', value: bigint | number): Clause => ({
  name: `${attribute}Stands`,
  expression: `#${attribute} ${sign} :${attribute}Then`,
  names: { [`#${attribute}`]: attribute },
  values: { [`:${attribute}Then`]: value },
});

/** Nothing that decides how much may be paid has changed since the budget was read. */
export const budgetStands = ({ budget, paid, contracts }: BudgetMinor): Clause[] => [
  compared('budget', '=', budget),
  compared('paid', '=', paid),
  compared('contracts', '=', contracts),
];

/** No claim came or changed since, and no round was decided. */
export const claimsStand = ({ moves, rounds }: BudgetItem): Clause[] => [
  compared('moves', '=', moves),
  compared('rounds', '=', rounds),
];

/** The payments of every round have been made. */
export const notDistributing: Clause = {
  name: 'notDistributing',
  expression: 'attribute_not_exists(#distributing)',
  names: { '#distributing': 'distributing' },
};

/** What is added to the budget's sums, other attributes set or (as `undefined`) removed. */
export function movesBudget(
  programme: string,
  added: Partial<Record<'budget' | 'paid' | 'reserved' | 'contracts' | 'left' | 'moves', bigint>>,
  set: Readonly<Record<string, Attribute | undefined>> = {},
  conditions: readonly Clause[] = [],
): Action {
  const sums = Object.entries(added);
  const sets = Object.entries(set).filter(([, value]) => value !== undefined);
  const removals = Object.keys(set).filter((name) => set[name] === undefined);
  const assignments = [
    ...sums.map(([name]) => `#to_${name} = #to_${name} + :to_${name}`),
    ...sets.map(([name]) => `#to_${name} = :to_${name}`),
  ];
  const parts = [
    ...(assignments.length === 0 ? [] : [`SET ${assignments.join(', ')}`]),
    ...(removals.length === 0 ? [] : [`REMOVE ${removals.map((name) => `#to_${name}`).join(', ')}`]),
  ];
  const update: Update = {
    expression: parts.join(' '),
    names: Object.fromEntries(
      [...sums, ...Object.entries(set)].map(([name]) => [`#to_${name}`, name] as const),
    ),
    values: Object.fromEntries(
      [...sums, ...sets].map(([name, value]) => [`:to_${name}`, value as Attribute] as const),
    ),
  };
  return {
    name: `budget of ${programme}`,
    update: keys.programmeBudget(programme),
    set: update,
    conditions,
  };
}

/** Reserves an exposure, of a budget that this run holds (for contracts), or that no run does (for a site). */
export const reserveExposure = (
  programme: string,
  amount: bigint,
  holder: { readonly run: number } | { readonly ended: number },
): Action =>
  movesBudget(
    programme,
    { reserved: amount, left: -amount, ...('run' in holder ? { contracts: amount } : {}) },
    {},
    ['run' in holder ? lockedBy(holder.run) : freeOfRuns(holder.ended), compared('left', '>=', amount)],
  );

/**
 * Part of the transaction that settles a contract, or ends it: what is paid out of what it reserves, and what of that is
 * free again. Somebody looks at the programme: what is free may pay what was carried over.
 */
export const payFromReserve = (
  programme: string,
  { paid, released }: { readonly paid: bigint; readonly released: bigint },
  today: CalendarDate,
): Action =>
  movesBudget(
    programme,
    { paid, reserved: -released, contracts: -released, left: released - paid },
    released > paid ? dueFrom(today, programme) : {},
    [compared('contracts', '>=', released)],
  );

/**
 * What a correction moves of a contract whose reserve has been freed: it takes from what is left, which must be there,
 * and which no clearing counts on; or gives back to it.
 */
export const payFromWhatIsLeft = (
  programme: string,
  paid: bigint,
  today: CalendarDate,
  ended: number,
): Action =>
  movesBudget(
    programme,
    { paid, left: -paid },
    paid < 0n ? dueFrom(today, programme) : {},
    paid > 0n ? [compared('left', '>=', paid), freeOfRuns(ended)] : [],
  );
