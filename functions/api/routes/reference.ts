import * as z from 'zod';
import { nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import type { CalendarDate } from '../../../shared/kernel/time.ts';
import { dateSchema } from '../../../shared/kernel/time.ts';
import { roles } from '../../../shared/reference/role.ts';
import type { Act } from '../../../shared/store/table/act.ts';
import type { ReferenceKind } from '../../../shared/store/table/keys/reference.ts';
import type { Put } from '../../../shared/store/table/put.ts';
import type { ReferenceRecords } from '../../../shared/store/reference/reference.ts';
import {
  listReference,
  readReference,
  referenceSeries,
  versionAt,
  versionsOf,
} from '../../../shared/store/reference/reference.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiRequest, Route, Tag } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

/** What the routes of reference data have in common: everybody reads, every version is kept and readable. */

type ReferenceRecord = ReferenceRecords[ReferenceKind];

export const everyone = roles;
export const administrators = ['administrator'] as const;

/** Parameters of a path that names a record by an id of its owner's choice. */
export const namedParams = z.strictObject({ id: nameIdSchema });

export const onDate = dateSchema.optional();
const onQuery = z.strictObject({
  on: onDate.meta({ description: 'The version that stood at the end of this day (UTC)' }),
});
const endOfDay = (date: CalendarDate): string => `${date}T23:59:59.999Z`;

export const nothingHere = fail(problem('not_found', 'There is nothing here.'));

/** The act of a request. */
export const actOf = (request: ApiRequest<unknown, unknown, unknown>, { newId }: ApiDependencies): Act => ({
  subject: request.caller.subject,
  organisation: request.caller.organisation,
  at: request.at,
  newId,
});

/** Reading one record, as it is or as it stood on a day, and its versions. */
export function readingRoutes<P extends z.ZodType>(options: {
  readonly kind: ReferenceKind;
  readonly path: `/${string}`;
  readonly params: P;
  readonly idOf: (params: z.output<P>) => string;
  readonly tag: Tag;
  /** As in operation ids: `Product`, and in sentences: `product`. */
  readonly name: string;
  readonly noun: string;
}): Route[] {
  const { kind, path, params, idOf, tag, name, noun } = options;
  const { schema } = referenceSeries[kind] as { schema: z.ZodType<ReferenceRecord> };
  return [
    defineRoute({
      operationId: `get${name}`,
      method: 'get',
      path,
      summary: `Read ${withArticle(noun)}`,
      tag,
      roles: everyone,
      params,
      query: onQuery,
      responses: { 200: { description: `The ${noun}`, schema } },
      problems: ['not_found'],
      read: async (request, { table }) => {
        const id = idOf(request.params);
        const record = await (request.query.on === undefined
          ? readReference(table, kind, id)
          : versionAt(table, kind, id, endOfDay(request.query.on)));
        return record === undefined ? nothingHere : ok(reply(200, record, { version: record.version }));
      },
    }),
    defineRoute({
      operationId: `list${name}Versions`,
      method: 'get',
      path: `${path}/versions`,
      summary: `List the versions of ${withArticle(noun)}`,
      description: 'Oldest first, each with when and by whom it was recorded.',
      tag,
      roles: everyone,
      params,
      paged: true,
      responses: { 200: { description: 'Versions', schema: listOf(schema) } },
      problems: ['not_found'],
      read: async (request, { table }) => {
        const versions = await versionsOf(table, kind, idOf(request.params), request.page);
        const exists = versions.items.length > 0 || request.page.after !== undefined;
        return exists ? ok(reply(200, versions)) : nothingHere;
      },
    }),
  ];
}

/** Listing the present versions of a kind. */
export function listingRoute(options: {
  readonly kind: ReferenceKind;
  readonly path: `/${string}`;
  readonly tag: Tag;
  readonly operationId: string;
  readonly noun: string;
}): Route {
  const { kind, path, tag, operationId, noun } = options;
  const { schema } = referenceSeries[kind] as { schema: z.ZodType<ReferenceRecord> };
  return defineRoute({
    operationId,
    method: 'get',
    path,
    summary: `List ${noun}`,
    tag,
    roles: everyone,
    paged: true,
    responses: { 200: { description: `All ${noun}, in order of id`, schema: listOf(schema) } },
    read: async (request, { table }) => ok(reply(200, await listReference(table, kind, request.page))),
  });
}

/** The answer to a PUT; `path` is that of the record. */
export function putReply<T extends { readonly version: number }>(put: Put<T>, path: string) {
  if (put.outcome === 'proposed')
    return reply(202, put.change, {
      version: put.change.version,
      location: `${path}/changes/${put.change.id}`,
    });
  return put.outcome === 'created'
    ? reply(201, put.record, { version: put.record.version, location: path })
    : reply(200, put.record, { version: put.record.version });
}

/** The same for what no floor stands above: it never waits for a second administrator. */
export function plainPutReply<T extends { readonly version: number }>(put: Put<T>, path: string) {
  if (put.outcome === 'proposed') throw new Error('nothing here awaits a second administrator');
  return put.outcome === 'created'
    ? reply(201, put.record, { version: put.record.version, location: path })
    : reply(200, put.record, { version: put.record.version });
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
