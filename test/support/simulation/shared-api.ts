import { AsyncLocalStorage } from 'node:async_hooks';
import { allRoutes } from '../../../functions/api/routes/index.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import type { NewId } from '../../../shared/kernel/ids.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { ObjectStore } from '../../../shared/store/service/object-store.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import type { Answer } from '../api.ts';
import { testApi } from '../api.ts';

/** What differs from one handling of a request to the next. */
export interface Handling {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly newId: NewId;
  readonly clock: () => Instant;
  readonly wake: (product: string) => Promise<void>;
}

const handling = new AsyncLocalStorage<Handling>();
const current = (): Handling => {
  const found = handling.getStore();
  if (found === undefined) throw new Error('not within a request');
  return found;
};

/** Stands for whatever of this name the present request has. */
const present = <K extends 'table' | 'objects'>(name: K): Handling[K] =>
  new Proxy({} as Handling[K], {
    get: (_, member) => {
      const of = current()[name];
      const value: unknown = Reflect.get(of, member, of);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * One application for all requests of all simulations: to build it takes longer than to serve one. Its routes are there
 * from the beginning: the first history would wait for them, which others do not, and be another under the same seed.
 */
const { call } = testApi(
  present('table'),
  {
    objects: present('objects'),
    clock: () => current().clock(),
    newId: (kind) => current().newId(kind),
    newSecret: () => `whsec_${Buffer.from(sha256(current().newId('webhook'))).toString('base64')}`,
    wakeClearing: (product) => current().wake(product),
    logger: silent,
  },
  await allRoutes(),
);

/** Handles one request with the store, clock and ids of its own. */
export const handle = (of: Handling, ...request: Parameters<typeof call>): Promise<Answer> =>
  handling.run(of, () => call(...request));
