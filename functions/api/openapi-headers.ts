/** JSON, as OpenAPI writes it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

export const headers = {
  'X-Request-Id': {
    description: 'Names this request in our logs',
    schema: { type: 'string', maxLength: 8192 },
  },
  ETag: {
    description: 'The version, for If-Match',
    schema: { type: 'string', maxLength: 8192, examples: ['"1"'] },
  },
  Location: { description: 'Where the resource is', schema: { type: 'string', maxLength: 8192 } },
  Link: { description: 'rel="next": the next page', schema: { type: 'string', maxLength: 8192 } },
  'Idempotency-Replayed': {
    description: '`true` where the answer is that of an earlier request with this key',
    schema: { type: 'string', maxLength: 8192 },
  },
  'WWW-Authenticate': { description: 'The challenge', schema: { type: 'string', maxLength: 8192 } },
  'Retry-After': {
    description: 'Seconds to wait',
    schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 86_400 },
  },
  'Access-Control-Allow-Origin': {
    description: 'The origin of the script that asks, where it is configured; else absent',
    schema: { type: 'string', maxLength: 8192 },
  },
  RateLimit: {
    description: 'What the organisation has left of its requests, where a limit is set; else absent',
    schema: { type: 'string', maxLength: 8192, examples: ['"organisation";r=99'] },
  },
  Allow: { description: 'The methods there are', schema: { type: 'string', maxLength: 8192 } },
} as const;

export const headerRefs = (...names: readonly (keyof typeof headers)[]): JsonObject =>
  Object.fromEntries(
    ['X-Request-Id', 'Access-Control-Allow-Origin', 'RateLimit', ...names].map((name) => [
      name,
      { $ref: `#/components/headers/${name}` },
    ]),
  );
