import { deliveredTooEarly, validWithin } from '../../orders/conditional.ts';
import { compareDecimal, formatDecimal } from '../../kernel/decimal.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import type { ExpectedVersion } from '../../kernel/version.ts';
import { isExpected } from '../../kernel/version.ts';
import {
  begunQuarters,
  belowContracted,
  normalisePrice,
  normaliseQuantities,
  pastValidity,
} from '../../orders/acceptance.ts';
import type { Bid } from '../../orders/bid.ts';
import { conditionWarnings, unsatisfiable } from '../../orders/conditions.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import { quarterQuantities } from '../../orders/delivery.ts';
import type { Offer } from '../../orders/offer.ts';
import type { OrderChanges } from '../../orders/order.ts';
import { capBelowAsk, capOf } from '../../orders/price-terms.ts';
import type { Caller } from '../../reference/caller.ts';
import { assign } from '../table/assign.ts';
import { returnToBook } from './book.ts';
import type { Attribute } from '../table/condition.ts';
import { versionIs } from '../table/condition.ts';
import { freeOfRuns, marketState } from '../clearing/control.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { isOpen, lotsAttribute, orderBody } from './order-item.ts';
import type { OrderKind, StoredOrder } from './orders.ts';
import { contractedLots, lotsMap, orderAt, readOrder } from './orders.ts';
import { checkCapacity, readSiteInUse } from '../sites/site-capacity.ts';
import { siteOfferEntry, withdrawnOfferEntry } from '../sites/site-offers.ts';
import { freeRest, reencumber } from './lot-offers.ts';
import { paceActions } from '../stockpiles/pace.ts';
import { readStockpile } from '../stockpiles/stockpiles.ts';
import type { Product } from '../../reference/product.ts';
import type { Action } from '../table/action.ts';
import type { Table } from '../table/table.ts';
import { warningsOf } from './order-warnings.ts';

/** Who changes which order, and when. */
export interface OrderAct<T extends Offer | Bid> {
  readonly table: Table;
  readonly caller: Caller;
  readonly at: Instant;
  readonly kind: OrderKind<T>;
  readonly id: string;
  readonly expected: ExpectedVersion | undefined;
}

/** An order that may be changed now, and the run up to which locks of its market bind no longer. */
interface Changeable<T extends Offer | Bid> {
  readonly stored: StoredOrder<T>;
  readonly ended: number;
}

/**
 * Changes an order's price, quantities or validity. What is contracted stays contracted.
 * Errors: not_found, precondition_failed, order_closed, clearing_in_progress, below_contracted, quarter_begun,
 * capacity_exceeded, condition_unsatisfiable, invalid_request, and those of units, ticks and lots.
 */
export function changeOrder<T extends Offer | Bid>(act: OrderAct<T>, changes: OrderChanges): Plan<T> {
  return async () => {
    const found = await readChangeable(act);
    if (!found.ok) return found;
    const { stored } = found.value;
    const terms = changedTerms(stored, changes, act.at);
    if (!terms.ok) return terms;
    const { order, requested } = terms.value;
    const capacity = await capacityActions(act, order, requested, stored);
    if (!capacity.ok) return capacity;
    const next = await changedOrder(act, stored, order, requested);
    const remaining = remainingLots(requested, stored);
    return ok({
      value: next,
      actions: [
        updateOrder(found.value, {
          body: orderBody(next),
          ...pricesKept(stored, next),
          requested: lotsAttribute(requested),
          remaining: lotsAttribute(remaining),
          status: next.status,
          version: next.version,
          updatedAt: next.updatedAt,
          ...capacity.value.order,
        }),
        ...(next.status === 'open'
          ? returnToBook(stored.order, lotsMap(stored.state.remaining), act.at)
          : [leaveBook(stored)]),
        ...capacity.value.actions,
      ],
    });
  };
}

/**
 * Withdraws what is left of an order; withdrawing it again changes nothing.
 * Errors: not_found, precondition_failed, order_closed, clearing_in_progress.
 */
