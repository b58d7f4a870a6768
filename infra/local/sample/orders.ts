import type * as z from 'zod';
import { formatDecimal, trimDecimal } from '../../../shared/kernel/decimal.ts';
import { quarterFromNumber, quarterNumber } from '../../../shared/kernel/quarter.ts';
import type { bidTermsSchema } from '../../../shared/orders/bid.ts';
import type { offerTermsSchema } from '../../../shared/orders/offer.ts';
import { horizon, quartersPerYear, siteAskRatios, siteShares } from './data/common.ts';
import type { Derived, Known } from './figure.ts';
import { amountOf, chain, derive, isKnown, isShareOf } from './figure.ts';
import { derivedPrice } from './life.ts';
import type { SampleBuyer, SampleOrigin, SampleProduct } from './sample-product.ts';

/** An order of the sample, and the figures it was made of. */
export interface SampleOrder<Terms> {
  readonly organisation: string;
  readonly terms: Terms;
  readonly price: Derived;
  /** By quarter of the delivery. */
  readonly quantities: readonly Derived[];
}
export type OfferTermsJson = Omit<z.input<typeof offerTermsSchema>, 'site'>;
export type BidTermsJson = z.input<typeof bidTermsSchema>;

/** A site's place among its country's: first, second, … of so many. */
export interface SitePlace {
  readonly index: number;
  readonly of: number;
}

/** Which sites a country's output is split over. None where the output is not known. */
export function sitesOf(
  product: SampleProduct,
  origin: SampleOrigin,
): { readonly seller: string; readonly place: SitePlace; readonly share: Known }[] {
  if (!isKnown(origin.output)) return [];
  const { shares } = isShareOf(origin.output, product.world, siteShares.three.from)
    ? siteShares.three
    : isShareOf(origin.output, product.world, siteShares.two.from)
      ? siteShares.two
      : siteShares.one;
  return shares.map((share, index) => {
    const seller = origin.sellers[index];
    if (seller === undefined)
      throw new Error(
        `${product.id}: ${origin.country} has ${shares.length} sites, so many sellers are needed`,
      );
    return { seller, place: { index, of: shares.length }, share };
  });
}

/** A site's offer: its part of the country's real output, at the country's price. */
export function offerOf(
  product: SampleProduct,
  origin: SampleOrigin & { readonly output: Known },
  site: ReturnType<typeof sitesOf>[number],
  firstQuarter: number,
): SampleOrder<OfferTermsJson> {
  const { reference = product.reference, ratio } = origin.ask;
  const siteRatio = siteAskRatios[site.place.index] ?? siteAskRatios[0];
  const price = derive(
    'reference price × ratio of the country × ratio of the site',
    { unit: `USD/${product.unit}`, step: product.tick, rounding: 'up' },
    chain(reference, ratio, siteRatio),
  );
  const quantities = Array.from({ length: Number(amountOf(horizon)) }, (_, step) =>
    derive(
      'output × part seen by the market × part of the site ÷ 4, grown from quarter to quarter',
      { unit: product.unit, step: product.lot, rounding: 'down' },
      chain(
        { times: [origin.output], over: [quartersPerYear] },
        product.conversion,
        product.marketShare,
        site.share,
        ...Array.from({ length: origin.rampUp === undefined ? 0 : step }, () => origin.rampUp!),
      ),
    ),
  );
  return {
    organisation: site.seller,
    price,
    quantities,
    terms: {
      product: product.id,
      price: priceJson(price, product.unit),
      delivery: deliveryJson(quantities, product, firstQuarter),
      ...(origin.destinations === undefined ? {} : { destinations: [...origin.destinations] }),
      ...(origin.indexedUpTo === undefined
        ? {}
        : {
            priceTerms: {
              ...indexed(product),
              cap: priceJson(derivedPrice(product, origin.indexedUpTo), product.unit),
            },
          }),
    },
  };
}

/** A buyer's bid: its part of real consumption, up to its limit. */
export function bidOf(
  product: SampleProduct,
  buyer: SampleBuyer & { readonly consumption: Known },
  firstQuarter: number,
): SampleOrder<BidTermsJson> {
  const per = buyer.limitIn?.unit ?? product.unit;
  const price = derive(
    'reference price × ratio of the buyer',
    { unit: `USD/${per}`, step: buyer.limitIn?.step ?? product.tick, rounding: 'down' },
    chain(
      product.limitReference ?? product.reference,
      buyer.limitRatio,
      buyer.limitIn?.conversion ?? chain(),
    ),
  );
  const quantity = derive(
    'consumption × part seen by the market × part of the buyer ÷ 4',
    { unit: product.unit, step: product.lot, rounding: 'down' },
    chain(
      { times: [buyer.consumption], over: [quartersPerYear] },
      buyer.conversion,
      product.marketShare,
      buyer.share,
    ),
  );
  const count = Number(amountOf(buyer.window?.count ?? horizon));
  const first = firstQuarter + (buyer.window === undefined ? 0 : Number(amountOf(buyer.window.first)) - 1);
  const quantities = Array.from({ length: count }, () => quantity);
  return {
    organisation: buyer.name,
    price,
    quantities,
    terms: {
      product: product.id,
      destination: buyer.destination,
      price: priceJson(price, per),
      delivery: deliveryJson(quantities, product, first),
      ...(buyer.originCap === undefined ? {} : { maxOriginShare: amountOf(buyer.originCap) }),
      ...(buyer.indexed === undefined ? {} : { priceTerms: indexed(product) }),
    },
  };
}

function indexed({ id, series }: SampleProduct) {
  if (series === undefined) throw new Error(`${id} has no series that an order could follow`);
  return { kind: 'indexed', reference: series.id } as const;
}

const priceJson = (price: Known, per: SampleProduct['unit'] | 'lb') =>
  ({ amount: formatDecimal(trimDecimal(price.value, 2)), currency: 'USD', per }) as const;

/** Flat where every quarter is alike, else a schedule. */
function deliveryJson(
  quantities: readonly Derived[],
  product: SampleProduct,
  firstQuarter: number,
): OfferTermsJson['delivery'] {
  const schedule = quantities.map((quantity, step) => ({
    quarter: quarterFromNumber(firstQuarter + step),
    quantity: { amount: amountOf(quantity), unit: product.unit },
  }));
  const [first] = schedule;
  const last = schedule.at(-1);
  if (first === undefined || last === undefined) throw new Error(`${product.id}: an order of no quarters`);
  return schedule.every(({ quantity }) => quantity.amount === first.quantity.amount)
    ? { from: first.quarter, to: last.quarter, quantityPerQuarter: first.quantity }
    : { schedule };
}

/** The number of the first quarter that has not begun on a day whose quarter is `current`. */
export const nextQuarterNumber = (current: string): number => quarterNumber(current) + 1;
