import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { createRemoteJWKSet } from 'jose';
import { readFile } from 'node:fs/promises';
import { monotonicFactory } from 'ulid';
import * as z from 'zod';
import { idPrefixes } from '../../shared/kernel/ids.ts';
import { leaseRequests } from '../../shared/store/rate-leases.ts';
import { measured, metrics } from '../lambda/emf.ts';
import { clock, logger, objects, table, wakeByQueue } from '../lambda/surroundings.ts';
import { accessTokenVerifier } from './access-token.ts';
import { accessSettings } from './access-settings.ts';
import { createApp } from './app.ts';
import { newSecret } from './new-secret.ts';
import { requestOf, resultOf } from './gateway.ts';
import { sharedLimit } from './shared-rate-limit.ts';

/** Who issues the tokens, and to which of its clients; both by the service stack. */
const { ISSUER, CLIENT_IDS } = z
  .object({
    ISSUER: z.url(),
    CLIENT_IDS: z
      .string()
      .min(1)
      .transform((list) => list.split(',')),
  })
  .parse(process.env);

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
  verifyToken: accessTokenVerifier({
    issuer: ISSUER,
    clientIds: CLIENT_IDS,
    // Kept for ten minutes; an unknown key is asked for again, but not twice in thirty seconds.
    keys: createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`)),
    clock,
  }),
  newSecret,
  wakeClearing: wakeByQueue(),
  ...{ logger, metrics },
  // Beside the bundle, not in it: it is larger than all of the API's own code, and read by few.
  readOpenApi: () => readFile(new URL('./openapi.json', import.meta.url), 'utf8'),
});

// Node loads fetch's classes when they are first touched: while the function starts, rather than while one waits.
await new Response(await new Request('http://localhost', { method: 'POST', body: '{}' }).text()).text();

/** Answers one call that API Gateway passes on. */
export const handler = measured(async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
  const { requestContext } = event;
  return resultOf(await app.fetch(requestOf(event), { requestContext, event }));
});
