import { createHash } from 'node:crypto';
import * as z from 'zod';
import { sha256Schema } from '../../shared/kernel/digest.ts';

/*
 * A backup is a folder in the form of DynamoDB's own export to S3 (Amazon DynamoDB Developer Guide, "DynamoDB table
 * export output format"), so that either can be imported here, with the documents of the object store beside it:
 *
 *     manifest-summary.json   written last: without it the backup is not whole
 *     manifest-files.json     a line for each file of data, with its MD5
 *     data/000001.json.gz     a line for each item: {"Item": {…}}
 *     objects.json            a line for each document that items vouch for (only here)
 *     objects/clearings/…
 */
export const files = {
  summary: 'manifest-summary.json',
  list: 'manifest-files.json',
  data: 'data',
  objectList: 'objects.json',
  objects: 'objects',
} as const;

export const summarySchema = z.object({
  version: z.literal('2020-06-30'),
  exportTime: z.string(),
  itemCount: z.int().nonnegative(),
  outputFormat: z.literal('DYNAMODB_JSON', 'only exports in DYNAMODB_JSON can be imported'),
  exportType: z.literal('FULL_EXPORT', 'only full exports can be imported').optional(),
});
export type Summary = z.output<typeof summarySchema>;

export const dataFileSchema = z.object({
  itemCount: z.int().nonnegative(),
  /** Base64, of the file as it lies there. */
  md5Checksum: z.string(),
  dataFileS3Key: z.string(),
});
export type DataFile = z.output<typeof dataFileSchema>;

export const objectLineSchema = z.object({
  key: z.string(),
  sha256: sha256Schema,
  /** It was not there, or was not what the table vouches for, when the backup was made. */
  missing: z.literal(true).optional(),
});
export type ObjectLine = z.output<typeof objectLineSchema>;

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');

export const linesOf = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');
