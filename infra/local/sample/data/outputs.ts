import type { Known } from '../figure.ts';
import { isKnown, published } from '../figure.ts';
import { cobalt } from './cobalt.ts';
import { gallium } from './gallium.ts';
import { lithium } from './lithium.ts';
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
];
