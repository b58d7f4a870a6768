import { assumed, chain, published } from '../figure.ts';
import type { SampleProduct } from '../sample-product.ts';
import { chineseVat, kilogramsPerKilotonne, kilogramsPerTonne, originCap, two } from './common.ts';

const refined = (value: string) =>
  published(
    value,
    'kt',
    'iea-explorer-2024',
    '2024',
    'Refined magnet rare earths, here taken as NdPr oxide.',
  );

const usConsumption = published(
  '27000',
  't REO',
  'usgs-mcs-2026',
  '2025e',
  'US consumption of rare-earth compounds and metals',
);
const japaneseDemand = published('18835', 't', 'japan-ree-demand-2024', '2024', 'Japanese demand');
const ndprShare = assumed(
  '0.20',
  'ratio',
  'NdPr oxide in rare-earth consumption: no source at hand gives it',
);
const fromRareEarths = chain(kilogramsPerTonne, ndprShare);

const europeanMagnets = published('20000', 't', 'eca-04-2026', '2024', 'magnets used in the EU');
const fromMagnets = {
  times: [kilogramsPerTonne, assumed('0.30', 'ratio', 'NdPr metal in a sintered NdFeB magnet, typical')],
  over: [published('0.8499', 'kg metal per kg oxide', 'atomic-weights', 'oxide of 75:25 Nd:Pr')],
};

const floorPrice = published('110', 'USD/kg', 'mp-materials-8k-2025', '2025-10-01 to 2035-12-31');
const premium = (ratio: string, why: string) => assumed(ratio, 'ratio', why);

export const ndpr: SampleProduct = {
  id: 'ndpr-oxide',
  name: 'NdPr oxide, 99 % or better',
  mineral: 'ndpr',
  hsCode: '2846.90',
  unit: 'kg',
  lot: assumed('100', 'kg', 'a smallest quantity that is worth shipping'),
  tick: assumed('0.01', 'USD/kg', 'a cent'),
  world: refined('80.8'),
  conversion: chain(kilogramsPerKilotonne),
  marketShare: assumed('0.04', 'ratio', 'a young market sees 4 % of output and of consumption'),
  // The middle of the range quoted for Europe.
  reference: {
    times: [
      published('167.5', 'USD/kg', 'argus-ndpr-2025-09-25', '2025-09-25', 'Sum of both ends of the range.'),
    ],
    over: [two],
  },
  limitReference: chain(
    published('110', 'USD/kg', 'lynas-jare-2026', 'late February 2026', 'The open market passed this price.'),
  ),
  origins: [
    {
      country: 'CN',
      output: refined('73.8'),
      ask: {
        ratio: assumed('1', 'ratio', 'Chinese sites ask the Chinese price without tax'),
        reference: {
          times: [
            published(
              '888000',
              'CNY/t',
              'smm-ndpr-2025-06-23',
              '2025-06-23',
              'Sum of both ends of the range.',
            ),
          ],
          over: [
            two,
            kilogramsPerTonne,
            chineseVat,
            assumed('7.18', 'CNY per USD', 'exchange rate of June 2025; no source at hand'),
          ],
        },
      },
      sellers: ['Jade Terrace Separation', 'Nine Willows Rare Earths', 'Grey Crane Oxides'],
    },
    {
      country: 'MY',
      output: refined('3.6'),
      ask: { ratio: assumed('1', 'ratio', 'asks the European price') },
      sellers: ['Monsoon Gate Separation', 'Rain Tree Oxides'],
    },
    {
      country: 'US',
      output: refined('1.0'),
      ask: { ratio: assumed('1.15', 'ratio', 'a young plant with higher cost') },
      sellers: ['Lantern Basin Separation'],
      rampUp: assumed('1.05', 'ratio', 'the plant is being run up, by 5 % a quarter'),
    },
  ],
  buyers: [
    {
      name: 'Prairie Magnetics',
      destination: 'US',
      consumption: usConsumption,
      conversion: fromRareEarths,
      share: assumed('0.60', 'ratio', 'the larger of two US buyers'),
      limitRatio: premium('1.16', 'bound by supply contracts of its own'),
      originCap,
    },
    {
      name: 'Tall Alder Drives',
      destination: 'US',
      consumption: usConsumption,
      conversion: fromRareEarths,
      share: assumed('0.40', 'ratio', 'the smaller of two US buyers'),
      limitRatio: premium('0.96', 'has not followed the market above 110'),
    },
    {
      name: 'Asagiri Magnetics',
      destination: 'JP',
      consumption: japaneseDemand,
      conversion: fromRareEarths,
      share: assumed('0.70', 'ratio', 'the larger of two Japanese buyers'),
      limitRatio: premium('1.20', 'pays most for supply it can count on'),
      originCap,
    },
    {
      name: 'Kasumi Drive Works',
      destination: 'JP',
      consumption: japaneseDemand,
      conversion: fromRareEarths,
      share: assumed('0.30', 'ratio', 'the smaller of two Japanese buyers'),
      limitRatio: premium('1.08', 'a cautious buyer'),
      originCap,
      window: {
        first: assumed('1', 'quarter', 'from the next quarter'),
        count: assumed('4', 'quarters', 'has work for one year only'),
      },
    },
    {
      name: 'Lindenau Magnetwerke',
      destination: 'DE',
      consumption: europeanMagnets,
      conversion: fromMagnets,
      share: assumed('0.60', 'ratio', 'the larger of two buyers in the EU'),
      limitRatio: premium('1.18', 'wants to make in Europe what is imported as magnets'),
      originCap,
    },
    {
      name: 'Garance Aimants',
      destination: 'FR',
      consumption: europeanMagnets,
      conversion: fromMagnets,
      share: assumed('0.40', 'ratio', 'the smaller of two buyers in the EU'),
      limitRatio: premium('1.10', 'a cautious buyer'),
      originCap,
    },
  ],
  floor: {
    price: floorPrice,
    per: 'kg',
    rationale:
      'The level of the US price protection agreement of 2025 and of the Lynas–JARE offtake of 2026: cost of production outside of China.',
    duties: [
      {
        origin: 'CN',
        destination: 'US',
        rate: assumed('0.037', 'ratio', 'ordinary duty on rare-earth compounds, to be checked in the tariff'),
      },
    ],
  },
  certified: true,
  unknown: [],
  notes: [],
};
