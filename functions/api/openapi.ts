import type * as z from 'zod';
import { createSchema } from 'zod-openapi';
import { problemDetailsSchema } from '../../shared/wire/problem-schema.ts';
import { maximumBodyBytes } from './body.ts';
import type { Json, JsonObject } from './openapi-headers.ts';
import { headerRefs, headers } from './openapi-headers.ts';
import { ProblemResponses } from './openapi-problems.ts';
import { isBodyOptional, querySchemaOf } from './parse.ts';
import type { Route } from './route.ts';

/**
 * The OpenAPI 3.1 document of the routes: the very definitions that are served. Requests and answers alike are
 * documented in their encoded form, as JSON. Made when building and testing; no function carries the generator.
 */
export function openApiDocument(routes: readonly Route[], version: string): JsonObject {
  const schemas = new SchemaCollector();
  const problems = new ProblemResponses();
  const paths: Record<string, Record<string, JsonObject>> = {
    '/healthz': { get: openGet('getHealth', 'Answers once orders can be taken', 'Ready') },
    '/livez': { get: openGet('getLiveness', 'Answers while the process does', 'Alive') },
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
    servers: [{ url: '/', 'x-internal': false }],
    security: [{ accessToken: [] }],
    tags: ['Service', ...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'An access token with the claims `roles` and `organisation`, verified by RFC8725: RS256 alone, issuer, client, use and times.',
        },
      },
      headers,
      responses: problems.components(),
      schemas: schemas.components(),
    },
  };
}

interface Bounded {
  readonly type?: string;
  readonly format?: string;
  pattern?: string;
  maxLength?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  items?: unknown;
  enum?: unknown;
  const?: unknown;
}

/**
 * Says of each value how large it can be, so that whoever generates a client or a filter from the document knows: no text
 * or list is larger than the largest body, no integer beyond what JSON numbers hold exactly.
 */
function bounded(schema: Bounded): void {
  // The format says it; the pattern is 200 characters of leap years.
  if (schema.format === 'date-time' || schema.format === 'date') delete schema.pattern;
  if (schema.type === 'string' && schema.enum === undefined && schema.const === undefined)
    schema.maxLength ??= longestOf[schema.format ?? ''] ?? maximumBodyBytes;
  // Not every reader of patterns knows classes of Unicode.
  if (schema.pattern === String.raw`^\P{Cc}*$`) schema.pattern = String.raw`^[^\u0000-\u001f\u007f-\u009f]*$`;
  if (schema.type === 'array') schema.maxItems ??= maximumBodyBytes / 2;
  // A tuple has as many as it has; not every reader takes `false` for a schema.
  if (schema.items === false) schema.items = {};
  if (schema.type === 'integer') {
    if (schema.exclusiveMinimum === undefined) schema.minimum ??= Number.MIN_SAFE_INTEGER;
    if (schema.exclusiveMaximum === undefined) schema.maximum ??= Number.MAX_SAFE_INTEGER;
    Object.assign(schema, { format: 'int64' });
  }
}

/** What Lambda answers at most. */
const largestAnswer = 6 * 1024 * 1024;

const longestOf: Readonly<Record<string, number>> = { date: 10, 'date-time': 30 };

/** Collects the named schemas that others refer to. */
class SchemaCollector {
  readonly #components = new Map<string, JsonObject>();

  /** The schema of a value's JSON, with references to named ones. */
  of(schema: z.ZodType): JsonObject {
    const made = createSchema(schema, {
      io: 'input',
      opts: {
        override: ({ jsonSchema }) => {
          bounded(jsonSchema as Bounded);
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
            required: !isBodyOptional(route),
            content: {
              'application/json': { schema: schemas.of(body), example: route.example as Json },
              ...(route.csvBody === undefined
                ? {}
                : { 'text/csv': { schema: { type: 'string', maxLength: maximumBodyBytes } } }),
            },
          },
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, { description, schema }]) => [
          status,
          {
            description,
            headers: successHeaders(route, Number(status), schema),
            content:
              schema === undefined
                ? undefined
                : {
                    'application/json': { schema: schemas.of(schema) },
                    ...(route.csv === undefined
                      ? {}
                      : { 'text/csv': { schema: { type: 'string', maxLength: largestAnswer } } }),
                  },
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
    schema: { type: 'string', maxLength: 1000 },
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
    ...(isIdempotent(route)
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

/** A POST that writes heeds an Idempotency-Key. */
const isIdempotent = (route: Route): boolean => route.method === 'post' && route.write !== undefined;

function successHeaders(route: Route, status: number, schema: z.ZodType | undefined): JsonObject {
  const versioned = schema !== undefined && 'shape' in schema && hasVersion(schema.shape);
  return headerRefs(
    ...(versioned ? (['ETag'] as const) : []),
    ...([201, 202, 303].includes(status) ? (['Location'] as const) : []),
    ...(route.paged === true ? (['Link'] as const) : []),
    ...(isIdempotent(route) ? (['Idempotency-Replayed'] as const) : []),
  );
}

const hasVersion = (shape: unknown): boolean =>
  typeof shape === 'object' && shape !== null && 'version' in shape;

const openGet = (operationId: string, summary: string, description: string): JsonObject => ({
  operationId,
  tags: ['Service'],
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
