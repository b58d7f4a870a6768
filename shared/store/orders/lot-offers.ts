import { compareDecimal } from '../../kernel/decimal.ts';
import { fieldProblem, problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { firstDayOf } from '../../kernel/quarter.ts';
import { addDays, latestOf } from '../../kernel/time.ts';
import { nextVersion } from '../../kernel/version.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { Offer } from '../../orders/offer.ts';
import type { Product } from '../../reference/product.ts';
import type { Site } from '../../reference/site.ts';
import { encumbered } from '../../stockpiles/lots.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import { stepsOfLots } from '../../stockpiles/steps.ts';
import type { Action } from '../table/action.ts';
import { assign } from '../table/assign.ts';
import type { Clause } from '../table/condition.ts';
import { versionIs } from '../table/condition.ts';
import { freeOfRuns, marketState } from '../clearing/control.ts';
import type { Plan } from '../table/effect.ts';
import { keys } from '../table/keys.ts';
import { isOpen } from './order-item.ts';
import { lotsMap, offers, readOrder } from './orders.ts';
import { productOf } from '../reference/reference.ts';
import { moveStock, unclaimedOf } from '../stockpiles/stock-movements.ts';
import { putLot, readStockLot } from '../stockpiles/stock-lots.ts';
import type { Table } from '../table/table.ts';

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

const tooManyClaims = fieldProblem('invalid_state', '/stockLot', 'The lot has as many claims as it may.');

type Lotted = Pick<Offer, 'id' | 'stockLot' | 'version'>;

/**
 * From when on no clearing can take from an offer any more: it has expired, or the last quarter that it asks for has begun
 * a day ago, when it leaves the book, too: clocks differ. Only a run whose gate closed before may still be at it.
 */
function takenUntil(
  { validUntil }: Pick<Offer, 'validUntil'>,
  requested: LotsByQuarter,
): Instant | undefined {
  const last = [...requested].filter(([, lots]) => lots > 0n).at(-1)?.[0];
  const over = last && `${addDays(firstDayOf(last), 1)}T00:00:00.000Z`;
  return over === undefined || (validUntil !== undefined && validUntil < over) ? validUntil : over;
}

/** The lot with so many steps more (or fewer) held for an offer, `until` no clearing can take any, and the movement of it. */
function held(
  lot: StockLot,
  offer: Lotted,
  { change, until }: { readonly change: bigint; readonly until?: Instant | undefined },
  product: Product,
  at: Instant,
): Action[] {
  // Who did it is told by the offer.
  const author = { subject: offer.id, at: latestOf(at, lot.recordedAt) };
  const claim = { kind: 'offer' as const, by: offer.id, until };
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
  /** If it is one, as read. */
  readonly site?: Site;
}

/**
 * What posting an offer of a stock lot adds to its transaction, and the purity that it has if the offer states none.
 * Errors: unknown_reference, lot_mismatch, invalid_state, stock_insufficient.
 */
export async function fromStockLot(
  table: Table,
  offer: Lotted & Pick<Offer, 'seller' | 'purity' | 'validUntil'>,
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
  if (lot.encumbrances.length >= mostClaims) return fail(tooManyClaims);
  const steps = stepsOfLots(totalOf(requested), product);
  if (steps > (await unclaimedOf(table, lot, product))) return fail(insufficient);
  return ok({
    actions: held(lot, offer, { change: steps, until: takenUntil(offer, requested) }, product, at),
    ...(lot.purity === undefined ? {} : { purity: offer.purity ?? lot.purity }),
    since: lot.recordedAt,
  });
}

/** An offer's quantities as they were, what of them is contracted, and as they are to be. */
interface Requantified {
  readonly before: LotsByQuarter;
  readonly contracted: LotsByQuarter;
  readonly requested: LotsByQuarter;
}

/**
 * What a change of an offer's quantities or validity adds to its transaction, and whether what it has not contracted is
 * free: of one that was freed it is held again only where a clearing can take it. Errors: stock_insufficient, invalid_state.
 */
export async function reencumber(
  table: Table,
  offer: Offer,
  { before, contracted, requested }: Requantified,
  at: Instant,
): Promise<Result<{ readonly actions: Action[]; readonly released: true | undefined }>> {
  const { lot, product, released } = await lotOf(table, offer);
  const until = takenUntil(offer, requested);
  if (released && until !== undefined && until <= at) return ok({ actions: [], released: true });
  if (lot.encumbrances.length >= mostClaims && !lot.encumbrances.some(({ by }) => by === offer.id))
    return fail(tooManyClaims);
  const change = stepsOfLots(totalOf(requested) - totalOf(released ? contracted : before), product);
  if (change > 0n && change > (await unclaimedOf(table, lot, product))) return fail(insufficient);
  const next = { ...offer, version: offer.version + 1 };
  return ok({ actions: held(lot, next, { change, until }, product, at), released: undefined });
}

/** What the withdrawal of an offer adds to its transaction: what is not contracted is free again. */
export async function freeRest(
  table: Table,
  offer: Offer,
  remaining: LotsByQuarter,
  at: Instant,
): Promise<Action[]> {
  const { lot, product, released } = await lotOf(table, offer);
  if (released) return [];
  const rest = stepsOfLots(totalOf(remaining), product);
  return held(lot, { ...offer, version: offer.version + 1 }, { change: -rest }, product, at);
}

/**
 * An offer's lot, and whether the offer has been freed. Both change in one transaction, and the lot is read first: of an
 * offer that is freed in between, the lot is not as it was read, and the caller's write of it fails.
 */
async function lotOf(
  table: Table,
  { id, stockLot = '' }: Offer,
): Promise<{ lot: StockLot; product: Product; released: boolean }> {
  const lot = await readStockLot(table, stockLot);
  if (lot === undefined) throw new Error('an offer of a stock lot that does not exist');
  const released = (await table.get(keys.order(id)))?.['released'] === true;
  return { lot, product: await productOf(table, lot.product), released };
}

const notReleased: Clause = {
  name: 'notReleased',
  expression: 'attribute_not_exists(#released)',
  names: { '#released': 'released' },
};

/**
 * Frees what a lot's offers that are over have not contracted: nothing else does, since an order expires, and its quarters
 * begin, without a write. One offer in a transaction, and only when no run can take from it any more: `again` while there may be others. Errors:
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
      return ok({ actions: held(lot, order, { change: 0n }, product, at), value: 'again' });
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
        ...held(lot, { ...order, version: order.version + 1 }, { change: -rest }, product, at),
      ],
      value: 'again',
    });
  };
