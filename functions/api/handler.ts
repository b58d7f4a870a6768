import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readFile } from 'node:fs/promises';
import { monotonicFactory } from 'ulid';
import { idPrefixes } from '../../shared/kernel/id-prefixes.ts';
import { once } from '../../shared/kernel/once.ts';
import { readPulse } from '../../shared/store/service/beat.ts';
import { leaseRequests } from '../../shared/store/service/rate-leases.ts';
import { measured, metrics } from '../lambda/emf.ts';
import { clock, logger, objects, setting, table, wakeByQueue } from '../lambda/surroundings.ts';
import { accessSettings } from './access-settings.ts';
import { createApp } from './app.ts';
import { newSecret } from './new-secret.ts';
import { requestOf, resultOf } from './gateway.ts';
import { allRoutes } from './routes/index.ts';
import { sharedLimit } from './shared-rate-limit.ts';

/** Who issues the tokens, and to which of its clients; both by the service stack. */
const issuer = new URL(setting('ISSUER')).href.replace(/\/$/, '');
const clientIds = setting('CLIENT_IDS').split(',');

/** Read for the first token: neither a check of health nor a stranger has one. */
const verifier = once(async () => (await import('./issuer.ts')).verifierOf(issuer, clientIds, clock));

const ulid = monotonicFactory();

const market = table();

const app = createApp({
  ...accessSettings(process.env, clock, (rate) =>
    sharedLimit({
      ...rate,
      lease: (window, wanted) => leaseRequests(market, window, wanted),
      notShared: (error) => {
        metrics.record('LimitsNotShared', 1);
        logger.warn('limit not shared', { error: error instanceof Error ? error.name : 'unknown' });
      },
    }),
  ),
  table: market,
  objects: objects(),
  clock,
  newId: (kind) => `${idPrefixes[kind]}_${ulid()}`,
  verifyToken: async (token) => (await verifier()).verify(token),
  newSecret,
  wakeClearing: wakeByQueue(),
  ...{ logger, metrics },
  // Beside the bundle, not in it: it is larger than all of the API's own code, and read by few.
  readOpenApi: () => readFile(new URL('./openapi.json', import.meta.url), 'utf8'),
});

// An instance that is kept ready has time: whoever calls it first waits for nothing to be read, nor for the table and the
// issuer to be reached. What is away now may be back by then.
if (process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'provisioned-concurrency')
  await Promise.all([
    ...[allRoutes(), import('./serve.ts')],
    ...[readPulse(market), verifier().then(({ fetchKeys }) => fetchKeys())].map((reached) =>
      reached.catch((error: unknown) => {
        logger.warn('not reached', { error: error instanceof Error ? error.name : 'unknown' });
      }),
    ),
  ]);

/** Answers one call that API Gateway passes on. */
export const handler = measured(async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  const { requestContext } = event;
  return resultOf(await app.fetch(requestOf(event), { requestContext, event }));
});
