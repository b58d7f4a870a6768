import * as z from 'zod';
import { nameIdSchema } from '../../../shared/kernel/ids.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { hasRole } from '../../../shared/reference/caller.ts';
import type { Granularity } from '../../../shared/risk/exchange.ts';
import { publicationView, publicationViewSchema } from '../../../shared/risk/publication-view.ts';
import { publishedFigures } from '../../../shared/risk/publication.ts';
import { mapPlan } from '../../../shared/store/table/effect.ts';
import { exchangeReadSchema, listReads, recordRead } from '../../../shared/store/risk/exchange-reads.ts';
import { agreementsFor, zonesOf } from '../../../shared/store/risk/exchange.ts';
import { publishStock, readPublications } from '../../../shared/store/risk/publications.ts';
import { readAll, readProduct } from '../../../shared/store/reference/reference.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';
import { actOf, administrators, nothingHere } from './reference.ts';

const readers = ['administrator', 'auditor'] as const;
const path = '/v1/exchange/publications';

/** All that may be shown of a publication: for auditors, and for the zone's own authority. */
const finest: Granularity = {
  figures: [...publishedFigures],
  quantities: 'exact',
  coverBands: [15, 30, 60, 90, 180],
};

export const publicationRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'publishStock',
    method: 'post',
    path,
    summary: "Publish a zone's stock of a product to its partners, for the present month",
    description:
      'Totals of all operators: available, physical, in transit, planned. Once a month, and it never changes. A figure is ' +
      'withheld where it, or a sum or difference of it with others of the month, with those of any one earlier month or with ' +
      'any two of the last 24 months, would tell what fewer than three operators hold or did, or one that has more than 70 %.',
    tag: 'Exchange',
    roles: administrators,
    body: z.strictObject({ zone: nameIdSchema, product: nameIdSchema }),
    responses: { 201: { description: 'Published', schema: publicationViewSchema } },
    problems: ['unknown_reference', 'forbidden', 'invalid_state'],
    write: (request, dependencies) => async () => {
      const product = await readProduct(dependencies.table, request.body.product);
      return mapPlan(
        publishStock(dependencies.table, actOf(request, dependencies), request.body),
        (publication) => reply(201, publicationView(publication, product!.unit, finest), { location: path }),
      )();
    },
  }),
  defineRoute({
    operationId: 'readPublications',
    method: 'get',
    path,
    summary: "Read what a zone has published of a product's stock",
    description:
      "Oldest month first; for partners by the agreement that binds today, for the zone's own authority and auditors in " +
      'full. Who reads is written down, for the zone and its partner alike (`GET /v1/exchange/reads`).',
    tag: 'Exchange',
    roles: readers,
    query: z.strictObject({ zone: nameIdSchema, product: nameIdSchema }),
    responses: {
      200: {
        description: 'Publications',
        schema: z.strictObject({ items: z.array(publicationViewSchema) }),
      },
    },
    problems: ['not_found'],
    read: async (request, dependencies) => {
      const { caller, query, at } = request;
      const { table } = dependencies;
      const [access, product, publications] = await Promise.all([
        accessTo(table, caller, query, at),
        readProduct(table, query.product),
        readPublications(table, query.zone, query.product),
      ]);
      if (access === undefined || product === undefined)
        return fail(problem('not_found', 'No agreement that binds today lets you read this.'));
      await recordRead(table, actOf(request, dependencies), {
        ...{ zone: query.zone, product: query.product, agreement: access.agreement },
        publications: publications.map(({ id }) => id),
      });
      const items = publications.map((each) => publicationView(each, product.unit, access.granularity));
      return ok(reply(200, { items }));
    },
  }),
  defineRoute({
    operationId: 'listExchangeReads',
    method: 'get',
    path: '/v1/exchange/reads',
    summary: "Who read what of a zone's publications",
    description: "For administrators of the zone's authority, and auditors.",
    tag: 'Exchange',
    roles: readers,
    query: z.strictObject({ zone: nameIdSchema }),
    paged: true,
    responses: { 200: { description: 'Reads, oldest first', schema: listOf(exchangeReadSchema) } },
    problems: ['not_found'],
    read: async ({ caller, query: { zone }, page }, { table }) => {
      const zones = await readAll(table, 'zone');
      const may = hasRole(caller, 'auditor') || zonesOf(zones, caller.organisation).includes(zone);
      return may && zones.some(({ id }) => id === zone)
        ? ok(reply(200, await listReads(table, zone, page)))
        : nothingHere;
    },
  }),
];

interface Access {
  readonly granularity: Granularity;
  readonly agreement: string | null;
}

/** How finely the caller may read; undefined where nothing lets it. Of several agreements, the first by id. */
async function accessTo(
  table: Table,
  caller: Caller,
  { zone, product }: { readonly zone: string; readonly product: string },
  at: string,
): Promise<Access | undefined> {
  const [zones, agreements] = await Promise.all([readAll(table, 'zone'), readAll(table, 'exchange')]);
  if (!zones.some(({ id }) => id === zone)) return undefined;
  const own = zonesOf(zones, caller.organisation);
  if (hasRole(caller, 'auditor') || own.includes(zone)) return { granularity: finest, agreement: null };
  const binding = agreementsFor(agreements, own, zone, at).find(({ products }) => products.includes(product));
  return binding && { granularity: binding.granularity, agreement: binding.id };
}
