import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { assign } from '../../../shared/store/table/assign.ts';
import { bookEntryItem } from '../../../shared/store/orders/book.ts';
import type { Item } from '../../../shared/store/table/item.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import { fail } from '../../../shared/kernel/result.ts';
import { latestRuns, readClearing, readClearingDocuments } from '../../../shared/store/clearing/clearings.ts';
import { readControl } from '../../../shared/store/clearing/control.ts';
import { idOf, Scenario } from '../../support/clearing-scenario.ts';
import type { Meddler } from '../../support/faults.ts';
import { Crash, crashAt, deaths, flaky, meddledObjects, seeded } from '../../support/faults.ts';

let undisturbed: unknown;
let writes: number;

beforeAll(async () => {
  const scenario = await Scenario.start();
  const counter = crashAt(Infinity, 'before');
  await runMeddled(scenario, counter);
  undisturbed = await scenario.picture();
  writes = counter.writes;
});

const runMeddled = (scenario: Scenario, meddler: Meddler) =>
  runDueClearings(
    scenario.worker({
      meddler,
      objects: meddledObjects(scenario.objects, meddler),
    }),
    { product: 'ndpr' },
  );

/** Runs a worker to its end by `meddler`, then one that nothing disturbs. */
async function crashedThenResumed(meddlers: readonly Meddler[]): Promise<Scenario> {
  const scenario = await Scenario.start();
  for (const meddler of meddlers) {
    await expect(runMeddled(scenario, meddler)).rejects.toThrow(Crash);
    await scenario.checkInvariants();
    scenario.advance(3_600_000);
  }
  await scenario.finish();
  return scenario;
}

/** Everything but the gate's closing (the crash came before it, or after) is as if nothing had happened. */
async function expectUndisturbed(scenario: Scenario): Promise<void> {
  await scenario.checkInvariants();
  const picture = (await scenario.picture()) as { clearing: { gateClosure: string; status: string } };
  expect(picture.clearing.status).toBe('completed');
  if (picture.clearing.gateClosure === '2026-11-22T12:00:00.000Z') expect(picture).toEqual(undisturbed);
  const contracts = await scenario.contracts();
  expect(contracts).toHaveLength(6);
  const second = await scenario.request('SECOND');
  await scenario.finish();
  await scenario.checkInvariants();
  expect(await readClearing(scenario.table, second)).toMatchObject({ status: 'completed', contracts: 0 });
  expect(await scenario.contracts()).toEqual(contracts);
}

describe('a worker that dies', () => {
  it('makes the writes that these tests stop one by one', () => {
    // take, open, seven locks, two documents, locked, two renewals, two documents, chunks, decision, chunks, …
    expect(writes).toBeGreaterThan(25);
  });

  it('just before any one of its writes, or after the last, leaves what another completes to the same result', async () => {
    for (const death of deaths(writes)) await expectUndisturbed(await crashedThenResumed([death]));
  });

  it('again and again, at writes of its successors too, changes nothing', async () => {
    const random = seeded(7);
    for (let round = 0; round < 12; round += 1) {
      const meddlers = Array.from({ length: 3 }, () =>
        crashAt(1 + Math.floor(random() * 8), random() < 0.5 ? 'before' : 'after'),
      );
      await expectUndisturbed(await crashedThenResumed(meddlers));
    }
  });
});

describe('a table that answers with conflicts and throttling, some after the write was done', () => {
  it.for([1, 2, 3, 4, 5, 6])('is tried again to the same result (seed %i)', async (seed) => {
    const scenario = await Scenario.start();
    const faults = flaky(seeded(seed), 0.3);
    await runMeddled(scenario, faults);
    expect(faults.faults).toBeGreaterThan(3);
    await expectUndisturbed(scenario);
  });
});

