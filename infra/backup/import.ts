import type { ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { isTransient } from '../../shared/store/table/transient.ts';
import { CannotStart } from '../local/cannot-start.ts';
import { isEmpty } from '../local/store.ts';
import type { Vouched } from './documents.ts';
import type { Stored } from './export.ts';
import { files } from './format.ts';
import { importState, markImport } from './import-state.ts';
import type { CheckedExport } from './read-export.ts';
import { itemsOf } from './read-export.ts';

export interface Imported {
  /** Whether this very backup was there already. */
  readonly already: boolean;
  readonly items: number;
  readonly objects: number;
  readonly missing: readonly string[];
}

/**
 * Fills an empty table and its object store from a backup, or goes on where an import of the same one was cut off.
 * Nothing that stands is ever written over. Documents first: the table never vouches for what is not there.
 */
export async function importExport(
  table: Table,
  objects: ObjectStore,
  backup: CheckedExport,
  progress: (words: string) => void,
): Promise<Imported> {
  const { id, summary, dataFiles } = backup;
  const before = await importState(table);
  if (before !== undefined && before.export !== id)
    throw new CannotStart(
      `The table holds another backup (of ${before.exportTime}): import into an empty one.`,
    );
  const missing = [...backup.missing];
  const objectCount = backup.vouched.length - missing.length;
  const result = { items: summary.itemCount, objects: objectCount, missing };
  if (before?.state === 'done') return { already: true, ...result };
  if (before === undefined && !(await isEmpty(table)))
    throw new CannotStart(
      'The table is not empty, and an import writes over nothing: name another table or data directory.',
    );
  const documents = await checkDocuments(backup, objects);
  const state = { export: id, exportTime: summary.exportTime };
  if (before === undefined) await markImport(table, { ...state, state: 'under way', files: 0 });
  for (const [index, { key, from }] of documents.entries()) {
    await objects.put(key, await readFile(from));
    progress(`${index + 1} of ${documents.length} documents`);
  }
  let items = 0;
  for (const [index, file] of dataFiles.entries()) {
    items += file.itemCount;
    if (index < (before?.files ?? 0)) continue;
    await putAll(table, await itemsOf(backup.folder, file));
    await markImport(table, { ...state, state: 'under way', files: index + 1 });
    progress(`${items} of ${summary.itemCount} items`);
  }
  const there = await countOf(table);
  // Items of the backup may hold the mark of an import of their own market's, in whose place this one's stands.
  if (there < summary.itemCount || there > summary.itemCount + 1)
    throw new CannotStart(
      `The table has ${there} items where the backup has ${summary.itemCount}: somebody else writes to it.`,
    );
  await markImport(table, { ...state, state: 'done', files: dataFiles.length });
  return { already: false, ...result };
}

/** The documents that must be copied; throws if one is neither in the backup nor in the store already. */
async function checkDocuments(
  { folder, vouched, missing }: CheckedExport,
  objects: ObjectStore,
): Promise<{ readonly key: string; readonly from: string }[]> {
  const isIt = (bytes: Uint8Array | undefined, { sha256: digest }: Vouched): boolean =>
    bytes !== undefined && sha256(bytes) === digest;
  const copies: { key: string; from: string }[] = [];
  const lost: string[] = [];
  for (const document of vouched) {
    const from = join(folder, files.objects, document.key);
    if (isIt(await readFile(from).catch(() => undefined), document)) copies.push({ key: document.key, from });
    else if (!missing.has(document.key) && !isIt(await objects.get(document.key), document))
      lost.push(document.key);
  }
  if (lost.length > 0)
    throw new CannotStart(
      `${lost.length} documents are missing or damaged, in the backup and in the store: ${lost.slice(0, 5).join(', ')}. ` +
        `Copy them into ${join(folder, files.objects)}; of a bucket: aws s3 sync.`,
    );
  return copies;
}

const together = 16;

async function putAll(table: Table, items: readonly Stored[]): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: together }, async () => {
      for (const item of waiting) await putOne(table, withRaisedFence(item));
    }),
  );
}

/** Put unless it is there: then an import that was cut off has put it, or it is the mark of this one. */
async function putOne(table: Table, Item: Stored): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      await table.client.send(
        new PutItemCommand({
          TableName: table.name,
          Item,
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      if (!isTransient(error) || attempt === 12) throw error;
      await table.backOff(attempt);
    }
}

/** No market is taken so often between a backup and its import. */
export const fenceStep = 1_000_000;

/**
 * Whoever held a market when the backup was made, or has taken it since in the table that was backed up, may still live,
 * and reach the copy in its place. Its fence must be none of the copy's.
 */
function withRaisedFence(item: Stored): Stored {
  const fence = item['fence']?.N;
  if (item['pk']?.S?.startsWith('MARKET#') !== true || item['sk']?.S !== 'CONTROL' || fence === undefined)
    return item;
  return { ...item, fence: { N: String((Math.floor(Number(fence) / fenceStep) + 1) * fenceStep) } };
}

async function countOf(table: Table): Promise<number> {
  let many = 0;
  let start: Stored | undefined;
  do {
    const page: ScanCommandOutput = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        Select: 'COUNT',
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    many += page.Count ?? 0;
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return many;
}
