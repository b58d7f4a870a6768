import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { CryptoKey, JWTPayload } from 'jose';
import { createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { accessTokenVerifier } from '../../../functions/api/access-token.ts';

const issuer = 'https://issuer.example/pool';
const now = Date.parse('2026-11-22T12:00:00.000Z') / 1000;
const claims: JWTPayload & Record<string, unknown> = {
  iss: issuer,
  token_use: 'access',
  client_id: 'web',
  sub: 'user-1',
  organisation: 'mine-au',
  roles: ['producer', 'emperor', 'producer'],
  iat: now,
  exp: now + 3600,
};

let privateKey: CryptoKey;
let publicKey: CryptoKey;
let verify: ReturnType<typeof accessTokenVerifier>;
beforeAll(async () => {
  ({ privateKey, publicKey } = await generateKeyPair('RS256'));
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256' }] });
  verify = accessTokenVerifier({
    issuer,
    clientIds: ['web', 'system'],
    keys,
    clock: () => '2026-11-22T12:00:00.000Z',
  });
});

const sign = (payload: JWTPayload, key: CryptoKey = privateKey, header = { alg: 'RS256', kid: 'key-1' }) =>
  new SignJWT(payload).setProtectedHeader(header).sign(key);
const codeOf = async (token: string) => {
  const result = await verify(token);
  return result.ok ? 'ok' : result.problem.code;
};
const withClaims = async (changes: Record<string, unknown>) => codeOf(await sign({ ...claims, ...changes }));

describe('access tokens', () => {
  it('name the caller; roles that do not exist are left out', async () => {
    expect(await verify(await sign(claims))).toEqual({
      ok: true,
      value: { subject: 'user-1', organisation: 'mine-au', roles: ['producer'] },
    });
  });

  it.each([
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['of another client', { client_id: 'other' }],
    ['with an audience in place of a client', { client_id: undefined, aud: 'web' }],
    ['that are id tokens', { token_use: 'id' }],
    ['that have expired', { exp: now - 6 }],
    ['that never expire', { exp: undefined }],
    ['that live for longer than a day', { exp: now + 86_401 }],
    ['issued in the future', { iat: now + 60 }],
    ['without an issue time', { iat: undefined }],
    ['not valid yet', { nbf: now + 60 }],
    ['without a subject', { sub: undefined }],
    ['with a subject that could forge a log line', { sub: 'a\nb' }],
    ['without an organisation', { organisation: undefined }],
    ['with an organisation that reaches into other keys', { organisation: 'a#offer' }],
    ['with roles that are no list', { roles: 'administrator' }],
  ])('%s are refused', async (_, changes) => {
    expect(await withClaims(changes)).toBe('unauthenticated');
  });

  it('are taken from an issuer whose clock is five seconds ahead, and never after their expiry', async () => {
    expect(await withClaims({ iat: now + 4 })).toBe('ok');
    expect(await withClaims({ exp: now + 1, iat: now - 100 })).toBe('ok');
    expect(await withClaims({ exp: now, iat: now - 100 })).toBe('unauthenticated');
  });

  it('are refused unsigned, and signed with the public key taken for a shared secret', async () => {
    expect(await codeOf(new UnsecuredJWT(claims).encode())).toBe('unauthenticated');
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = `${part({ alg: 'HS256', kid: 'key-1' })}.${part(claims)}`;
    const mac = createHmac('sha256', await exportSPKI(publicKey))
      .update(body)
      .digest('base64url');
    expect(await codeOf(`${body}.${mac}`)).toBe('unauthenticated');
  });

  it('are refused when another key signed them, or they were changed', async () => {
    const other = (await generateKeyPair('RS256')).privateKey;
    expect(await codeOf(await sign(claims, other))).toBe('unauthenticated');
    expect(await codeOf(await sign(claims, privateKey, { alg: 'RS256', kid: 'key-2' }))).toBe(
      'unauthenticated',
    );
    const [head, , signature] = (await sign(claims)).split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, roles: ['administrator'] })).toString('base64url');
    expect(await codeOf(`${head ?? ''}.${forged}.${signature ?? ''}`)).toBe('unauthenticated');
    expect(await codeOf('not.a.token')).toBe('unauthenticated');
  });

  it('are refused when a weaker or other RSA algorithm is asked for', async () => {
    const { privateKey: pss } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid: 'key-1' }).sign(pss);
    expect(await codeOf(token)).toBe('unauthenticated');
  });

  it('cannot be judged while the keys cannot be had: that is not the token’s fault', async () => {
    const down = accessTokenVerifier({
      issuer,
      clientIds: ['web'],
      keys: () => Promise.reject(new TypeError('fetch failed')),
      clock: () => '2026-11-22T12:00:00.000Z',
    });
    expect(await down(await sign(claims))).toMatchObject({ problem: { code: 'unavailable' } });
  });
});
