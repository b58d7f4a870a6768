import type { Route } from '../route.ts';
import type { RouteGroup } from '../routing.ts';
import { outlines } from './outlines.ts';

/**
 * Every route of the API, in the order in which the reference lists them. A group's code, and what of the marketplace's
 * rules only it needs, is read when it is first asked for: a function starts in the time that one noun takes, not all.
 */
export const routeGroups: readonly (RouteGroup & { readonly name: keyof typeof outlines })[] = [
  {
    name: 'reference',
    nouns: ['organisations', 'products', 'zones', 'schemes', 'standards', 'floors'],
    outlines: outlines.reference,
    load: async () => (await import('./groups/reference.ts')).routes,
  },
  {
    name: 'prices',
    nouns: ['reference-prices', 'index-values'],
    outlines: outlines.prices,
    load: async () => (await import('./groups/prices.ts')).routes,
  },
  {
    name: 'sites',
    nouns: ['sites', 'certificates', 'projects', 'zones'],
    outlines: outlines.sites,
    load: async () => (await import('./groups/sites.ts')).routes,
  },
  {
    name: 'orders',
    nouns: ['offers', 'bids', 'pools'],
    outlines: outlines.orders,
    load: async () => (await import('./groups/orders.ts')).routes,
  },
  {
    name: 'clearings',
    nouns: ['clearings', 'markets', 'surveillance'],
    outlines: outlines.clearings,
    load: async () => (await import('./groups/clearings.ts')).routes,
  },
  {
    name: 'support',
    nouns: ['programmes', 'agreements'],
    outlines: outlines.support,
    load: async () => (await import('./groups/support.ts')).routes,
  },
  {
    name: 'contracts',
    nouns: ['contracts'],
    outlines: outlines.contracts,
    load: async () => (await import('./groups/contracts.ts')).routes,
  },
  {
    name: 'stockpiles',
    nouns: ['stockpiles', 'stock-accounts', 'stock-loans', 'stock-lots', 'releases'],
    outlines: outlines.stockpiles,
    load: async () => (await import('./groups/stockpiles.ts')).routes,
  },
  {
    name: 'settlements',
    nouns: ['settlements', 'agreements', 'contracts', 'statements'],
    outlines: outlines.settlements,
    load: async () => (await import('./groups/settlements.ts')).routes,
  },
  {
    name: 'risk',
    nouns: ['risk', 'zones', 'disruptions', 'stress-tests', 'alerts', 'webhooks', 'exchange'],
    outlines: outlines.risk,
    load: async () => (await import('./groups/risk.ts')).routes,
  },
];

/** All of them: for the reference, and for whoever checks them. */
export const allRoutes = async (): Promise<readonly Route[]> =>
  (await Promise.all(routeGroups.map((group) => group.load()))).flat();
