import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as z from 'zod';
import { sha256 } from '../../shared/kernel/digest.ts';
import { readItem } from '../../shared/store/table/item.ts';
import { CannotStart } from '../local/cannot-start.ts';
import type { Vouched } from './documents.ts';
import { distinct, vouchedBy } from './documents.ts';
import type { Stored } from './export.ts';
import type { DataFile, Summary } from './format.ts';
import { dataFileSchema, files, md5, objectLineSchema, summarySchema } from './format.ts';

/** A backup that was found whole: every file is what the manifest says, every item can be read. */
export interface CheckedExport {
  readonly folder: string;
  /** Names it: two backups of one name hold the same. */
  readonly id: string;
  readonly summary: Summary;
  readonly dataFiles: readonly DataFile[];
  readonly vouched: readonly Vouched[];
  /** Documents that were missing when the backup was made. */
  readonly missing: ReadonlySet<string>;
}

const expand = promisify(gunzip);

/** Throws CannotStart for whatever is torn, damaged or left out: nothing has been written by then. */
export async function checkExport(folder: string, progress: (words: string) => void): Promise<CheckedExport> {
  const summaryText = await readFile(join(folder, files.summary), 'utf8').catch(() => undefined);
  if (summaryText === undefined)
    throw new CannotStart(
      `There is no whole backup in ${folder}: it has no ${files.summary}, which is written last. ` +
        'Of an export to S3, name the folder AWSDynamoDB/<export>.',
    );
  const summary = parsed(summarySchema, summaryText, files.summary);
  const listText = await readFile(join(folder, files.list), 'utf8').catch(() => '');
  const dataFiles = linesIn(listText).map((line, index) =>
    parsed(dataFileSchema, line, `${files.list}, line ${index + 1}`),
  );
  const vouched: Vouched[] = [];
  let items = 0;
  for (const file of dataFiles) {
    for (const item of await itemsOf(folder, file)) vouched.push(...vouchedOf(item));
    items += file.itemCount;
    progress(`${items} of ${summary.itemCount} items checked`);
  }
  if (items !== summary.itemCount)
    throw new CannotStart(
      `The backup is not whole: its files have ${items} items, its summary ${summary.itemCount}.`,
    );
  const objectText = await readFile(join(folder, files.objectList), 'utf8').catch(() => '');
  const missing = linesIn(objectText)
    .map((line, index) => parsed(objectLineSchema, line, `${files.objectList}, line ${index + 1}`))
    .filter((line) => line.missing === true)
    .map(({ key }) => key);
  const id = sha256(JSON.stringify([summary, dataFiles]));
  return { folder, id, summary, dataFiles, vouched: distinct(vouched), missing: new Set(missing) };
}

/** The items of one file, after its checksum. */
export async function itemsOf(folder: string, file: DataFile): Promise<Stored[]> {
  const path = join(folder, files.data, basename(file.dataFileS3Key));
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) throw new CannotStart(`The backup is not whole: ${path} is missing.`);
  if (md5(bytes) !== file.md5Checksum)
    throw new CannotStart(`${path} is damaged: its MD5 is not what the manifest says. Copy it again.`);
  const lines = linesIn((await expand(bytes)).toString('utf8'));
  if (lines.length !== file.itemCount)
    throw new CannotStart(`${path} has ${lines.length} items; the manifest says ${file.itemCount}.`);
  return lines.map((line, index) => parsed(lineSchema, line, `${path}, line ${index + 1}`).Item);
}

const lineSchema = z.object({
  Item: z
    .record(
      z.string(),
      z.custom<Stored[string]>((value) => typeof value === 'object' && value !== null),
    )
    .refine(({ pk, sk }) => typeof pk?.S === 'string' && typeof sk?.S === 'string', 'without a key'),
});

/** Also says whether this release can read the item. */
function vouchedOf(item: Stored): Vouched[] {
  try {
    return vouchedBy(readItem(item));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new CannotStart(
      `${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''} of the backup cannot be read: ${words}`,
    );
  }
}

const linesIn = (text: string): string[] => text.split('\n').filter((line) => line !== '');

function parsed<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CannotStart(`${where} is damaged: it is no JSON.`);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new CannotStart(`${where} is not what a backup has there: ${z.prettifyError(read.error)}`);
}