export function withdrawOrder<T extends Offer | Bid>(act: OrderAct<T>): Plan<T> {
  return async () => {
    const own = await readOwn(act);
    if (own?.state.status === 'withdrawn') return ok({ value: own.order, actions: [] });
    const found = await readChangeable(act);
    if (!found.ok) return found;
    const { stored } = found.value;
    const changed = { status: 'withdrawn' as const, version: stored.order.version + 1, updatedAt: act.at };
    return ok({
      value: { ...stored.order, ...changed },
      actions: [
        updateOrder(found.value, changed),
        leaveBook(stored),
        ...(await withdrawalFrees(act, stored)),
      ],
    });
  };
}

/**
 * The price at which a run has seen the order, before it changes for the first time since: contracts of that run are
 * held against it. One price a run at most, however often it changes.
 */
function pricesKept({ state, order }: StoredOrder, next: Offer | Bid): Record<string, Attribute> {
  const { lock, pricesAtRun = {} } = state;
  const same = compareDecimal(order.price.amount, next.price.amount) === 0;
  if (same || lock === undefined || pricesAtRun[lock] !== undefined) return {};
  return { pricesAtRun: { ...pricesAtRun, [lock]: formatDecimal(order.price.amount) } };
}

async function readOwn<T extends Offer | Bid>(act: OrderAct<T>): Promise<StoredOrder<T> | undefined> {
  const stored = await readOrder(act.table, act.kind, act.id);
  return stored?.owner === act.caller.organisation ? stored : undefined;
}

async function readChangeable<T extends Offer | Bid>(act: OrderAct<T>): Promise<Result<Changeable<T>>> {
  const stored = await readOwn(act);
  if (stored === undefined) return fail(problem('not_found', 'You have no such order.'));
  if (!isExpected(act.expected, stored.order.version))
    return fail(problem('precondition_failed', 'The order has changed since you read it. Read it again.'));
  const { status } = orderAt(stored.order, act.at);
  if (status !== 'open') return fail(problem('order_closed', `The order is ${status}.`));
  // Read behind the order, and behind `at`: a change that finds no run open here has begun before the gate closes.
  const { ended, gateClosure } = await marketState(act.table, stored.product.id);
  if (gateClosure !== undefined && stored.order.postedAt <= gateClosure)
    return fail(problem('clearing_in_progress', 'A clearing holds the order. Try again when it has ended.'));
  return ok({ stored, ended });
}

/** The order with its new terms, in the product's own unit, and its lots by quarter. */
function changedTerms<T extends Offer | Bid>(
  { order, product, state }: StoredOrder<T>,
  changes: OrderChanges,
  at: Instant,
): Result<{ readonly order: T; readonly requested: LotsByQuarter }> {
  const price =
    changes.price === undefined
      ? ok(order.price)
      : normalisePrice(changes.price, product, 'seller' in order ? 'ask' : 'limit');
  if (!price.ok) return price;
  const before = lotsMap(state.requested);
  const quantities =
    changes.delivery === undefined
      ? ok({ delivery: order.delivery, requested: before })
      : normaliseQuantities(changes.delivery, product);
  if (!quantities.ok) return quantities;
  const { delivery, requested } = quantities.value;
  const wrong =
    belowContracted(delivery, requested, contractedLots(state)) ??
    begunQuarters(delivery, requested, at, before) ??
    pastValidity(changes.validUntil, at) ??
    ('seller' in order ? capBelowAsk(capOf(order.priceTerms), price.value, '/price') : undefined) ??
    ('seller' in order ? deliveredTooEarly(order, requested.keys(), '/delivery') : undefined) ??
    unsatisfiable(order, requested, product, '/delivery');
  if (wrong !== undefined) return fail(wrong);
  const asked = changes.validUntil ?? (changes.validUntil === null ? undefined : order.validUntil);
  const validUntil = 'seller' in order ? validWithin(order, asked) : asked;
  return ok({ order: { ...order, price: price.value, delivery, validUntil }, requested });
}

const remainingLots = (requested: LotsByQuarter, { state }: StoredOrder): LotsByQuarter => {
  const contracted = contractedLots(state);
  return new Map([...requested].map(([quarter, lots]) => [quarter, lots - (contracted.get(quarter) ?? 0n)]));
};

