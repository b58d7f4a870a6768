import { assumed, defined, published } from '../figure.ts';

export const quartersPerYear = defined('4', 'quarters per year', 'calendar quarters in a year');
export const kilogramsPerTonne = defined('1000', 'kg per t', 'kilograms in a tonne');
export const tonnesPerKilotonne = defined('1000', 't per kt', 'tonnes in a kilotonne');
export const kilogramsPerKilotonne = defined('1000000', 'kg per kt', 'kilograms in a kilotonne');
export const one = defined('1', 'unit', 'a whole one of whatever is counted');
export const two = defined('2', 'ends', 'a range has two ends: its middle is half of their sum');

/** Prices quoted in China include value-added tax, which exporters do not earn. */
export const chineseVat = assumed(
  '1.13',
  'ratio',
  'Chinese quotations include 13 % value-added tax; the sources say "incl. VAT" without the rate',
);

/** The regulation's benchmark for one third country, taken by the buyers as their own limit. */
export const originCap = published(
  '0.65',
  'ratio',
  'crma-2024',
  '2030 benchmark',
  'A target for the Union as a whole; the sample’s buyers apply it to their own orders.',
);

/** Quarters that orders run for. */
export const horizon = assumed('8', 'quarters', 'two years ahead: long enough to show a schedule');

/** How a country's quantity is split over its sites, by how much of the world it makes. */
export const siteShares = {
  three: {
    from: assumed('0.50', 'ratio', 'a country with half of the world’s output gets three sites'),
    shares: [
      assumed('0.50', 'ratio', 'largest of three sites'),
      assumed('0.30', 'ratio', 'second of three sites'),
      assumed('0.20', 'ratio', 'third of three sites'),
    ],
  },
  two: {
    from: assumed('0.04', 'ratio', 'a country with 4 % of the world’s output gets two sites'),
    shares: [
      assumed('0.60', 'ratio', 'larger of two sites'),
      assumed('0.40', 'ratio', 'smaller of two sites'),
    ],
  },
  one: { shares: [assumed('1', 'ratio', 'a country’s only site')] },
} as const;

/** Asks of a country's sites, as ratios of the country's ask. */
export const siteAskRatios = [
  assumed('1', 'ratio', 'the largest site asks the country’s price'),
  assumed('1.02', 'ratio', 'the second site asks 2 % more'),
  assumed('0.97', 'ratio', 'the third site, which holds no certificate, asks 3 % less'),
] as const;

/** Invented firms, each a little apart from the middle of what is quoted. */
export const deals = (...ratios: readonly string[]) =>
  ['corvid-metals', 'ledger-bay', 'nordlicht-rohstoffe', 'aoki-bussan', 'quayside-minerals'].map(
    (firm, index) => ({
      firm,
      ratio: assumed(ratios[index] ?? '1', 'ratio', 'an invented deal near what is quoted'),
    }),
  );

export const certificateYears = {
  full: assumed('3', 'years', 'the three-year rhythm that IRMA and the Copper Mark are reported to use'),
  short: assumed('1', 'years', 'the second of two sites has not renewed beyond a year'),
} as const;
