import { isRevealing } from '../../shared/kernel/withholding.ts';
import { sumOf } from '../../shared/kernel/arithmetic.ts';
import { trimDecimal } from '../../shared/kernel/decimal.ts';
import type { Quarter } from '../../shared/kernel/quarter.ts';
import { quarterOf } from '../../shared/kernel/quarter.ts';
import { must } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import type { Offer } from '../../shared/orders/offer.ts';
import { lotsOf } from '../../shared/pricing/product-terms.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import { seesAll } from '../../shared/reference/caller.ts';
import { groupOf } from '../../shared/reference/organisation.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Site } from '../../shared/reference/site.ts';
import { plannedIn, windowFrom } from '../../shared/risk/assessment.ts';
import type { Disruption } from '../../shared/risk/disruption.ts';
import { isAbout } from '../../shared/risk/effect.ts';
import type { DisruptionExposure, ProductExposure } from '../../shared/risk/exposure.ts';
import { bandOfSupply, exposedContracts, exposedDays, replacementCost } from '../../shared/risk/exposure.ts';
import { readAssessmentInputs } from '../../shared/store/assessment-inputs.ts';
import { readSiteWithCertificates } from '../../shared/store/certificates.ts';
import { allSource, pageFrom } from '../../shared/store/listing.ts';
import { readOffer } from '../../shared/store/order-item.ts';
import { readAll } from '../../shared/store/reference.ts';
import { siteSeries } from '../../shared/store/sites.ts';
import { readStockLot } from '../../shared/store/stock-lots.ts';
import type { Table } from '../../shared/store/table.ts';
import { readRecord } from '../../shared/store/versioned.ts';
import { readLiveBook } from '../clearing/live-book.ts';

const limits = { orders: 5000, concurrency: 8 };
const mostSites = 1000;

/**
 * What a disruption is about, product by product, over four quarters from the present one: for administrators and
 * auditors of all contracts, for others of their own. Nothing is written.
 */
export async function disruptionExposure(
  table: Table,
  disruption: Disruption,
  caller: Caller,
  at: Instant,
): Promise<DisruptionExposure> {
  const products = (await readAll(table, 'product')).filter((product) => isAbout(disruption, product));
  const scope = seesAll(caller) ? ('all' as const) : ('own' as const);
  const exposures: ProductExposure[] = [];
  for (const product of products) exposures.push(await ofProduct(table, disruption, product, caller, at));
  return { disruption: disruption.id, at, scope, products: exposures };
}

async function ofProduct(
  table: Table,
  disruption: Disruption,
  product: Product,
  caller: Caller,
  at: Instant,
): Promise<ProductExposure> {
  const all = seesAll(caller);
  const today = dateOf(at);
  const quarters = windowFrom(quarterOf(today));
  const [inputs, published] = await Promise.all([
    readAssessmentInputs(table, product, null, at),
    readAssessmentInputs(table, product, null, at, { isPublic: true, operator: caller.organisation }),
  ]);
  const contracts = inputs.contracts.filter(({ parties }) => all || parties.includes(caller.organisation));
  const exposed = exposedContracts(disruption, contracts, quarters, today, product);
  const amount = exposed.exposed.amount;
  const price = (all ? inputs : published).prices.find(
    (each) => each.price.per === product.unit && each.price.currency === product.currency,
  )?.price;
  return {
    product: product.id,
    ...exposed,
    days: exposedDays(amount, plannedIn(inputs.consumption, quarters)),
    replacement: price === undefined ? null : replacementCost(amount, price),
    elsewhere: await elsewhere(table, disruption, product, quarters, amount, all, at),
  };
}

async function elsewhere(
  table: Table,
  disruption: Disruption,
  product: Product,
  quarters: readonly Quarter[],
  exposed: ProductExposure['exposed']['amount'],
  all: boolean,
  at: Instant,
): Promise<ProductExposure['elsewhere']> {
  const [book, organisations, sites] = await Promise.all([
    readLiveBook(table, product.id, at, limits),
    readAll(table, 'organisation'),
    sitesOf(table, product),
  ]);
  const siteById = new Map(sites.map((site) => [site.id, site]));
  const groups = new Map(organisations.map((each) => [each.id, each]));
  const offers = (book?.orders ?? [])
    .filter((item) => item['type'] === 'offer')
    .map((item) => ({ offer: readOffer(item, product), owner: String(item['owner']) }));
  const places = await Promise.all(offers.map(({ offer }) => originOf(table, offer, siteById)));
  const parts = offers.flatMap(({ offer, owner }, index) => {
    const origin = places[index];
    if (origin === undefined || disruption.origins.includes(origin)) return [];
    const left = offer.remaining.filter(({ quarter }) => quarters.includes(quarter));
    const quantity = sumOf(left.map((each) => each.quantity.amount));
    return [{ origin, quantity, group: groupOf(owner, groups.get(owner)) }];
  });
  const offered = sumOf(parts.map(({ quantity }) => quantity));
  const band = bandOfSupply(offered, exposed);
  if (!all) {
    const lots = (of: typeof parts): bigint =>
      must(
        lotsOf(
          { amount: trimDecimal(sumOf(of.map(({ quantity }) => quantity))), unit: product.unit },
          product,
        ),
      );
    const held = [...Map.groupBy(parts, ({ group }) => group).values()].map(lots).filter((each) => each > 0n);
    const topLots = held.reduce((most, each) => (each > most ? each : most), 0n);
    const withheld = book === undefined || isRevealing(lots(parts), { parties: held.length, topLots });
    return { offers: withheld ? null : band, withheld };
  }
  const others = sites.filter(({ country, verified }) => verified && !disruption.origins.includes(country));
  const certified = new Set<string>();
  for (const site of others) {
    const { certificates = [] } = (await readSiteWithCertificates(table, site.id)) ?? {};
    if (certificates.some(({ status, validTo }) => status === 'active' && validTo >= dateOf(at)))
      certified.add(site.id);
  }
  const origins = [
    ...new Set([...parts, ...others.map(({ country }) => ({ origin: country }))].map(({ origin }) => origin)),
  ];
  return {
    offers: book === undefined ? null : band,
    withheld: false,
    origins: origins.sort().map((origin) => {
      const here = others.filter(({ country }) => country === origin);
      const sum = sumOf(parts.filter((part) => part.origin === origin).map(({ quantity }) => quantity));
      return {
        origin,
        offered: { amount: trimDecimal(sum), unit: product.unit },
        sites: here.length,
        certified: here.filter(({ id }) => certified.has(id)).length,
      };
    }),
  };
}

const originOf = async (
  table: Table,
  offer: Offer,
  sites: ReadonlyMap<string, Site>,
): Promise<string | undefined> =>
  offer.stockLot === undefined
    ? sites.get(offer.site ?? '')?.country
    : (await readStockLot(table, offer.stockLot))?.origin;

/** Sites that do the product's stage for its mineral, as many as a call looks at. */
async function sitesOf(table: Table, product: Product): Promise<Site[]> {
  const found: Site[] = [];
  let after: string | undefined;
  do {
    const page = await pageFrom(table, allSource(table, 'site'), { limit: 100, after }, (items) =>
      Promise.resolve(items.map((item) => readRecord(siteSeries, item))),
    );
    found.push(
      ...page.items.filter(
        ({ stage, minerals }) => stage === product.stage && minerals.includes(product.mineral),
      ),
    );
    after = page.next ?? undefined;
  } while (after !== undefined && found.length < mostSites);
  return found;
}
