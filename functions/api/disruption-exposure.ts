import type { ElsewhereOffer, Missing, StandingRules } from '../../shared/clearing/stress/elsewhere.ts';
import { offersElsewhere, siteElsewhere } from '../../shared/clearing/stress/elsewhere.ts';
import { isBarred } from '../../shared/clearing/eligibility/admission.ts';
import { destinationRules } from '../../shared/clearing/eligibility/trade-terms.ts';
import { zero } from '../../shared/kernel/arithmetic.ts';
import type { Decimal } from '../../shared/kernel/decimal.ts';
import type { Price } from '../../shared/kernel/money.ts';
import type { Quantity } from '../../shared/kernel/quantity.ts';
import { quarterOf } from '../../shared/kernel/quarter.ts';
import { must } from '../../shared/kernel/result.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { dateOf, latestOf } from '../../shared/kernel/time.ts';
import { isRevealing } from '../../shared/kernel/withholding.ts';
import { priceOf, quantityOf, ticksOf } from '../../shared/pricing/product-terms.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import { seesAll } from '../../shared/reference/caller.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { Site } from '../../shared/reference/site.ts';
import { plannedIn, windowFrom } from '../../shared/risk/assessment.ts';
import type { Disruption } from '../../shared/risk/disruption.ts';
import { isAbout } from '../../shared/risk/effect.ts';
import type { DisruptionExposure, PricedPart, ProductExposure } from '../../shared/risk/exposure.ts';
import {
  bandOfSupply,
  dearer,
  exposedByDestination,
  exposedContracts,
  exposedDays,
  replacementCost,
} from '../../shared/risk/exposure.ts';
import { readAssessmentInputs } from '../../shared/store/risk/assessment-inputs.ts';
import { readSiteWithCertificates } from '../../shared/store/sites/certificates.ts';
import { readGuard } from '../../shared/store/reference/configuration.ts';
import { allSource, pageFrom } from '../../shared/store/table/listing.ts';
import { readMarketConfiguration } from '../../shared/store/reference/market-configuration.ts';
import { recentPrices } from '../../shared/store/prices/recent-prices.ts';
import { readAll } from '../../shared/store/reference/reference.ts';
import { siteSeries } from '../../shared/store/sites/sites.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { readRecord } from '../../shared/store/table/versioned.ts';
import { liveSnapshot } from './live-snapshot.ts';

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
  now: Instant,
): Promise<DisruptionExposure> {
  // Clocks differ: what is recorded already must be seen.
  const at = latestOf(now, (await readGuard(table)).at);
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
  const [inputs, live] = await Promise.all([
    readAssessmentInputs(table, product, null, at),
    liveSnapshot(table, product, at, limits),
  ]);
  const contracts = inputs.contracts.filter(({ parties }) => all || parties.includes(caller.organisation));
  const exposed = exposedContracts(disruption, contracts, quarters, today, product);
  const amount = exposed.exposed.amount;
  const missing = exposedByDestination(contracts, exposed.contracts);
  const rules = live?.snapshot ?? (await rulesAt(table, product, at));
  const where: Missing = {
    destinations: missing.size > 0 ? [...missing.keys()] : anywhere(disruption, rules),
    ...{ quarters, origins: disruption.origins },
  };
  const offers = live && offersElsewhere(live.snapshot, where);
  return {
    product: product.id,
    ...exposed,
    days: exposedDays(amount, plannedIn(inputs.consumption, quarters)),
    replacement: await replacement(table, rules, missing, at, all),
    elsewhere: all
      ? {
          offers:
            offers === undefined ? null : bandOfSupply(quantityOfOffers(offers, product).amount, amount),
          withheld: false,
          origins: await originsElsewhere(table, rules, where, offers ?? [], product),
        }
      : bandForOthers(offers, amount, product),
  };
}

async function rulesAt(table: Table, { id }: Product, at: Instant): Promise<StandingRules> {
  const configuration = await readMarketConfiguration(table, id, at);
  if (configuration === undefined) throw new Error(`there is no product ${id} at ${at}`);
  const { product, zones, consumption, floors, standards, schemes } = configuration;
  return {
    ...{ product, gateClosure: at, zones: [...zones], consumption: [...consumption] },
    ...{ floors: [...floors], standards: [...standards], schemes: [...schemes] },
  };
}

