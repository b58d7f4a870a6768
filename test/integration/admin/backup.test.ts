import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { storedPages } from '../../../infra/audit/scan.ts';
import { prepareFolder, writeExport } from '../../../infra/backup/export.ts';
import { fenceStep, importExport } from '../../../infra/backup/import.ts';
import { checkNoImport, importState } from '../../../infra/backup/import-state.ts';
import { checkExport } from '../../../infra/backup/read-export.ts';
import { readControl } from '../../../shared/store/clearing/control.ts';
import type { Table } from '../../../shared/store/table/table.ts';
import { Scenario } from '../../support/clearing-scenario.ts';
import type { Meddler } from '../../support/faults.ts';
import { Crash, crashAt, meddledObjects } from '../../support/faults.ts';
import { MemoryObjects } from '../../support/memory-objects.ts';
import { freshTable } from '../../support/table.ts';

let scratch: string;
let folders = 0;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'lodestone-backup-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true });
});

const quiet = (): void => undefined;
const exportTime = '2026-11-22T12:00:00.000Z';

const backUp = async (scenario: Scenario): Promise<string> => {
  folders += 1;
  const folder = join(scratch, String(folders));
  await prepareFolder(folder);
  await writeExport(folder, storedPages(scenario.table), scenario.objects, { exportTime, progress: quiet });
  return folder;
};

const restore = async (
  folder: string,
  table: Table,
  objects = new MemoryObjects(),
): Promise<Awaited<ReturnType<typeof importExport>> & { readonly objects2: MemoryObjects }> => ({
  ...(await importExport(table, objects, await checkExport(folder, quiet), quiet)),
  objects2: objects,
});

/** A worker that dies in the phase, at its first write there. */
async function diedIn(phase: 'locked' | 'applying'): Promise<Scenario> {
  for (let at = 2; at < 60; at += 1) {
    const scenario = await Scenario.start();
    const meddler = crashAt(at, 'after');
    const worker = scenario.worker({ meddler, objects: meddledObjects(scenario.objects, meddler) });
    await expect(runDueClearings(worker, { product: 'ndpr' })).rejects.toThrow(Crash);
    if ((await readControl(scenario.table, 'ndpr'))?.phase === phase) return scenario;
  }
  throw new Error(`no worker died while ${phase}`);
}

