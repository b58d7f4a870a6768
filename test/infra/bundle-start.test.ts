import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HandlerName } from '../../infra/aws/bundle.ts';
import { handlerNames } from '../../infra/aws/bundle.ts';
import type { LambdaWorld } from '../support/lambda.ts';
import { lambdaWorld } from '../support/lambda.ts';

const run = promisify(execFile);

/** What a process reads that starts a bundle and calls it once. */
interface Start {
  readonly status: number | undefined;
  /** Modules of Node itself. */
  readonly builtins: readonly string[];
  /** Files of the bundle: those read by the start, and those by the call. */
  readonly start: readonly string[];
  readonly call: readonly string[];
}

const script = `
  import { registerHooks } from 'node:module';
  const [bundle, event] = process.argv.slice(1);
  const files = [];
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
  const { handler } = await import(bundle);
  const atStart = files.length;
  const answer = await handler(JSON.parse(event), { awsRequestId: 'a', getRemainingTimeInMillis: () => 60_000 });
  const builtins = process.moduleLoadList.filter((each) => each.startsWith('NativeModule '));
  const figures = { status: answer?.statusCode, builtins, start: files.slice(0, atStart), call: files.slice(atStart) };
  process.stdout.write('\\n' + JSON.stringify(figures), () => process.exit(0));
`;

describe('a start of a bundle', () => {
  let world: LambdaWorld;
  let token: string;
  beforeAll(async () => {
    world = await lambdaWorld();
    process.env['EVENT_BUS_NAME'] = 'alerts';
    token = await world.token('mine-1', ['producer']);
  });
  afterAll(() => world.end());

  async function start(name: HandlerName, event: object, more: Record<string, string> = {}): Promise<Start> {
    const args = [pathToFileURL(await world.bundle(name)).href, JSON.stringify(event)];
    const env = { ...process.env, AWS_ACCESS_KEY_ID: name, ...more };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, ...args], { env });
    const figures = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Start;
    const names = (paths: readonly string[]) =>
      paths.filter((path) => path.startsWith('file:')).map((path) => basename(path));
    return {
      ...figures,
      builtins: figures.builtins.map((each) => each.slice('NativeModule '.length)),
      ...{ start: names(figures.start), call: names(figures.call) },
    };
  }
  const get = (path: string, headers: Record<string, string> = {}) => ({
    ...{ httpMethod: 'GET', path, body: null, isBase64Encoded: false, multiValueQueryStringParameters: null },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: { requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' },
  });
  const list = () => get('/v1/products', { authorization: `Bearer ${token}` });
  const undici = 'internal/deps/undici/undici';

  it.each(handlerNames)('of %s and its first call load no fetch of Node’s', async (name) => {
    const event = {
      ...{
        api: list(),
        'pre-token': {
          triggerSource: 'TokenGeneration_ClientCredentials',
          request: { scopes: ['lodestone/organisation.org-1'] },
        },
        clearing: { Records: [] },
      },
      ...{ stream: { Records: [] }, settlement: {}, tick: {}, notify: {} },
    }[name];
    const { builtins, status } = await start(name, event);
    if (name === 'api') expect(status).toBe(200);
    if (name !== 'pre-token' && name !== 'clearing' && name !== 'stream') expect(builtins).toContain('http');
    expect(builtins).not.toContain(undici);
  });

  it('of the API loads what a call needs: nothing for a stranger, the SDK and TLS where the table is asked', async () => {
    for (const [path, status] of [
      ['/livez', 200],
      ['/v1/products', 401],
    ] as const) {
      const refused = await start('api', get(path));
      expect(refused.status).toBe(status);
      expect(refused.call).toEqual([]);
      for (const each of ['tls', 'zlib', 'http', 'fs/promises', undici])
        expect(refused.builtins).not.toContain(each);
    }
    const healthy = await start('api', get('/healthz'));
    expect(healthy.status).toBe(200);
    expect(healthy.call.length).toBeGreaterThan(0);
    expect(healthy.builtins).toContain('tls');
  });

  it('of the API on an instance that is kept ready leaves nothing to be read by the first call', async () => {
    const first = await start('api', list());
    expect(first.call.length).toBeGreaterThan(3);
    const ready = await start('api', list(), { AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency' });
    expect(ready.status).toBe(200);
    expect(ready.call).toEqual([]);
  });
});