describe('a run that is judged by what an earlier one has shown', () => {
  const second = async (meddler: ReturnType<typeof crashAt>, dies = true) => {
    const scenario = await Scenario.empty();
    for (const name of ['A', 'B', 'C', 'D'])
      await scenario.offer({ name, owner: `mine-${name}`, price: '150.00', kg: '100' });
    await scenario.request('FIRST');
    await scenario.finish();
    await scenario.offer({ name: 'E', owner: 'mine-e', price: '150.00', kg: '40' });
    const id = await scenario.request('SECOND');
    if (dies) await expect(runMeddled(scenario, meddler)).rejects.toThrow(Crash);
    else await runMeddled(scenario, meddler);
    await scenario.finish();
    const { disclosed } = (await readClearingDocuments(scenario.table, id))!;
    expect((await readControl(scenario.table, 'ndpr'))?.disclosed).toEqual(disclosed);
    const told = (await latestRuns(scenario.table, 'ndpr', 2)).map(({ depth }) =>
      depth.map(({ supply }) => supply.told),
    );
    return { told, sha256: disclosed?.sha256 };
  };

  it('is judged the same by whoever takes it up again, at whichever of its writes the first died', async () => {
    const counter = crashAt(Infinity, 'before');
    const undisturbedly = await second(counter, false);
    expect(undisturbedly.told).toEqual([
      [false, false],
      [true, true],
    ]);
    // From the closing of the gate on.
    for (let at = 3; at <= counter.writes; at += 1)
      expect(await second(crashAt(at, 'after')), `write ${at}`).toEqual(undisturbedly);
  });

  it('and by that, if a run in between has failed', async () => {
    const scenario = await Scenario.start();
    await scenario.finish();
    const before = (await readControl(scenario.table, 'ndpr'))?.disclosed;
    expect(before).toBeDefined();
    await scenario.request('SECOND');
    const refused = () => fail(problem('market_too_large', 'Too large.'));
    await runDueClearings(scenario.worker({ clear: refused }), { product: 'ndpr' });
    expect((await latestRuns(scenario.table, 'ndpr', 1))[0]?.status).toBe('failed');
    expect((await readControl(scenario.table, 'ndpr'))?.disclosed).toEqual(before);
  });
});

describe('a run that kills every worker that takes it up', () => {
  it('is given up before its point of no return, and frees its orders', async () => {
    const scenario = await Scenario.start();
    const deadly = () => {
      throw new Crash();
    };
    // A process that dies while it computes answers nothing and writes nothing more.
    const worker = () =>
      scenario.worker({ reference: { ...scenario.worker().reference, configuration: deadly } });
    for (let take = 1; take <= 5; take += 1) {
      await expect(runDueClearings(worker(), { product: 'ndpr' })).rejects.toThrow(Crash);
      scenario.advance(3_600_000);
    }
    await runDueClearings(worker(), { product: 'ndpr' });
    expect(await readClearing(scenario.table, idOf('clr', 'FIRST'))).toMatchObject({
      status: 'failed',
      reason: 'interrupted',
      contracts: 0,
    });
    await scenario.request('SECOND');
    await scenario.finish();
    expect(await scenario.contracts()).toHaveLength(6);
    await scenario.checkInvariants();
  });
});

describe('what workers of earlier versions have left', () => {
  it('is taken up: a plan in plain text, chunks that filled orders and did not say so', async () => {
    const scenario = await Scenario.start();
    const beforeTheBook: Meddler = (send, { name }) =>
      name === 'DeleteItemCommand' ? Promise.reject(new Crash()) : send();
    await expect(runMeddled(scenario, beforeTheBook)).rejects.toThrow(Crash);
    const items = await scenario.items();
    const filled = items.filter(({ status }) => status === 'filled');
    expect(filled.length).toBeGreaterThan(1);
    const chunks = items.filter(({ type }) => type === 'plan chunk');
    expect(chunks.length).toBeGreaterThan(1);
    for (const item of filled) await scenario.table.update(keyOf(item), assign({ status: 'open' }), []);
    for (const item of chunks) {
      const content = gunzipSync(Buffer.from(String(item['packed']), 'base64')).toString();
      await scenario.table.update(keyOf(item), assign({ content, packed: undefined }), []);
    }
    await scenario.finish();
    await scenario.checkInvariants();
    const after = await Promise.all(filled.map((item) => scenario.table.get(keyOf(item))));
    expect(new Set(after.map((item) => item?.['status']))).toEqual(new Set(['filled']));
    expect(await scenario.contracts()).toHaveLength(6);
  });

  it('is tidied: an order that is closed, and still in the book', async () => {
    const scenario = await Scenario.start();
    await scenario.finish();
    const [left] = (await scenario.items()).filter(({ status }) => status === 'filled');
    const id = String(left?.['pk']).slice('ORDER#'.length);
    await scenario.table.put(bookEntryItem('ndpr', id), []);
    await scenario.request('SECOND');
    await scenario.finish();
    await scenario.checkInvariants();
  });
});

const keyOf = (item: Item) => ({ pk: String(item['pk']), sk: String(item['sk']) });
