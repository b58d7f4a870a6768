import type { Role } from './role.ts';

/** Who is calling, as the verified access token says. */
export interface Caller {
  readonly subject: string;
  readonly organisation: string;
  readonly roles: readonly Role[];
}

export const hasRole = (caller: Caller, ...roles: readonly Role[]): boolean =>
  caller.roles.some((role) => roles.includes(role));

/** Administrators and auditors see every order, contract and clearing; others only what is their own. */
export const seesAll = (caller: Caller): boolean => hasRole(caller, 'administrator', 'auditor');
