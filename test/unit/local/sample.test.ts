import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { amountOf, isKnown, sourcesOf } from '../../../infra/local/sample/figure.ts';
import type { Figure } from '../../../infra/local/sample/figure.ts';
import { sampleProjects } from '../../../infra/local/sample/outputs.ts';
import { sampleMarkets, sampleProducts, sampleReserves } from '../../../infra/local/sample/market.ts';
import { schemes, zone } from '../../../infra/local/sample/partners.ts';
import * as common from '../../../infra/local/sample/data/common.ts';
import * as outputs from '../../../infra/local/sample/data/outputs.ts';
import * as reserves from '../../../infra/local/sample/data/reserves.ts';
import { sources } from '../../../infra/local/sample/sources.ts';
import type { Rounding } from '../../../shared/kernel/decimal.ts';
import { formatDecimal, trimDecimal } from '../../../shared/kernel/decimal.ts';
import { standardTermsShape } from '../../../shared/contracts/standard-terms.ts';
import { hasBegun } from '../../../shared/kernel/quarter.ts';
import { must } from '../../../shared/kernel/result.ts';
import { bidTermsSchema } from '../../../shared/orders/bid.ts';
import { scheduleOf } from '../../../shared/orders/delivery.ts';
import { offerTermsSchema } from '../../../shared/orders/offer.ts';
import { floorTermsSchema } from '../../../shared/pricing/floor.ts';
import {
  pricePointTermsSchema,
  referenceSeriesTermsSchema,
} from '../../../shared/pricing/reference-price.ts';
import { ticksOf } from '../../../shared/pricing/product-terms.ts';
import type { Product } from '../../../shared/reference/product.ts';
import { productTermsSchema } from '../../../shared/reference/product.ts';
import { projectTermsSchema } from '../../../shared/reference/project.ts';
import { declaredFlowsTermsSchema } from '../../../shared/reference/declared-flows.ts';
import { siteTermsSchema } from '../../../shared/reference/site.ts';
import { zoneTermsSchema } from '../../../shared/reference/zone.ts';
import { disruptionImportSchema } from '../../../shared/risk/disruption.ts';
import { certificateTermsSchema } from '../../../shared/standards/certificate.ts';
import { schemeTermsSchema } from '../../../shared/standards/scheme.ts';
import { standardsRuleTermsSchema } from '../../../shared/standards/standards-rule.ts';
import { openingTermsSchema } from '../../../shared/stockpiles/stock-lot.ts';
import { stockpileTermsSchema } from '../../../shared/stockpiles/stockpile.ts';
import { programmeTermsSchema } from '../../../shared/support/programme.ts';

const figureKinds = ['published', 'assumed', 'defined', 'derived', 'at least', 'withheld', 'unpublished'];
const isFigure = (value: object): value is Figure =>
  'kind' in value && figureKinds.includes(value.kind as string);

/** Every figure in a value, and every bare number that is in none. */
function walk(value: unknown, path = ''): { figures: Figure[]; bare: string[] } {
  if (typeof value === 'number' || typeof value === 'bigint') return { figures: [], bare: [path] };
  if (typeof value !== 'object' || value === null) return { figures: [], bare: [] };
  if (isFigure(value))
    return {
      figures: [value, ...(value.kind === 'derived' ? value.from.flatMap((from) => walk(from).figures) : [])],
      bare: [],
    };
  const inner = Object.entries(value).map(([key, item]) => walk(item, `${path}/${key}`));
  return { figures: inner.flatMap(({ figures }) => figures), bare: inner.flatMap(({ bare }) => bare) };
}

const today = '2026-11-22';
const markets = sampleMarkets(today);
const orders = markets.flatMap(({ product, sites, bids }) =>
  [...sites.map(({ offer }) => offer), ...bids].map((order) => ({ product, order })),
);

