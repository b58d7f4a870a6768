import { assumed, chain, defined, published, unpublished } from '../figure.ts';
import type { SampleBuyer, SampleProduct } from '../sample-product.ts';
import { kilogramsPerTonne, originCap, tonnesPerKilotonne } from './common.ts';

const refined = (value: string) => published(value, 'kt', 'iea-explorer-2024', '2024', 'Refined cobalt.');
const worldDemand = published('220.7', 'kt', 'iea-explorer-2024', '2024', 'world demand');
const usConsumption = published('9600', 't', 'usgs-mcs-2026', '2025e', 'US consumption');

const limit = (ratio: string) => assumed(ratio, 'ratio', 'what the buyer can earn with it');
const ofTheWorld = (share: string): Pick<SampleBuyer, 'consumption' | 'conversion' | 'share'> => ({
  consumption: worldDemand,
  conversion: chain(tonnesPerKilotonne),
  share: assumed(share, 'ratio', 'part of world demand; national consumption is not at hand'),
});

/** American buyers think in pounds: their limit is posted per lb, and converts to whole dollars a tonne. */
const perPound = {
  unit: 'lb',
  step: assumed('0.01', 'USD/lb', 'a cent'),
  conversion: {
    times: [defined('0.45359237', 'kg per lb', 'international avoirdupois pound, 1959')],
    over: [kilogramsPerTonne],
  },
} as const;

export const cobalt: SampleProduct = {
  id: 'cobalt-metal',
  name: 'Cobalt metal, 99.8 %',
  mineral: 'cobalt',
  hsCode: '8105.20',
  unit: 't',
  lot: assumed('1', 't', 'a tonne of cut cathode'),
  tick: assumed('1', 'USD/t', 'a dollar a tonne'),
  world: refined('250.1'),
  conversion: chain(tonnesPerKilotonne),
  marketShare: assumed('0.02', 'ratio', 'a young market sees 2 % of output and of consumption'),
  reference: chain(published('45387', 'USD/t', 'tsm-hub-2026-05-15', '2026-05-15')),
  origins: [
    {
      country: 'CN',
      output: refined('196.1'),
      ask: { ratio: assumed('0.93', 'ratio', 'sells below the London price') },
      sellers: ['Lotus Kiln Cobalt', 'East Sluice Metals', 'Plum Harbour Cobalt'],
    },
    {
      country: 'FI',
      output: refined('20.1'),
      ask: { ratio: assumed('0.96', 'ratio', 'an efficient refinery at low power prices') },
      sellers: ['Lumikko Cobalt', 'Birch Narrows Metals'],
    },
    {
      country: 'JP',
      output: refined('5.6'),
      ask: { ratio: assumed('1.04', 'ratio', 'small and specialised') },
      sellers: ['Shirakaba Refining'],
    },
    {
      country: 'ID',
      output: refined('2.9'),
      ask: { ratio: assumed('0.95', 'ratio', 'a by-product of nickel') },
      sellers: ['Banyan Strait Cobalt'],
    },
    {
      country: 'CA',
      output: refined('1.8'),
      ask: { ratio: assumed('1.03', 'ratio', 'small and specialised') },
      sellers: ['Spruce Portage Cobalt'],
    },
  ],
  buyers: [
    {
      name: 'Blue Kestrel Superalloys',
      destination: 'US',
      consumption: usConsumption,
      conversion: chain(),
      share: assumed('0.60', 'ratio', 'the larger of two US buyers'),
      limitRatio: limit('1.14'),
      originCap,
      limitIn: perPound,
    },
    {
      name: 'Tidewater Cathodes',
      destination: 'US',
      consumption: usConsumption,
      conversion: chain(),
      share: assumed('0.40', 'ratio', 'the smaller of two US buyers'),
      limitRatio: limit('1.01'),
      limitIn: perPound,
    },
    {
      name: 'Weißtanne Zellwerk',
      destination: 'DE',
      ...ofTheWorld('0.06'),
      limitRatio: limit('1.08'),
      originCap,
    },
    { name: 'Verre Bleu Pigments', destination: 'FR', ...ofTheWorld('0.01'), limitRatio: limit('1.16') },
    {
      name: 'Shirakaba Battery Materials',
      destination: 'JP',
      ...ofTheWorld('0.04'),
      limitRatio: limit('1.11'),
      originCap,
    },
  ],
  floor: {
    price: published(
      '20',
      'USD/lb',
      'breakthrough-cobalt',
      'proposal',
      'The proposal’s reference price; that it should be a floor is assumed.',
    ),
    per: 'lb',
    rationale:
      'Assumed for the sample: no cobalt floor is in force anywhere. The level is the reference price of a published proposal.',
    duties: [],
  },
  certified: true,
  unknown: [
    { what: 'consumption of the EU', figure: unpublished('no source at hand gives it') },
    { what: 'consumption of Japan', figure: unpublished('no source at hand gives it') },
  ],
  notes: ['The floor is assumed: no cobalt floor is in force anywhere.'],
};
