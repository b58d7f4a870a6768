import { nameIdSchema } from '../../shared/kernel/ids.ts';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, ok } from '../../shared/kernel/result.ts';
import type { Role } from '../../shared/reference/role.ts';
import { isRole } from '../../shared/reference/role.ts';
import { organisationAttribute, readScope } from './names.ts';

/** What the marketplace reads of an access token, beside who signed it. */
export interface Claims {
  readonly organisation: string;
  readonly roles: readonly Role[];
}

/**
 * The part of Cognito's pre-token-generation event (version 3) that claims may come from. `clientMetadata` is
 * left out on purpose: whoever asks for the token writes it.
 */
export interface TokenRequest {
  readonly triggerSource: string;
  readonly request: {
    readonly userAttributes?: Readonly<Record<string, string>> | undefined;
    readonly groupConfiguration?:
      { readonly groupsToOverride?: readonly string[] | null | undefined } | undefined;
    readonly scopes?: readonly string[] | null | undefined;
  };
}

/** Why no token is issued; the text reaches whoever asked for it. */
export type Refusal = string;

/** Every way in which a person gets a token. A way that is not listed gets none until someone has looked at it. */
const personSources: readonly string[] = [
  'TokenGeneration_HostedAuth',
  'TokenGeneration_Authentication',
  'TokenGeneration_NewPasswordChallenge',
  'TokenGeneration_AuthenticateDevice',
  'TokenGeneration_RefreshTokens',
];
const machineSource = 'TokenGeneration_ClientCredentials';

/** The claims of the person or machine that asks for a token, or why it gets none. */
export function claimsFor({ triggerSource, request }: TokenRequest): Result<Claims, Refusal> {
  if (triggerSource === machineSource) return claimsOfMachine(request);
  if (personSources.includes(triggerSource)) return claimsOfPerson(request);
  return fail(`tokens are not issued by way of ${triggerSource}`);
}

/** Of a person: the organisation from an attribute only administrators of the pool can write, roles from groups. */
function claimsOfPerson(request: TokenRequest['request']): Result<Claims, Refusal> {
  const organisation = request.userAttributes?.[organisationAttribute];
  if (organisation === undefined) return fail('this user belongs to no organisation yet');
  return claims(organisation, (request.groupConfiguration?.groupsToOverride ?? []).filter(isRole));
}

/** Of a machine: both from its scopes, which Cognito grants only as far as its client is allowed them. */
function claimsOfMachine(request: TokenRequest['request']): Result<Claims, Refusal> {
  const grants = (request.scopes ?? []).flatMap((scope) => readScope(scope) ?? []);
  const [organisation, another] = grants.flatMap((grant) =>
    'organisation' in grant ? [grant.organisation] : [],
  );
  if (organisation === undefined) return fail('no organisation scope was granted');
  if (another !== undefined) return fail('scopes of more than one organisation were asked for: ask for one');
  return claims(
    organisation,
    grants.flatMap((grant) => ('role' in grant ? [grant.role] : [])),
  );
}

function claims(organisation: string, granted: readonly Role[]): Result<Claims, Refusal> {
  if (!nameIdSchema.safeParse(organisation).success)
    return fail('the organisation on record is not a valid id');
  return ok({ organisation, roles: [...new Set(granted)].sort() });
}
