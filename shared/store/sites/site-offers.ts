import * as z from 'zod';
import type { Instant } from '../../kernel/time.ts';
import { yearOf } from '../../kernel/quarter.ts';
import type { CapacityUse } from '../../orders/capacity.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import type { Offer } from '../../orders/offer.ts';
import type { Control } from '../clearing/control.ts';
import { readControls } from '../clearing/control.ts';
import { keys } from '../table/keys.ts';
import { lotsAttribute, readOrderState } from '../orders/order-item.ts';
import { contractedLots, lotsMap } from '../orders/orders.ts';
import type { Action } from '../table/action.ts';
import { productsOf } from '../reference/reference.ts';
import type { Table } from '../table/table.ts';

/**
 * What an offer holds of its site's capacity, kept beside the site so that one query finds all of it: the lots it asks
 * for, contracted ones among them. Written with every write of the offer that changes these, so what a clearing
 * contracts needs no write here: it moves lots from open to contracted, and their sum stands. Of a withdrawn offer
 * only what is contracted is left, which nothing changes any more; of an expired one, the order itself must say.
 */
export const siteEntrySchema = z.object({
  offer: z.string(),
  product: z.string(),
  validUntil: z.string().optional(),
  lots: z.record(z.string(), z.bigint()),
});
type Entry = z.output<typeof siteEntrySchema>;

/** The entry of an offer that is posted or changed. */
export const siteOfferEntry = (
  site: string,
  { id, product, validUntil }: Pick<Offer, 'id' | 'product' | 'validUntil'>,
  lots: LotsByQuarter,
): Action => ({
  name: 'siteOffer',
  put: { ...keys.siteOffer(site, id), offer: id, product, validUntil, lots: lotsAttribute(lots) },
});

/** What is left of the entry of an offer that is withdrawn. */
export function withdrawnOfferEntry(site: string, offer: Offer, contracted: LotsByQuarter): Action {
  const lots = new Map([...contracted].filter(([, count]) => count > 0n));
  return lots.size === 0
    ? { name: 'siteOffer', remove: keys.siteOffer(site, offer.id) }
    : siteOfferEntry(site, { ...offer, validUntil: undefined }, lots);
}

/** What a site's offers hold of its capacity at an instant, but for `wanted` and those that end before its first year. */
export async function usesOfOthers(
  table: Table,
  site: string,
  wanted: CapacityUse & { readonly id: string },
  at: Instant,
): Promise<CapacityUse[]> {
  const [first] = [...wanted.lots.keys()].sort();
  const prefix = keys.siteOffer(site, '');
  const entries = (await table.query(prefix.pk, { prefix: prefix.sk }))
    .map((item) => siteEntrySchema.parse(item))
    .filter((entry) => entry.offer !== wanted.id)
    .filter(({ lots }) => first === undefined || Object.keys(lots).some((q) => yearOf(q) >= yearOf(first)));
  const expired = entries.filter(({ validUntil }) => validUntil !== undefined && validUntil <= at);
  const [contracted, products] = await Promise.all([
    contractedOfExpired(table, expired),
    productsOf(table, entries, wanted.product),
  ]);
  return entries.map(({ offer, product: id, lots }) => {
    const product = products.get(id);
    if (product === undefined) throw new Error(`${id} has not been read`);
    return { product, lots: contracted.get(offer) ?? lotsMap(lots) };
  });
}

/** By offer. One that a run may still take from is left out: it counts as if it were open. */
async function contractedOfExpired(
  table: Table,
  expired: readonly Entry[],
): Promise<Map<string, LotsByQuarter>> {
  // Before the orders: of a run that has ended by now, they show all that it took.
  const controls = await readControls(table, [...new Set(expired.map(({ product }) => product))]);
  const settled = expired.filter((entry) => !mayStillBeTaken(entry, controls.get(entry.product)));
  const items = await table.getMany(settled.map(({ offer }) => keys.order(offer)));
  const byKey = new Map(items.map((item) => [item['pk'], contractedLots(readOrderState(item))]));
  return new Map(
    settled.flatMap(({ offer }) => {
      const lots = byKey.get(keys.order(offer).pk);
      return lots === undefined ? [] : [[offer, lots] as const];
    }),
  );
}

/** A run whose gate closed while the offer was valid contracts it after its validity, too. */
const mayStillBeTaken = ({ validUntil }: Entry, control: Control | undefined): boolean =>
  control !== undefined &&
  control.phase !== 'idle' &&
  validUntil !== undefined &&
  control.gateClosure < validUntil;
