import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Bid } from '../../orders/bid.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { Offer } from '../../orders/offer.ts';
import type { OrderStatus } from '../../orders/order.ts';
import { statusAt } from '../../orders/order.ts';
import type { Caller } from '../../reference/caller.ts';
import { seesAll } from '../../reference/caller.ts';
import type { Product } from '../../reference/product.ts';
import { keys } from '../table/keys.ts';
import { listOwnedOrAll } from '../table/listing.ts';
import type { OrderState } from './order-item.ts';
import { readBid, readOffer, readOrderState } from './order-item.ts';
import { productOf } from '../reference/reference.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';

/** Offers or bids: how they are stored. */
export interface OrderKind<T extends Offer | Bid = Offer | Bid> {
  readonly type: 'offer' | 'bid';
  readonly read: (item: Item, product: Product) => T;
}
export const offers: OrderKind<Offer> = { type: 'offer', read: readOffer };
export const bids: OrderKind<Bid> = { type: 'bid', read: readBid };

/** An order as it was read, with what its writers need. */
export interface StoredOrder<T extends Offer | Bid = Offer | Bid> {
  readonly order: T;
  readonly owner: string;
  readonly state: OrderState;
  readonly product: Product;
}

/** The order with an id, if it is of the kind asked for. */
export async function readOrder<T extends Offer | Bid>(
  table: Table,
  kind: OrderKind<T>,
  id: string,
): Promise<StoredOrder<T> | undefined> {
  const item = await table.get(keys.order(id));
  return item?.['type'] === kind.type
    ? storedOrder(kind, item, await productOf(table, String(item['product'])))
    : undefined;
}

/** The order as its owner, an administrator or an auditor may see it; for others it does not exist. */
export async function readVisibleOrder<T extends Offer | Bid>(
  table: Table,
  kind: OrderKind<T>,
  id: string,
  caller: Caller,
): Promise<StoredOrder<T> | undefined> {
  const stored = await readOrder(table, kind, id);
  const visible = stored?.owner === caller.organisation || seesAll(caller);
  return visible ? stored : undefined;
}

export const storedOrder = <T extends Offer | Bid>(
  kind: OrderKind<T>,
  item: Item,
  product: Product,
): StoredOrder<T> => ({
  order: kind.read(item, product),
  owner: String(item['owner']),
  state: readOrderState(item),
  product,
});

/** The order as it reads at an instant: one past its validity has expired, without any write. */
export const orderAt = <T extends Offer | Bid>(order: T, at: Instant): T => ({
  ...order,
  status: statusAt(order, at),
});

export const lotsMap = (lots: Readonly<Record<string, bigint>>): LotsByQuarter =>
  new Map(Object.entries(lots).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Requested less remaining. */
export const contractedLots = (state: Pick<OrderState, 'requested' | 'remaining'>): LotsByQuarter =>
  new Map(
    [...lotsMap(state.requested)].map(([quarter, lots]) => [
      quarter,
      lots - (state.remaining[quarter] ?? 0n),
    ]),
  );

export interface OrderFilter {
  readonly product?: string | undefined;
  readonly status?: OrderStatus | undefined;
}

/** The caller's own orders of a kind, all orders for administrators and auditors; oldest first. */
export async function listOrders<T extends Offer | Bid>(
  table: Table,
  kind: OrderKind<T>,
  caller: Caller,
  filter: OrderFilter,
  page: PageRequest,
  at: Instant,
): Promise<Page<T>> {
  const products = new Map<string, Promise<Product>>();
  const productOnce = (id: string): Promise<Product> => {
    const product = products.get(id) ?? productOf(table, id);
    products.set(id, product);
    return product;
  };
  return listOwnedOrAll(table, kind.type, caller, page, async (items) => {
    const ofProduct = items.filter(
      (item) => filter.product === undefined || item['product'] === filter.product,
    );
    const orders = await Promise.all(
      ofProduct.map(async (item) => orderAt(kind.read(item, await productOnce(String(item['product']))), at)),
    );
    return orders.filter((order) => filter.status === undefined || order.status === filter.status);
  });
}
