import type { Instant } from '../../kernel/time.ts';
import { addDays, dateOf } from '../../kernel/time.ts';
import type { Quarter } from '../../kernel/quarter.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import { isPast } from '../../orders/order.ts';
import { assign } from '../table/assign.ts';
import type { Attribute, Clause } from '../table/condition.ts';
import { mergePlaceholders, versionIs } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import { shards } from '../table/keys/shards.ts';
import { isOpen, lotsAttribute, readOrderState } from './order-item.ts';
import { freeOfRuns } from '../clearing/control.ts';
import type { Action, Update } from '../table/action.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';

/** The entry of an open order in the book of its product; put with the order, removed when it closes. */
export const bookEntryItem = (product: string, order: string) => ({
  ...keys.bookEntry(product, order),
  type: 'book entry',
});

/** The ids of the open orders of a product, sorted; read consistently, shard by shard. */
export async function readBook(table: Table, product: string): Promise<string[]> {
  const entries = await Promise.all(shards.map((shard) => table.query(keys.bookShard(product, shard))));
  return entries
    .flat()
    .map((entry) => entry['sk'] as string)
    .sort();
}

/** The run that wants an order for itself. */
export interface Locking {
  readonly run: number;
  readonly ended: number;
  readonly gateClosure: Instant;
}

export const lockedBy = (run: number): Clause => ({
  name: 'lockedBy',
  expression: '#lock = :run',
  names: { '#lock': 'lock' },
  values: { ':run': run },
});

const freeForRun = ({ run, ended }: Locking): Clause => {
  const free = freeOfRuns(ended);
  const mine = lockedBy(run);
  return {
    name: 'freeForRun',
    expression: `${free.expression} OR ${mine.expression}`,
    names: mergePlaceholders([free.names ?? {}, mine.names ?? {}]),
    values: mergePlaceholders<Attribute>([free.values ?? {}, mine.values ?? {}]),
  };
};

/** Acknowledged by gate closure: what is posted later waits for the next run. */
const postedBy = (gateClosure: Instant): Clause => ({
  name: 'postedBy',
  expression: '#body.#postedAt <= :gateClosure',
  names: { '#body': 'body', '#postedAt': 'postedAt' },
  values: { ':gateClosure': gateClosure },
});

const validAfter = (gateClosure: Instant): Clause => ({
  name: 'validAfter',
  expression: 'attribute_not_exists(#body.#validUntil) OR #body.#validUntil > :gateClosure',
  names: { '#body': 'body', '#validUntil': 'validUntil' },
  values: { ':gateClosure': gateClosure },
});

export type Locked =
  | { readonly state: 'locked'; readonly item: Item }
  /** It closed before it could be locked: nothing of it should be in the book. */
  | { readonly state: 'closed' }
  /** It was posted after gate closure. */
  | { readonly state: 'out' }
  | { readonly state: 'expired'; readonly validUntil: Instant }
  /** A later run has it: the one that asks has ended. */
  | { readonly state: 'taken' };

/**
 * Locks an order for a run, if it is open, was posted by gate closure and is valid beyond it. The answer is the
 * order as locked: nobody can change it before the run ends, so it need not be read again.
 */
export async function lockOrder(table: Table, id: string, locking: Locking): Promise<Locked> {
  const locked = await table.update(keys.order(id), assign({ lock: locking.run }), [
    isOpen,
    postedBy(locking.gateClosure),
    validAfter(locking.gateClosure),
    freeForRun(locking),
  ]);
  if (locked.done) return { state: 'locked', item: locked.item };
  if (locked.item === undefined) return { state: 'out' };
  if (locked.item['status'] !== 'open') return { state: 'closed' };
  const { postedAt, validUntil } = locked.item['body'] as { postedAt: Instant; validUntil?: Instant };
  if (postedAt > locking.gateClosure) return { state: 'out' };
  if (validUntil !== undefined && validUntil <= locking.gateClosure) return { state: 'expired', validUntil };
  return { state: 'taken' };
}

/**
 * Takes the entry of an expired order out of the book. The order itself stays as it is: what it reads as follows from its
 * validity. A clock that is behind may still find it valid, and its owner prolong it: that puts the entry back
 * (`returnToBook`).
 */
export const dropExpired = (product: string, order: string, validUntil: Instant): Action[] => [
  {
    name: 'order',
    check: keys.order(order),
    conditions: [
      {
        name: 'validityIs',
        expression: '#body.#validUntil = :validUntil',
        names: { '#body': 'body', '#validUntil': 'validUntil' },
        values: { ':validUntil': validUntil },
      },
    ],
  },
  { name: 'book entry', remove: keys.bookEntry(product, order) },
];

/**
 * Takes the entry of a locked order out of the book if nothing that is left of it can trade any more; else nothing. A
 * change that gives it later quarters puts the entry back (`returnToBook`): that sees a past order from the first
 * moment on, this only a day later, so that no two clocks can disagree and lose it. Nobody joins a closed pool.
 */
