import { createLocalJWKSet } from 'jose';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { monotonicFactory } from 'ulid';
import { accessSettings } from '../../functions/api/access-settings.ts';
import { accessTokenVerifier } from '../../functions/api/access-token.ts';
import { createApp } from '../../functions/api/app.ts';
import type { Computing } from '../../functions/api/computing.ts';
import { newSecret } from '../../functions/api/new-secret.ts';
import type { Decider } from '../../functions/clearing/decider.ts';
import type { ClearingDependencies } from '../../functions/clearing/dependencies.ts';
import { clearingSettings } from '../../functions/clearing/dependencies.ts';
import { referenceReader } from '../../functions/clearing/reference-reader.ts';
import { runDueClearings } from '../../functions/clearing/run-due-clearings.ts';
import type { SettlementDependencies } from '../../functions/settlement/dependencies.ts';
import { settlementSettings } from '../../functions/settlement/dependencies.ts';
import { settlementReader } from '../../functions/settlement/reader.ts';
import { settleWhatIsDue } from '../../functions/settlement/settle-what-is-due.ts';
import type { TickDependencies } from '../../functions/tick/tick.ts';
import { tick } from '../../functions/tick/tick.ts';
import { clearAndDocument } from '../../shared/clearing/documents/documents.ts';
import { idPrefixes } from '../../shared/kernel/ids.ts';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import { readSound, versionAt } from '../../shared/store/reference/reference.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { addApiReference } from './api-reference.ts';
import type { ClearingPump } from './clearing-pump.ts';
import { clearingPump } from './clearing-pump.ts';
import { addDevClock } from './dev-clock.ts';
import { addDevToken } from './dev-token.ts';
import type { EarlyWarning } from './early-warning.ts';
import { earlyWarning } from './early-warning.ts';
import type { Issuer } from './issuer.ts';
import type { LocalLog } from './log.ts';
import type { LocalMetrics } from './metrics.ts';
import { localMetrics } from './metrics.ts';
import type { MarketClock } from './market-clock.ts';
import type { Handler } from './server.ts';

/** The API, its issuer, its reference and its clearing, on a table and an object store. */
export interface Marketplace {
  readonly handle: Handler;
  readonly clearing: ClearingPump;
  readonly warning: EarlyWarning;
  /** Takes up every clearing that a killed run left half done. */
  resume(): Promise<void>;
}

export interface MarketplaceOptions {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly issuer: Issuer;
  readonly marketClock: MarketClock;
  readonly log: LocalLog;
  readonly metrics?: LocalMetrics;
  /** Throws while orders cannot be taken. */
  readonly probe?: () => Promise<unknown>;
  /** Who holds a market while it clears: unique among those that share the table. */
  readonly holder: string;
  /** Decides runs elsewhere than in this thread. */
  readonly decider?: Decider;
  /** Computes previews and stress tests elsewhere than in this thread. */
  readonly computing?: Computing;
  /** Hosts, as `name:port`, that webhooks may call beside the public internet, also by http. */
  readonly webhookHosts?: readonly string[];
}

export function openMarketplace(options: MarketplaceOptions): Marketplace {
  const { table, objects, issuer, marketClock, log, metrics = localMetrics() } = options;
  const clock = marketClock.now;
  const wake = (product: string): Promise<void> => {
    clearing.wake(product);
    return Promise.resolve();
  };
  const failed =
    (what: string) =>
    (error: unknown): void => {
      log.error(`${what} failed`, {
        error: error instanceof Error ? { message: error.message, stack: error.stack } : String(error),
      });
    };
  const worker: ClearingDependencies = {
    table,
    objects,
    clock,
    holder: options.holder,
    reference: referenceReader(table),
    clear: clearAndDocument,
    ...(options.decider === undefined ? {} : { decider: options.decider }),
    newSalt: () => randomBytes(32).toString('hex'),
    // One machine has all the time there is.
    remainingMilliseconds: () => Number.POSITIVE_INFINITY,
    ...{ logger: log, metrics },
    settings: clearingSettings,
  };
  const ticker: TickDependencies = {
    table,
    clock,
    products: (broken) => readSound(table, 'product', broken),
    productAt: (id, at) => versionAt(table, 'product', id, at),
    wake,
    ...{ logger: log, metrics },
  };
  const settler: SettlementDependencies = {
    ...{ table, clock, logger: log, metrics },
    reader: settlementReader(table),
    remainingMilliseconds: () => Number.POSITIVE_INFINITY,
    settings: settlementSettings,
  };
  const webhookHosts = new Set(options.webhookHosts ?? []);
  const warning = earlyWarning({ table, clock, log, metrics, webhookHosts });
  const clearing: ClearingPump = clearingPump({
    run: async (product) => {
      await runDueClearings(worker, { product });
    },
    tick: async () => {
      // Each for itself: one that cannot do its work does not keep the others from theirs.
      await tick(ticker).catch(failed('tick'));
      await settleWhatIsDue(settler).catch(failed('settlement'));
      await warning.tick().catch(failed('early warning'));
      const measured = metrics.takeRecent();
      if (Object.keys(measured).length > 0) log.info('metrics', measured);
    },
    failed: (what, error) => {
      failed(what)(error);
    },
  });
  // Ids of one process are in order even within a millisecond.
  const ulid = monotonicFactory();
  const app = createApp({
    ...accessSettings(process.env, clock),
    table,
    objects,
    clock,
    newId: (kind) => `${idPrefixes[kind]}_${ulid(millisecondsOf(clock()))}`,
    verifyToken: accessTokenVerifier({
      issuer: issuer.issuer,
      clientIds: [issuer.clientId],
      keys: createLocalJWKSet(issuer.keySet),
      clock,
    }),
    newSecret,
    ...(options.computing === undefined ? {} : { computing: options.computing }),
    ...(options.probe === undefined ? {} : { probe: options.probe }),
    webhookHosts,
    wakeClearing: wake,
    ...{ logger: log, metrics },
    readOpenApi: () => readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
  });
  addDevToken(app, issuer);
  addDevClock(app, marketClock);
  app.get('/dev/metrics', (context) => context.json(metrics.all()));
  app.get('/', (context) => context.redirect('/docs'));
  addApiReference(app);
  return {
    handle: (request) => app.fetch(request),
    clearing,
    warning,
    resume: async () => {
      const broken = (product: string, error: unknown): void => {
        failed(`reading ${product}`)(error);
      };
      for (const { id } of await readSound(table, 'product', broken)) clearing.wake(id);
    },
  };
}
