import type { Claims, TokenRequest } from './claims.ts';
import { claimsFor } from './claims.ts';

/** Cognito's event is answered with itself, the response filled in. */
type Answered<Event> = Omit<Event, 'response'> & {
  readonly response: {
    readonly claimsAndScopeOverrideDetails: {
      readonly accessTokenGeneration: { readonly claimsToAddOrOverride: Claims };
    };
  };
};

/**
 * Pre-token-generation trigger, version 3 (the Essentials plan's; version 2 is not called for machines). Only
 * access tokens get the claims: the API accepts no others. A thrown error denies the token.
 */
export const handler = <Event extends TokenRequest>(event: Event): Promise<Answered<Event>> => {
  const claims = claimsFor(event);
  if (!claims.ok) return Promise.reject(new Error(claims.problem));
  return Promise.resolve({
    ...event,
    response: {
      claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: claims.value } },
    },
  });
};
