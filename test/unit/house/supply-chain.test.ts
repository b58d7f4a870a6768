import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { dependencies } from '../../support/licences.ts';

const run = promisify(execFile);
const tracked = async (...paths: string[]): Promise<string[]> =>
  (await run('git', ['ls-files', ...paths])).stdout.split('\n').filter((path) => path !== '');
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

describe('SECURITY.md', () => {
  it('names the test that holds each defence, and so does what says how things are verified', async () => {
    const tests = new Set((await tracked('test')).map((path) => path.split('/').at(-1)));
    for (const document of ['SECURITY.md', 'docs/verification.md']) {
      const named = [...(await textOf(document)).matchAll(/`([\w-]+\.test\.ts)`/g)].map(([, name]) => name);
      expect(named.length).toBeGreaterThan(3);
      expect(named.filter((name) => !tests.has(name))).toEqual([]);
    }
    const rows = (await textOf('SECURITY.md'))
      .split('\n')
      .filter((line) => /^\| [A-Z]/.test(line))
      .slice(1);
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((row) => !/\.test\.ts/.test(row))).toEqual([]);
  });
});

describe('what runs with the market', () => {
  it('can open a connection from these files alone, and SECURITY.md names what they call', async () => {
    const opens =
      /\bfetch\(|\bfetch[,:]|new [A-Za-z.]+Client\(|createRemoteJWKSet\(|(from |Module\()'node:(net|http|https|http2|tls|dgram)'/;
    const sources = await tracked(
      ...['functions', 'shared', 'infra/local', 'infra/aws/stand-ins', 'infra/verify', 'infra/audit'],
    );
    const found = [];
    for (const path of sources.filter((each) => each.endsWith('.ts')))
      if (opens.test((await textOf(path)).replaceAll(/^ *(\*|\/\/).*$/gm, ''))) found.push(path);
    expect(found.sort()).toEqual([
      'functions/api/handler.ts', // its own app
      'functions/api/issuer.ts', // the issuer's keys (JWKS)
      'functions/lambda/surroundings.ts', // DynamoDB, S3, SQS
      'functions/notify/call-webhook.ts', // addresses that subscribers registered
      'functions/notify/event-bus.ts', // EventBridge
      'infra/aws/stand-ins/dynamodb.ts', // DynamoDB, by the SDK
      'infra/aws/stand-ins/fetch/fetch.ts', // S3 and JWKS
      'infra/aws/stand-ins/fetch/later.ts', // … read when it is first called
      'infra/local/before-the-app.ts', // answers on the server's own sockets
      'infra/local/engine.ts', // the embedded engine, on this machine
      'infra/local/marketplace.ts', // its own app, without a socket
      'infra/local/server.ts', // listens on this machine
      'infra/local/store.ts', // DynamoDB, or the embedded engine
      'infra/verify/read.ts', // the proof at the URL that was asked for
      'shared/store/service/s3-object-store.ts', // S3
      'shared/wire/public-address.ts', // opens nothing: judges addresses
      'shared/wire/webhook-url.ts', // opens nothing: tells an address from a name
    ]);
    const security = await textOf('SECURITY.md');
    for (const called of ['DynamoDB', 'S3', 'SQS', 'EventBridge', 'JWKS', 'webhooks'])
      expect(security).toContain(called);
  });

  it('is under licences that allow it, and pinned by digest', async () => {
    const all = await dependencies();
    expect(all.length).toBeGreaterThan(50);
    const free =
      /^\(?(MIT|Apache-2\.0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|BlueOak-1\.0\.0|CC0-1\.0|Unlicense)\b/;
    const carried = all.filter(({ runtime }) => runtime);
    expect(
      carried.filter(({ licence }) => !free.test(licence)).map(({ name, licence }) => `${name} ${licence}`),
    ).toEqual([]);
    expect(all.filter(({ pinned }) => !pinned).map(({ name }) => name)).toEqual([]);
  });

  it('is named with an exact version', async () => {
    const manifest = JSON.parse(await textOf('package.json')) as Record<string, Record<string, string>>;
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the repository', () => {
  it('holds no secret', async () => {
    const secret =
      /AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-[0-9A-Za-z-]{10}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}|"d": ?"[A-Za-z0-9_-]{40,}"|whsec_[A-Za-z0-9+/=]{24,}/;
    const found = [];
    for (const path of await tracked()) {
      const told = secret.exec(await textOf(path));
      if (told !== null) found.push(`${path}: ${told[0].slice(0, 12)}…`);
    }
    expect(found).toEqual([]);
    // It finds one that is there.
    expect(secret.test(['AKIA', 'ABCDEFGHIJKLMNOP'].join(''))).toBe(true);
  });
});