describe('the figures of the sample', () => {
  const { figures, bare } = walk([
    sampleProducts,
    common,
    reserves,
    outputs,
    orders.map(({ order }) => [order.price, order.quantities]),
  ]);

  it('are all of its numbers: none stands bare', () => {
    expect(bare).toEqual([]);
    expect(figures.length).toBeGreaterThan(500);
  });

  it('say where they come from: a source and what it is for, a reason, or a rule', () => {
    const silent = figures.filter((figure) => {
      switch (figure.kind) {
        case 'published':
        case 'at least':
        case 'withheld':
          return !(figure.source in sources) || figure.of === '';
        case 'assumed':
        case 'unpublished':
          return figure.why.length < 5;
        case 'defined':
          return figure.says.length < 5;
        case 'derived':
          return figure.rule.length < 10 || figure.from.length === 0;
      }
    });
    expect(silent).toEqual([]);
  });

  it('never read zero: what is unknown has no value at all', () => {
    expect(figures.filter((figure) => isKnown(figure) && figure.value.units === 0n)).toEqual([]);
    const unknown = figures.filter((figure) => !isKnown(figure));
    expect(new Set(unknown.map(({ kind }) => kind))).toEqual(
      new Set(['at least', 'withheld', 'unpublished']),
    );
    expect(unknown.filter((figure) => 'value' in figure)).toEqual([]);
  });

  it('put nothing up for sale where the output is not known', () => {
    const gallium = markets.find(({ product }) => product.id === 'gallium-4n');
    expect(gallium?.sites.map(({ terms }) => terms.country)).toEqual(['CN', 'CN', 'CN', 'JP', 'RU']);
    const american = sampleProducts.find(({ id }) => id === 'lithium-carbonate')?.unknown;
    expect(american).toMatchObject([{ what: 'US consumption', figure: { kind: 'withheld' } }]);
  });

  it('are what the orders say, to the digit', () => {
    for (const { order } of orders) {
      const { price, delivery } = order.terms;
      expect(price.amount).toBe(formatDecimal(trimDecimal(order.price.value, 2)));
      const amounts =
        'schedule' in delivery
          ? delivery.schedule.map(({ quantity }) => quantity.amount)
          : order.quantities.map(() => delivery.quantityPerQuarter.amount);
      expect(amounts).toEqual(order.quantities.map((quantity) => amountOf(quantity)));
    }
  });

  it('cite every source that is listed', () => {
    const cited = new Set(figures.flatMap(sourcesOf));
    // A ban is no figure, but it is entered, and what it says of destinations is in the orders.
    for (const { source } of reserves.disruptions) cited.add(source);
    expect(Object.keys(sources).filter((id) => !cited.has(id as keyof typeof sources))).toEqual([]);
  });
});

