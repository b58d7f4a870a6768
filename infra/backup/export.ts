import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { sha256 } from '../../shared/kernel/digest.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { readItem } from '../../shared/store/table/item.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import { CannotStart } from '../local/cannot-start.ts';
import { syncDirectory, writeDurably } from '../local/durable-file.ts';
import { fileObjectStore } from '../local/file-object-store.ts';
import type { Vouched } from './documents.ts';
import { distinct, vouchedBy } from './documents.ts';
import type { DataFile, ObjectLine, Summary } from './format.ts';
import { files, linesOf, md5 } from './format.ts';
import { importKey } from './import-state.ts';

export type Stored = Record<string, AttributeValue>;

export interface Exported {
  readonly items: number;
  readonly objects: number;
  /** Documents that the table vouches for and that were not there, or were something else. */
  readonly missing: readonly string[];
}

const itemsPerFile = 5000;
const compress = promisify(gzip);

/** An empty folder for a backup: made, or found empty. */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new CannotStart(`${folder} is not empty: name a folder that is not there yet.`);
}

/** Writes items and the documents they vouch for into an empty folder; the summary last. */
export async function writeExport(
  folder: string,
  pages: AsyncIterable<readonly Stored[]>,
  objects: Pick<ObjectStore, 'get'>,
  { exportTime, progress }: { exportTime: Instant; progress: (words: string) => void },
): Promise<Exported> {
  await mkdir(join(folder, files.data), { mode: 0o700 });
  const written: DataFile[] = [];
  const vouched: Vouched[] = [];
  let waiting: Stored[] = [];
  let items = 0;
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const name = `${files.data}/${String(written.length + 1).padStart(6, '0')}.json.gz`;
    const bytes = await compress(linesOf(waiting.map((Item) => ({ Item }))));
    await writeDurably(join(folder, name), bytes);
    written.push({ itemCount: waiting.length, md5Checksum: md5(bytes), dataFileS3Key: name });
    waiting = [];
  };
  for await (const page of pages) {
    for (const item of page) {
      if (item['pk']?.S === importKey.pk) continue;
      waiting.push(item);
      vouched.push(...vouchedBy(readItem(item)));
      items += 1;
      if (waiting.length === itemsPerFile) await flush();
    }
    progress(`${items} items`);
  }
  await flush();
  const documents = distinct(vouched);
  const lines = await copyObjects(folder, documents, objects, (many) => {
    progress(`${items} items, ${many} of ${documents.length} documents`);
  });
  await writeDurably(join(folder, files.objectList), linesOf(lines));
  await writeDurably(join(folder, files.list), linesOf(written));
  await syncDirectory(join(folder, files.data));
  const summary: Summary = {
    ...{ version: '2020-06-30', exportTime, itemCount: items },
    ...{ outputFormat: 'DYNAMODB_JSON', exportType: 'FULL_EXPORT' },
  };
  await writeDurably(join(folder, files.summary), `${JSON.stringify(summary)}\n`);
  const missing = lines.filter((line) => line.missing === true).map(({ key }) => key);
  return { items, objects: lines.length - missing.length, missing };
}

async function copyObjects(
  folder: string,
  vouched: readonly Vouched[],
  from: Pick<ObjectStore, 'get'>,
  progress: (many: number) => void,
): Promise<ObjectLine[]> {
  const to = await fileObjectStore(join(folder, files.objects));
  const lines: ObjectLine[] = [];
  for (const document of vouched) {
    const bytes = await from.get(document.key);
    if (bytes === undefined || sha256(bytes) !== document.sha256) lines.push({ ...document, missing: true });
    else {
      await to.put(document.key, bytes);
      lines.push(document);
    }
    progress(lines.length);
  }
  await rm(join(folder, files.objects, '.drafts'), { recursive: true });
  return lines;
}
