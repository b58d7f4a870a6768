/** JSON, as OpenAPI writes it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

export const headers = {
  'X-Request-Id': { description: 'Names this request in our logs', schema: { type: 'string' } },
  ETag: { description: 'The version, for If-Match', schema: { type: 'string', examples: ['"1"'] } },
  Location: { description: 'Where the resource is', schema: { type: 'string' } },
  Link: { description: 'rel="next": the next page', schema: { type: 'string' } },
  'Idempotency-Replayed': {
    description: '`true` where the answer is that of an earlier request with this key',
    schema: { type: 'string' },
  },
  'WWW-Authenticate': { description: 'The challenge', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } },
  Allow: { description: 'The methods there are', schema: { type: 'string' } },
} as const;

export const headerRefs = (...names: readonly (keyof typeof headers)[]): JsonObject =>
  Object.fromEntries(
    ['X-Request-Id', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
