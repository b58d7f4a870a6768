import type * as z from 'zod';
import { createSchema } from 'zod-openapi';
import type { ProblemCode } from '../../shared/kernel/problem.ts';
import { problemDetailsSchema, problemTable } from '../../shared/wire/problem-details.ts';
import { querySchemaOf } from './parse.ts';
import type { Route } from './route.ts';

/** JSON, as OpenAPI writes it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/**
 * The OpenAPI 3.1 document of the routes: the very definitions that are served. Requests and answers alike are
 * documented in their encoded form, as JSON. Made when building and testing; no function carries the generator.
 */
export function openApiDocument(routes: readonly Route[], version: string): JsonObject {
  const schemas = new SchemaCollector();
  const problems = new ProblemResponses();
  const paths: Record<string, Record<string, JsonObject>> = {
    '/healthz': { get: openGet('getHealth', 'Answers once orders can be taken', 'Ready') },
    '/openapi.json': { get: openGet('getOpenApi', 'This document', 'The document') },
  };
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route, schemas, problems);
  schemas.of(problemDetailsSchema);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lodestone',
      version,
      summary: 'An offtake and stockpile marketplace for critical minerals.',
      description:
        'Sealed call auctions under price floors, border adjustment, certification and diversification. Decimal values are strings, never JSON numbers. Unknown fields are refused. What a caller may not see does not exist for it.',
    },
    servers: [{ url: '/' }],
    security: [{ accessToken: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token with the claims `roles` and `organisation`.',
        },
      },
      headers,
      responses: problems.components(),
      schemas: schemas.components(),
    },
  };
}

/** Collects the named schemas that others refer to. */
class SchemaCollector {
  readonly #components = new Map<string, JsonObject>();

  /** The schema of a value's JSON, with references to named ones. */
  of(schema: z.ZodType): JsonObject {
    const made = createSchema(schema, {
      io: 'input',
      opts: {
        override: ({ jsonSchema }) => {
          // The format says it; the pattern is 200 characters of leap years.
          if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern;
          if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        },
      },
    });
    for (const [name, component] of Object.entries(made.components))
      this.#components.set(name, component as JsonObject);
    return made.schema as JsonObject;
  }

  components(): JsonObject {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function operation(route: Route, schemas: SchemaCollector, problems: ProblemResponses): JsonObject {
  const { body } = route;
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, `Roles: ${route.roles.join(', ')}.`]
      .filter((sentence) => sentence !== undefined)
      .join('\n\n'),
    parameters: parametersOf(route, schemas),
    requestBody:
      body === undefined
        ? undefined
        : {
            required: true,
            content: { 'application/json': { schema: schemas.of(body), example: route.example as Json } },
          },
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, { description, schema }]) => [
          status,
          {
            description,
            headers: successHeaders(route, Number(status), schema),
            content:
              schema === undefined ? undefined : { 'application/json': { schema: schemas.of(schema) } },
          },
        ]),
      ),
      ...problems.of(route),
    },
  };
}

function parametersOf(route: Route, schemas: SchemaCollector): Json[] {
  const properties = (schema: z.ZodType | undefined): [string, JsonObject, boolean][] => {
    if (schema === undefined) return [];
    const made = schemas.of(schema) as { properties?: Record<string, JsonObject>; required?: string[] };
    return Object.entries(made.properties ?? {}).map(([name, property]) => [
      name,
      property,
      made.required?.includes(name) ?? false,
    ]);
  };
  const header = (name: string, required: boolean, description: string): JsonObject => ({
    in: 'header',
    name,
    required,
    description,
    schema: { type: 'string' },
  });
  return [
    ...properties(route.params).map(([name, schema]) => ({ in: 'path', name, required: true, schema })),
    ...properties(querySchemaOf(route)).map(([name, schema, required]) => {
      const { description, ...rest } = schema;
      return { in: 'query', name, required, description, schema: rest };
    }),
    ...(route.ifMatch === undefined
      ? []
      : [header('If-Match', route.ifMatch === 'required', 'ETag of the version that was read.')]),
    ...(route.method === 'post'
      ? [
          header(
            'Idempotency-Key',
            false,
            'The same key and body get the first answer again for at least 24 hours. 1 to 255 printable ASCII characters.',
          ),
        ]
      : []),
  ];
}

const headers = {
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

const headerRefs = (...names: readonly (keyof typeof headers)[]): JsonObject =>
  Object.fromEntries(
    ['X-Request-Id', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );

function successHeaders(route: Route, status: number, schema: z.ZodType | undefined): JsonObject {
  const versioned = schema !== undefined && 'shape' in schema && hasVersion(schema.shape);
  return headerRefs(
    ...(versioned ? (['ETag'] as const) : []),
    ...([201, 202, 303].includes(status) ? (['Location'] as const) : []),
    ...(route.paged === true ? (['Link'] as const) : []),
    ...(route.method === 'post' ? (['Idempotency-Replayed'] as const) : []),
  );
}

const hasVersion = (shape: unknown): boolean =>
  typeof shape === 'object' && shape !== null && 'version' in shape;

/** Every problem a route may answer with, by status. */
function problemsByStatus(route: Route): [number, ProblemCode[]][] {
  const writes = route.write !== undefined;
  const codes: readonly (readonly [ProblemCode, boolean, number?])[] = [
    ['malformed_request', writes],
    ['invalid_request', true, 400],
    ['cursor_invalid', route.paged === true],
    ['unauthenticated', true],
    ['forbidden', true],
    ['not_found', route.params !== undefined],
    ['concurrent_change', writes],
    ['precondition_failed', route.ifMatch !== undefined],
    ['body_too_large', writes],
    ['unsupported_media_type', writes],
    ['invalid_request', writes],
    ['idempotency_key_reused', route.method === 'post'],
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
class ProblemResponses {
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

const openGet = (operationId: string, summary: string, description: string): JsonObject => ({
  operationId,
  summary,
  security: [],
  responses: {
    200: {
      description,
      headers: headerRefs(),
      content: { 'application/json': { schema: { type: 'object' } } },
    },
  },
});
