import type { Route } from '../route.ts';
import type { RouteGroup } from '../routing.ts';

/**
 * Every route of the API, in the order in which the reference lists them. A group's code, and what of the marketplace's
 * rules only it needs, is read when it is first asked for: a function starts in the time that one noun takes, not all.
 */
export const routeGroups: readonly RouteGroup[] = [
  {
    nouns: ['organisations', 'products', 'zones', 'schemes', 'standards', 'floors'],
    load: async () => (await import('./groups/reference.ts')).routes,
  },
  {
    nouns: ['reference-prices', 'index-values'],
    load: async () => (await import('./groups/prices.ts')).routes,
  },
  {
    nouns: ['sites', 'certificates', 'projects', 'zones'],
    load: async () => (await import('./groups/sites.ts')).routes,
  },
  { nouns: ['offers', 'bids', 'pools'], load: async () => (await import('./groups/orders.ts')).routes },
  {
    nouns: ['clearings', 'markets', 'surveillance'],
    load: async () => (await import('./groups/clearings.ts')).routes,
  },
  {
    nouns: ['programmes', 'agreements'],
    load: async () => (await import('./groups/support.ts')).routes,
  },
  { nouns: ['contracts'], load: async () => (await import('./groups/contracts.ts')).routes },
  {
    nouns: ['stockpiles', 'stock-accounts', 'stock-loans', 'stock-lots', 'releases'],
    load: async () => (await import('./groups/stockpiles.ts')).routes,
  },
  {
    nouns: ['settlements', 'agreements', 'contracts', 'statements'],
    load: async () => (await import('./groups/settlements.ts')).routes,
  },
  {
    nouns: ['risk', 'zones', 'disruptions', 'stress-tests', 'alerts', 'webhooks', 'exchange'],
    load: async () => (await import('./groups/risk.ts')).routes,
  },
];

/** All of them: for the reference, and for whoever checks them. */
export const allRoutes = async (): Promise<readonly Route[]> =>
  (await Promise.all(routeGroups.map((group) => group.load()))).flat();
