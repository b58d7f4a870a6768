import { readFile } from 'node:fs/promises';
import type { JSONWebKeySet, JWK } from 'jose';
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import * as z from 'zod';
import { nameIdSchema } from '../../shared/kernel/ids.ts';
import { roles } from '../../shared/reference/role.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import { writeDurably } from './durable-file.ts';

/** Who a token of the local issuer speaks for, within what the verification of access tokens takes. */
export const tokenTermsSchema = z
  .strictObject({
    organisation: nameIdSchema,
    /** None for somebody who may do nothing. */
    roles: z.array(z.enum(roles)).max(roles.length),
    subject: z
      .string()
      .max(256)
      .regex(/^[\x21-\x7e]+$/, 'expected 1 to 256 visible ASCII characters, no spaces'),
    /** Below 1 for a token that has expired before it is used. */
    expiresInSeconds: z.int().min(-86_400).max(86_400).default(3600),
  })
  .meta({ id: 'TokenTerms' });
export type TokenTerms = z.output<typeof tokenTermsSchema>;

/** Stands in for the user pool on one machine: the same claims, for whoever asks. */
export interface Issuer {
  readonly issuer: string;
  readonly clientId: string;
  /** Public keys, in the form in which a user pool publishes its own. */
  readonly keySet: JSONWebKeySet;
  issue(terms: TokenTerms): Promise<string>;
}

/** The name never resolves (RFC 2606), so that no token of one machine is good anywhere else. */
const issuerName = 'https://issuer.lodestone.invalid';
const clientId = 'one-machine';
const algorithm = 'RS256';

/** The issuer with the key pair of `keyFile`, made there if there is none; with a passing one without a file. */
export async function localIssuer(options: {
  readonly keyFile: string | undefined;
  readonly clock: Clock;
}): Promise<Issuer> {
  const privateJwk = await keyPair(options.keyFile);
  const { kty, n, e, kid } = privateJwk;
  if (kty !== 'RSA' || n === undefined || e === undefined || kid === undefined)
    throw new Error(
      'The local issuer’s key file does not hold an RSA key with an id. Delete it to get a new one.',
    );
  const key = await importJWK(privateJwk, algorithm);
  return {
    issuer: issuerName,
    clientId,
    keySet: { keys: [{ kty, n, e, kid, alg: algorithm, use: 'sig' }] },
    issue: ({ organisation, roles, subject, expiresInSeconds }) => {
      const now = Math.floor(millisecondsOf(options.clock()) / 1000);
      return new SignJWT({ token_use: 'access', client_id: clientId, organisation, roles })
        .setProtectedHeader({ alg: algorithm, kid })
        .setIssuer(issuerName)
        .setSubject(subject)
        .setIssuedAt(now)
        .setExpirationTime(now + expiresInSeconds)
        .sign(key);
    },
  };
}

async function keyPair(file: string | undefined): Promise<JWK> {
  const kept = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as JWK;
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const withId: JWK = { ...jwk, kid: await calculateJwkThumbprint(jwk) };
  if (file !== undefined) await writeDurably(file, JSON.stringify(withId), { mode: 0o600 });
  return withId;
}
