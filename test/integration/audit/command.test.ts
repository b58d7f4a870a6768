import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../infra/local/engine.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { openDataDirectory } from '../../../infra/local/data-directory.ts';
import { keepEngine } from '../../../infra/local/engine-keeper.ts';
import { openTable } from '../../../infra/local/store.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { runAudit } from '../../support/run-command.ts';
import { testApi } from '../../support/api.ts';
import { clientFor } from '../../support/table.ts';
import { Trading } from '../../support/trading.ts';
import { ada, mine } from '../../support/market-api.ts';
import { productBody, zoneBody } from '../../support/reference.ts';
import { keys } from '../../../shared/store/table/keys.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lodestone-audit-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A market in a file, with an engine that runs on it. */
async function market(): Promise<{ engine: Engine; table: Table; client: ReturnType<typeof clientFor> }> {
  const engine = await startEngine({ file: join(folder, 'market.db') });
  const client = clientFor(engine.endpoint);
  return { engine, client, table: await openTable(client, 'lodestone') };
}

describe('npm run audit', () => {
  it('says how it is used, and takes no option it does not know', async () => {
    const help = await runAudit(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('ledger_zero_sum');
    expect(await runAudit(['--wrong'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('says where there is nothing to audit, and makes nothing there', async () => {
    expect(await runAudit(['--data', join(folder, 'nowhere')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no market') as string,
    });
    const { engine, client } = await market();
    client.destroy();
    try {
      const at = { DYNAMODB_ENDPOINT: engine.endpoint };
      expect((await runAudit([], { ...at, TABLE_NAME: 'another' })).stderr).toContain('no table another');
      expect((await runAudit([], at)).stderr).toContain('empty');
    } finally {
      await engine.stop();
    }
  });

  it('audits the market of one machine, and one that runs; and tells what is wrong by its exit code', async () => {
    const { engine, table, client } = await market();
    const trading = new Trading(testApi(table));
    try {
      await trading.done(ada, 'PUT', '/v1/products/ndpr-oxide', productBody());
      await trading.done(ada, 'PUT', '/v1/zones/partners', zoneBody(['US', 'JP', 'DE', 'AU']));
      trading.site = await trading.siteOf(mine);
      const { id } = (await trading.offer()).body;
      await trading.bid();
      await trading.clear();
      const running = await runAudit(['--json'], { DYNAMODB_ENDPOINT: engine.endpoint });
      expect(JSON.parse(running.stdout)).toMatchObject({
        ...{ clean: true, findings: [] },
        counted: { orders: 2, contracts: 1 },
      });
      expect(running.code).toBe(0);
      await table.update(
        keys.order(id),
        { expression: 'SET #x = :x', names: { '#x': 'remaining' }, values: { ':x': { '2027-Q1': 7n } } },
        [],
      );
    } finally {
      client.destroy();
      await engine.stop();
    }
    // As `npm start` holds it while it runs.
    const directory = await openDataDirectory(folder);
    const kept = await keepEngine(directory, {
      replacedLeftover: () => undefined,
      restarted: () => undefined,
    });
    expect((await runAudit(['--data', folder])).code).toBe(1);
    await kept.stop();
    directory.release();
    const damaged = await runAudit(['--data', folder, '--json']);
    expect(damaged.code).toBe(1);
    expect(JSON.parse(damaged.stdout)).toMatchObject({
      clean: false,
      findings: [
        { check: 'order_balance', detail: '2027-Q1: 100 lots asked for, 7 remaining, 100 in contracts' },
      ],
    });
    const words = await runAudit(['--data', folder]);
    expect(words).toMatchObject({ code: 1, stdout: expect.stringContaining('1 finding') as string });
    expect(words.stdout).toContain('✓ the sum over all accounts is zero');
  }, 60_000);
});
