import { randomUUID } from 'node:crypto';
import type { Health } from '../../functions/api/health.ts';
import { healthOf } from '../../functions/api/health.ts';
import { readPulse } from '../../shared/store/service/beat.ts';
import { checkNoImport } from '../backup/import-state.ts';
import { admission } from './admission.ts';
import type { DataDirectory } from './data-directory.ts';
import { openDataDirectory } from './data-directory.ts';
import { deciderThread } from './decider-thread.ts';
import { keepEngine } from './engine-keeper.ts';
import { fileObjectStore, memoryObjectStore } from './file-object-store.ts';
import { localIssuer } from './issuer.ts';
import { localLog } from './log.ts';
import { marketClock } from './market-clock.ts';
import { openMarketplace } from './marketplace.ts';
import type { StartOptions } from './options.ts';
import type { Reporter } from './reporter.ts';
import { markSampleLoaded, sampleState } from './sample-state.ts';
import { showReady, showSample } from './show.ts';
import { participants } from './sample/client.ts';
import { loadSample } from './sample/load.ts';
import type { Handler, LocalServer } from './server.ts';
import { listen } from './server.ts';
import { starting, waitingForStore } from './starting.ts';
import { clientAt, clientOfEngine, openTable } from './store.ts';
import { watchStores } from './store-watch.ts';
import { threadComputing } from './thread-computing.ts';
import { untilItAnswers } from './until-it-answers.ts';

export interface Environment {
  readonly endpoint: string | undefined;
  readonly tableName: string | undefined;
}

