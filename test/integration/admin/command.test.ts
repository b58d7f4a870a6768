import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import type { Engine } from '../../../infra/local/engine.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { fileObjectStore } from '../../../infra/local/file-object-store.ts';
import { openTable } from '../../../infra/local/store.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import { readReference } from '../../../shared/store/reference/reference.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { runAdmin } from '../../support/run-command.ts';
import { testApi } from '../../support/api.ts';
import { ada, mine } from '../../support/market-api.ts';
import { productBody, zoneBody } from '../../support/reference.ts';
import { clientFor } from '../../support/table.ts';
import { Trading } from '../../support/trading.ts';

let folder: string;
let market: string;
let engine: Engine;
let table: Table;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-admin-'));
  market = join(folder, 'market');
  const objects = await fileObjectStore(join(market, 'objects'));
  engine = await startEngine({ file: join(market, 'market.db') });
  table = await openTable(clientFor(engine.endpoint), 'lodestone');
  const trading = new Trading(testApi(table));
  await trading.done(ada, 'PUT', '/v1/products/ndpr-oxide', productBody());
  await trading.done(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU']));
  trading.site = await trading.siteOf(mine);
  await trading.offer();
  await trading.bid();
  await trading.done(ada, 'POST', '/v1/clearings', { product: 'ndpr-oxide' });
  trading.pass(10);
  await runDueClearings({ ...trading.worker, objects }, { product: 'ndpr-oxide' });
});
afterAll(async () => {
  table.client.destroy();
  await engine.stop();
  await rm(folder, { recursive: true });
});

const running = (): Record<string, string> => ({ DYNAMODB_ENDPOINT: engine.endpoint });
const consumed = (amount: string) => ({
  quarters: [{ quarter: '2027-Q1', quantity: { amount, unit: 'kg' } }],
});
const file = async (content: unknown): Promise<string> => {
  const path = join(folder, 'reference.json');
  await writeFile(path, JSON.stringify(content));
  return path;
};

describe('npm run admin', () => {
  it('says which commands there are, and of each how it is used', async () => {
    const help = await runAdmin(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    const names = [...help.stdout.matchAll(/^([a-z][a-z-]+) {2,}\S/gm)].map(([, name = '']) => name);
    expect(names).toEqual(expect.arrayContaining(['export', 'import', 'load', 'audit', 'verify']));
    for (const name of ['import', 'verify'])
      expect(await runAdmin([name, '--help'])).toMatchObject({
        ...{ code: 0, stdout: expect.stringMatching(/^npm run (admin|verify) -- /) as string },
      });
    expect(await runAdmin(['nothing'])).toMatchObject({ code: 2, stdout: '' });
    expect(await runAdmin(['load', '--wrong'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('exports a running market, imports it elsewhere, and the audit finds all of it', async () => {
    const backup = join(folder, 'backup');
    const out = await runAdmin(['export', '--data', market, '--to', backup, '--json']);
    expect(out).toMatchObject({ code: 0, stderr: '' });
    const { items } = JSON.parse(out.stdout) as { items: number };
    const copy = join(folder, 'copy');
    expect(await runAdmin(['import', '--data', copy, '--from', backup])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const audit = await runAdmin(['audit', '--data', copy, '--json']);
    expect(JSON.parse(audit.stdout)).toMatchObject({
      clean: true,
      counted: { items: items + 1, contracts: 1 },
    });
    expect((await runAdmin(['import', '--data', copy, '--from', backup])).stdout).toContain('there already');
    expect(await runAdmin(['export', '--data', market, '--to', backup])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not empty') as string,
    });
    expect((await runAdmin(['export', '--to', join(folder, 'b2')], running())).stderr).toContain(
      'one instant',
    );
    expect((await runAdmin(['import', '--from', backup], running())).stderr).toContain('not empty');
  });

  it('loads reference data whole, one record resting on another, and again without effect', async () => {
    const reference = {
      consumption: { isles: { 'tin-ingot': consumed('100') } },
      zones: { isles: zoneBody(['GB', 'IE']) },
      products: { 'tin-ingot': { ...productBody(), name: 'Tin' } },
      organisations: { 'tin-works': { name: 'Tin Works' } },
    };
    const path = await file(reference);
    const dry = await runAdmin(['load', '--file', path, '--dry-run', '--json'], running());
    expect(dry.code, dry.stdout + dry.stderr).toBe(0);
    expect(await readReference(table, 'zone', 'isles')).toBeUndefined();
    const loaded = await runAdmin(['load', '--file', path, '--json'], running());
    expect(JSON.parse(loaded.stdout)).toMatchObject({ outcomes: { 'zone isles': 'created' } });
    expect(await readReference(table, 'zone', 'isles')).toMatchObject({ version: 1, members: ['GB', 'IE'] });
    const again = await runAdmin(['load', '--file', path, '--json'], running());
    expect(new Set(Object.values((JSON.parse(again.stdout) as { outcomes: object }).outcomes))).toEqual(
      new Set(['unchanged']),
    );
  });

  it('loads nothing of a file with a fault, which it points at', async () => {
    const wrong = await file({
      organisations: { 'good-one': { name: 'Good' }, 'bad-one': { nome: 'Bad' } },
      weather: {},
    });
    const told = await runAdmin(['load', '--file', wrong, '--json'], running());
    expect(told.code).toBe(1);
    const { faults } = JSON.parse(told.stdout) as { faults: { pointer: string }[] };
    expect(faults.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/weather', '/organisations/bad-one/name', '/organisations/bad-one/nome']),
    );
    // A fault that only the table knows of.
    const unknown = await file({
      organisations: { 'good-one': { name: 'Good' } },
      consumption: { nowhere: { 'ndpr-oxide': consumed('1') } },
    });
    const refused = await runAdmin(['load', '--file', unknown, '--json'], running());
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('/consumption/nowhere/ndpr-oxide');
    expect(await readReference(table, 'organisation', 'good-one')).toBeUndefined();
  });

  it('registers an organisation, rewrites older shapes, and lists what waits', async () => {
    const given = ['create-organisation', '--id', 'ministry-x', '--name', 'Ministry'];
    expect(await runAdmin(given, running())).toMatchObject({ code: 0, stderr: '' });
    expect(await readReference(table, 'organisation', 'ministry-x')).toMatchObject({
      ...{ name: 'Ministry', recordedBy: expect.stringMatching(/^operator:/) as string },
    });
    const event = keys.contractEvent('ctr_old', 1);
    const body = { sequence: 1, product: 'ndpr-oxide', contract: 'ctr_old' };
    const Item = marshall({ ...event, ...body });
    await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
    const migrated = await runAdmin(['migrate', '--json'], running());
    expect(JSON.parse(migrated.stdout)).toMatchObject({ rewritten: 1 });
    expect(await table.queryIndex('gsi2', String((await table.get(event))?.['gsi2pk']))).toContainEqual({
      ...{ ...event, position: 'ctr_old' },
    });
    expect(await runAdmin(['dead-letters'], running())).toMatchObject({
      code: 0,
      stdout: 'Nothing waits.\n',
    });
    expect((await runAdmin(['create-organisation'], running())).stderr).toContain('--name is missing');
  });
});