/** The order as it will read. One that has nothing left to sell or buy is filled. */
async function changedOrder<T extends Offer | Bid>(
  { table, at }: OrderAct<T>,
  stored: StoredOrder<T>,
  order: T,
  requested: LotsByQuarter,
): Promise<T> {
  const { product } = stored;
  const remaining = remainingLots(requested, stored);
  const contracted = contractedLots(stored.state);
  const filled = [...remaining.values()].every((lots) => lots === 0n);
  return {
    ...order,
    warnings: [
      ...(await warningsOf(table, order, requested, { product }, at)),
      ...conditionWarnings(order, remaining, product),
    ],
    status: filled ? ('filled' as const) : ('open' as const),
    remaining: quarterQuantities(remaining, product),
    contracted: quarterQuantities(
      new Map([...requested.keys()].map((quarter) => [quarter, contracted.get(quarter) ?? 0n])),
      product,
    ),
    updatedAt: at,
    version: order.version + 1,
  };
}

/** What a change of an order writes beside it, and of the order itself. */
interface Beside {
  readonly actions: readonly Action[];
  readonly order?: Readonly<Record<string, Attribute | undefined>>;
}

/** An offer that asks for other quantities, or stands for longer, is held against its site's capacity again. */
async function capacityActions<T extends Offer | Bid>(
  { table, at, id }: OrderAct<T>,
  order: T,
  requested: LotsByQuarter,
  { product, state }: StoredOrder<T>,
): Promise<Result<Beside>> {
  if (!('seller' in order)) {
    const pace = await repaced(table, order, { id, requested }, product, at);
    return pace.ok ? ok({ actions: pace.value }) : pace;
  }
  if (order.stockLot !== undefined) {
    const before = { before: lotsMap(state.requested), contracted: contractedLots(state) };
    const held = await reencumber(table, order, { ...before, requested }, at);
    return held.ok ? ok({ actions: held.value.actions, order: { released: held.value.released } }) : held;
  }
  const inUse = order.site === undefined ? undefined : await readSiteInUse(table, order.site);
  if (inUse === undefined) throw new Error('an offer of a site that does not exist');
  const capacity = await checkCapacity(table, inUse, { id, product, lots: requested }, at);
  return capacity.ok
    ? ok({ actions: [...capacity.value, siteOfferEntry(inUse.site.id, order, requested)] })
    : capacity;
}

/** A bid for a stockpile that asks for other quantities is held against its pace again. */
async function repaced(
  table: Table,
  { stockpile: of }: Bid,
  wanted: { readonly id: string; readonly requested: LotsByQuarter },
  product: Product,
  at: Instant,
): Promise<Result<Action[]>> {
  if (of === undefined) return ok([]);
  const stockpile = await readStockpile(table, of);
  if (stockpile === undefined) throw new Error('a bid for a stockpile that does not exist');
  return paceActions(table, stockpile, product, wanted, at);
}

/** What a withdrawn offer gives back of its site's capacity, or of its stock lot. */
async function withdrawalFrees<T extends Offer | Bid>(
  { table, at }: OrderAct<T>,
  { order, state }: StoredOrder<T>,
): Promise<Action[]> {
  if (!('seller' in order)) return [];
  if (order.site !== undefined) return [withdrawnOfferEntry(order.site, order, contractedLots(state))];
  return freeRest(table, order, lotsMap(state.remaining), at);
}

/** Writes to an order that nobody else has changed or holds. */
const updateOrder = <T extends Offer | Bid>(
  { stored: { order }, ended }: Changeable<T>,
  changes: Readonly<Record<string, Attribute | undefined>>,
): Action => ({
  name: 'order',
  update: keys.order(order.id),
  set: assign(changes),
  conditions: [isOpen, versionIs(order.version), freeOfRuns(ended)],
});

/** A closed order leaves the book. */
const leaveBook = ({ order, product }: StoredOrder): Action => ({
  name: 'bookEntry',
  remove: keys.bookEntry(product.id, order.id),
});
