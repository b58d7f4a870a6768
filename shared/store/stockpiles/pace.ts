import * as z from 'zod';
import { fieldProblem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { Instant } from '../../kernel/time.ts';
import { dateOf } from '../../kernel/time.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { Product } from '../../reference/product.ts';
import { beyondPace, paceLimit } from '../../stockpiles/pace.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import { productRules } from '../../stockpiles/stockpile.ts';
import type { Action } from '../table/action.ts';
import { marketState } from '../clearing/control.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import { lotsAttribute, readOrderState } from '../orders/order-item.ts';
import { contractedLots, lotsMap } from '../orders/orders.ts';
import { nextRevision, readRevision } from '../table/revision.ts';
import type { Table } from '../table/table.ts';

/*
 * What a stockpile buys is held against its pace as what a site offers is against its capacity: an entry for each of its
 * bids beside it, and a count that every bid moves on, so that of two that race one is judged anew with the other in view.
 */

/** The bid that is to be posted or changed, as it would then stand. */
interface Wanted {
  readonly id: string;
  readonly requested: LotsByQuarter;
}

/** What keeps a bid for a stockpile within its pace. Errors: unknown_reference, pace_exceeded. */
export async function paceActions(
  table: Table,
  stockpile: Stockpile,
  product: Product,
  { id, requested }: Wanted,
  at: Instant,
): Promise<Result<Action[]>> {
  const rules = productRules(stockpile, product.id, dateOf(at));
  if (rules === undefined)
    return fail(fieldProblem('unknown_reference', '/product', 'The stockpile holds no such product.'));
  const key = keys.stockpilePace(stockpile.id, product.id);
  // Read before the bids: whatever is written behind it fails the condition.
  const revision = await readRevision(table, key);
  const others = await bidsOf(table, stockpile.id, product, { id, requested }, at);
  const beyond = beyondPace([requested, ...others], paceLimit(rules, product));
  if (beyond.length > 0)
    return fail(
      fieldProblem(
        'pace_exceeded',
        '/delivery',
        `The stockpile's bids, open and contracted, would exceed its pace in ${beyond.join(', ')}.`,
      ),
    );
  return ok([
    {
      name: 'paceBid',
      put: {
        ...keys.stockpileBid(stockpile.id, id),
        ...{ type: 'bid for a stockpile', bid: id, product: product.id },
        lots: lotsAttribute(requested),
      },
    },
    nextRevision('pace', key, revision),
  ]);
}

export const stockpileBidSchema = z.object({
  bid: z.string(),
  product: z.string(),
  lots: z.record(z.string(), z.bigint()),
});

/** The entries of a stockpile's bids, whatever became of them. */
export const bidsForStockpile = async (
  table: Table,
  stockpile: string,
): Promise<z.output<typeof stockpileBidSchema>[]> => {
  const { pk, sk: prefix } = keys.stockpileBid(stockpile, '');
  return (await table.query(pk, { prefix })).map((item) => stockpileBidSchema.parse(item));
};

/** What other bids ask for in the wanted quarters, or have contracted where they are over. */
async function bidsOf(
  table: Table,
  stockpile: string,
  product: Product,
  { id, requested }: Wanted,
  at: Instant,
): Promise<LotsByQuarter[]> {
  const entries = (await bidsForStockpile(table, stockpile)).filter(
    ({ bid, product: of, lots }) => bid !== id && of === product.id && overlaps(lots, requested),
  );
  // Read before the orders: of a run that has ended by now, they show all that it took.
  const { gateClosure } = await marketState(table, product.id);
  const items = await table.getMany(entries.map(({ bid }) => keys.order(bid)));
  return items.map((item) => {
    const state = readOrderState(item);
    const { validUntil } = item['body'] as { validUntil?: string };
    // A run that is under way may still take from a bid that has expired since its gate closed.
    const mayTrade =
      state.status === 'open' && (validUntil === undefined || validUntil > at || gateClosure !== undefined);
    return mayTrade ? lotsMap(state.requested) : contractedLots(state);
  });
}

const overlaps = (lots: Item, requested: LotsByQuarter): boolean =>
  Object.keys(lots).some((quarter) => requested.has(quarter));
