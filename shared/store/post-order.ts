import type { Problem } from '../kernel/problem.ts';
import { fieldProblem } from '../kernel/problem.ts';
import { fail, ok } from '../kernel/result.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import {
  begunQuarters,
  normalisePrice,
  normaliseQuantities,
  pastValidity,
  unsupportedTerms,
} from '../orders/acceptance.ts';
import type { Bid, BidTerms } from '../orders/bid.ts';
import { conditionWarnings, normaliseMinimumLot, unsatisfiable } from '../orders/conditions.ts';
import type { LotsByQuarter } from '../orders/delivery.ts';
import { quarterQuantities } from '../orders/delivery.ts';
import type { Offer, OfferTerms } from '../orders/offer.ts';
import { acceptPriceTerms } from '../orders/price-terms.ts';
import type { Caller } from '../reference/caller.ts';
import { hasRole } from '../reference/caller.ts';
import type { Product } from '../reference/product.ts';
import type { Site } from '../reference/site.ts';
import { doesNotExist } from './condition.ts';
import type { Plan } from './effect.ts';
import { bookEntryItem } from './book.ts';
import { orderItem } from './order-item.ts';
import { warningsOf } from './order-warnings.ts';
import type { ProductInUse } from './products.ts';
import { productIsTraded, readProductInUse } from './products.ts';
import { readAll } from './reference.ts';
import { readSeries } from './reference-prices.ts';
import { checkCapacity } from './site-capacity.ts';
import { siteOfferEntry } from './site-offers.ts';
import { readSite } from './sites.ts';
import type { Action } from './action.ts';
import type { Table } from './table.ts';

/** Who posts, and when. */
export interface Posting {
  readonly table: Table;
  readonly caller: Caller;
  readonly at: Instant;
  readonly newId: NewId;
}

/**
 * Posts an offer of supply from one of the caller's sites. Errors: not_yet_supported, unknown_reference,
 * site_mismatch, capacity_exceeded, quarter_begun, condition_unsatisfiable, invalid_request, and those of units, ticks
 * and lots.
 */
export function postOffer({ table, caller, at, newId }: Posting, terms: OfferTerms): Plan<Offer> {
  return async () => {
    const unsupported = unsupportedTerms(terms) ?? stockLotNeeded(caller);
    if (unsupported !== undefined) return fail(unsupported);
    if (terms.site === undefined)
      return fail(
        fieldProblem('invalid_request', '/site', 'An offer names the site that makes the product.'),
      );
    const accepted = await acceptTerms(table, terms, 'ask', at);
    if (!accepted.ok) return accepted;
    const { inUse, requested, shape } = accepted.value;
    const { product } = inUse;
    const site = await readSite(table, terms.site);
    if (site?.organisation !== caller.organisation)
      return fail(fieldProblem('unknown_reference', '/site', 'You have no such site.'));
    const mismatch = siteMismatch(site, product);
    if (mismatch !== undefined) return fail(mismatch);
    const id = newId('offer');
    const capacity = await checkCapacity(table, site, { id, product, lots: requested }, at);
    if (!capacity.ok) return capacity;
    const order = { ...terms, ...shape, id, seller: caller.organisation, site: site.id };
    const offer: Offer = {
      ...order,
      warnings: [
        ...(await warningsOf(table, order, requested, product, at)),
        ...conditionWarnings(order, requested, product),
      ],
    };
    return ok({
      value: offer,
      actions: [...entering(offer, requested, inUse), siteOfferEntry(offer, requested), ...capacity.value],
    });
  };
}

/** Posts a bid for delivery in one country. Errors: as for an offer, less those of its site. */
export function postBid({ table, caller, at, newId }: Posting, terms: BidTerms): Plan<Bid> {
  return async () => {
    const accepted = await acceptTerms(table, terms, 'limit', at);
    if (!accepted.ok) return accepted;
    const { inUse, requested, shape } = accepted.value;
    const unknown = await unknownRequirement(table, terms);
    if (unknown !== undefined) return fail(unknown);
    const order = {
      ...terms,
      ...shape,
      id: newId('bid'),
      buyer: caller.organisation,
      contractedByOrigin: [],
    };
    const bid: Bid = {
      ...order,
      warnings: [
        ...(await warningsOf(table, order, requested, inUse.product, at)),
        ...conditionWarnings(order, requested, inUse.product),
      ],
    };
    return ok({ value: bid, actions: entering(bid, requested, inUse) });
  };
}

