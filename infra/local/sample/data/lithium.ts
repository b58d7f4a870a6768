import { assumed, chain, published, withheld } from '../figure.ts';
import type { SampleBuyer, SampleProduct } from '../sample-product.ts';
import { chineseVat, deals, originCap, tonnesPerKilotonne } from './common.ts';

const refined = (value: string) =>
  published(value, 'kt Li', 'iea-explorer-2024', '2024', 'Refined lithium, as contained lithium.');

/** Contained lithium to lithium carbonate. USGS and IEA count the metal, trade counts the carbonate. */
const toCarbonate = chain(
  tonnesPerKilotonne,
  published('5.323', 't Li2CO3 per t Li', 'atomic-weights', 'computed, four digits'),
);

const worldDemand = published('205.0', 'kt Li', 'iea-explorer-2024', '2024', 'world demand');

const buyer = (
  name: string,
  destination: string,
  share: string,
  limitRatio: string,
  rest: Partial<SampleBuyer> = {},
): SampleBuyer => ({
  name,
  destination,
  consumption: worldDemand,
  conversion: toCarbonate,
  share: assumed(share, 'ratio', 'part of world demand; national consumption is withheld or not at hand'),
  limitRatio: assumed(limitRatio, 'ratio', 'what the buyer can earn with it'),
  ...rest,
});

export const lithium: SampleProduct = {
  id: 'lithium-carbonate',
  name: 'Lithium carbonate, battery grade (99.5 %)',
  mineral: 'lithium',
  hsCode: '2836.91',
  unit: 't',
  lot: assumed('1', 't', 'a big bag'),
  tick: assumed('1', 'USD/t', 'a dollar a tonne'),
  world: refined('241.6'),
  conversion: toCarbonate,
  marketShare: assumed('0.005', 'ratio', 'a young market sees 0.5 % of output and of consumption'),
  reference: {
    times: [published('18500', 'USD/t', 'prospector-2026-02', 'February 2026', 'China, with VAT.')],
    over: [chineseVat],
  },
  origins: [
    {
      country: 'CN',
      output: refined('169.7'),
      ask: { ratio: assumed('1', 'ratio', 'asks the Chinese price without tax') },
      sellers: ['Copper Pheasant Lithium', 'Long Reed Chemicals', 'Salt Lantern Refining'],
    },
    {
      country: 'CL',
      output: refined('49.3'),
      ask: { ratio: assumed('0.92', 'ratio', 'brine is the cheapest source') },
      sellers: ['Flamenco Azul Carbonatos', 'Sal Serena Carbonatos'],
    },
    {
      country: 'AR',
      output: refined('13.2'),
      ask: { ratio: assumed('0.95', 'ratio', 'brine, with a longer way to port') },
      sellers: ['Vicuña Blanca Litio', 'Quebrada Nueva Litio'],
      rampUp: assumed('1.04', 'ratio', 'new brine plants, 4 % more each quarter'),
    },
    {
      country: 'AU',
      output: refined('4.3'),
      ask: { ratio: assumed('1.05', 'ratio', 'refined from rock, at higher cost') },
      sellers: ['Red Wattle Lithium'],
    },
  ],
  buyers: [
    buyer('Sagebrush Cells', 'US', '0.06', '1.09', { originCap }),
    buyer('Tidewater Cathodes', 'US', '0.03', '1.03'),
    buyer('Weißtanne Zellwerk', 'DE', '0.08', '1.12', { originCap }),
    buyer('Bursztyn Ogniwa', 'PL', '0.05', '1.06', { originCap }),
    buyer('Shirakaba Battery Materials', 'JP', '0.05', '1.10', { originCap }),
    buyer('Kawabe Cathode', 'JP', '0.02', '0.94', {
      window: {
        first: assumed('3', 'quarter', 'its line starts half a year later'),
        count: assumed('6', 'quarters', 'to the end of the horizon'),
      },
    }),
  ],
  series: {
    id: 'lithium-brine',
    name: 'Lithium carbonate, South American deals',
    deals: deals('0.91', '0.92', '0.93', '0.94', '0.95'),
    quantity: assumed('100', 't', 'a few containers'),
  },
  programme: {
    name: 'Conversion of spodumene',
    rationale: 'Invented: refining outside of brine and of China costs more than some buyers can pay.',
    origins: ['AU'],
    strikeRatio: assumed('1.05', 'ratio', 'what refining from rock costs here'),
    maximumGap: assumed('2000', 'USD/t', 'the most that a tonne is worth to the programme'),
    budget: assumed('250000', 'USD', 'small, to see how it is used'),
  },
  certified: true,
  unknown: [{ what: 'US consumption', figure: withheld('usgs-mcs-2026', '2025e') }],
  notes: [],
};
