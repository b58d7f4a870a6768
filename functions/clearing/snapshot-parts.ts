import type { Instant } from '../../shared/kernel/time.ts';
import type { Item } from '../../shared/store/table/item.ts';
import { concurrently } from './concurrently.ts';
import { snapshotProgramme } from '../../shared/clearing/support/snapshot-programme.ts';
import { sourceOf } from '../../shared/orders/offer.ts';
import type { Programme } from '../../shared/support/programme.ts';
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
  /** The run that programmes' budgets are held for; without one they are only read. */
  readonly holder?: { readonly run: number; readonly ended: number };
  /** Programmes that are only supposed: what they measure bids by is wanted, too. */
  readonly supposed?: readonly Pick<Programme, 'reference'>[];
}

/** What the snapshot of some orders takes from reference data: the rules, their sites with certificates, their groups. */
export async function snapshotParts(
  reference: ReferenceReader,
  {
    product,
    gateClosure,
    orders,
    concurrency,
    between = () => Promise.resolve(),
    holder,
    supposed = [],
  }: Gathering,
): Promise<
  Pick<SnapshotParts, 'configuration' | 'originUse' | 'references' | 'programmes' | 'sites' | 'groups'>
> {
  const configuration = await reference.configuration(product, gateClosure);
  const originUse = await reference.originUse(configuration.product);
  const references = await concurrently(
    referencesOf(orders, [...configuration.programmes, ...supposed]),
    concurrency,
    (id) => reference.referencePrice(id, configuration.product, gateClosure),
  );
  const programmes = await concurrently(configuration.programmes, concurrency, async (programme) =>
    snapshotProgramme(programme, await reference.budgetLeft(programme, holder)),
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
    programmes,
    sites,
    groups: new Map(owners.map((owner, index) => [owner, groups[index] ?? owner])),
  };
}

/** What the orders are indexed to, and what programmes measure bids by. */
const referencesOf = (
  orders: readonly Item[],
  programmes: readonly Pick<Programme, 'reference'>[],
): string[] => {
  const named = orders.flatMap((item) => {
    const { priceTerms } = item['body'] as { priceTerms?: { reference?: string } };
    return priceTerms?.reference ?? [];
  });
  return [...new Set([...named, ...programmes.map(({ reference }) => reference)])].sort();
};

const sitesOf = (orders: readonly Item[]): string[] => {
  const sites = orders
    .filter((item) => item['type'] === 'offer')
    .map((item) => sourceOf(item['body'] as { site?: string; stockLot?: string }));
  return [...new Set(sites)].sort();
};
