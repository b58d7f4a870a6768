import { assumed, chain, published, unpublished } from '../figure.ts';
import type { SampleProduct } from '../sample-product.ts';
import { deals, kilogramsPerTonne, originCap } from './common.ts';

const primary = (value: string) =>
  published(value, 'kg', 'usgs-mcs-2026', '2025e', 'Primary, low purity; here taken as refined at home.');
const usConsumption = published('19', 't', 'usgs-mcs-2026', '2025e', 'US consumption');
const notPublished = unpublished('refines gallium, but publishes no output');

const limit = (ratio: string) => assumed(ratio, 'ratio', 'what the buyer can earn with it');

export const gallium: SampleProduct = {
  id: 'gallium-4n',
  name: 'Gallium, 99.99 %',
  mineral: 'gallium',
  hsCode: '8112.92',
  unit: 'kg',
  lot: assumed('1', 'kg', 'a bottle'),
  tick: assumed('0.50', 'USD/kg', 'the step in which it is quoted'),
  world: primary('900000'),
  conversion: chain(),
  marketShare: assumed('0.05', 'ratio', 'a young market sees 5 % of output and of consumption'),
  reference: chain(published('827.5', 'USD/kg', 'argus-gallium-2025-07-22', '2025-07-22')),
  origins: [
    {
      country: 'CN',
      output: primary('900000'),
      ask: { ratio: assumed('0.90', 'ratio', 'by-product of alumina at scale') },
      sellers: ['White Egret Gallium', 'Stone Bridge Metals', 'River Kite Metals'],
      // The suspension of China's ban on exports to the United States ends on 27 November 2026.
      destinations: ['JP', 'DE', 'NL', 'FR'],
    },
    {
      country: 'JP',
      output: primary('3000'),
      ask: { ratio: assumed('1.10', 'ratio', 'small and specialised') },
      sellers: ['Hoshikage Metals'],
      indexedUpTo: assumed('1.75', 'ratio', 'what the seller concedes, however high the market'),
    },
    {
      country: 'RU',
      output: primary('6000'),
      ask: { ratio: assumed('0.80', 'ratio', 'has few buyers left') },
      sellers: ['Taiga Lantern Gallium'],
    },
    {
      country: 'CA',
      output: notPublished,
      ask: { ratio: assumed('1.05', 'ratio', 'refines scrap') },
      sellers: ['Spruce Portage Gallium'],
    },
    {
      country: 'DE',
      output: notPublished,
      ask: { ratio: assumed('1.10', 'ratio', 'refines scrap') },
      sellers: ['Silbermoor Metalle'],
    },
  ],
  buyers: [
    {
      name: 'High Mesa Semiconductors',
      destination: 'US',
      consumption: usConsumption,
      conversion: chain(kilogramsPerTonne),
      share: assumed('1', 'ratio', 'stands for all US buyers'),
      limitRatio: limit('1.45'),
      originCap,
      indexed: true,
    },
    {
      name: 'Asagiri Wafers',
      destination: 'JP',
      consumption: usConsumption,
      conversion: chain(kilogramsPerTonne),
      share: assumed('2', 'ratio', 'no figure at hand: taken as twice the US consumption'),
      limitRatio: limit('1.30'),
      originCap,
    },
    {
      name: 'Zilverduin Chips',
      destination: 'NL',
      consumption: usConsumption,
      conversion: chain(kilogramsPerTonne),
      share: assumed('0.5', 'ratio', 'no figure at hand: taken as half of the US consumption'),
      limitRatio: limit('1.35'),
      originCap,
    },
    {
      name: 'Lindenau Optoelektronik',
      destination: 'DE',
      consumption: usConsumption,
      conversion: chain(kilogramsPerTonne),
      share: assumed('0.5', 'ratio', 'no figure at hand: taken as half of the US consumption'),
      limitRatio: limit('1.12'),
    },
  ],
  series: {
    id: 'gallium-europe',
    name: 'Gallium, Europe',
    deals: deals('0.98', '0.99', '1', '1.01', '1.02'),
    quantity: assumed('50', 'kg', 'a few boxes'),
  },
  standardTerms: {
    takeOrPay: assumed('0.90', 'ratio', 'usual: nine tenths of a year'),
    makeUpYears: assumed('2', 'years', 'usual: one to three'),
    umpire: 'An independent laboratory that both sides name',
    rejectBelow: assumed('99.99', '% Ga', 'the grade that is traded'),
    splittingLimit: assumed('0.002', '% Ga', 'what two good laboratories may lie apart'),
    provisionalShare: assumed('0.90', 'ratio', 'usual: nine tenths on receipt'),
  },
  firstDelivery: {
    seller: 'Hoshikage Metals',
    quantity: assumed('12', 'kg', 'a first box, ahead of its quarter'),
    assay: assumed('99.995', '% Ga', 'better than asked for'),
  },
  certified: false,
  unknown: [
    { what: 'consumption of the EU', figure: unpublished('no source at hand gives it') },
    { what: 'consumption of Japan', figure: unpublished('no source at hand gives it') },
  ],
  notes: ['Chinese offers leave out the US: the suspension of the export ban ends on 27 November 2026.'],
};