describe('the rules of the sample', () => {
  const order = (organisation: string, product: string) =>
    orders.find((entry) => entry.order.organisation === organisation && entry.product.id === product)?.order;

  it('take contained lithium to carbonate: 49.3 kt Li × 5.323 × 0.5 % × 60 % ÷ 4 = 196.8 t, whole tonnes', () => {
    expect(order('Flamenco Azul Carbonatos', 'lithium-carbonate')?.terms.delivery).toMatchObject({
      quantityPerQuarter: { amount: '196', unit: 't' },
    });
  });

  it('take tungsten to units of WO3: 840 t W ÷ 7.93 kg × 1 % ÷ 4 = 264.8 mtu, lots of ten', () => {
    expect(order('Almrausch Wolfram', 'tungsten-apt')?.terms.delivery).toMatchObject({
      quantityPerQuarter: { amount: '260', unit: 'mtu' },
    });
  });

  it('take the Chinese quotation to dollars without tax: 444 CNY/kg ÷ 1.13 ÷ 7.18 = 54.724, asks up', () => {
    expect(order('Jade Terrace Separation', 'ndpr-oxide')?.terms.price.amount).toBe('54.73');
  });

  it('post American cobalt limits in pounds: 45 387 × 1.14 × 0.45359237 ÷ 1000 = 23.469, limits down', () => {
    expect(order('Blue Kestrel Superalloys', 'cobalt-metal')?.terms.price).toEqual({
      amount: '23.46',
      currency: 'USD',
      per: 'lb',
    });
  });

  it('cap origins at 65 %, and set the NdPr floor at 110 USD/kg with a levy on imports', () => {
    const caps = markets.flatMap(({ bids }) => bids.flatMap(({ terms }) => terms.maxOriginShare ?? []));
    expect(new Set(caps)).toEqual(new Set(['0.65']));
    expect(caps.length).toBeGreaterThan(10);
    expect(markets.find(({ product }) => product.id === 'ndpr-oxide')?.floor).toMatchObject({
      price: { amount: '110.00', currency: 'USD', per: 'kg' },
      borderAdjusted: true,
    });
  });

  it('name no organisation twice in one market, and as many for each country as it has sites', () => {
    for (const { sites, bids } of markets) {
      const names = [...sites, ...bids].map(({ organisation }) => organisation);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

describe('what is sent to the API', () => {
  it('is what the schemas take, on the tick and on the lot', () => {
    expect(zoneTermsSchema.safeParse(zone).error).toBeUndefined();
    expect(z.record(z.string(), schemeTermsSchema).safeParse(schemes).error).toBeUndefined();
    for (const { terms, standards, floor, sites, bids, life } of markets) {
      const product = {
        ...productTermsSchema.parse(terms),
        id: 'p',
        version: 1,
        recordedAt: '',
        recordedBy: '',
      } satisfies Product;
      if (standards) standardsRuleTermsSchema.parse(standards);
      if (life.standardTerms) standardTermsShape.parse(life.standardTerms);
      if (life.programme) programmeTermsSchema.parse(life.programme);
      if (life.series) referenceSeriesTermsSchema.parse(life.series.terms);
      for (const point of life.series?.points ?? [])
        expect(pricePointTermsSchema.parse(point).date <= today).toBe(true);
      if (floor) must(ticksOf(floorTermsSchema.parse(floor).price, product, 'up'));
      const check = (
        parsed: Pick<z.output<typeof bidTermsSchema>, 'price' | 'delivery'>,
        rounding: Rounding,
      ) => {
        must(ticksOf(parsed.price, product, rounding));
        must(scheduleOf(parsed.delivery, product));
      };
      for (const site of sites) {
        siteTermsSchema.parse(site.terms);
        if (site.certificate) certificateTermsSchema.parse(site.certificate);
        check(offerTermsSchema.parse(site.offer.terms), 'up');
      }
      for (const bid of bids) check(bidTermsSchema.parse(bid.terms), 'down');
    }
  });

  it.each(['2026-01-01', '2026-03-31', '2026-12-31', '2028-02-29', '2031-07-01'])(
    'delivers in quarters that have not begun on %s, and is certified by then',
    (day) => {
      for (const { sites, bids } of sampleMarkets(day)) {
        for (const { terms } of [...sites.map(({ offer }) => offer), ...bids]) {
          const { delivery } = terms;
          const quarters =
            'schedule' in delivery ? delivery.schedule.map(({ quarter }) => quarter) : [delivery.from];
          expect(quarters.filter((quarter) => hasBegun(quarter, day))).toEqual([]);
        }
        for (const { certificate } of sites)
          if (certificate) expect(certificate.validFrom <= day && certificate.validTo > day).toBe(true);
      }
    },
  );

  it('is a reserve with what it is measured by, and disruptions by their own dates', () => {
    const { watched, flows, stockpiles, disruptions } = sampleReserves(today);
    productTermsSchema.parse(watched.terms);
    const ids = [watched.id, ...sampleProducts.map(({ id }) => id)];
    for (const { product, terms } of flows) {
      declaredFlowsTermsSchema.parse(terms);
      expect(ids).toContain(product);
    }
    for (const { terms, openings } of stockpiles) {
      const { products } = stockpileTermsSchema.parse(terms);
      for (const opening of openings) openingTermsSchema.parse(opening);
      expect(openings.map(({ product }) => product)).toEqual(products.map(({ product }) => product));
    }
    expect(stockpiles[0]?.terms.products[0]?.annualUse.quantity).toEqual({ amount: '9600', unit: 't' });
    expect(stockpiles[0]?.openings[0]?.quantity).toEqual({ amount: '1600', unit: 't' });
    disruptionImportSchema.parse({ disruptions });
    const quota = disruptions.find(({ kind }) => kind === 'quota')?.quota;
    expect(quota?.allowed).toEqual({ amount: '96600', unit: 't' });
    expect(disruptions.flatMap(({ suspended = [] }) => suspended)).toEqual([
      { from: '2025-11-09', to: '2026-11-27' },
    ]);
  });

  it('is what countries make, as projects that nobody has verified: published figures, to the digit', () => {
    const projects = sampleProjects();
    for (const project of projects) projectTermsSchema.parse(project);
    expect(new Set(projects.map(({ name }) => name)).size).toBe(projects.length);
    const made = (mineral: string, stage: string, country: string) =>
      projects.find((each) => each.mineral === mineral && each.stage === stage && each.country === country)
        ?.capacityPerYear;
    expect(made('cobalt', 'mining', 'CD')).toEqual({ amount: '230000', unit: 't' });
    expect(made('cobalt', 'refining', 'FI')).toEqual({ amount: '20100', unit: 't' });
    expect(made('cobalt', 'recycling', 'US')).toEqual({ amount: '2000', unit: 't' });
    expect(made('gallium', 'refining', 'JP')).toEqual({ amount: '3000', unit: 'kg' });
    expect(made('lithium', 'refining', 'CL')).toEqual({ amount: '49300', unit: 't' });
    expect(made('copper', 'mining', 'CL')).toEqual({ amount: '5300000', unit: 't' });
    expect(made('nickel', 'refining', 'FI')).toEqual({ amount: '62000', unit: 't' });
    expect(made('rare-earths', 'mining', 'AU')).toEqual({ amount: '29000', unit: 't' });
    expect(made('ndpr', 'refining', 'MY')).toEqual({ amount: '3600', unit: 't' });
    expect(made('tungsten', 'mining', 'PT')).toEqual({ amount: '700', unit: 't' });
    expect(made('graphite', 'mining', 'CN')).toEqual({ amount: '1400000', unit: 't' });
    // Withheld is not nothing: it is in no project.
    expect(made('lithium', 'mining', 'US')).toBeUndefined();
  });

  it('is the same for the same day', () => {
    expect(sampleMarkets(today)).toEqual(markets);
  });
});
