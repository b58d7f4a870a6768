import * as z from 'zod';
import type { Quarter } from '../../kernel/quarter.ts';
import type { Bid } from '../../orders/bid.ts';
import { bidSchema } from '../../orders/bid.ts';
import { conditionCodes, conditionWarnings } from '../../orders/conditions.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import { quarterQuantitySchema } from '../../orders/delivery.ts';
import type { Offer } from '../../orders/offer.ts';
import { offerSchema } from '../../orders/offer.ts';
import type { Warning } from '../../orders/order.ts';
import { quantityOf } from '../../pricing/product-terms.ts';
import type { Product } from '../../reference/product.ts';
import type { Attribute, Clause } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import { plain } from '../table/item-body.ts';
import { keys } from '../table/keys.ts';
import { listedAs, ownedBy } from '../table/keys/indexes.ts';
import { lotsMapSchema, memberEntrySchema } from './member-entry.ts';

/**
 * An order as stored: the noun's own JSON in `body`, and beside it what writes change or conditions read, in
 * whole lots: `requested` and `remaining` by quarter and, for a bid, `byOrigin` contracted by quarter and origin
 * ("2027-Q1|AU"). `lock` is the number of the last run that locked the order; it binds only until that run ends.
 * A pool's bid has its `members` by their ids and, once joining is closed, `closing`.
 */
export const orderStateSchema = z.object({
  status: z.enum(['open', 'filled', 'withdrawn']),
  version: z.bigint().transform(Number),
  updatedAt: z.string(),
  requested: lotsMapSchema,
  remaining: lotsMapSchema,
  byOrigin: lotsMapSchema.optional(),
  lock: z.bigint().transform(Number).optional(),
  /** By run: the price at which it had the order, where that has changed since. */
  pricesAtRun: z.record(z.string(), z.string()).optional(),
  members: z.record(z.string(), memberEntrySchema).optional(),
  /** When joining was closed, and what was asked for then by quarter; null where that would tell a member's part. */
  closing: z.object({ at: z.string(), demand: z.record(z.string(), z.bigint().nullable()) }).optional(),
});
export type OrderState = z.output<typeof orderStateSchema>;

export const readOrderState = (item: Item): OrderState => orderStateSchema.parse(item);

/** What the item's own attributes carry is not repeated in its body. */
const derived = { status: true, version: true, updatedAt: true, remaining: true, contracted: true } as const;
const offerBody = offerSchema.omit(derived).strip();
const bidBody = bidSchema.omit({ ...derived, contractedByOrigin: true }).strip();
/** The delivery of a pool's bid is the sum of its members'. */
const poolBidBody = bidBody.omit({ delivery: true });

/** The noun's own JSON, without what the item's attributes carry. */
export function orderBody(order: Offer | Bid): Attribute {
  if ('seller' in order) return z.encode(offerBody, order);
  return order.pool === undefined ? z.encode(bidBody, order) : z.encode(poolBidBody, order);
}

/** Whose order it is. A pool's bid is nobody's own: no organisation's name has a colon. */
const ownerOf = (order: Offer | Bid): string =>
  'seller' in order ? order.seller : order.pool === undefined ? order.buyer : `pool:${order.pool}`;

/** The item of a newly posted order. */
export function orderItem(order: Offer | Bid, requested: LotsByQuarter) {
  const kind = 'seller' in order ? 'offer' : 'bid';
  const owner = ownerOf(order);
  return {
    ...keys.order(order.id),
    ...ownedBy(owner, kind, order.id),
    ...listedAs(kind, order.id),
    type: kind,
    product: order.product,
    owner,
    body: orderBody(order),
    status: order.status,
    version: order.version,
    updatedAt: order.updatedAt,
    requested: lotsAttribute(requested),
    remaining: lotsAttribute(requested),
    ...(kind === 'bid' ? { byOrigin: {} } : {}),
    ...('pool' in order && order.pool !== undefined ? { members: {} } : {}),
  };
}

/** Lots as DynamoDB numbers. */
export const lotsAttribute = (lots: LotsByQuarter): Record<string, bigint> => Object.fromEntries(lots);

export function readOffer(item: Item, product: Product): Offer {
  const state = readOrderState(item);
  const offer = offerSchema.parse({ ...bodyOf(item), ...stateOf(state, product) });
  return { ...offer, warnings: warningsAt(offer, state, product) };
}

export function readBid(item: Item, product: Product): Bid {
  const state = readOrderState(item);
  const contractedByOrigin = inOrder(state.byOrigin ?? {}).map(([key, lots]) => {
    const [quarter = '', origin = ''] = key.split('|');
    return { quarter, origin, quantity: encodeQuantity(lots, product) };
  });
  const summed = inOrder(state.requested)
    .filter(([, lots]) => lots > 0n)
    .map(([quarter, lots]) => ({ quarter, quantity: encodeQuantity(lots, product) }));
  const bid = bidSchema.parse({
    ...(state.members === undefined ? {} : { delivery: { schedule: summed } }),
    ...bodyOf(item),
    ...stateOf(state, product),
    contractedByOrigin,
  });
  return { ...bid, warnings: warningsAt(bid, state, product) };
}

/** Clearings leave warnings as they are stored; what they leave of an order may have become too little for it. */
function warningsAt(order: Offer | Bid, { status, remaining }: OrderState, product: Product): Warning[] {
  const stored = order.warnings.filter(({ code }) => !conditionCodes.some((each) => each === code));
  return status === 'open'
    ? [...stored, ...conditionWarnings(order, new Map(inOrder(remaining)), product)]
    : stored;
}

/** Key of `byOrigin`. */
export const originKey = (quarter: Quarter, origin: string): string => `${quarter}|${origin}`;

/** The order is still in the book. */
export const isOpen: Clause = {
  name: 'isOpen',
  expression: '#status = :open',
  names: { '#status': 'status' },
  values: { ':open': 'open' },
};

const bodyOf = (item: Item): Record<string, unknown> => plain(item['body']) as Record<string, unknown>;

function stateOf(state: OrderState, product: Product): Record<keyof typeof derived, unknown> {
  const requested = inOrder(state.requested);
  const left = new Map(requested.map(([quarter]) => [quarter, state.remaining[quarter] ?? 0n]));
  const taken = new Map(requested.map(([quarter, lots]) => [quarter, lots - (left.get(quarter) ?? 0n)]));
  const encode = (lots: LotsByQuarter) =>
    [...lots].map(([quarter, count]) => ({ quarter, quantity: encodeQuantity(count, product) }));
  return {
    status: state.status,
    version: state.version,
    updatedAt: state.updatedAt,
    remaining: encode(left),
    contracted: encode(taken),
  };
}

const encodeQuantity = (lots: bigint, product: Product) =>
  z.encode(quarterQuantitySchema.shape.quantity, quantityOf(lots, product));

const inOrder = (lots: Record<string, bigint>): [Quarter, bigint][] =>
  Object.entries(lots).sort(([a], [b]) => (a < b ? -1 : 1));
