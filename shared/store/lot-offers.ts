import { compareDecimal } from '../kernel/decimal.ts';
import { fieldProblem, problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import type { Instant } from '../kernel/time.ts';
import { latestOf } from '../kernel/time.ts';
import { nextVersion } from '../kernel/version.ts';
import type { LotsByQuarter } from '../orders/delivery.ts';
import type { Offer } from '../orders/offer.ts';
import type { Product } from '../reference/product.ts';
import { encumbered } from '../stockpiles/lots.ts';
import type { StockLot } from '../stockpiles/stock-lot.ts';
import { stepsOfLots } from '../stockpiles/steps.ts';
import type { Action } from './action.ts';
import { assign } from './assign.ts';
import type { Clause } from './condition.ts';
import { versionIs } from './condition.ts';
import { marketState } from './control.ts';
import type { Plan } from './effect.ts';
import { keys } from './keys.ts';
import { freeOfRuns, isOpen } from './order-item.ts';
import { lotsMap, offers, productOf, readOrder } from './orders.ts';
import { moveStock, unclaimedOf } from './stock-movements.ts';
import { putLot, readStockLot } from './stock-lots.ts';
import type { Table } from './table.ts';

/*
 * An offer of a stock lot encumbers what it asks for, contracted or not, for as long as it may be delivered: in the lot, and
 * in the ledger of mass, in the transaction that posts, changes or withdraws the offer. So no gram is offered twice.
 */

const totalOf = (lots: LotsByQuarter): bigint => [...lots.values()].reduce((sum, count) => sum + count, 0n);

/** Most claims on one lot, which is one item. */
export const mostClaims = 100;

const insufficient = fieldProblem(
  'stock_insufficient',
  '/delivery',
  'The offer asks for more than is free of the lot.',
);

type Lotted = Pick<Offer, 'id' | 'stockLot' | 'validUntil' | 'version'>;

/** The lot with so many steps more (or fewer) held for an offer, and the movement of it. */
function held(lot: StockLot, offer: Lotted, change: bigint, product: Product, at: Instant): Action[] {
  // Who did it is told by the offer.
  const author = { subject: offer.id, at: latestOf(at, lot.recordedAt) };
  const claim = { kind: 'offer' as const, by: offer.id, until: offer.validUntil };
  const next = { ...encumbered(lot, claim, change, product), ...nextVersion(lot, author) };
  return [
    ...putLot(next),
    ...(change === 0n
      ? []
      : moveStock({
          kind: change > 0n ? 'ENCUMBER' : 'RELEASE_ENCUMBRANCE',
          ...{ stockpile: lot.stockpile, product, lot: lot.id, at: author.at },
          cause: { of: 'offer', id: offer.id, sequence: offer.version },
          changes: { free: -change, encumbered: change },
        })),
  ];
}

/**
 * What the offer's source adds to its posting, what it says of its purity, and since when it is as the offer relies on it:
 * not posted before, so that whoever looks the source up as of a gate that let the offer in finds it, although it was
 * recorded by a computer whose clock is ahead.
 */
export interface Source {
  readonly actions: readonly Action[];
  readonly purity?: Offer['purity'];
  readonly since: Instant;
}

/**
 * What posting an offer of a stock lot adds to its transaction, and the purity that it has if the offer states none.
 * Errors: unknown_reference, lot_mismatch, invalid_state, stock_insufficient.
 */
export async function fromStockLot(
  table: Table,
  offer: Lotted & Pick<Offer, 'seller' | 'purity'>,
  product: Product,
  requested: LotsByQuarter,
  at: Instant,
): Promise<Result<Source>> {
  const lot = offer.stockLot === undefined ? undefined : await readStockLot(table, offer.stockLot);
  if (lot?.owner !== offer.seller)
    return fail(fieldProblem('unknown_reference', '/stockLot', 'You have no such stock lot.'));
  if (lot.product !== product.id)
    return fail(fieldProblem('lot_mismatch', '/product', `The lot is of ${lot.product}.`));
  if (
    offer.purity !== undefined &&
    (lot.purity === undefined || compareDecimal(offer.purity, lot.purity) > 0)
  )
    return fail(fieldProblem('lot_mismatch', '/purity', 'Purer than the lot is known to be.'));
  if (lot.status !== 'held')
    return fail(fieldProblem('invalid_state', '/stockLot', `The lot is ${lot.status}.`));
  if (lot.encumbrances.length >= mostClaims)
    return fail(fieldProblem('invalid_state', '/stockLot', 'The lot has as many claims as it may.'));
  const steps = stepsOfLots(totalOf(requested), product);
  if (steps > (await unclaimedOf(table, lot, product))) return fail(insufficient);
  return ok({
    actions: held(lot, offer, steps, product, at),
    ...(lot.purity === undefined ? {} : { purity: offer.purity ?? lot.purity }),
    since: lot.recordedAt,
  });
}

/** What a change of an offer's quantities or validity adds to its transaction. Error: stock_insufficient. */
export async function reencumber(
  table: Table,
  offer: Offer,
  { before, requested }: { readonly before: LotsByQuarter; readonly requested: LotsByQuarter },
  at: Instant,
): Promise<Result<Action[]>> {
  const { lot, product } = await lotOf(table, offer);
  const change = stepsOfLots(totalOf(requested) - totalOf(before), product);
  if (change > 0n && change > (await unclaimedOf(table, lot, product))) return fail(insufficient);
  return ok(held(lot, { ...offer, version: offer.version + 1 }, change, product, at));
}

/** What the withdrawal of an offer adds to its transaction: what is not contracted is free again. */
export async function freeRest(
  table: Table,
  offer: Offer,
  remaining: LotsByQuarter,
  at: Instant,
): Promise<Action[]> {
  const { lot, product } = await lotOf(table, offer);
  const rest = stepsOfLots(totalOf(remaining), product);
  return held(lot, { ...offer, validUntil: undefined, version: offer.version + 1 }, -rest, product, at);
}

async function lotOf(table: Table, { stockLot = '' }: Offer): Promise<{ lot: StockLot; product: Product }> {
  const lot = await readStockLot(table, stockLot);
  if (lot === undefined) throw new Error('an offer of a stock lot that does not exist');
  return { lot, product: await productOf(table, lot.product) };
}

const notReleased: Clause = {
  name: 'notReleased',
  expression: 'attribute_not_exists(#released)',
  names: { '#released': 'released' },
};

/**
 * Frees what the expired offers of a lot have not contracted: nothing else does, since an order expires without a write.
 * One offer in a transaction, and only when no run can take from it any more: `again` while there may be others. Errors:
 * clearing_in_progress, of an offer that a run which opened in time may still take.
 */
export const releaseExpired =
  (table: Table, id: string, at: Instant): Plan<'again' | 'done'> =>
  async () => {
    const lot = await readStockLot(table, id);
    if (lot === undefined) throw new Error(`${id} is due, and not there`);
    const expired = lot.encumbrances.find(
      ({ kind, until }) => kind === 'offer' && until !== undefined && until <= at,
    );
    // Looked at again when the next one expires, or not at all.
    if (expired === undefined) return ok({ actions: [], value: 'done' });
    const [stored, product] = await Promise.all([
      readOrder(table, offers, expired.by),
      productOf(table, lot.product),
    ]);
    if (stored === undefined) throw new Error(`${expired.by} has a claim on ${id}, and is not there`);
    const { order, state } = stored;
    const { ended, gateClosure } = await marketState(table, product.id);
    if (state.status !== 'open')
      return ok({ actions: held(lot, { ...order, validUntil: undefined }, 0n, product, at), value: 'again' });
    if (gateClosure !== undefined && gateClosure < (expired.until ?? at))
      return fail(problem('clearing_in_progress', 'A clearing may still take from the offer.'));
    const rest = stepsOfLots(totalOf(lotsMap(state.remaining)), product);
    return ok({
      actions: [
        {
          name: 'order',
          update: keys.order(order.id),
          set: assign({ released: true }),
          conditions: [isOpen, versionIs(order.version), freeOfRuns(ended), notReleased],
        },
        ...held(lot, { ...order, validUntil: undefined, version: order.version + 1 }, -rest, product, at),
      ],
      value: 'again',
    });
  };