export function dropPast(product: string, order: string, locked: Item, gateClosure: Instant): Action[] {
  const { remaining, version, members, closing } = readOrderState(locked);
  const mayBeJoined = members !== undefined && closing === undefined;
  const dayBefore = addDays(dateOf(gateClosure), -1);
  if (mayBeJoined || !isPast(new Map(Object.entries(remaining)), dayBefore)) return [];
  return [
    { name: 'order', check: keys.order(order), conditions: [versionIs(version)] },
    { name: 'book entry', remove: keys.bookEntry(product, order) },
  ];
}

/** The entry of an order that changes, should a run have dropped it as past, or as expired by a clock that is ahead. */
export const returnToBook = (
  {
    product,
    id,
    validUntil,
  }: { readonly product: string; readonly id: string; readonly validUntil?: Instant | undefined },
  before: LotsByQuarter,
  at: Instant,
): Action[] =>
  validUntil !== undefined || isPast(before, dateOf(at))
    ? [{ name: 'bookEntry', put: bookEntryItem(product, id) }]
    : [];

/** What one transaction of a run takes from an order. */
export interface Take {
  readonly order: string;
  /** The order's version before. */
  readonly version: number;
  readonly lots: Readonly<Record<Quarter, bigint>>;
  /** A bid's lots contracted by quarter and origin, this take included. */
  readonly byOrigin?: Readonly<Record<string, bigint>> | undefined;
  /** Of a pool's bid, by id: how the members that this take is for stand after it. */
  readonly members?:
    | Readonly<
        Record<string, { readonly version: number; readonly remaining: Readonly<Record<Quarter, bigint>> }>
      >
    | undefined;
}

/**
 * Takes lots from an order, once: it must be open, locked by this run, as the plan saw it, and every quarter must
 * still hold what is taken. `byOrigin` is written whole, because a path for each of eighty quarters and their
 * origins outgrows the 4 KB that DynamoDB allows an expression; the version makes that safe. `fills`: the order is left
 * with nothing, and is filled for good by the same write.
 */
export const takeFromOrder = (take: Take, run: number, now: Instant, fills = false): Action => {
  const quarters = Object.entries(take.lots).map(([quarter, lots], index) => ({ quarter, lots, index }));
  const names = {
    '#r': 'remaining',
    ...Object.fromEntries(quarters.map(({ quarter, index }) => [`#q${index}`, quarter])),
  };
  const values = Object.fromEntries(quarters.map(({ lots, index }) => [`:n${index}`, lots]));
  const stillThere: Clause = {
    name: 'stillThere',
    expression: quarters.map(({ index }) => `#r.#q${index} >= :n${index}`).join(' AND '),
    names,
    values,
  };
  const beside = assign({
    version: take.version + 1,
    updatedAt: now,
    ...(fills ? { status: 'filled' } : {}),
    ...(take.byOrigin === undefined
      ? {}
      : { byOrigin: lotsAttribute(new Map(Object.entries(take.byOrigin))) }),
  });
  const members = memberStates(take.members ?? {}, now);
  const set: Update = {
    expression: [
      beside.expression,
      ...quarters.map(({ index }) => `#r.#q${index} = #r.#q${index} - :n${index}`),
      ...members.expressions,
    ].join(', '),
    names: { ...beside.names, ...names, ...members.names },
    values: { ...beside.values, ...values, ...members.values },
  };
  return {
    name: `order ${take.order}`,
    update: keys.order(take.order),
    set,
    conditions: [isOpen, lockedBy(run), versionIs(take.version), stillThere],
  };
};

/** The states of a pool's members, each whole: fifty short paths fit beside eighty quarters in 4 KB. */
function memberStates(states: NonNullable<Take['members']>, now: Instant) {
  const entries = Object.entries(states).map(([id, state], index) => ({ id, state, index }));
  return {
    expressions: entries.map(({ index }) => `#p.#m${index}.#s = :m${index}`),
    names:
      entries.length === 0
        ? {}
        : {
            ...{ '#p': 'members', '#s': 'state' },
            ...Object.fromEntries(entries.map(({ id, index }) => [`#m${index}`, id])),
          },
    values: Object.fromEntries(
      entries.map(({ state: { version, remaining }, index }) => [
        `:m${index}`,
        { version, updatedAt: now, remaining: { ...remaining } },
      ]),
    ),
  };
}

/**
 * An order that is closed, which it stays, leaves the book: nothing needs to hold for that, and it may be repeated. So may
 * whoever comes late, even after the run.
 */
export const leaveBook = (table: Table, product: string, order: string): Promise<void> =>
  table.remove(keys.bookEntry(product, order));

/** An order that the run has left with nothing, where the chunk that did so may have been applied before chunks filled orders. */
export const retireOrder = (
  product: string,
  order: { readonly id: string; readonly version: number },
  run: number,
  now: Instant,
): Action[] => [
  {
    name: 'order',
    update: keys.order(order.id),
    set: assign({ status: 'filled', version: order.version + 1, updatedAt: now }),
    conditions: [isOpen, lockedBy(run), versionIs(order.version)],
  },
  { name: 'book entry', remove: keys.bookEntry(product, order.id) },
];
