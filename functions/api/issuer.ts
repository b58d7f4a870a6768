import { createRemoteJWKSet } from 'jose';
import type { Clock } from '../../shared/kernel/instant.ts';
import { accessTokenVerifier } from './access-token.ts';

/**
 * Verifies the tokens of an issuer that publishes its keys, as Cognito does, for its clients that we know. `fetchKeys` fetches
 * them ahead of the first token; it rejects where they cannot be had, and the first token asks again.
 */
export function verifierOf(issuer: string, clientIds: readonly string[], clock: Clock) {
  // Kept for ten minutes; an unknown key is asked for again, but not twice in thirty seconds.
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  return {
    verify: accessTokenVerifier({ issuer, clientIds, clock, keys }),
    fetchKeys: () => keys.reload(),
  };
}
