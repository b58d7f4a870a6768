import type * as z from 'zod';
import { quarterOf } from '../../../shared/kernel/quarter.ts';
import { firstDayOf } from '../../../shared/kernel/quarter.ts';
import type { CalendarDate } from '../../../shared/kernel/time.ts';
import { addDays } from '../../../shared/kernel/time.ts';
import type { floorTermsSchema } from '../../../shared/pricing/floor.ts';
import type { productTermsSchema } from '../../../shared/reference/product.ts';
import type { siteTermsSchema } from '../../../shared/reference/site.ts';
import type { certificateTermsSchema } from '../../../shared/standards/certificate.ts';
import type { standardsRuleTermsSchema } from '../../../shared/standards/standards-rule.ts';
import { certificateYears } from './data/common.ts';
import { cobalt } from './data/cobalt.ts';
import { gallium } from './data/gallium.ts';
import { lithium } from './data/lithium.ts';
import { ndpr } from './data/ndpr.ts';
import { tungsten } from './data/tungsten.ts';
import { amountOf, isKnown } from './figure.ts';
import type { SampleLife } from './life.ts';
import { lifeOf } from './life.ts';
import type { BidTermsJson, OfferTermsJson, SampleOrder, SitePlace } from './orders.ts';
import { bidOf, nextQuarterNumber, offerOf, sitesOf } from './orders.ts';
import { standardsRule, zoneId } from './partners.ts';
import type { SampleReserves } from './reserves.ts';
import { reservesOf } from './reserves.ts';
import type { SampleFloor, SampleProduct } from './sample-product.ts';

export const sampleProducts: readonly SampleProduct[] = [ndpr, lithium, cobalt, gallium, tungsten];

/** A site with what it holds and offers. */
export interface SampleSite {
  readonly organisation: string;
  readonly terms: z.input<typeof siteTermsSchema>;
  readonly certificate: z.input<typeof certificateTermsSchema> | undefined;
  readonly offer: SampleOrder<OfferTermsJson>;
}

/** Everything that one product's market is loaded with, ready for the wire. */
export interface SampleMarket {
  readonly product: SampleProduct;
  readonly terms: z.input<typeof productTermsSchema>;
  readonly standards: z.input<typeof standardsRuleTermsSchema> | undefined;
  readonly floor: z.input<typeof floorTermsSchema> | undefined;
  readonly sites: readonly SampleSite[];
  readonly bids: readonly SampleOrder<BidTermsJson>[];
  readonly life: SampleLife;
}

/** The sample as of a day: delivery begins in the next quarter. */
export const sampleMarkets = (today: CalendarDate): SampleMarket[] =>
  sampleProducts.map((product) => marketOf(product, today));

export const sampleReserves = (today: CalendarDate): SampleReserves => reservesOf(sampleProducts, today);

function marketOf(product: SampleProduct, today: CalendarDate): SampleMarket {
  const firstQuarter = nextQuarterNumber(quarterOf(today));
  const validFrom = firstDayOf(quarterOf(today));
  return {
    product,
    terms: productJson(product),
    standards: product.certified ? standardsRule(product.id, validFrom) : undefined,
    floor: product.floor && floorJson(product, product.floor, validFrom),
    life: lifeOf(product, today, firstQuarter),
    sites: product.origins.flatMap((origin) => {
      const { output } = origin;
      if (!isKnown(output)) return [];
      return sitesOf(product, origin).map((site) => ({
        organisation: site.seller,
        terms: {
          name: `${site.seller}, ${origin.country} (invented)`,
          country: origin.country,
          stage: 'refining' as const,
          minerals: [product.mineral],
        },
        certificate: product.certified ? certificateJson(product, site.place, validFrom) : undefined,
        offer: offerOf(product, { ...origin, output }, site, firstQuarter),
      }));
    }),
    bids: product.buyers.flatMap((buyer) => {
      const { consumption } = buyer;
      return isKnown(consumption) ? [bidOf(product, { ...buyer, consumption }, firstQuarter)] : [];
    }),
  };
}

const productJson = (product: SampleProduct): SampleMarket['terms'] => ({
  name: product.name,
  mineral: product.mineral,
  stage: 'refining',
  unit: product.unit,
  currency: 'USD',
  lot: { amount: amountOf(product.lot), unit: product.unit },
  priceTick: { amount: amountOf(product.tick), currency: 'USD', per: product.unit },
  hsCode: product.hsCode,
  ...(product.containedFactor === undefined ? {} : { containedFactor: amountOf(product.containedFactor) }),
});

const floorJson = (
  product: SampleProduct,
  floor: SampleFloor,
  effectiveFrom: CalendarDate,
): SampleMarket['floor'] => ({
  product: product.id,
  zone: zoneId,
  price: { amount: amountOf(floor.price, 2), currency: 'USD', per: floor.per },
  borderAdjusted: true,
  ...(floor.duties.length === 0
    ? {}
    : { duties: floor.duties.map((duty) => ({ ...duty, rate: amountOf(duty.rate) })) }),
  effectiveFrom,
  rationale: floor.rationale,
});

/**
 * Assumed, and the same for every product that asks for certificates. A country's first site holds one at the
 * level asked for; the second of two holds the same, but not renewed beyond a year; the second of three is
 * below the level; the third holds none. Cobalt and tungsten refiners use the scheme made for theirs.
 */
function certificateJson(
  product: SampleProduct,
  { index, of }: SitePlace,
  validFrom: CalendarDate,
): SampleSite['certificate'] {
  if (index === 2) return undefined;
  const belowLevel = index === 1 && of === 3;
  const years = Number(amountOf(index === 1 && of === 2 ? certificateYears.short : certificateYears.full));
  const ofItsOwn = ['cobalt', 'tungsten'].includes(product.mineral) && !belowLevel;
  return {
    ...(ofItsOwn ? { scheme: 'rmap' } : { scheme: 'cmsi', level: belowLevel ? 'foundational' : 'good' }),
    validFrom,
    validTo: addDays(`${Number(validFrom.slice(0, 4)) + years}${validFrom.slice(4)}`, -1),
    reference: `invented, ${product.id}, site ${index + 1} of ${of}`,
  };
}
