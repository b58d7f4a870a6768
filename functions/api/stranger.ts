import type { Problem } from '../../shared/kernel/problem.ts';
import { problem } from '../../shared/kernel/problem.ts';
import type { ApiContext } from './answer.ts';
import { refuse } from './answer.ts';

/** The access token that a request brings, if it has the form of one. */
export const tokenOf = (context: ApiContext): string | undefined =>
  /^Bearer +([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(context.req.header('authorization') ?? '')?.[1];

/** The answer to who brings no token, or one that is refused. */
export const refuseStranger = (
  context: ApiContext,
  refusal: Problem = problem('unauthenticated', 'Send an access token: Authorization: Bearer <token>.'),
): Response => refuse(context, refusal, { headers: challengeOf(context, refusal) });

/** RFC 6750, 3: without credentials only the scheme is named; with bad ones, the error too. */
function challengeOf(context: ApiContext, { code }: Problem): Record<string, string> {
  if (code !== 'unauthenticated') return { 'Retry-After': '5' };
  return context.req.header('authorization') === undefined
    ? { 'WWW-Authenticate': 'Bearer' }
    : { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
}
