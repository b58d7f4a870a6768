import type { Known } from '../figure.ts';
import { isKnown, published } from '../figure.ts';
import { cobalt } from './cobalt.ts';
import { gallium } from './gallium.ts';
import { lithium } from './lithium.ts';
import { ndpr } from './ndpr.ts';
import { flows, hydroxide } from './reserves.ts';
import type { SampleProduct } from '../sample-product.ts';

/** What a country made of a mineral at a stage in a year, as a source counts it: contained mineral in t, kt or kg. */
export interface SampleOutput {
  readonly mineral: string;
  readonly stage: 'mining' | 'refining' | 'recycling';
  readonly country: string;
  readonly output: Known;
}

const refinedAsIn = ({ mineral, origins }: SampleProduct): SampleOutput[] =>
  origins.flatMap(({ country, output }) =>
    isKnown(output) ? [{ mineral, stage: 'refining' as const, country, output }] : [],
  );
const minedLithium = (country: string, value: string): SampleOutput => ({
  ...{ mineral: 'lithium', stage: 'mining', country },
  output: published(value, 't Li', 'usgs-mcs-2026', '2025e', 'Mine output, contained lithium.'),
});

type ByCountry = Readonly<Record<string, string>>;
/** By countries as the source names them; what it adds up as others is in none. */
const mined = (mineral: string, unit: string, note: string, countries: ByCountry): SampleOutput[] =>
  Object.entries(countries).map(([country, value]) => ({
    ...{ mineral, stage: 'mining', country },
    output: published(value, unit, 'usgs-mcs-2026', '2025e', note),
  }));
const refined = (mineral: string, note: string, countries: ByCountry): SampleOutput[] =>
  Object.entries(countries).map(([country, value]) => ({
    ...{ mineral, stage: 'refining', country },
    output: published(value, 'kt', 'iea-explorer-2024', '2024', note),
  }));

/** Minerals that are watched and, but for two, not traded here: what the zone uses of them no source at hand tells. */
const watched: readonly SampleOutput[] = [
  ...mined('nickel', 't Ni', 'Mine output, contained nickel.', {
    ...{ ID: '2600000', PH: '270000', RU: '200000', CA: '140000', NC: '140000' },
    ...{ CN: '120000', BR: '70000', AU: '45000', US: '10000' },
  }),
  ...refined('nickel', 'Refined nickel.', {
    ...{ ID: '1493.2', CN: '1091.1', RU: '126.0', CA: '113.1', AU: '80.0', FI: '62.0' },
  }),
  ...mined('graphite', 't', 'Mine output, natural graphite.', {
    ...{ CN: '1400000', MG: '80000', TZ: '75000', BR: '65000', MZ: '60000' },
    ...{ RU: '25000', IN: '17000', CA: '8000', KP: '8000', NO: '6600' },
  }),
  ...refined('graphite', 'Battery-grade graphite.', { CN: '1794.8', JP: '45.0', US: '1.1' }),
  ...mined('rare-earths', 't REO', 'Mine output, as rare-earth oxides.', {
    ...{ CN: '270000', US: '51000', AU: '29000', MM: '22000', TH: '4800', IN: '2900' },
    ...{ MG: '2700', RU: '2600', BR: '2000', NG: '1500', VN: '150', MY: '110' },
  }),
  ...refinedAsIn(ndpr),
  ...mined('copper', 'kt Cu', 'Mine output, contained copper.', {
    ...{ CL: '5300', CD: '3200', PE: '2700', CN: '1800', RU: '1300', US: '1000', ZM: '940' },
    ...{ AU: '730', ID: '710', KZ: '710', MX: '690', CA: '500', PL: '410', IN: '23' },
  }),
  ...refined('copper', 'Refined copper.', { CN: '11860', CL: '1966', JP: '1578', RU: '995', IN: '655' }),
  ...mined('tungsten', 't W', 'Mine output, contained tungsten.', {
    ...{ CN: '67000', VN: '3000', KZ: '2400', KP: '2000', RU: '2000', BO: '1700', RW: '1300' },
    ...{ AU: '1000', AT: '840', ES: '800', PT: '700' },
  }),
];

/** National output, entered as a project for each country and stage. Lithium mined in the United States is withheld. */
export const outputs: readonly SampleOutput[] = [
  ...(flows.find(({ product }) => product === hydroxide.id)?.origins ?? [])
    // `XX` are the countries that the source adds up: a project is in one.
    .filter(({ country }) => country !== 'XX')
    .map(({ country, quantity }) => ({
      ...{ mineral: 'cobalt', stage: 'mining' as const, country },
      output: quantity,
    })),
  ...refinedAsIn(cobalt),
  {
    ...{ mineral: 'cobalt', stage: 'recycling', country: 'US' },
    output: published('2000', 't', 'usgs-mcs-2026', '2025e', 'Secondary production.'),
  },
  ...refinedAsIn(gallium),
  minedLithium('AU', '92000'),
  minedLithium('CN', '62000'),
  minedLithium('CL', '56000'),
  minedLithium('ZW', '28000'),
  minedLithium('AR', '23000'),
  minedLithium('BR', '12000'),
  minedLithium('ML', '9400'),
  minedLithium('CA', '5600'),
  minedLithium('PT', '380'),
  ...refinedAsIn(lithium),
  ...watched,
];
