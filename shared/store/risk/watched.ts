import type { ContractTerms } from '../../contracts/chain.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Instant } from '../../kernel/time.ts';
import type { Caller } from '../../reference/caller.ts';
import { groupOf } from '../../reference/organisation.ts';
import type { Product } from '../../reference/product.ts';
import type { Watched } from '../../risk/surveillance.ts';
import { latestRuns } from '../clearing/clearings.ts';
import { contractTermsOf } from '../contracts/contracts.ts';
import { listOwnedOrAll } from '../table/listing.ts';
import { bids, listOrders, offers } from '../orders/orders.ts';
import { contractsOfProduct } from '../contracts/product-contracts.ts';
import { readAll } from '../reference/reference.ts';
import { siteSeries } from '../sites/sites.ts';
import type { Table } from '../table/table.ts';
import { readRecord } from '../table/versioned.ts';

/** Records of a kind looked at for one answer at most: what one call can read. */
const mostRead = 5000;
const clearingsLookedAt = 100;

/** What of a product's market surveillance looks at; not `complete` where there was more than one call can read. */
export async function readWatched(
  table: Table,
  product: Product,
  caller: Caller,
  at: Instant,
): Promise<Watched & { readonly complete: boolean }> {
  const filter = { product: product.id };
  const [offered, bid, contracts, sites, zones, runs, organisations] = await Promise.all([
    all((page) => listOrders(table, offers, caller, filter, page, at)),
    all((page) => listOrders(table, bids, caller, filter, page, at)),
    termsOfContracts(table, product.id),
    all((page) =>
      listOwnedOrAll(table, 'site', caller, page, (items) =>
        Promise.resolve(items.map((item) => readRecord(siteSeries, item))),
      ),
    ),
    readAll(table, 'zone'),
    latestRuns(table, product.id, clearingsLookedAt),
    readAll(table, 'organisation'),
  ]);
  const groups = new Map(organisations.map((organisation) => [organisation.id, organisation]));
  const trading = new Set([...offered.items, ...contracts.items].map(({ seller }) => seller));
  return {
    ...{ offers: offered.items, bids: bid.items, contracts: contracts.items, zones },
    sites: sites.items.filter(({ organisation }) => trading.has(organisation)),
    gates: runs.map(({ clearing, gateClosure }) => ({ clearing, gateClosure })),
    groupOf: (organisation) => groupOf(organisation, groups.get(organisation)),
    complete: [offered, bid, contracts, sites].every(({ complete }) => complete),
  };
}

interface Read<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
}

async function all<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<Read<T>> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await list({ limit: 1000, after });
    items.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined && items.length < mostRead);
  return { items, complete: after === undefined };
}

async function termsOfContracts(table: Table, product: string): Promise<Read<ContractTerms>> {
  const items: ContractTerms[] = [];
  for await (const found of contractsOfProduct(table, product)) {
    items.push(...found.map(({ item }) => contractTermsOf(item)));
    if (items.length >= mostRead) return { items, complete: false };
  }
  return { items, complete: true };
}
