import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import type { PoolView } from '../../orders/pool.ts';
import { tellsNobodysPart } from '../../orders/pool.ts';
import type { Caller } from '../../reference/caller.ts';
import { groupOf } from '../../reference/organisation.ts';
import type { Action } from '../table/action.ts';
import { assign } from '../table/assign.ts';
import type { Attribute } from '../table/condition.ts';
import { versionIs } from '../table/condition.ts';
import { freeOfRuns, marketState } from '../clearing/control.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { isOpen } from './order-item.ts';
import type { StoredPool } from './pool-view.ts';
import { membersOf, poolSeenBy, poolStatus } from './pool-view.ts';
import { readOrganisation } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';
import { readVisiblePool } from './pools.ts';

/** A pool whose bid may be changed now, and the run up to which locks of its market bind no longer. */
export interface ChangeablePool extends StoredPool {
  readonly ended: number;
}

/** Errors: order_closed, clearing_in_progress. */
export async function changeable(
  table: Table,
  found: StoredPool,
  at: Instant,
): Promise<Result<ChangeablePool>> {
  const status = poolStatus(found, at);
  if (status !== 'open' && status !== 'closed')
    return fail(problem('order_closed', `The pool is ${status}.`));
  const { product, order } = found.stored;
  // Read behind the bid, and behind `at`, as for any order.
  const { ended, gateClosure } = await marketState(table, product.id);
  if (gateClosure !== undefined && order.postedAt <= gateClosure)
    return fail(
      problem('clearing_in_progress', "A clearing holds the pool's bid. Try again when it has ended."),
    );
  return ok({ ...found, ended });
}

/** Writes to a pool's bid that nobody else has changed or holds. */
export const updatePool = (
  { stored: { order }, ended }: ChangeablePool,
  at: Instant,
  changes: Readonly<Record<string, Attribute>>,
): Action => ({
  name: 'order',
  update: keys.order(order.id),
  set: assign({ ...changes, version: order.version + 1, updatedAt: at }),
  conditions: [isOpen, versionIs(order.version), freeOfRuns(ended)],
});

/** Who does something to which pool, and when. */
export interface PoolAct {
  readonly table: Table;
  readonly caller: Caller;
  readonly at: Instant;
  readonly id: string;
}

async function readOwnPool({ table, caller, id }: PoolAct): Promise<Result<StoredPool>> {
  const found = await readVisiblePool(table, id, caller);
  if (!found.ok || found.value.pool.runner === caller.organisation) return found;
  return fail(problem('forbidden', "Only the pool's runner may do this."));
}

/**
 * Ends joining, and tells the members what they ask for together, where that tells nobody's part. Closing a closed
 * pool changes nothing. Errors: not_found, forbidden, order_closed, clearing_in_progress.
 */
export function closePool(act: PoolAct): Plan<PoolView> {
  return async () => {
    const own = await readOwnPool(act);
    if (!own.ok) return own;
    const { table, caller, at } = act;
    if (own.value.stored.state.closing !== undefined)
      return ok({ value: poolSeenBy(own.value, caller, at), actions: [] });
    const found = await changeable(table, own.value, at);
    if (!found.ok) return found;
    const closing = { at, demand: await demandAtClosing(table, found.value) };
    return ok({
      value: poolSeenBy(withState(found.value, at, { closing }), caller, at),
      actions: [updatePool(found.value, at, { closing })],
    });
  };
}

async function demandAtClosing(table: Table, found: StoredPool): Promise<Record<string, bigint | null>> {
  const members = membersOf(found).map(([, member]) => member);
  const groups = await Promise.all(
    members.map(async ({ organisation }) =>
      groupOf(organisation, await readOrganisation(table, organisation)),
    ),
  );
  const quarters = [...new Set(members.flatMap(({ requested }) => Object.keys(requested)))].sort();
  return Object.fromEntries(
    quarters.map((quarter) => {
      const parts = members.map(({ requested }, index) => ({
        group: groups[index] ?? '',
        lots: requested[quarter] ?? 0n,
      }));
      const sum = parts.reduce((total, { lots }) => total + lots, 0n);
      return [quarter, tellsNobodysPart(parts) ? sum : null];
    }),
  );
}

/**
 * Withdraws what is left of the pool's bid; doing it again changes nothing. What members have contracted stays.
 * Errors: not_found, forbidden, order_closed, clearing_in_progress.
 */
export function withdrawPool(act: PoolAct): Plan<PoolView> {
  return async () => {
    const own = await readOwnPool(act);
    if (!own.ok) return own;
    const { table, caller, at } = act;
    if (own.value.stored.state.status === 'withdrawn')
      return ok({ value: poolSeenBy(own.value, caller, at), actions: [] });
    const found = await changeable(table, own.value, at);
    if (!found.ok) return found;
    const { order, product } = found.value.stored;
    return ok({
      value: poolSeenBy(withState(found.value, at, { status: 'withdrawn' }), caller, at),
      actions: [
        updatePool(found.value, at, { status: 'withdrawn' }),
        { name: 'bookEntry', remove: keys.bookEntry(product.id, order.id) },
      ],
    });
  };
}

/** The pool as it will read once its bid has been written. */
function withState(
  { pool, stored }: StoredPool,
  at: Instant,
  changes: Partial<StoredPool['stored']['state']>,
): StoredPool {
  const state = { ...stored.state, ...changes, version: stored.order.version + 1, updatedAt: at };
  const { status, version } = state;
  return { pool, stored: { ...stored, state, order: { ...stored.order, status, version, updatedAt: at } } };
}
