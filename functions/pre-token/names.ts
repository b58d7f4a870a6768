import type { Role } from '../../shared/reference/role.ts';
import { isRole } from '../../shared/reference/role.ts';

/** The user attribute that names a person's organisation, as Cognito spells custom attributes. */
export const organisationAttributeName = 'organisation';
export const organisationAttribute = `custom:${organisationAttributeName}`;

/**
 * The resource server whose scopes say what a machine client is. A resource server holds 100 scopes at most
 * (Cognito's quota), so further ones `lodestone-2`, `lodestone-3`, … count as the same.
 */
export const resourceServer = 'lodestone';
const scopePattern = /^lodestone(?:-\d+)?\/(role|organisation)\.(.+)$/;

export const roleScope = (role: Role): string => `role.${role}`;
export const organisationScope = (organisation: string): string => `organisation.${organisation}`;

/** What a scope such as `lodestone/role.producer` grants; `undefined` for any other scope. */
export function readScope(
  scope: string,
): { readonly role: Role } | { readonly organisation: string } | undefined {
  const [, kind, name] = scopePattern.exec(scope) ?? [];
  if (name === undefined) return undefined;
  if (kind === 'organisation') return { organisation: name };
  return isRole(name) ? { role: name } : undefined;
}
