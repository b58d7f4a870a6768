import { conditionalProblem, isConditional, validWithin } from '../../orders/conditional.ts';
import type { Problem } from '../../kernel/problem.ts';
import { fieldProblem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import type { NewId } from '../../kernel/ids.ts';
import type { Instant } from '../../kernel/time.ts';
import { latestOf } from '../../kernel/time.ts';
import { begunQuarters, normalisePrice, normaliseQuantities, pastValidity } from '../../orders/acceptance.ts';
import type { Bid, BidTerms } from '../../orders/bid.ts';
import { conditionWarnings, normaliseMinimumLot, unsatisfiable } from '../../orders/conditions.ts';
import type { LotsByQuarter } from '../../orders/delivery.ts';
import { quarterQuantities } from '../../orders/delivery.ts';
import type { Offer, OfferTerms } from '../../orders/offer.ts';
import { acceptPriceTerms } from '../../orders/price-terms.ts';
import type { Caller } from '../../reference/caller.ts';
import { hasRole } from '../../reference/caller.ts';
import type { Product } from '../../reference/product.ts';
import { producesBy } from '../../reference/project.ts';
import type { Site } from '../../reference/site.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Plan } from '../table/effect.ts';
import { bookEntryItem } from './book.ts';
import { orderItem } from './order-item.ts';
import { warningsOf } from './order-warnings.ts';
import type { ProductInUse } from '../reference/products.ts';
import { productIsTraded, readProductInUse } from '../reference/products.ts';
import { paceActions } from '../stockpiles/pace.ts';
import { projectsOfSite } from '../sites/projects.ts';
import { readAll, readReference } from '../reference/reference.ts';
import { readSeries } from '../prices/reference-prices.ts';
import { checkCapacity, readSiteInUse } from '../sites/site-capacity.ts';
import type { Source } from './lot-offers.ts';
import { fromStockLot } from './lot-offers.ts';
import { siteOfferEntry } from '../sites/site-offers.ts';
import { ownStockpile } from '../stockpiles/stockpiles.ts';
import type { Action } from '../table/action.ts';
import type { Table } from '../table/table.ts';

/** Who posts, and when. */
export interface Posting {
  readonly table: Table;
  readonly caller: Caller;
  readonly at: Instant;
  readonly newId: NewId;
  /** The standing rule on whose behalf. */
  readonly rule?: string;
}

/**
 * Posts an offer of supply from one of the caller's sites, or stock lots. Errors: unknown_reference, site_mismatch,
 * site_not_producing, capacity_exceeded, lot_mismatch, stock_insufficient, quarter_begun, condition_unsatisfiable, invalid_request, and those of
 * units, ticks and lots.
 */
export function postOffer({ table, caller, at, newId, rule }: Posting, terms: OfferTerms): Plan<Offer> {
  return async () => {
    const wrong = sourceProblem(terms, caller);
    if (wrong !== undefined) return fail(wrong);
    const accepted = await acceptTerms(table, terms, 'ask', at);
    if (!accepted.ok) return accepted;
    const { inUse, requested, shape } = accepted.value;
    const { product } = inUse;
    const unbound = conditionalProblem(terms, requested.keys(), at);
    if (unbound !== undefined) return fail(unbound);
    const posted = {
      ...terms,
      ...shape,
      validUntil: validWithin(terms, terms.validUntil),
      ...(rule === undefined ? {} : { rule }),
      id: newId('offer'),
      seller: caller.organisation,
    };
    const source =
      terms.stockLot === undefined
        ? await fromSite(table, posted, product, requested, at)
        : await fromStockLot(table, posted, product, requested, at);
    if (!source.ok) return source;
    const postedAt = latestOf(at, source.value.since);
    const order = {
      ...posted,
      ...{ purity: source.value.purity ?? posted.purity, postedAt, updatedAt: postedAt },
    };
    const offer: Offer = {
      ...order,
      warnings: [
        ...(await warningsOf(table, order, requested, { product, site: source.value.site }, at)),
        ...conditionWarnings(order, requested, product),
      ],
    };
    return ok({
      value: offer,
      actions: [...entering(offer, requested, inUse), ...source.value.actions],
    });
  };
}

/** Posts a bid for delivery in one country. Errors: as for an offer, less those of its site. */
export function postBid({ table, caller, at, newId, rule }: Posting, terms: BidTerms): Plan<Bid> {
  return async () => {
    const accepted = await acceptTerms(table, terms, 'limit', at);
    if (!accepted.ok) return accepted;
    const { inUse, requested, shape } = accepted.value;
    const unknown = await unknownRequirement(table, terms);
    if (unknown !== undefined) return fail(unknown);
    const id = newId('bid');
    const pace = await withinPace(table, caller, terms, { id, requested, product: inUse.product }, at);
    if (!pace.ok) return pace;
    const order = {
      ...terms,
      ...shape,
      id,
      ...(rule === undefined ? {} : { rule }),
      buyer: caller.organisation,
      contractedByOrigin: [],
    };
    const bid: Bid = {
      ...order,
      warnings: [
        ...(await warningsOf(table, order, requested, inUse, at)),
        ...conditionWarnings(order, requested, inUse.product),
      ],
    };
    return ok({ value: bid, actions: [...entering(bid, requested, inUse), ...pace.value] });
  };
}

/**
 * A bid for a stockpile is of its operator, in that role, of a product that its rules list, and within its pace. It is for
 * delivery into the stockpile's zone, whose floors and caps hold for the state as for anyone: what lies elsewhere is no
 * cover of the zone. Errors: unknown_reference, outside_zone, pace_exceeded.
 */
async function withinPace(
  table: Table,
  caller: Caller,
  { stockpile: of, destination }: BidTerms,
  {
    product,
    ...wanted
  }: { readonly id: string; readonly requested: LotsByQuarter; readonly product: Product },
  at: Instant,
): Promise<Result<Action[]>> {
  if (of === undefined) return ok([]);
  const stockpile = hasRole(caller, 'stockpile-operator')
    ? await ownStockpile(table, caller.organisation, of)
    : undefined;
  if (stockpile?.ok !== true)
    return fail(fieldProblem('unknown_reference', '/stockpile', 'You have no such active stockpile.'));
  const zone = await readReference(table, 'zone', stockpile.value.zone);
  if (zone?.members.includes(destination) !== true)
    return fail(fieldProblem('outside_zone', '/destination', "The country is not in the stockpile's zone."));
  return paceActions(table, stockpile.value, product, wanted, at);
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

/** The order, if it is new, its place in the book, which follows from it, and the mark that its product is now traded. */
export const entering = (order: Offer | Bid, requested: LotsByQuarter, inUse: ProductInUse): Action[] => [
  { name: 'order', put: orderItem(order, requested), conditions: [doesNotExist] },
  { name: 'bookEntry', put: bookEntryItem(order.product, order.id) },
  ...productIsTraded(inUse),
];

/** Producers sell from their sites, operators from their stock lots; an offer is of one of these. */
function sourceProblem({ site, stockLot }: OfferTerms, caller: Caller): Problem | undefined {
  if (site !== undefined && stockLot !== undefined)
    return fieldProblem(
      'invalid_request',
      '/stockLot',
      'An offer is of a site or of a stock lot, not of both.',
    );
  if (stockLot !== undefined)
    return hasRole(caller, 'stockpile-operator')
      ? undefined
      : fieldProblem('invalid_request', '/stockLot', 'Stock lots are for stockpile operators to offer.');
  if (!hasRole(caller, 'producer'))
    return fieldProblem('invalid_request', '/stockLot', 'An operator offers a stock lot: name it.');
  return site === undefined
    ? fieldProblem('invalid_request', '/site', 'An offer names the site that makes the product.')
    : undefined;
}

async function fromSite(
  table: Table,
  offer: Pick<Offer, 'id' | 'seller' | 'site' | 'product' | 'validUntil' | 'conditionsPrecedent'>,
  product: Product,
  requested: LotsByQuarter,
  at: Instant,
): Promise<Result<Source>> {
  const inUse = offer.site === undefined ? undefined : await readSiteInUse(table, offer.site);
  if (inUse?.site.organisation !== offer.seller)
    return fail(fieldProblem('unknown_reference', '/site', 'You have no such site.'));
  const { site } = inUse;
  const mismatch = siteMismatch(site, product);
  if (mismatch !== undefined) return fail(mismatch);
  const notYet = isConditional(offer) ? undefined : await notProducing(table, site, product, requested);
  if (notYet !== undefined) return fail(notYet);
  const capacity = await checkCapacity(table, inUse, { id: offer.id, product, lots: requested }, at);
  return capacity.ok
    ? ok({
        actions: [siteOfferEntry(site.id, offer, requested), ...capacity.value],
        ...{ site, since: site.recordedAt },
      })
    : capacity;
}

/** What a site does not make yet is offered with what it hangs on, so that only who accepts that relies on it. */
async function notProducing(
  table: Table,
  site: Site,
  product: Product,
  requested: LotsByQuarter,
): Promise<Problem | undefined> {
  const [first] = [...requested.keys()].sort();
  const projects = (await projectsOfSite(table, site.id)).filter(
    ({ stage, mineral }) => stage === product.stage && mineral === product.mineral,
  );
  if (first === undefined || producesBy(projects, first)) return undefined;
  return fieldProblem(
    'site_not_producing',
    '/conditionsPrecedent',
    `No project of the site produces, or is verified to start by ${first}. State conditionsPrecedent and a longstop before ` +
      'that quarter, offer from the quarter of its verified start on, or have the project changed once it produces.',
  );
}

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
