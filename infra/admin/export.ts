import {
  DescribeExportCommand,
  ExportTableToPointInTimeCommand,
  DescribeTableCommand,
} from '@aws-sdk/client-dynamodb';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { instantOf } from '../../shared/kernel/time.ts';
import type { Table } from '../../shared/store/table/table.ts';
import { storedPages } from '../audit/scan.ts';
import { prepareFolder, writeExport } from '../backup/export.ts';
import { engineOnCopy } from '../backup/instant-copy.ts';
import { CannotStart } from '../local/cannot-start.ts';
import { readFileObject } from '../local/file-object-store.ts';
import { clientAt } from '../local/store.ts';
import type { Command, Telling } from './command.ts';
import { commonUsage, needed, options } from './command.ts';
import { openPlace } from './place.ts';

export const exportCommand: Command = {
  name: 'export',
  about: 'writes the whole market, as it is at one instant, into a folder',
  usage: `npm run admin -- export --to FOLDER [--data DIR] [--json]
npm run admin -- export --bucket BUCKET [--json]

Writes every item and every document that items vouch for, in the form of DynamoDB's own export, with checksums. Of one
machine the market may run meanwhile: what is exported is a copy of one instant. Of a table on AWS, DynamoDB itself
exports into a bucket, as of one instant, from its point-in-time recovery.

--to FOLDER      a folder that is not there yet, or is empty
--bucket BUCKET  on AWS: the bucket to export into
${commonUsage}
Exit code: 0 exported, 1 exported but for documents that are missing or damaged, 2 nothing was exported.`,
  run: async (args) => {
    const { values, where, telling } = options(args, {
      to: { type: 'string' },
      bucket: { type: 'string' },
    });
    if (where.kind === 'aws') {
      const place = await openPlace(where, process.env);
      try {
        return await exportOnAws(place.table, needed(values.bucket, 'bucket'), telling);
      } finally {
        await place.close();
      }
    }
    if (where.kind === 'endpoint')
      throw new CannotStart(
        'A DynamoDB at an endpoint cannot be read at one instant: name the --data directory of one machine, or a ' +
          'table on AWS (TABLE_NAME without DYNAMODB_ENDPOINT).',
      );
    return exportDirectory(where.directory, resolve(needed(values.to, 'to')), telling);
  },
};

async function exportDirectory(directory: string, folder: string, telling: Telling): Promise<number> {
  await prepareFolder(folder);
  const exportTime = instantOf(Date.now());
  const copy = await engineOnCopy(directory, folder).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const client = clientAt(copy.endpoint);
  try {
    const { items, objects, missing } = await writeExport(
      folder,
      storedPages({ client, name: 'lodestone' }),
      { get: (key) => readFileObject(join(directory, 'objects'), key) },
      { exportTime, progress: telling.progress },
    );
    telling.result(
      { folder, exportTime, items, objects, missing },
      [
        `Exported ${items} items and ${objects} documents, as of ${exportTime}, into ${folder}.`,
        ...(missing.length === 0
          ? []
          : [
              `${missing.length} documents are missing or damaged in the market itself: ${missing.join(', ')}`,
            ]),
        `Rehearse it: npm run admin -- import --from ${folder} --data DIR && npm run audit -- --data DIR`,
      ].join('\n'),
    );
    return missing.length === 0 ? 0 : 1;
  } finally {
    client.destroy();
    await copy.end();
  }
}

/** DynamoDB exports in the background: it is asked now and then whether it has. */
export async function exportOnAws(
  table: Pick<Table, 'client' | 'name'>,
  bucket: string,
  telling: Telling,
  wait = (): Promise<unknown> => pause(15_000),
): Promise<number> {
  const { Table: described } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
  const { ExportDescription: begun } = await table.client.send(
    new ExportTableToPointInTimeCommand({ TableArn: described?.TableArn, S3Bucket: bucket }),
  );
  for (let status = begun?.ExportStatus; ;) {
    if (status === 'COMPLETED') break;
    if (status === 'FAILED')
      throw new CannotStart('DynamoDB could not export: see its console for the reason.');
    telling.progress(`DynamoDB exports into ${bucket}, which takes some minutes`);
    await wait();
    const asked = await table.client.send(new DescribeExportCommand({ ExportArn: begun?.ExportArn }));
    status = asked.ExportDescription?.ExportStatus;
  }
  const id = begun?.ExportArn?.split('/').at(-1) ?? '';
  telling.result(
    { bucket, export: begun?.ExportArn },
    `Exported into s3://${bucket}/AWSDynamoDB/${id}. For a copy at hand:\n` +
      `  aws s3 sync s3://${bucket}/AWSDynamoDB/${id} backup\n` +
      '  aws s3 sync s3://$BUCKET_NAME/clearings backup/objects/clearings',
  );
  return 0;
}
