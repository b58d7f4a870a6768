import { build } from 'esbuild';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bundle, HandlerName } from '../../infra/aws/bundle.ts';
import { bundleHandler, bundleOptions, handlerNames } from '../../infra/aws/bundle.ts';
import { startEngine } from '../../infra/local/engine.ts';
import { clientAt, openTable } from '../../infra/local/store.ts';
import { previewBudget, startBudgets } from './budgets.ts';
import { median, progress, report } from './report.ts';

const run = promisify(execFile);
const runs = 9;
const calls = {
  alive: 'GET /livez (asks nobody)',
  stranger: 'a 401',
  health: 'GET /healthz (reads the table)',
  read: 'an authenticated list (fetches keys, reads the table)',
  preview: 'a preview of no product (the same, and reads the engine)',
} as const;

/** The workers, and a first call of each that finds nothing to do: what is timed is the start. */
const workers: readonly { readonly name: HandlerName; readonly event: object; readonly call: string }[] = [
  { name: 'clearing', event: { Records: [] }, call: 'no message' },
  { name: 'settlement', event: {}, call: 'nothing due (reads the table)' },
  { name: 'tick', event: {}, call: 'no product (reads and writes the table)' },
  { name: 'stream', event: { Records: [] }, call: 'no record' },
  { name: 'notify', event: {}, call: 'nothing due (reads the table)' },
  {
    name: 'pre-token',
    event: {
      triggerSource: 'TokenGeneration_Authentication',
      request: {
        userAttributes: { 'custom:organisation': 'mine-1' },
        groupConfiguration: { groupsToOverride: ['producer'] },
      },
    },
    call: 'a user',
  },
];

/**
 * What a caller waits for when a function starts: each run a Node of its own that imports the bundle and answers one
 * call, in turn with a handler that does nothing, bundled alike. The API's first call finds all that it finds on AWS
 * but the distance: it fetches the issuer's keys over HTTP, verifies the token and reads the table.
 */
export async function benchColdStart(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-bench-'));
  const surroundings = await openSurroundings();
  try {
    progress('cold start: bundling');
    const [empty, script] = [await bundleEmpty(folder), await bundleScript(folder)];
    const bundles = new Map<HandlerName, Bundle>();
    for (const name of handlerNames) bundles.set(name, await bundleHandler(name, folder));
    const api = bundles.get('api')!.entry;

    progress(`cold start: ${runs} runs of each`);
    const headers = {
      ...{ authorization: `Bearer ${surroundings.token}`, 'content-type': 'application/json' },
    };
    // Refused as soon as the engine is there: what is timed is the start, not a clearing.
    const preview = { httpMethod: 'POST', body: '{"product":"nothing"}' };
    const kinds = {
      empty: { bundle: empty, event: restEvent('/healthz'), status: 200 },
      alive: { bundle: api, event: restEvent('/livez'), status: 200 },
      health: { bundle: api, event: restEvent('/healthz'), status: 200 },
      stranger: { bundle: api, event: restEvent('/v1/products'), status: 401 },
      read: { bundle: api, event: restEvent('/v1/products', { headers }), status: 200 },
      preview: {
        bundle: api,
        event: restEvent('/v1/clearings/preview', { headers, ...preview }),
        status: 422,
      },
    } as const;
    const starts: Record<keyof typeof kinds, ColdStart[]> = {
      ...{ empty: [], alive: [], health: [], stranger: [], read: [], preview: [] },
    };
    const workerStarts = new Map(workers.map(({ name }) => [name, [] as ColdStart[]]));
    for (let round = 0; round < runs; round += 1) {
      for (const kind of Object.keys(kinds) as (keyof typeof kinds)[])
        starts[kind].push(await coldStart({ script, ...kinds[kind] }, surroundings.environment));
      for (const { name, event } of workers) {
        const first = { script, bundle: bundles.get(name)!.entry, event, status: 'any' as const };
        workerStarts.get(name)?.push(await coldStart(first, surroundings.environment));
      }
    }

    const of = (kind: keyof typeof kinds, part: keyof ColdStart): number =>
      median(starts[kind].map((start) => start[part]));
    report({ name: 'cold start of the API: import of the bundle', value: of('read', 'init'), unit: 'ms' });
    for (const [kind, call] of Object.entries(calls) as [keyof typeof calls, string][]) {
      report({
        name: `cold start of the API: ${call}, after the import`,
        value: of(kind, 'first'),
        unit: 'ms',
      });
      const whole = of(kind, 'whole');
      report({
        name: `cold start of the API: whole process, ${call}`,
        value: whole,
        unit: 'ms',
        versus: 'a process with an empty handler',
        ratio: of('empty', 'whole') / whole,
      });
      const processor = of(kind, 'processor');
      report({
        name: `cold start of the API: the processor's time, ${call}`,
        value: processor,
        unit: 'ms',
        versus: 'a process with an empty handler',
        ratio: of('empty', 'processor') / processor,
      });
    }
    for (const { name, call } of workers) {
      const processor = median(workerStarts.get(name)!.map((start) => start.processor));
      report({
        name: `cold start of ${name}: the processor's time, ${call}`,
        value: processor,
        unit: 'ms',
        versus: 'a process with an empty handler',
        ratio: of('empty', 'processor') / processor,
      });
    }
    const sizes: [string, number, number][] = [...bundles].map(([name, { start }]) => [
      `${name} as it starts`,
      start.bytes,
      startBudgets[name],
    ]);
    const engine = bundles.get('api')!.later.get('functions/api/preview-clearing.ts')!;
    for (const [what, bytes, budget] of [
      ...sizes,
      ['api for its first preview', engine, previewBudget] as const,
    ])
      report({
        name: `code read by ${what}`,
        value: bytes / 1000,
        unit: 'KB',
        versus: `a budget of ${budget / 1000} KB`,
        ratio: budget / bytes,
      });
  } finally {
    await surroundings.close();
    await rm(folder, { recursive: true });
  }
}

