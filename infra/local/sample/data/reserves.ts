import { assumed, chain, defined, published } from '../figure.ts';
import type {
  SampleAccount,
  SampleDisruption,
  SampleFlows,
  SampleHolding,
  SampleLoan,
  SampleStockpile,
  WatchedProduct,
} from '../sample-reserve.ts';
import { kilogramsPerTonne } from './common.ts';

const usUse = (value: string) => published(value, 't', 'usgs-mcs-2026', '2025e', 'US consumption');
const year = (value: string) => defined(value, 'year', 'the year that the figure is for');
const holding = (of: SampleHolding): SampleHolding => of;

/** Two reserves. States keep what they hold to themselves (Japan) or publish it late: what is held here is assumed. */
export const stockpiles: readonly SampleStockpile[] = [
  {
    id: 'us-buffer',
    operator: 'Granite Pass Reserve',
    name: 'US manufacturers’ buffer',
    country: 'US',
    holdings: [
      holding({
        product: 'cobalt-metal',
        use: usUse('9600'),
        conversion: chain(),
        year: year('2025'),
        targetDays: published('100', 'days', 'korea-stockpile-plan', 'rare metals', 'Taken as the target.'),
        stock: assumed('1600', 't', 'what is held is not published'),
        origin: 'FI',
        place: 'Baltimore',
      }),
      holding({
        product: 'gallium-4n',
        use: usUse('19'),
        conversion: chain(kilogramsPerTonne),
        year: year('2025'),
        targetDays: published('180', 'days', 'jogmec-stockpile', 'high risk', 'Taken as the target.'),
        stock: assumed('2500', 'kg', 'what is held is not published'),
        origin: 'CA',
        place: 'Baltimore',
      }),
    ],
  },
  {
    id: 'jp-reserve',
    operator: 'Minato Rare Metals Reserve',
    name: 'Rare metals reserve, Japan',
    country: 'JP',
    holdings: [
      holding({
        product: 'ndpr-oxide',
        use: published('18835', 't', 'japan-ree-demand-2024', '2024', 'Japanese demand for rare earths'),
        conversion: chain(
          kilogramsPerTonne,
          assumed('0.20', 'ratio', 'NdPr oxide in rare-earth consumption: no source at hand gives it'),
        ),
        year: year('2024'),
        targetDays: published('60', 'days', 'jogmec-stockpile', 'default', 'Of consumption.'),
        stock: assumed(
          '440000',
          'kg',
          'about as many days as Korea’s stocks held; Japan keeps its own secret',
        ),
        origin: 'MY',
        place: 'Takahagi',
      }),
    ],
  },
];

/** What members' accounts are concluded on, all of them alike. */
export const accountTerms = {
  entryFee: assumed('5000', 'USD', 'an invented fee'),
  interestRate: assumed('0.055', 'ratio', 'an invented bank’s rate'),
  storageRate: assumed('0.006', 'ratio', 'an invented warehouse’s rate'),
  dayCount: 'ACT/360',
  days: assumed('1095', 'days', 'three years'),
  replenishDays: assumed('365', 'days', 'a year to give back what is drawn'),
} as const;

export const accounts: readonly SampleAccount[] = [
  {
    ...{ stockpile: 'us-buffer', member: 'Tidewater Cathodes', product: 'cobalt-metal' },
    committed: assumed('100', 't', 'a small member'),
    allocated: assumed('40', 't', 'the first part of what it has committed to'),
  },
  {
    ...{ stockpile: 'us-buffer', member: 'Blue Kestrel Superalloys', product: 'cobalt-metal' },
    committed: assumed('300', 't', 'a large member'),
    allocated: assumed('120', 't', 'the first part of what it has committed to'),
    passedOn: { to: 'Tidewater Cathodes', quantity: assumed('20', 't', 'sold between members') },
  },
];

/** Asked for, and no more: whether it may be lent follows from the level that supply is at. */
export const loans: readonly SampleLoan[] = [
  {
    ...{ stockpile: 'us-buffer', borrower: 'High Mesa Semiconductors', product: 'gallium-4n' },
    use: usUse('19'),
    conversion: chain(kilogramsPerTonne),
    quantity: assumed('50', 'kg', 'about a day of use'),
    purpose: 'To bridge a late shipment',
  },
];

