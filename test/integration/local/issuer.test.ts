import { createLocalJWKSet } from 'jose';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessTokenVerifier } from '../../../functions/api/access-token.ts';
import type { Issuer } from '../../../infra/local/issuer.ts';
import { localIssuer, tokenTermsSchema } from '../../../infra/local/issuer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const time = { now: '2026-11-22T12:00:00.000Z' };
const clock = () => time.now;
const terms = tokenTermsSchema.parse({ organisation: 'org-1', roles: ['producer'], subject: 'user-1' });
const verifierOf = ({ issuer, clientId, keySet }: Issuer) =>
  accessTokenVerifier({ issuer, clientIds: [clientId], keys: createLocalJWKSet(keySet), clock });

describe('the local issuer', () => {
  it('issues tokens that the API verifies as those of a user pool', async () => {
    const issuer = await localIssuer({ keyFile: undefined, clock });
    expect(await verifierOf(issuer)(await issuer.issue(terms))).toEqual({
      ok: true,
      value: { subject: 'user-1', organisation: 'org-1', roles: ['producer'] },
    });
  });

  it('keeps its key for its owner only, so that a token outlives a restart', async () => {
    const keyFile = join(folder, 'issuer-key.json');
    const token = await (await localIssuer({ keyFile, clock })).issue(terms);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    const restarted = await localIssuer({ keyFile, clock });
    expect(await verifierOf(restarted)(token)).toMatchObject({ ok: true });
  });

  it('publishes no private part of its key', async () => {
    const issuer = await localIssuer({ keyFile: join(folder, 'issuer-key.json'), clock });
    expect(Object.keys(issuer.keySet.keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('is not believed by another machine', async () => {
    const here = await localIssuer({ keyFile: undefined, clock });
    const there = await localIssuer({ keyFile: undefined, clock });
    expect(await verifierOf(there)(await here.issue(terms))).toMatchObject({
      ok: false,
      problem: { code: 'unauthenticated' },
    });
  });

  it('issues tokens that end', async () => {
    const issuer = await localIssuer({ keyFile: undefined, clock });
    const token = await issuer.issue({ ...terms, expiresInSeconds: 60 });
    time.now = '2026-11-22T12:02:00.000Z';
    expect(await verifierOf(issuer)(token)).toMatchObject({ ok: false });
    time.now = '2026-11-22T12:00:00.000Z';
    expect(await verifierOf(issuer)(token)).toMatchObject({ ok: true });
  });
});
