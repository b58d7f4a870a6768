import { createRemoteJWKSet } from 'jose';
import type { Clock } from '../../shared/kernel/instant.ts';
import { accessTokenVerifier } from './access-token.ts';

/** Verifies the tokens of an issuer that publishes its keys, as Cognito does, for its clients that we know. */
export const verifierOf = (issuer: string, clientIds: readonly string[], clock: Clock) =>
  accessTokenVerifier({
    ...{ issuer, clientIds, clock },
    // Kept for ten minutes; an unknown key is asked for again, but not twice in thirty seconds.
    keys: createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)),
  });
