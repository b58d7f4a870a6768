import type * as z from 'zod';
import type { zoneTermsSchema } from '../../../shared/reference/zone.ts';
import type { schemeTermsSchema } from '../../../shared/standards/scheme.ts';
import type { standardsRuleTermsSchema } from '../../../shared/standards/standards-rule.ts';

/** The zone, schemes and rule that the sample market trades under. */

export const zoneId = 'partners';

/** Members of the European Union, ISO 3166-1. */
const union = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

/** Parties of the joint statement of 4 February 2026 on trade in critical minerals. */
export const zone: z.input<typeof zoneTermsSchema> = {
  name: 'Partners: United States, Japan, European Union',
  members: ['US', 'JP', ...union],
  // Assumed for the sample; no text of the partners names barred origins.
  barredOrigins: ['KP', 'RU'],
  verifiedSitesOnly: true,
};

/** Invented organisations under common control: they do not trade with one another. */
export const groups: Readonly<Record<string, string>> = {
  'Shirakaba Battery Materials': 'shirakaba',
  'Shirakaba Refining': 'shirakaba',
};

/** Assurance schemes by their real names; which sites hold what is assumed. */
export const schemes: Readonly<Record<string, z.input<typeof schemeTermsSchema>>> = {
  cmsi: {
    name: 'Consolidated Mining Standard',
    levels: ['foundational', 'good', 'leading'],
    stages: ['mining', 'processing', 'refining'],
    minerals: ['*'],
    assurance: 'third-party',
  },
  rmap: {
    name: 'Responsible Minerals Assurance Process',
    levels: [],
    stages: ['refining'],
    minerals: ['cobalt', 'tungsten'],
    assurance: 'third-party',
  },
};

export const standardsRule = (
  product: string,
  effectiveFrom: string,
): z.input<typeof standardsRuleTermsSchema> => ({
  product,
  zone: zoneId,
  topics: [
    { topic: 'responsible production', anyOf: [{ scheme: 'cmsi', level: 'good' }, { scheme: 'rmap' }] },
  ],
  minimumAssurance: 'third-party',
  effectiveFrom,
});
