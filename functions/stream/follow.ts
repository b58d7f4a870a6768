import type { Clock } from '../../shared/kernel/time.ts';
import { dateOf } from '../../shared/kernel/time.ts';
import type { Product } from '../../shared/reference/product.ts';
import { readSound } from '../../shared/store/reference/reference.ts';
import { keys } from '../../shared/store/table/keys.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import { bookStock } from './book-stock.ts';
import type { ContractMemory } from './contract-memory.ts';
import type { DomainEvent } from './domain-event.ts';
import { reassess } from './reassess.ts';

/** What the follower stands on; each host (Lambda, one machine, tests) brings its own. */
export interface FollowerDependencies {
  readonly table: Table;
  readonly clock: Clock;
  readonly logger: Log;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
  /** What is remembered from one call to the next; nothing by default. */
  readonly memory?: ContractMemory;
}

/**
 * Takes events, in any order and however often, books what they mean for stock, and brings the alerts of the products
 * concerned to what now stands.
 * An event that has been followed for a product is passed over. Answers the products looked at.
 * @throws once all others are done, where a product could not be assessed: the stream tells of its events again.
 */
export async function follow(
  dependencies: FollowerDependencies,
  events: readonly DomainEvent[],
): Promise<string[]> {
  if (events.length === 0) return [];
  const failed = new Map<string, unknown>();
  const broken = tellOf(dependencies, failed);
  dependencies.metrics?.record('EventsFollowed', events.length);
  await bookStock(dependencies, events);
  const looked: string[] = [];
  for (const product of await readSound(dependencies.table, 'product', broken)) {
    const concerned = new Map(
      events
        .filter(({ concerns }) => concerns(product))
        .map(({ id, trade }) => [id, { id, contract: trade?.contract }]),
    );
    try {
      if (concerned.size > 0 && (await reassess(dependencies, product, { events: [...concerned.values()] })))
        looked.push(product.id);
    } catch (error) {
      broken(product.id, error);
    }
  }
  const [cause] = failed.values();
  if (failed.size > 0)
    throw new Error(`${failed.size} products could not be assessed; see the log`, { cause });
  return looked;
}

export interface Swept {
  readonly products: readonly string[];
  readonly failed: readonly string[];
}

/**
 * Once a day, looks at every product whatever has happened: for what dates bring, and for any event that nobody told
 * of. `anew` looks also at those that were looked at today. One product that fails does not hold up the others.
 */
export async function sweep(dependencies: FollowerDependencies, anew = false): Promise<Swept> {
  const { table, clock, metrics } = dependencies;
  const today = dateOf(clock());
  const products: string[] = [];
  const failed = new Map<string, unknown>();
  const broken = tellOf(dependencies, failed);
  for (const product of await readSound(table, 'product', broken)) {
    if (!anew && (await sweptOn(table, product)) === today) continue;
    try {
      await reassess(dependencies, product, { events: [], sweptOn: today });
      products.push(product.id);
    } catch (error) {
      broken(product.id, error);
    }
  }
  metrics?.record('ProductsNotAssessed', failed.size);
  return { products, failed: [...failed.keys()] };
}

const tellOf =
  ({ logger }: FollowerDependencies, failed: Map<string, unknown>) =>
  (product: string, error: unknown): void => {
    failed.set(product, error);
    logger.error('a product could not be assessed', { product, error });
  };

const sweptOn = async (table: Table, product: Product): Promise<unknown> =>
  (await table.get(keys.sweep(product.id)))?.['on'];
