import * as z from 'zod';
import { readBody } from '../../../shared/store/table/item-body.ts';
import { readOrderState } from '../../../shared/store/orders/order-item.ts';
import { siteSeries } from '../../../shared/store/sites/sites.ts';
import { readRecord } from '../../../shared/store/table/versioned.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import type { AuditedOrder, SiteEntry } from '../evidence.ts';
import type { Readers } from './reader.ts';

/** Orders, the open book, and what sites are held to deliver by them. */
export const orderReaders: Readers = {
  ORDER: ({ orders, released }, item, { of }) => {
    orders.set(of, orderOf(of, item));
    if (item['released'] === true) released.add(of);
  },
  BOOK: ({ book }, _, { of, sk }) => {
    book.set(sk, of.slice(0, of.lastIndexOf('#')));
  },
  SITE: ({ sites, siteEntries }, item, { of, sk }) => {
    if (sk === 'SITE') sites.set(of, readRecord(siteSeries, item));
    if (sk.startsWith('OFFER#')) siteEntries.push(siteEntryOf(of, item));
  },
};

const orderBodySchema = z.object({
  price: z.object({ amount: z.string() }),
  validUntil: z.string().optional(),
  site: z.string().optional(),
  stockLot: z.string().optional(),
  stockpile: z.string().optional(),
  rule: z.string().optional(),
  conditionsPrecedent: z.array(z.unknown()).optional(),
  acceptsConditional: z.boolean().optional(),
});

function orderOf(id: string, item: Item): AuditedOrder {
  const body = readBody(orderBodySchema, item);
  const { price, validUntil, site, stockLot, stockpile, rule } = body;
  const kind = item['type'];
  if (kind !== 'offer' && kind !== 'bid') throw new Error('neither an offer nor a bid');
  return {
    ...{ id, kind, product: String(item['product']), owner: String(item['owner']) },
    ...{ state: readOrderState(item), price: price.amount, validUntil, site, stockLot, stockpile, rule },
    conditional: body.conditionsPrecedent !== undefined || body.acceptsConditional === true,
  };
}

const siteEntrySchema = z.object({
  offer: z.string(),
  product: z.string(),
  lots: z.record(z.string(), z.bigint()),
});

function siteEntryOf(site: string, item: Item): SiteEntry {
  const { offer, product, lots } = siteEntrySchema.parse(item);
  return { site, offer, product, lots: new Map(Object.entries(lots)) };
}