describe('a backup', () => {
  it.each(['locked', 'applying'] as const)(
    'made while a run is %s is finished where it is imported',
    async (phase) => {
      const old = await diedIn(phase);
      const folder = await backUp(old);
      const table = await freshTable(old.table.client);
      const { objects2 } = await restore(folder, table);
      const restored = old.in(table, objects2);
      // The lease that was held at the time of the backup is still held, until it has run out.
      const held = await readControl(table, 'ndpr');
      expect(held).toMatchObject({ phase, leaseUntil: (await readControl(old.table, 'ndpr'))?.leaseUntil });
      await runDueClearings(restored.worker({ holder: 'another' }), { product: 'ndpr' });
      expect(await readControl(table, 'ndpr')).toEqual(held);
      await old.finish();
      await restored.finish();
      await restored.checkInvariants();
      expect(await restored.picture()).toEqual(await old.picture());
    },
  );

  it('keeps a worker of the old copy from committing into the new one that takes its place', async () => {
    const old = await Scenario.start();
    const table = await freshTable(old.table.client);
    const objects = new MemoryObjects();
    let decisions = 0;
    /** From its point of no return on, all that the worker says goes to the copy. */
    const inItsPlace: Meddler = async (send, { write, input }) => {
      if (write && JSON.stringify(input).includes('applying')) decisions += 1;
      if (decisions === 1 && (await importState(table)) === undefined)
        await restore(await backUp(old), table, objects);
      if (decisions > 0) redirect(input, old.table.name, table.name);
      return send();
    };
    const worker = old.worker({ meddler: inItsPlace });
    await runDueClearings({ ...worker, objects: old.objects }, { product: 'ndpr' });
    expect(decisions).toBeGreaterThan(0);
    // It was refused; what was applied was decided anew by whoever took the copy, under a fence of the copy's own.
    const restored = old.in(table, objects);
    await restored.finish();
    await restored.checkInvariants();
    expect(await restored.contracts()).toHaveLength(6);
    const applied = (await restored.items()).map(nameOf).filter((name) => name.includes(' GUARD#'));
    expect(applied.length).toBeGreaterThan(0);
    for (const name of applied) expect(Number(name.split(/[# ]/)[2])).toBeGreaterThan(fenceStep);
  });

  it('is refused where anything stands, and does nothing where it stands already', async () => {
    const old = await Scenario.start();
    await old.finish();
    const folder = await backUp(old);
    await expect(restore(folder, old.table)).rejects.toThrow('not empty');
    const table = await freshTable(old.table.client);
    expect(await restore(folder, table)).toMatchObject({ already: false });
    const standing = await old.in(table, old.objects).items();
    expect(await restore(folder, table)).toMatchObject({ already: true });
    expect(await old.in(table, old.objects).items()).toEqual(standing);
    await old.request('SECOND');
    await expect(restore(await backUp(old), table)).rejects.toThrow('another backup');
    // A backup of what was imported does not say that it was.
    const again = await backUp(old.in(table, old.objects));
    expect((await checkExport(again, quiet)).summary.itemCount).toBe(standing.length - 1);
  });

  it('goes on where its import was cut off, and no market starts before', async () => {
    const old = await Scenario.start();
    await old.finish();
    const backup = await checkExport(await backUp(old), quiet);
    const undisturbed = await freshTable(old.table.client);
    await importExport(undisturbed, new MemoryObjects(), backup, quiet);
    const whole = await old.in(undisturbed, old.objects).items();
    for (const at of [1, 2, 9, whole.length]) {
      const table = await freshTable(old.table.client);
      const meddler = crashAt(at, 'after');
      const cut = old.behind(meddler, table.name);
      await expect(importExport(cut, new MemoryObjects(), backup, quiet)).rejects.toThrow(Crash);
      await expect(checkNoImport(table)).rejects.toThrow('cut off');
      await importExport(table, new MemoryObjects(), backup, quiet);
      expect(sorted(await old.in(table, old.objects).items())).toEqual(sorted(whole));
      expect(await importState(table)).toMatchObject({ state: 'done' });
      await expect(checkNoImport(table)).resolves.toBeUndefined();
    }
  });
});

describe('a backup that is not whole', () => {
  let old: Scenario;
  let whole: string;
  beforeAll(async () => {
    old = await Scenario.start();
    await old.finish();
    whole = await backUp(old);
  });
  const damaged = async (damage: (folder: string) => Promise<unknown>): Promise<string> => {
    folders += 1;
    const folder = join(scratch, `damaged-${folders}`);
    await cp(whole, folder, { recursive: true });
    await damage(folder);
    return folder;
  };
  const data = join('data', '000001.json.gz');

  it.each<[string, (folder: string) => Promise<unknown>, string]>([
    ['was cut off', (folder) => rm(join(folder, 'manifest-summary.json')), 'no whole backup'],
    ['lacks a file', (folder) => rm(join(folder, data)), 'is missing'],
    ['has a torn file', (folder) => truncate(join(folder, data), 200), 'is damaged'],
    [
      'lists fewer files',
      (folder) => writeFile(join(folder, 'manifest-files.json'), ''),
      'its files have 0 items',
    ],
    [
      'has a list that is torn',
      (folder) => truncate(join(folder, 'manifest-files.json'), 30),
      'manifest-files.json, line 1 is damaged',
    ],
  ])('%s: it is refused before anything is written', async (_, damage, words) => {
    await expect(checkExport(await damaged(damage), quiet)).rejects.toThrow(words);
  });

  it('has another proof than the table vouches for: it is refused, unless the store has the right one', async () => {
    const folder = await damaged(async (copy) => {
      const names = await readdir(join(copy, 'objects'), { recursive: true });
      const proof = names.find((name) => name.endsWith('proof.json')) ?? '';
      await writeFile(join(copy, 'objects', proof), '{}');
    });
    const table = await freshTable(old.table.client);
    await expect(restore(folder, table)).rejects.toThrow(/documents are missing or damaged.*proof\.json/);
    expect(await importState(table)).toBeUndefined();
    await restore(folder, table, old.objects);
  });

  it('lacks a document that was lost before: it says so, and is imported without', async () => {
    const [lost = ''] = [...old.objects.documents.keys()].filter((key) => key.endsWith('proof.json'));
    const bytes = old.objects.documents.get(lost) ?? Buffer.of();
    old.objects.documents.delete(lost);
    const folder = await backUp(old);
    old.objects.documents.set(lost, bytes);
    expect(await readFile(join(folder, 'objects.json'), 'utf8')).toContain('"missing":true');
    expect(await restore(folder, await freshTable(old.table.client))).toMatchObject({ missing: [lost] });
  });
});

const sorted = (items: readonly Readonly<Record<string, unknown>>[]) =>
  items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
const nameOf = (item: Readonly<Record<string, unknown>>): string =>
  `${String(item['pk'])} ${String(item['sk'])}`;

/** Has a call name another table, wherever it names one. */
function redirect(input: object, from: string, to: string): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === from) Object.assign(input, { [name]: to });
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
      redirect(value as object, from, to);
  }
}
