import type { Result } from '../../kernel/result.ts';
import { dateOf } from '../../kernel/time.ts';
import type { RotatedSoFar } from '../../stockpiles/standing-rule-orders.ts';
import { nextRotation, placedId } from '../../stockpiles/standing-rule-orders.ts';
import type { StandingRule } from '../../stockpiles/standing-rule.ts';
import { placedKept } from '../../stockpiles/standing-rule.ts';
import type { StockLot } from '../../stockpiles/stock-lot.ts';
import type { Stockpile } from '../../stockpiles/stockpile.ts';
import type { Effect } from '../table/effect.ts';
import type { OrderTotals } from '../orders/order-totals.ts';
import { orderTotals, sumOfLots } from '../orders/order-totals.ts';
import { postBid, postOffer } from '../orders/post-order.ts';
import type { Asked, OfKind } from './standing-rule-answers.ts';
import { answered, ordered, placedAll, placing, posting } from './standing-rule-answers.ts';
import { gradeOfLots } from './stock-grade.ts';
import { heldLots } from './stock-issue.ts';

export async function rotate(
  asked: Asked & { readonly terms: OfKind<'rotate'>; readonly stockpile: Stockpile },
): Promise<Result<Effect<string | undefined>>> {
  const { table, rule, product, now, terms, stockpile } = asked;
  if (rule.placed.length >= placedKept)
    return answered(asked, {
      code: 'too_many_orders',
      detail: 'It has placed as many orders as it may: end it.',
    });
  const [lots, orders] = await Promise.all([
    heldLots(table, stockpile, product.id),
    orderTotals(
      table,
      rule.placed.map(({ order }) => order),
      now,
    ),
  ]);
  const today = dateOf(now);
  const step = nextRotation(terms, lots, (lot) => soFar(rule, lot, orders), product, today);
  if (step === undefined) {
    const isPlaced = rule.placed.some(({ day }) => day === today);
    const none = {
      code: 'nothing_to_rotate',
      detail: 'No lot near its end is without a replacement asked for.',
    };
    return answered(asked, isPlaced ? placedAll : none);
  }
  const { lot, lots: count } = step;
  const order = ordered(asked, terms, count, product);
  if (step.step === 'sell') {
    const id = placedId('offer', rule, today, lot.id);
    const offer = postOffer(posting(asked, id), { ...order, price: terms.ask, stockLot: lot.id });
    return placing(asked, offer, { order: id, lot: lot.id, lots: count }, false);
  }
  const { purity, requires } = await gradeOfLots(table, [lot]);
  const id = placedId('bid', rule, today, lot.id);
  const bid = postBid(posting(asked, id), {
    ...order,
    ...{ price: terms.limit, destination: terms.destination, stockpile: stockpile.id },
    ...(purity === undefined ? {} : { minimumPurity: purity }),
    ...(requires === undefined ? {} : { requires: [...requires] }),
  });
  return placing(asked, bid, { order: id, lot: lot.id, lots: count }, false);
}

/** What the rule's orders for a lot have come to: what expired unsold is offered again. */
function soFar(
  { placed }: StandingRule,
  lot: StockLot,
  orders: ReadonlyMap<string, OrderTotals>,
): RotatedSoFar {
  const own = placed.filter((each) => each.lot === lot.id);
  const of = (prefix: string) =>
    own.filter(({ order }) => order.startsWith(prefix)).flatMap(({ order }) => orders.get(order) ?? []);
  return {
    isBidOpen: of('bid_').some(({ open }) => open > 0n),
    contracted: sumOfLots(of('bid_').map(({ contracted }) => contracted)),
    offered: sumOfLots(of('off_').map(({ open, contracted }) => open + contracted)),
  };
}