/** What offers and bids are accepted by alike. */
async function acceptTerms(table: Table, terms: OfferTerms | BidTerms, side: 'ask' | 'limit', at: Instant) {
  const inUse = await readProductInUse(table, terms.product);
  if (inUse === undefined)
    return fail(fieldProblem('unknown_reference', '/product', 'There is no such product.'));
  const { product } = inUse;
  const price = normalisePrice(terms.price, product, side);
  if (!price.ok) return price;
  const priceTerms = acceptPriceTerms(terms.priceTerms, await seriesOf(table, terms), {
    ...{ price: price.value, product, side },
  });
  if (!priceTerms.ok) return priceTerms;
  const quantities = normaliseQuantities(terms.delivery, product);
  if (!quantities.ok) return quantities;
  const { delivery, requested } = quantities.value;
  const minimumLot =
    terms.minimumLot === undefined ? ok(undefined) : normaliseMinimumLot(terms.minimumLot, product);
  if (!minimumLot.ok) return minimumLot;
  const wrong =
    begunQuarters(delivery, requested, at) ??
    pastValidity(terms.validUntil, at) ??
    unsatisfiable({ ...terms, minimumLot: minimumLot.value }, requested, product);
  if (wrong !== undefined) return fail(wrong);
  const shape = {
    price: price.value,
    ...(priceTerms.value !== undefined && { priceTerms: priceTerms.value }),
    ...(minimumLot.value !== undefined && { minimumLot: minimumLot.value }),
    delivery,
    status: 'open' as const,
    remaining: quarterQuantities(requested, product),
    contracted: quarterQuantities(new Map([...requested.keys()].map((quarter) => [quarter, 0n])), product),
    postedAt: at,
    updatedAt: at,
    version: 1,
  };
  return ok({ inUse, requested, shape });
}

/** The series that an indexed order names. */
export const seriesOf = async (table: Table, { priceTerms }: Pick<BidTerms, 'priceTerms'>) =>
  priceTerms?.kind === 'indexed' ? await readSeries(table, priceTerms.reference) : undefined;

/** The order, its place in the book, and the mark that its product is now traded. */
export const entering = (order: Offer | Bid, requested: LotsByQuarter, inUse: ProductInUse): Action[] => [
  { name: 'order', put: orderItem(order, requested), conditions: [doesNotExist] },
  { name: 'bookEntry', put: bookEntryItem(order.product, order.id), conditions: [doesNotExist] },
  ...productIsTraded(inUse),
];

const stockLotNeeded = (caller: Caller): Problem | undefined =>
  hasRole(caller, 'producer')
    ? undefined
    : fieldProblem('not_yet_supported', '/stockLot', 'Offers from a stockpile are not supported yet.');

/** Origin is where the product's own stage is done, so the site must do that stage with that mineral. */
function siteMismatch(site: Site, product: Product): Problem | undefined {
  if (site.stage !== product.stage)
    return fieldProblem(
      'site_mismatch',
      '/site',
      `The site's stage is ${site.stage}, the product's is ${product.stage}.`,
    );
  return site.minerals.includes(product.mineral)
    ? undefined
    : fieldProblem('site_mismatch', '/site', `The site does not work ${product.mineral}.`);
}

/** A certificate that no scheme gives could never be shown. Errors: unknown_reference, invalid_request. */
export async function unknownRequirement(
  table: Table,
  { requires }: Pick<BidTerms, 'requires'>,
): Promise<Problem | undefined> {
  if (requires === undefined) return undefined;
  const schemes = new Map((await readAll(table, 'scheme')).map((scheme) => [scheme.id, scheme]));
  for (const [index, { scheme: id, level }] of requires.entries()) {
    const scheme = schemes.get(id);
    if (scheme === undefined)
      return fieldProblem('unknown_reference', `/requires/${index}/scheme`, 'There is no such scheme.');
    if (level !== undefined && !scheme.levels.includes(level))
      return fieldProblem('unknown_reference', `/requires/${index}/level`, 'The scheme has no such level.');
  }
  return undefined;
}
