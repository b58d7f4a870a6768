import type { Instant } from '../../shared/kernel/time.ts';
import type { Item } from '../../shared/store/item.ts';
import { concurrently } from './concurrently.ts';
import type { ReferenceReader } from './dependencies.ts';
import { organisationsOf, type SnapshotParts } from './snapshot.ts';

/** Of which orders, and as of when. */
export interface Gathering {
  readonly product: string;
  readonly gateClosure: Instant;
  readonly orders: readonly Item[];
  /** Records read at the same time. */
  readonly concurrency: number;
  /** Runs after each reading: where a run keeps its lease. */
  readonly between?: () => Promise<void>;
}

/** What the snapshot of some orders takes from reference data: the rules, their sites with certificates, their groups. */
export async function snapshotParts(
  reference: ReferenceReader,
  { product, gateClosure, orders, concurrency, between = () => Promise.resolve() }: Gathering,
): Promise<Pick<SnapshotParts, 'configuration' | 'originUse' | 'references' | 'sites' | 'groups'>> {
  const configuration = await reference.configuration(product, gateClosure);
  const originUse = await reference.originUse(configuration.product);
  const references = await concurrently(referencesOf(orders), concurrency, (id) =>
    reference.referencePrice(id, configuration.product, gateClosure),
  );
  await between();
  const sites = await concurrently(sitesOf(orders), concurrency, (site) => reference.site(site, gateClosure));
  await between();
  const owners = [...new Set(orders.flatMap(organisationsOf))];
  const groups = await concurrently(owners, concurrency, (owner) => reference.group(owner, gateClosure));
  await between();
  return {
    configuration,
    originUse,
    references,
    sites,
    groups: new Map(owners.map((owner, index) => [owner, groups[index] ?? owner])),
  };
}

/** What the orders are indexed to. */
const referencesOf = (orders: readonly Item[]): string[] => {
  const named = orders.flatMap((item) => {
    const { priceTerms } = item['body'] as { priceTerms?: { reference?: string } };
    return priceTerms?.reference ?? [];
  });
  return [...new Set(named)].sort();
};

const sitesOf = (orders: readonly Item[]): string[] => {
  const sites = orders
    .filter((item) => item['type'] === 'offer')
    .map((item) => (item['body'] as { site: string }).site);
  return [...new Set(sites)].sort();
};