/** What leaves the DR Congo is no metal yet: the quota is about this product. */
export const hydroxide: WatchedProduct = {
  id: 'cobalt-hydroxide',
  name: 'Cobalt hydroxide, about 30 % cobalt',
  mineral: 'cobalt',
  stage: 'mining',
  hsCode: '2822.00',
  unit: 'kg contained',
  lot: assumed('1000', 'kg contained', 'a tonne of cobalt'),
  tick: assumed('0.01', 'USD/kg contained', 'a cent'),
  containedFactor: assumed('0.30', 'kg Co per kg', 'typical of what is shipped'),
};

const mined = (country: string, value: string) => ({
  country,
  quantity: published(value, 't Co', 'usgs-mcs-2026', '2025e', 'Mine output.'),
  conversion: chain(kilogramsPerTonne),
});
const imported = (country: string, value: string) => ({
  country,
  quantity: published(value, 'ratio', 'usgs-mcs-2026', '2025e', 'Part of US imports.'),
  conversion: chain(usUse('19'), kilogramsPerTonne),
});

export const flows: readonly SampleFlows[] = [
  {
    product: hydroxide.id,
    unit: 'kg contained',
    year: year('2025'),
    source:
      'USGS, Mineral Commodity Summaries 2026: mine output of the world, here taken as the origin of what the partners use (XX: all others)',
    origins: [
      mined('CD', '230000'),
      mined('ID', '44000'),
      mined('RU', '7700'),
      mined('MG', '3900'),
      mined('AU', '3700'),
      mined('PH', '3700'),
      mined('CA', '3500'),
      mined('PG', '2800'),
      mined('CU', '2000'),
      mined('CN', '2000'),
      mined('TR', '1900'),
      mined('US', '300'),
      mined('XX', '9100'),
    ],
  },
  {
    product: 'gallium-4n',
    unit: 'kg',
    year: year('2025'),
    source:
      'USGS, Mineral Commodity Summaries 2026: sources of US imports; those of the EU and Japan are not at hand (XX: all others)',
    origins: [
      imported('CA', '0.28'),
      imported('JP', '0.22'),
      imported('CN', '0.18'),
      imported('DE', '0.16'),
      imported('XX', '0.16'),
    ],
  },
];

export const disruptions: readonly SampleDisruption[] = [
  {
    source: 'drc-cobalt-quota-2026',
    reference: 'drc-cobalt-quota',
    title: 'DR Congo: export quota on cobalt',
    kind: 'quota',
    origins: ['CD'],
    minerals: ['cobalt'],
    stages: ['mining'],
    quota: {
      allowed: published(
        '96600',
        't',
        'drc-cobalt-quota-2026',
        '2026, 2027',
        'Base and strategic quota, a year.',
      ),
      of: published('230000', 't', 'usgs-mcs-2026', '2025e', 'Mine output of the DR Congo.'),
      unit: 't',
    },
    from: '2026-01-01',
    to: '2027-12-31',
  },
  {
    source: 'china-gallium-ban-2024',
    reference: 'china-gallium-ban',
    title: 'China: export ban to the US on Ga, Ge, Sb',
    kind: 'export-ban',
    origins: ['CN'],
    minerals: ['gallium', 'germanium', 'antimony'],
    destinations: ['US'],
    from: '2024-12-03',
    suspended: [{ from: '2025-11-09', to: '2026-11-27' }],
  },
  {
    source: 'china-gallium-licences-2023',
    reference: 'china-gallium-licences',
    title: 'China: export licences for Ga, Ge',
    kind: 'licence',
    origins: ['CN'],
    minerals: ['gallium', 'germanium'],
    from: '2023-08-01',
  },
  {
    source: 'china-tungsten-licences-2025',
    reference: 'china-tungsten-licences',
    title: 'China: export licences for W and others',
    kind: 'licence',
    origins: ['CN'],
    minerals: ['tungsten'],
    from: '2025-02-04',
  },
];
