import type * as z from 'zod';
import type { projectTermsSchema } from '../../../shared/reference/project.ts';
import { one, tonnesPerKilotonne } from './data/common.ts';
import { outputs } from './data/outputs.ts';
import type { SampleOutput } from './data/outputs.ts';
import { amountOf, chain, derive, sourcesOf } from './figure.ts';
import { sources } from './sources.ts';

/** Who enters what countries make: nobody of that name exists. */
export const registrar = 'Registry of National Output';

/** How the unit that a source counts in is called on the wire. Kilotonnes become tonnes. */
const units = {
  ...({ t: 't', 't Co': 't', 't Li': 't', 't Ni': 't', 't REO': 't', 't W': 't' } as const),
  ...({ kt: 't', 'kt Li': 't', 'kt Cu': 't', kg: 'kg' } as const),
};
const isNamed = (unit: string): unit is keyof typeof units => unit in units;

/** What a country made in a year as a project that makes as much: the registry's map is drawn from these. */
const projectTermsOf = ({ mineral, stage, country, output }: SampleOutput): ProjectJson => {
  if (!isNamed(output.unit) || output.kind !== 'published')
    throw new Error(`${mineral} of ${country}: what is ${output.unit}?`);
  const [source] = sourcesOf(output);
  return {
    name: `${mineral}, ${stage}: all of ${country}, ${output.of}`,
    ...{ country, stage, mineral, status: 'producing' },
    start: `${output.of.slice(0, 4)}-Q1`,
    capacityPerYear: {
      amount: amountOf(
        output.unit.startsWith('kt')
          ? derive(
              '× 1 000',
              { unit: 't', step: one, rounding: 'half-even' },
              chain(output, tonnesPerKilotonne),
            )
          : output,
      ),
      unit: units[output.unit],
    },
    source: `${source === undefined ? '' : sources[source].title} Output of ${output.of}.`,
  };
};
type ProjectJson = z.input<typeof projectTermsSchema>;

export const sampleProjects = (): ProjectJson[] => outputs.map(projectTermsOf);
