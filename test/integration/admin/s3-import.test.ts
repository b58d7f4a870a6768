import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audit } from '../../../infra/audit/audit.ts';
import { storedPages } from '../../../infra/audit/scan.ts';
import { prepareFolder, writeExport } from '../../../infra/backup/export.ts';
import { importState } from '../../../infra/backup/import-state.ts';
import { importExport } from '../../../infra/backup/import.ts';
import type { CheckedExport } from '../../../infra/backup/read-export.ts';
import { checkExport } from '../../../infra/backup/read-export.ts';
import { S3ObjectStore } from '../../../shared/store/service/s3-object-store.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { isUnavailable } from '../../../shared/store/table/transient.ts';
import { Scenario } from '../../support/clearing-scenario.ts';
import type { Meddler } from '../../support/faults.ts';
import { flaky, seeded } from '../../support/faults.ts';
import { freshTable } from '../../support/table.ts';

/** A backup goes into a table and a bucket of AWS: what these two do to an import on its way. */

type Fault = 'slow down' | 'torn upload' | 'torn download' | 'refused';

/** A bucket as S3 is: it takes only what has the hash that was signed, whole. */
class Bucket {
  readonly objects = new Map<string, Buffer>();
  /** In order, of the requests to come. */
  faults: (Fault | undefined)[] = [];
  asked = 0;
  readonly #server = createServer((request, response) => {
    void this.#answer(request, response);
  });

  async open(): Promise<S3ObjectStore> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return new S3ObjectStore({
      endpoint: new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/proofs`),
      region: 'eu-central-1',
      credentials: () => ({ accessKeyId: 'AK', secretAccessKey: 'secret' }),
      clock: () => '2026-11-22T12:00:00.000Z',
      ...{ fetch, pause: () => Promise.resolve(), random: () => 0.5 },
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked += 1;
    const fault = this.faults.shift();
    const parts: Buffer[] = [];
    if (fault === 'torn upload') {
      request.once('data', () => request.socket.destroy());
      return;
    }
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const key = (request.url ?? '').slice('/proofs/'.length);
    if (fault === 'slow down') response.writeHead(503).end('<Code>SlowDown</Code>');
    else if (fault === 'refused') response.writeHead(403).end('<Code>AccessDenied</Code>');
    else if (request.method === 'PUT') {
      const is = createHash('sha256').update(body).digest('hex') === request.headers['x-amz-content-sha256'];
      if (is) this.objects.set(key, body);
      response.writeHead(is ? 200 : 400).end();
    } else {
      const object = this.objects.get(key);
      if (object === undefined) response.writeHead(404).end();
      else if (fault === 'torn download') {
        response.writeHead(200, { 'Content-Length': object.length }).write(object.subarray(0, 10));
        setImmediate(() => response.destroy());
      } else response.end(object);
    }
  }
}

const quiet = (): void => undefined;
let scratch: string;
let old: Scenario;
let backup: CheckedExport;
let bucket: Bucket;
let objects: S3ObjectStore;
let table: Table;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lodestone-s3-'));
  old = await Scenario.start();
  await old.finish();
  await prepareFolder(join(scratch, 'backup'));
  await writeExport(join(scratch, 'backup'), storedPages(old.table), old.objects, {
    ...{ exportTime: '2026-11-22T12:00:00.000Z', progress: quiet },
  });
  backup = await checkExport(join(scratch, 'backup'), quiet);
});
afterAll(() => rm(scratch, { recursive: true }));
beforeEach(async () => {
  bucket = new Bucket();
  objects = await bucket.open();
  table = await freshTable(old.table.client);
});
afterEach(() => {
  bucket.close();
});

const documents = (): number => backup.vouched.length;

async function expectWhole(): Promise<void> {
  expect(bucket.objects.size).toBe(documents());
  for (const [key, bytes] of old.objects.documents)
    if (bucket.objects.has(key)) expect(bucket.objects.get(key)?.equals(bytes)).toBe(true);
  expect(await importState(table)).toMatchObject({ state: 'done' });
  const { findings } = await audit(table);
  expect(findings).toEqual([]);
}

describe('an import onto S3', () => {
  it('puts each document once, whole, before any item vouches for it, and the audit finds everything', async () => {
    const order: string[] = [];
    await importExport(table, objects, backup, (words) => order.push(words));
    expect(bucket.asked).toBe(documents());
    expect(order.findIndex((words) => words.includes('items'))).toBe(documents());
    await expectWhole();
  });

  it('bears throttling, and uploads that are torn on the way', async () => {
    bucket.faults = ['slow down', 'torn upload', 'slow down', undefined, 'torn upload'];
    await importExport(table, objects, backup, quiet);
    expect(bucket.asked).toBe(documents() + 4);
    await expectWhole();
  });

  it('stops where the bucket is away for long, as unavailable; the same once more finishes it', async () => {
    bucket.faults = [undefined, ...Array.from({ length: 5 }, () => 'slow down' as const)];
    const failed: unknown = await importExport(table, objects, backup, quiet).catch(
      (error: unknown) => error,
    );
    expect(isUnavailable(failed)).toBe(true);
    expect(bucket.objects.size).toBe(1);
    expect(await importState(table)).toMatchObject({ state: 'under way', files: 0 });
    await importExport(table, objects, backup, quiet);
    await expectWhole();
  });

  it('says that it is refused, and tries no further: a role without the key is no passing fault', async () => {
    bucket.faults = ['refused'];
    await expect(importExport(table, objects, backup, quiet)).rejects.toMatchObject({ name: 'StoreRefused' });
    expect(bucket.asked).toBe(1);
  });

  it('takes a document that only the bucket has, after a download that was torn', async () => {
    await importExport(table, objects, backup, quiet);
    const { key } = backup.vouched[0]!;
    bucket.faults = ['torn download'];
    expect(Buffer.from((await objects.get(key)) ?? []).equals(bucket.objects.get(key)!)).toBe(true);
  });

  it('bears a table that throttles now and then', async () => {
    const meddler = flaky(seeded(7), 0.3);
    await importExport(old.behind(meddler, table.name), objects, backup, quiet);
    expect(meddler.faults).toBeGreaterThan(5);
    await expectWhole();
  });

  it('gives up on a table that only throttles, as unavailable; the same once more finishes it', async () => {
    let puts = 0;
    const throttles: Meddler = (send, { name }) => {
      if (name === 'PutItemCommand') puts += 1;
      return puts > 9
        ? Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }))
        : send();
    };
    const failed: unknown = await importExport(
      old.behind(throttles, table.name),
      objects,
      backup,
      quiet,
    ).catch((error: unknown) => error);
    expect(isUnavailable(failed)).toBe(true);
    expect(await importState(table)).toMatchObject({ state: 'under way' });
    await importExport(table, objects, backup, quiet);
    await expectWhole();
  });
});
