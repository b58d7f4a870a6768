/**
 * What the sample market cites. `secondary` sources repeat another's figure and are probable rather than sure.
 * docs/sources.md lists the same; a test holds the two together.
 */
export interface Source {
  readonly short: string;
  readonly title: string;
  readonly secondary?: true;
}

const catalogue = {
  'usgs-mcs-2026': {
    short: 'USGS 2026',
    title: 'U.S. Geological Survey, Mineral Commodity Summaries 2026 (doi:10.5066/P1WKQ63T). Public domain.',
  },
  'iea-explorer-2024': {
    short: 'IEA 2024',
    title: 'International Energy Agency, Critical Minerals Data Explorer, values for 2024. CC BY 4.0.',
  },
  'usgs-yearbook-tungsten': {
    short: 'USGS Yearbook, Tungsten',
    title: 'U.S. Geological Survey, Minerals Yearbook 2017, Tungsten: metric ton unit and short ton unit.',
  },
  'atomic-weights': {
    short: 'standard atomic weights',
    title: 'IUPAC Commission on Isotopic Abundances and Atomic Weights, standard atomic weights.',
  },
  'mp-materials-8k-2025': {
    short: 'MP Materials 8-K, July 2025',
    title:
      'MP Materials Corp., Form 8-K of July 2025 and Form 10-Q for Q3 2025: price protection agreement with the US Department of Defense, floor of USD 110 per kg of NdPr.',
  },
  'lynas-jare-2026': {
    short: 'Lynas–JARE, March 2026',
    title:
      'The West Australian, 11 March 2026: Lynas–JARE offtake, floor of USD 110 per kg NdPr oxide; NdPr passed 110 USD/kg in late February 2026.',
  },
  'argus-ndpr-2025-09-25': {
    short: 'Argus, 2025-09-25',
    title: 'Argus Media, NdPr oxide, Europe: 82.50–85.00 USD/kg on 25 September 2025.',
  },
  'smm-ndpr-2025-06-23': {
    short: 'SMM, 2025-06-23',
    title: 'Shanghai Metals Market, NdPr oxide, China: 443 000–445 000 CNY/t on 23 June 2025.',
  },
  'argus-gallium-2025-07-22': {
    short: 'Argus, 2025-07-22',
    title: 'Argus Media, gallium: 827.50 USD/kg on 22 July 2025.',
  },
  'argus-apt-2026-01-20': {
    short: 'Argus, 2026-01-20',
    title: 'Argus Media and Reuters, ammonium paratungstate (APT), Europe: 1 050 USD/mtu on 20 January 2026.',
  },
  'prospector-2026-02': {
    short: 'prospector-data-tools, Feb 2026',
    title:
      'OwenCoonahan/prospector-data-tools, minerals.json, February 2026: lithium carbonate, China, 134 500 CNY/t, about 18 500 USD/t with VAT.',
    secondary: true,
  },
  'tsm-hub-2026-05-15': {
    short: 'LME feed, 2026-05-15',
    title: 'TSM Hub price archive, 15 May 2026: cobalt metal (LME feed), 45 387 USD/t.',
    secondary: true,
  },
  'breakthrough-cobalt': {
    short: 'Breakthrough Institute',
    title:
      'The Breakthrough Institute, proposal of a financial reserve for critical minerals: cobalt strike of 25 USD/lb over a reference of 20 USD/lb.',
  },
  'japan-ree-demand-2024': {
    short: 'Japan, rare-earth demand 2024',
    title: 'Eternal Element, overview of the Japanese rare-earth market: demand of 18 835 t in 2024.',
    secondary: true,
  },
  'eca-04-2026': {
    short: 'ECA 04/2026',
    title:
      'European Court of Auditors, special report 04/2026, as reported in February 2026: of 20 000 t of permanent magnets used in the EU in 2024, 17 000 t came from China.',
    secondary: true,
  },
  'crma-2024': {
    short: 'Regulation (EU) 2024/1252',
    title:
      'Regulation (EU) 2024/1252 (Critical Raw Materials Act), Article 5: by 2030 no more than 65 % of consumption from a single third country.',
  },
  'china-gallium-ban-2024': {
    short: 'China, export ban of December 2024',
    title:
      'Ministry of Commerce of the People’s Republic of China: export ban on gallium, germanium and antimony to the United States of 3 December 2024, suspended from 9 November 2025 to 27 November 2026.',
  },
  'china-gallium-licences-2023': {
    short: 'China, licences of August 2023',
    title:
      'Ministry of Commerce of the People’s Republic of China: export licences for gallium and germanium from 1 August 2023.',
  },
  'china-tungsten-licences-2025': {
    short: 'China, licences of February 2025',
    title:
      'Ministry of Commerce of the People’s Republic of China: export licences for tungsten, tellurium, bismuth, molybdenum and indium from February 2025.',
  },
  'drc-cobalt-quota-2026': {
    short: 'DR Congo, quotas of 2026',
    title:
      'Democratic Republic of the Congo, ARECOMS: export quotas on cobalt of 96 600 t a year for 2026 and 2027 (87 000 t base, 9 600 t strategic), as reported by SMM, Fastmarkets and Benchmark.',
  },
  'jogmec-stockpile': {
    short: 'Japan, JOGMEC stockpile',
    title:
      'International Energy Agency, policy database, Japan’s rare metals stockpile (JOGMEC): 60 days of consumption, up to 180 days for what is at high risk.',
  },
  'korea-stockpile-plan': {
    short: 'Korea, stockpile plan',
    title:
      'International Energy Agency, policy database, Korea’s stockpile of rare metals: 100 days, from 54.',
  },
} as const satisfies Record<string, Source>;

export type SourceId = keyof typeof catalogue;
export const sources: Readonly<Record<SourceId, Source>> = catalogue;