/** Where nothing is exposed: wherever it could be. */
const anywhere = (disruption: Disruption, rules: StandingRules): readonly string[] =>
  disruption.destinations ?? [...new Set(['', ...rules.zones.flatMap(({ members }) => members)])];

/** At the last price of each zone for those who see all, at the last published one for others. */
async function replacement(
  table: Table,
  rules: StandingRules,
  missing: ReadonlyMap<string, Decimal>,
  at: Instant,
  all: boolean,
): Promise<ProductExposure['replacement']> {
  const { product } = rules;
  const lastPrice = async (into?: (destination: string) => boolean): Promise<Price | undefined> =>
    (await recentPrices(table, product.id, at, !all, into)).find(
      ({ price }) => price.per === product.unit && price.currency === product.currency,
    )?.price;
  const zoneOf = (destination: string): string | undefined => destinationRules(rules, destination).zone?.id;
  const last = new Map<string | undefined, Price | undefined>();
  const parts: PricedPart[] = [];
  // Of what is missing nowhere the price is still told.
  for (const [destination, exposed] of missing.size > 0 ? missing : [['', zero] as const]) {
    const { zone, floor } = destinationRules(rules, destination);
    if (!last.has(zone?.id))
      last.set(
        zone?.id,
        await lastPrice(destination === '' ? undefined : (each) => zoneOf(each) === zone?.id),
      );
    const price = last.get(zone?.id);
    if (price === undefined) return null;
    parts.push({
      exposed,
      price:
        floor?.borderAdjusted === true
          ? dearer(price, priceOf(must(ticksOf(floor.price, product, 'up')), product))
          : price,
    });
  }
  const [first, ...others] = parts;
  return first === undefined ? null : replacementCost([first, ...others]);
}

const quantityOfOffers = (offers: readonly ElsewhereOffer[], product: Product): Quantity =>
  quantityOf(
    offers.reduce((sum, { lots }) => sum + lots, 0n),
    product,
  );

/** `none`, `some` or `enough`, and only of what hides everybody. */
function bandForOthers(
  offers: readonly ElsewhereOffer[] | undefined,
  exposed: Decimal,
  product: Product,
): ProductExposure['elsewhere'] {
  if (offers === undefined) return { offers: null, withheld: true };
  const groups = Map.groupBy(offers, ({ group }) => group);
  const held = [...groups.values()].map((of) => of.reduce((sum, { lots }) => sum + lots, 0n));
  const lots = held.reduce((sum, each) => sum + each, 0n);
  const withheld = isRevealing(lots, {
    parties: held.filter((each) => each > 0n).length,
    topLots: held.reduce((most, each) => (each > most ? each : most), 0n),
  });
  return { offers: withheld ? null : bandOfSupply(quantityOf(lots, product).amount, exposed), withheld };
}

/** By origin, what is offered and which sites could deliver. */
async function originsElsewhere(
  table: Table,
  rules: StandingRules,
  where: Missing,
  offers: readonly ElsewhereOffer[],
  product: Product,
): Promise<ProductExposure['elsewhere']['origins']> {
  const open = where.destinations.map((destination) => destinationRules(rules, destination));
  const sites = (await sitesOf(table, product)).filter(
    ({ country, verified }) =>
      verified && !where.origins.includes(country) && open.some((each) => !isBarred(each, country)),
  );
  const certified = new Set<string>();
  for (const site of sites) {
    const { certificates = [] } = (await readSiteWithCertificates(table, site.id)) ?? {};
    if (
      certificates.some(
        ({ status, validTo }) => status === 'active' && validTo >= dateOf(rules.gateClosure),
      ) &&
      siteElsewhere(rules, where, { site, certificates })
    )
      certified.add(site.id);
  }
  const offered = offers.filter(({ lots }) => lots > 0n);
  const origins = new Set([...offered.map(({ origin }) => origin), ...sites.map(({ country }) => country)]);
  return [...origins].sort().map((origin) => {
    const here = sites.filter(({ country }) => country === origin);
    return {
      origin,
      offered: quantityOfOffers(
        offered.filter((each) => each.origin === origin),
        product,
      ),
      sites: here.length,
      certified: here.filter(({ id }) => certified.has(id)).length,
    };
  });
}

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
