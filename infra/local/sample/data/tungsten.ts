import { assumed, atLeast, chain, published } from '../figure.ts';
import type { SampleBuyer, SampleOrigin, SampleProduct } from '../sample-product.ts';
import { kilogramsPerTonne, originCap } from './common.ts';

const mined = (value: string) =>
  published(value, 't W', 'usgs-mcs-2026', '2025e', 'Mine output, here taken as made into APT at home.');

/** Tonnes of tungsten to metric ton units of WO3. */
const toUnits = {
  times: [kilogramsPerTonne],
  over: [published('7.93', 'kg W per mtu', 'usgs-yearbook-tungsten', 'definition', '10 kg WO3 × 0.7930.')],
};

const origin = (country: string, output: string, askRatio: string, ...sellers: string[]): SampleOrigin => ({
  country,
  output: mined(output),
  ask: { ratio: assumed(askRatio, 'ratio', 'position in the cost curve') },
  sellers,
});

const world = published('85000', 't W', 'usgs-mcs-2026', '2025e', 'world mine output');
const buyer = (
  name: string,
  destination: string,
  share: string,
  limitRatio: string,
  rest: Partial<SampleBuyer> = {},
): SampleBuyer => ({
  name,
  destination,
  consumption: world,
  conversion: toUnits,
  share: assumed(share, 'ratio', 'part of world output; national consumption is not at hand'),
  limitRatio: assumed(limitRatio, 'ratio', 'what the buyer can earn with it'),
  originCap,
  ...rest,
});

export const tungsten: SampleProduct = {
  id: 'tungsten-apt',
  name: 'Tungsten: ammonium paratungstate (88.5 % WO3)',
  mineral: 'tungsten',
  hsCode: '2841.80',
  unit: 'mtu',
  lot: assumed('10', 'mtu', '100 kg of contained WO3'),
  tick: assumed('0.50', 'USD/mtu', 'the step in which it is quoted'),
  containedFactor: assumed('0.885', 'kg WO3 per kg APT', 'typical grade of the traded form'),
  world,
  conversion: toUnits,
  marketShare: assumed('0.01', 'ratio', 'a young market sees 1 % of output and of consumption'),
  reference: chain(published('1050', 'USD/mtu', 'argus-apt-2026-01-20', '2026-01-20')),
  origins: [
    origin('CN', '67000', '0.92', 'Iron Peony Tungsten', 'Cloud Ladder Tungsten', 'Millstone Wolfram'),
    origin('VN', '3000', '0.98', 'Green Bamboo Tungsten'),
    origin('KZ', '2400', '0.96', 'Steppe Falcon Tungsten'),
    origin('RU', '2000', '0.85', 'Larch Valley Tungsten'),
    origin('BO', '1700', '0.97', 'Luz del Altiplano Tungsteno'),
    origin('RW', '1300', '1.00', 'Crested Crane Tungsten'),
    origin('AU', '1000', '1.02', 'Saltbush Tungsten'),
    origin('AT', '840', '1.01', 'Almrausch Wolfram'),
    origin('ES', '800', '1.03', 'Encina Parda Wolframio'),
    origin('PT', '700', '1.04', 'Sobreiral Volfrâmio'),
  ],
  buyers: [
    buyer('Blue Kestrel Superalloys', 'US', '0.06', '1.12'),
    buyer('Cedar Bluff Carbides', 'US', '0.04', '1.05'),
    buyer('Eisvogel Hartmetall', 'DE', '0.07', '1.10'),
    buyer('Rödberg Verktyg', 'SE', '0.05', '1.14'),
    buyer('Kasumi Carbide Tools', 'JP', '0.07', '1.08', {
      window: {
        first: assumed('1', 'quarter', 'from the next quarter'),
        count: assumed('4', 'quarters', 'has work for one year only'),
      },
    }),
  ],
  certified: true,
  unknown: [{ what: 'US import reliance', figure: atLeast('0.50', 'ratio', 'usgs-mcs-2026', '2024') }],
  notes: [
    'North Korea, a producer of 2,000 t W a year (USGS 2026), is under UN sanctions and not in the sample.',
  ],
};