interface ColdStart {
  /** Milliseconds of the import, of the first call, of the processor, and of the process from its spawn to its end. */
  readonly init: number;
  readonly first: number;
  readonly processor: number;
  readonly whole: number;
}

async function coldStart(
  {
    script,
    bundle,
    event,
    status,
  }: {
    readonly script: string;
    readonly bundle: string;
    readonly event: object;
    readonly status: number | 'any';
  },
  env: Readonly<Record<string, string>>,
): Promise<ColdStart> {
  const begun = performance.now();
  const args = [script, bundle, JSON.stringify(event), String(status)];
  const { stdout } = await run(process.execPath, args, { env });
  const whole = performance.now() - begun;
  const figures = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<ColdStart, 'whole'>;
  return { ...figures, whole };
}

async function bundleEmpty(folder: string): Promise<string> {
  const outfile = join(folder, 'empty', 'index.mjs');
  const contents = `export const handler = async () => ({ statusCode: 200, multiValueHeaders: {}, body: '{}' });`;
  await build({
    ...bundleOptions,
    stdin: { contents, loader: 'ts' },
    outfile,
    write: true,
    sourcemap: false,
  });
  return outfile;
}

/** The script that starts one, as JavaScript: taking the types off it would be timed with every start. */
async function bundleScript(folder: string): Promise<string> {
  const outfile = join(folder, 'cold-start-once.mjs');
  const entryPoints = [join(import.meta.dirname, 'cold-start-once.ts')];
  await build({ ...bundleOptions, entryPoints, outfile, write: true, sourcemap: false });
  return outfile;
}

/** A DynamoDB with the table in it, and an issuer that publishes its keys and has issued one token. */
async function openSurroundings() {
  const engine = await startEngine();
  const client = clientAt(engine.endpoint);
  await openTable(client, 'lodestone');
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keySet = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }],
  });
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'application/json').end(keySet),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = await new SignJWT({
    ...{ token_use: 'access', client_id: 'bench', organisation: 'mine-1', roles: ['administrator'] },
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
    .setIssuer(issuer)
    .setSubject('mine-1.bench')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  return {
    token,
    // Nothing of this process's own environment: what a function finds is what the stack gives it.
    environment: {
      ISSUER: issuer,
      CLIENT_IDS: 'bench',
      TABLE_NAME: 'lodestone',
      BUCKET_NAME: 'lodestone',
      QUEUE_URL: 'http://127.0.0.1:1/queue.fifo',
      EVENT_BUS_NAME: 'alerts',
      RATE_LIMIT: '20,100',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      client.destroy();
      await engine.stop();
    },
  };
}

/** A call as API Gateway's REST proxy passes it on, with what the API reads of it; a GET unless told otherwise. */
const restEvent = (path: string, { headers = {}, httpMethod = 'GET', body = null }: RestCall = {}) => ({
  httpMethod,
  path,
  multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  multiValueQueryStringParameters: null,
  body,
  isBase64Encoded: false,
  requestContext: { requestId: 'bench' },
});

interface RestCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly httpMethod?: string;
  readonly body?: string | null;
}
