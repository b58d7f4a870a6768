import { createLocalJWKSet } from 'jose';
import { readFile } from 'node:fs/promises';
import { monotonicFactory } from 'ulid';
import { accessTokenVerifier } from '../../functions/api/access-token.ts';
import { createApp } from '../../functions/api/app.ts';
import { idPrefixes } from '../../shared/kernel/ids.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { addApiReference } from './api-reference.ts';
import type { ClearingPump } from './clearing-pump.ts';
import { clearingPump } from './clearing-pump.ts';
import { addDevToken } from './dev-token.ts';
import type { Issuer } from './issuer.ts';
import type { LocalLog } from './log.ts';
import type { Handler } from './server.ts';

/** The API, its issuer, its reference and its clearing, on a table and an object store. */
export interface Marketplace {
  readonly handle: Handler;
  readonly clearing: ClearingPump;
  /** Takes up every clearing that a killed run left half done. */
  resume(): Promise<void>;
}

export interface MarketplaceOptions {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly log: LocalLog;
  /** Who holds a market while it clears: unique among those that share the table. */
  readonly holder: string;
}

export function openMarketplace(options: MarketplaceOptions): Marketplace {
  const { table, objects, issuer, clock, log } = options;
  const clearing = clearingPump({
    run: () => Promise.resolve(),
    tick: () => Promise.resolve(),
    failed: (what, error) => {
      log.error(`${what} failed`, {
        error: error instanceof Error ? { message: error.message, stack: error.stack } : String(error),
      });
    },
  });
  // Ids of one process are in order even within a millisecond.
  const ulid = monotonicFactory();
  const app = createApp({
    table,
    objects,
    clock,
    newId: (kind) => `${idPrefixes[kind]}_${ulid()}`,
    verifyToken: accessTokenVerifier({
      issuer: issuer.issuer,
      clientIds: [issuer.clientId],
      keys: createLocalJWKSet(issuer.keySet),
      clock,
    }),
    wakeClearing: (product) => {
      clearing.wake(product);
      return Promise.resolve();
    },
    logger: log,
    readOpenApi: () => readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
  });
  addDevToken(app, issuer);
  app.get('/', (context) => context.redirect('/docs'));
  addApiReference(app);
  return { handle: (request) => app.fetch(request), clearing, resume: () => Promise.resolve() };
}