export interface Running {
  readonly url: string;
  /** Resolves with the reason when the marketplace cannot go on. */
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

const tickMilliseconds = 60_000;
/** What is under way may end; a clearing that is cut off is resumed at the next start. */
const patienceMilliseconds = 5000;

/**
 * Brings the marketplace up on one machine: its directory, its port, its DynamoDB, its API; whatever a killed
 * run left half done is finished; the sample market on an empty store. What has been started is stopped again,
 * last first, when a later step fails.
 */
export async function start(
  options: StartOptions,
  environment: Environment,
  report: Reporter,
  signal: AbortSignal,
): Promise<Running> {
  let server: LocalServer | undefined;
  const started: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    // Callers first: nobody may find the API without what it stands on.
    await server?.close(patienceMilliseconds);
    for (let step = started.pop(); step !== undefined; step = started.pop()) await step();
  };
  try {
    const directory = options.data === undefined ? undefined : await openDataDirectory(options.data);
    if (directory !== undefined)
      started.push(() => {
        directory.release();
      });
    const log = localLog(directory?.log, (line) => {
      report.problem(line);
    });
    started.push(() => log.close());

    let handler: Handler = starting;
    const admitted = admission(() => handler);
    server = await listen(options.port, () => admitted);

    const database = await openDatabase(environment.endpoint, directory, report);
    started.push(database.stop);
    const clientFor = environment.endpoint === undefined ? clientOfEngine : clientAt;
    const client = clientFor(database.endpoint);
    started.push(() => {
      client.destroy();
    });
    const lost = new AbortController();
    void database.lost.then((why) => {
      lost.abort(new Error(`The embedded DynamoDB ${why}.`));
    });
    // A store may be away at any step of a start, as its engine may die at any.
    const patiently = <T>(step: () => Promise<T>): Promise<T> =>
      untilItAnswers(step, {
        signal: AbortSignal.any([signal, lost.signal]),
        waiting: (why) => {
          if (handler === starting) handler = waitingForStore;
          report.problem(`No DynamoDB answers at ${database.endpoint} (${why}); waiting for it.`);
        },
      });
    const table = await patiently(() => openTable(client, environment.tableName ?? 'lodestone'));
    await patiently(() => checkNoImport(table));
    const clock = await patiently(() => marketClock(table));
    const issuer = await localIssuer({ keyFile: directory?.issuerKey, clock: clock.now });
    const watch = watchStores(client, {
      directory: directory?.path,
      tell: (text) => {
        report.problem(text);
      },
      recovered: () => void marketplace.resume().catch(() => undefined),
    });
    const thread = deciderThread();
    started.push(() => thread.stop());
    const previews = threadComputing();
    started.push(() => previews.stop());
    const marketplace = openMarketplace({
      decider: thread.decide,
      computing: previews.computing,
      table,
      objects: watch.objects(
        directory === undefined ? memoryObjectStore() : await fileObjectStore(directory.objects),
      ),
      probe: () => watch.probe(table),
      issuer,
      marketClock: clock,
      log,
      // Alone on its database, a restarted host takes its own market back without waiting for the lease.
      holder: environment.endpoint === undefined ? 'one-machine' : `one-machine-${randomUUID()}`,
      webhookHosts: options.webhookHosts,
    });
    started.push(() => marketplace.warning.stop());
    started.push(() => marketplace.clearing.stop(patienceMilliseconds));
    const sample = await patiently(() => sampleState(table, clock.now(), !options.empty));
    // Orders can be taken as soon as there is a store; what a killed run left is taken up meanwhile.
    handler = sample.state === 'load' ? starting : marketplace.handle;
    await patiently(() => marketplace.resume());
    await marketplace.clearing.start(tickMilliseconds);

    if (sample.state === 'abandoned')
      report.problem(
        'The sample market was cut off while it was loaded, too long ago to finish it. ' +
          'What stands works; for a whole sample start with another --data directory.',
      );
    const as = participants(marketplace.handle, issuer);
    if (sample.state === 'load') {
      await loadSample(as, {
        today: sample.today,
        progress: (text) => {
          report.step(`sample market: ${text}`);
        },
      });
      await markSampleLoaded(table, clock.now());
    }
    await patiently(() => marketplace.warning.start());
    handler = marketplace.handle;
    if (sample.state === 'load') await showSample(as, report, { contracts: true });
    // By now it serves: what only tells of it must not end it.
    else if (sample.state === 'loaded')
      await showSample(as, report, { contracts: false }).catch((error: unknown) => {
        report.problem(`The sample cannot be shown now: ${String(error)}`);
      });
    showReady(report, {
      url: server.url,
      health: inWords(healthOf(await patiently(() => readPulse(table)), clock.now())),
      kept: environment.endpoint ?? directory?.path,
      clock: clock.aheadMilliseconds() === 0 ? undefined : clock.now(),
      sample: sample.state === 'load' || sample.state === 'loaded',
    });
    return { url: server.url, lost: database.lost, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const inWords = ({ status, parts }: Health): string => {
  const notWell = Object.entries(parts).filter(([, part]) => part !== 'ok');
  return [status, ...notWell.map(([name, part]) => `${name} ${part}`)].join(', ');
};

interface Database {
  readonly endpoint: string;
  readonly lost: Promise<string>;
  readonly stop: () => Promise<void>;
}

async function openDatabase(
  endpoint: string | undefined,
  directory: DataDirectory | undefined,
  report: Reporter,
): Promise<Database> {
  if (endpoint !== undefined) {
    report.step(`DynamoDB at ${endpoint}`);
    return { endpoint, lost: new Promise(() => undefined), stop: () => Promise.resolve() };
  }
  report.step(`embedded DynamoDB ${directory === undefined ? 'in memory' : `in ${directory.path}`}`);
  const engine = await keepEngine(directory, {
    replacedLeftover: (pid) => {
      report.event('leftover', { pid }, `· replaced the engine of a killed run (process ${pid})`);
    },
    restarted: (reason) => {
      report.event('restarted', { reason }, `· the embedded DynamoDB ${reason}; it has been started again`);
    },
  });
  return { endpoint: engine.endpoint, lost: engine.lost, stop: () => engine.stop() };
}
