import type { ProblemCode } from '../../shared/kernel/problem.ts';
import { problemTable } from '../../shared/wire/problem-details.ts';
import type { JsonObject } from './openapi-headers.ts';
import { headerRefs } from './openapi-headers.ts';
import type { Route } from './route.ts';

/** Every problem a route may answer with, by status. */
function problemsByStatus(route: Route): [number, ProblemCode[]][] {
  const writes = route.write !== undefined;
  const takesBody = writes || route.body !== undefined;
  const codes: readonly (readonly [ProblemCode, boolean, number?])[] = [
    ['malformed_request', takesBody],
    ['invalid_request', true, 400],
    ['cursor_invalid', route.paged === true],
    ['unauthenticated', true],
    ['forbidden', true],
    ['not_found', route.params !== undefined],
    ['concurrent_change', writes],
    ['precondition_failed', route.ifMatch !== undefined],
    ['body_too_large', takesBody],
    ['unsupported_media_type', takesBody],
    ['invalid_request', takesBody],
    ['idempotency_key_reused', writes && route.method === 'post'],
    ['precondition_required', route.ifMatch === 'required'],
    ['rate_limited', true],
    ['internal', true],
    ['unavailable', true],
    ...(route.problems ?? []).map((code) => [code, true] as const),
  ];
  const byStatus = new Map<number, Set<ProblemCode>>();
  for (const [code, applies, status = problemTable[code].status] of codes)
    if (applies) byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  return [...byStatus].sort(([a], [b]) => a - b).map(([status, found]) => [status, [...found].sort()]);
}

/** Routes refuse alike, so each set of problems is described once. */
export class ProblemResponses {
  readonly #components = new Map<string, JsonObject>();

  of(route: Route): JsonObject {
    return Object.fromEntries(
      problemsByStatus(route).map(([status, codes]) => {
        const name = `${status}_${codes.join('-')}`;
        this.#components.set(name, problemResponse(status, codes));
        return [String(status), { $ref: `#/components/responses/${name}` }];
      }),
    );
  }

  components(): JsonObject {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

const problemResponse = (status: number, codes: readonly ProblemCode[]): JsonObject => ({
  description: codes.map((code) => `\`${code}\`: ${problemTable[code].title}.`).join(' '),
  headers: headerRefs(
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 429 || status === 503 ? (['Retry-After'] as const) : []),
  ),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
