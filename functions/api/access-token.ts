import type { JWTVerifyGetKey } from 'jose';
import { errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { nameIdSchema } from '../../shared/kernel/ids.ts';
import type { Problem } from '../../shared/kernel/problem.ts';
import { problem } from '../../shared/kernel/problem.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import { millisecondsOf } from '../../shared/kernel/time.ts';
import type { Caller } from '../../shared/reference/caller.ts';
import { isRole } from '../../shared/reference/role.ts';

export interface AccessTokenOptions {
  readonly issuer: string;
  /** The app clients whose tokens are taken; a pool has others. */
  readonly clientIds: readonly string[];
  /** The issuer's public keys: `createRemoteJWKSet` on AWS, the issuer's own on one machine. */
  readonly keys: JWTVerifyGetKey;
  readonly clock: Clock;
}

/** How far the issuer's clock may be ahead of ours. An expiry is taken at its word. */
const issuedAheadSeconds = 5;
const longestLifeSeconds = 24 * 3600;

const claimsSchema = z.object({
  token_use: z.literal('access'),
  client_id: z.string(),
  sub: z
    .string()
    .max(256)
    .regex(/^[\x21-\x7e]+$/),
  organisation: nameIdSchema,
  roles: z.array(z.string()).max(50),
  iat: z.int(),
  exp: z.int(),
});

const rejected = fail(problem('unauthenticated', 'The access token is missing, expired or not valid here.'));

/**
 * Verifies access tokens of the one issuer: RS256 only (so neither `none` nor a public key taken for a shared
 * secret), issuer, client, `token_use`, expiry (RFC 8725). Errors: unauthenticated, and unavailable when the
 * issuer's keys cannot be fetched.
 */
export function accessTokenVerifier(options: AccessTokenOptions): (token: string) => Promise<Result<Caller>> {
  return async (token) => {
    const now = millisecondsOf(options.clock());
    let payload: unknown;
    try {
      ({ payload } = await jwtVerify(token, options.keys, {
        algorithms: ['RS256'],
        issuer: options.issuer,
        currentDate: new Date(now),
        requiredClaims: ['exp', 'iat', 'sub'],
      }));
    } catch (error) {
      return isTokenAtFault(error) ? rejected : fail(keysUnavailable);
    }
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success || !options.clientIds.includes(claims.data.client_id)) return rejected;
    const { sub, organisation, roles, iat, exp } = claims.data;
    const issuedInFuture = iat > now / 1000 + issuedAheadSeconds;
    if (issuedInFuture || exp <= iat || exp - iat > longestLifeSeconds) return rejected;
    return ok({ subject: sub, organisation, roles: [...new Set(roles.filter(isRole))] });
  };
}

const keysUnavailable: Problem = problem('unavailable', 'Tokens cannot be verified for the moment.');

/** Everything jose names is the token's fault, except what went wrong while fetching keys. */
const isTokenAtFault = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC';
