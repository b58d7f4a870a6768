import type { Explanation } from '../../clearing/explanation/explanation-shards.ts';
import { explanationIn, shardOf } from '../../clearing/explanation/explanation-shards.ts';
import { sha256 } from '../../kernel/digest.ts';
import { problem } from '../../kernel/problem.ts';
import type { Result } from '../../kernel/result.ts';
import { fail, ok } from '../../kernel/result.ts';
import { latestRuns, readClearing, readClearingDocuments } from './clearings.ts';
import type { ObjectStore } from '../service/object-store.ts';
import { objectKeys } from '../service/object-store.ts';
import type { StoredOrder } from '../orders/orders.ts';
import type { Table } from '../table/table.ts';

interface Stores {
  readonly table: Table;
  readonly objects: ObjectStore;
}

/** Runs looked through for the last one that completed with the order in it. */
const runsLookedAt = 25;

/**
 * What a completed clearing says of an order: the clearing asked for, else the last that the order took part in.
 * Of a pool's bid, what it says of one `member`. Errors: not_found, clearing_not_completed.
 */
export async function explainOrder(
  stores: Stores,
  stored: StoredOrder,
  clearing: string | undefined,
  member?: string,
): Promise<Result<Explanation>> {
  const subject = member ?? stored.order.id;
  if (clearing !== undefined) return explainIn(stores, stored.product.id, subject, clearing);
  // The lock that stays on an order names the last run that had it.
  const lastRun = stored.state.lock ?? 0;
  const runs = await latestRuns(stores.table, stored.product.id, runsLookedAt);
  for (const { clearing: id } of runs.filter(({ run, status }) => run <= lastRun && status === 'completed')) {
    const explanation = await explainIn(stores, stored.product.id, subject, id);
    if (explanation.ok) return explanation;
  }
  return fail(problem('not_found', 'No clearing that has completed had this order in it.'));
}

async function explainIn(
  { table, objects }: Stores,
  product: string,
  order: string,
  clearing: string,
): Promise<Result<Explanation>> {
  const record = await readClearing(table, clearing);
  if (record?.product !== product)
    return fail(problem('not_found', 'There is no such clearing of this product.'));
  if (record.status !== 'completed')
    return fail(problem('clearing_not_completed', `The clearing is ${record.status}.`));
  const documents = await readClearingDocuments(table, clearing);
  if (documents === undefined) throw new Error('a completed clearing without documents');
  const { fence, sha256: digests } = documents.explanations;
  const shards = digests.length;
  const shard = shardOf(order, shards);
  const document = await readDocument(objects, {
    key: objectKeys.explanations(clearing, fence, shard),
    sha256: digests[shard]!,
  });
  const explanation = explanationIn(document, { clearing, shard, shards }, order);
  return explanation === undefined
    ? fail(problem('not_found', 'The order was not in this clearing.'))
    : ok(explanation);
}

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
