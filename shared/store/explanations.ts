import * as z from 'zod';
import type { Explanation } from '../clearing/documents.ts';
import { explainedOrderSchema, resultDocumentSchema } from '../clearing/documents.ts';
import { sha256 } from '../kernel/digest.ts';
import { problem } from '../kernel/problem.ts';
import type { Result } from '../kernel/result.ts';
import { fail, ok } from '../kernel/result.ts';
import { latestRuns, readClearing, readClearingDocuments } from './clearings.ts';
import type { ObjectStore } from './object-store.ts';
import type { StoredOrder } from './orders.ts';
import type { Table } from './table.ts';

interface Stores {
  readonly table: Table;
  readonly objects: ObjectStore;
}

/** Runs looked through for the last one that completed with the order in it. */
const runsLookedAt = 25;

/**
 * What a completed clearing says of an order: the clearing asked for, else the last that the order took part in.
 * Errors: not_found, clearing_not_completed.
 */
export async function explainOrder(
  stores: Stores,
  stored: StoredOrder,
  clearing: string | undefined,
): Promise<Result<Explanation>> {
  if (clearing !== undefined) return explainIn(stores, stored, clearing);
  // The lock that stays on an order names the last run that had it.
  const lastRun = stored.state.lock ?? 0;
  const runs = await latestRuns(stores.table, stored.product.id, runsLookedAt);
  for (const { clearing: id } of runs.filter(({ run, status }) => run <= lastRun && status === 'completed')) {
    const explanation = await explainIn(stores, stored, id);
    if (explanation.ok) return explanation;
  }
  return fail(problem('not_found', 'No clearing that has completed had this order in it.'));
}

async function explainIn(
  { table, objects }: Stores,
  { order, product }: StoredOrder,
  clearing: string,
): Promise<Result<Explanation>> {
  const record = await readClearing(table, clearing);
  if (record?.product !== product.id)
    return fail(problem('not_found', 'There is no such clearing of this product.'));
  if (record.status !== 'completed')
    return fail(problem('clearing_not_completed', `The clearing is ${record.status}.`));
  const documents = await readClearingDocuments(table, clearing);
  if (documents === undefined) throw new Error('a completed clearing without documents');
  const { orders, inputDigest } = looseResultSchema.parse(await readDocument(objects, documents.result));
  const explained = Object.hasOwn(orders, order.id) ? orders[order.id] : undefined;
  return explained === undefined
    ? fail(problem('not_found', 'The order was not in this clearing.'))
    : ok({
        order: order.id,
        clearing,
        inputDigest,
        ...z.decode(explainedOrderSchema, explained as z.input<typeof explainedOrderSchema>),
      });
}

/** The document with its orders left as they are: one of thousands is wanted. */
const looseResultSchema = resultDocumentSchema.extend({ orders: z.record(z.string(), z.unknown()) });

/** A stored JSON document, or an error: one that is not what was stored tells nothing. */
export async function readDocument(
  objects: ObjectStore,
  document: { readonly key: string; readonly sha256: string },
): Promise<unknown> {
  const bytes = await objects.get(document.key);
  if (bytes === undefined || sha256(bytes) !== document.sha256)
    throw new Error('a document of a clearing is missing or is not what was stored');
  return JSON.parse(new TextDecoder().decode(bytes));
}
