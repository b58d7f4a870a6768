import * as z from 'zod';
import type { Clearing } from '../../../shared/clearing/documents/record.ts';
import { clearingSchema, clearingStatuses, noOutcome } from '../../../shared/clearing/documents/record.ts';
import { generatedIdSchema, nameIdSchema } from '../../../shared/kernel/ids.ts';
import { fieldProblem, problem } from '../../../shared/kernel/problem.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { latestOf } from '../../../shared/kernel/time.ts';
import {
  listClearings,
  readClearing,
  readClearingDocuments,
  requestClearingActions,
} from '../../../shared/store/clearing/clearings.ts';
import { readDocument } from '../../../shared/store/clearing/explanations.ts';
import type { ClearingDocuments } from '../../../shared/store/clearing/clearings.ts';
import { readProduct } from '../../../shared/store/reference/reference.ts';
import type { Result } from '../../../shared/kernel/result.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { listOf } from '../../../shared/wire/list.ts';
import type { Route } from '../route.ts';
import { defineRoute, reply } from '../route.ts';

const path = '/v1/clearings';
const readers = ['administrator', 'auditor'] as const;
const params = z.strictObject({ id: generatedIdSchema('clearing') });
const requestSchema = z.strictObject({ product: nameIdSchema }).meta({ id: 'ClearingRequest' });

export const clearingRoutes: readonly Route[] = [
  defineRoute({
    operationId: 'requestClearing',
    method: 'post',
    path,
    tag: 'Clearings',
    summary: 'Ask for a clearing of a product',
    description:
      'Answered before it is done: follow `Location`. A request during a run waits for it to end. With nothing to match, the clearing completes with no contract.',
    roles: ['administrator'],
    body: requestSchema,
    example: { product: 'ndpr-oxide' },
    responses: { 202: { description: 'The clearing, queued', schema: clearingSchema } },
    problems: ['unknown_reference'],
    write:
      ({ caller, body: { product }, at, requestId }, { table, newId }) =>
      async () => {
        const asked = await readProduct(table, product);
        if (asked === undefined)
          return fail(fieldProblem('unknown_reference', '/product', 'There is no such product.'));
        const id = newId('clearing');
        // Where this computer's clock is behind that which the product was recorded by, the run finds the product all the same.
        const requestedAt = latestOf(at, asked.recordedAt);
        const clearing: Clearing = {
          id,
          product,
          status: 'queued',
          requestedAt,
          requestId,
          gateClosure: null,
          endedAt: null,
          ...noOutcome,
        };
        return ok({
          actions: requestClearingActions({
            ...{ id, product, requestedBy: caller.subject, at: requestedAt, requestId },
          }),
          value: reply(202, clearing, { location: `${path}/${id}` }),
        });
      },
    afterwards: ({ body: { product }, requestId }, { wakeClearing }) => wakeClearing(product, requestId),
  }),
  defineRoute({
    operationId: 'listClearings',
    method: 'get',
    path,
    tag: 'Clearings',
    summary: 'List clearings',
    description: 'Newest first.',
    roles: readers,
    query: z.strictObject({
      product: nameIdSchema.optional(),
      status: z.enum(clearingStatuses).optional(),
    }),
    paged: true,
    responses: { 200: { description: 'A page of clearings', schema: listOf(clearingSchema) } },
    read: async ({ query, page }, { table }) => ok(reply(200, await pageOfClearings(table, query, page))),
  }),
  defineRoute({
    operationId: 'getClearing',
    method: 'get',
    path: `${path}/{id}`,
    tag: 'Clearings',
    summary: 'Read one clearing',
    roles: readers,
    params,
    responses: { 200: { description: 'The clearing', schema: clearingSchema } },
    read: async ({ params: { id } }, { table }) => {
      const clearing = await readClearing(table, id);
      return clearing === undefined ? fail(noSuchClearing) : ok(reply(200, clearing));
    },
  }),
  defineRoute({
    operationId: 'getClearingProof',
    method: 'get',
    path: `${path}/{id}/proof`,
    tag: 'Clearings',
    summary: 'Where the proof of a clearing lies',
    roles: readers,
    params,
    responses: { 303: { description: 'See `Location`' } },
    problems: ['clearing_not_completed'],
    read: async ({ params: { id } }, { table, objects }) => {
      const documents = await documentsOf(table, id);
      if (!documents.ok) return documents;
      const link = await objects.linkTo?.(documents.value.proof.key);
      return ok({ status: 303, location: link ?? `${path}/${id}/proof/document` });
    },
  }),
  defineRoute({
    operationId: 'getClearingProofDocument',
    method: 'get',
    path: `${path}/{id}/proof/document`,
    tag: 'Clearings',
    summary: 'The proof of a clearing',
    description:
      'The snapshot that was cleared, with opaque tokens for organisations, and by quarter the flows, prices and duals with which every rule and primal = dual are checked again; `docs/verification.md` of the repository says how, and `npm run verify` does.',
    roles: readers,
    params,
    responses: {
      200: { description: 'The proof', schema: z.record(z.string(), z.unknown()).meta({ id: 'Proof' }) },
    },
    problems: ['clearing_not_completed'],
    read: async ({ params: { id } }, { table, objects }) => {
      const documents = await documentsOf(table, id);
      if (!documents.ok) return documents;
      const proof = await readDocument(objects, documents.value.proof);
      return ok(reply(200, proof as Record<string, unknown>));
    },
  }),
];

const noSuchClearing = problem('not_found', 'There is no such clearing.');

/** Errors: not_found, clearing_not_completed. */
async function documentsOf(table: Table, id: string): Promise<Result<ClearingDocuments>> {
  const clearing = await readClearing(table, id);
  if (clearing === undefined) return fail(noSuchClearing);
  const documents = clearing.status === 'completed' ? await readClearingDocuments(table, id) : undefined;
  return documents === undefined
    ? fail(problem('clearing_not_completed', `The clearing is ${clearing.status}.`))
    : ok(documents);
}

/** Clearings looked at for one page at most. */
const maximumRead = 1000;
const batch = 100;

async function pageOfClearings(
  table: Table,
  filter: { readonly product?: string | undefined; readonly status?: Clearing['status'] | undefined },
  page: { readonly limit: number; readonly after?: string | undefined },
) {
  const items: Clearing[] = [];
  let before = page.after;
  for (let looked = 0; looked < maximumRead; looked += batch) {
    const found = await listClearings(table, {
      limit: batch,
      ...(before === undefined ? {} : { before }),
    });
    for (const clearing of found) {
      const wanted =
        (filter.product === undefined || clearing.product === filter.product) &&
        (filter.status === undefined || clearing.status === filter.status);
      if (wanted && items.length === page.limit) return { items, next: items.at(-1)?.id ?? null };
      if (wanted) items.push(clearing);
    }
    if (found.length < batch) return { items, next: null };
    before = found.at(-1)?.id;
  }
  return { items, next: before ?? null };
}
