import { describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { assign } from '../../../shared/store/table/assign.ts';
import { versionIs } from '../../../shared/store/table/condition.ts';
import { endedRun, freeOfRuns, marketState } from '../../../shared/store/clearing/control.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import { isOpen } from '../../../shared/store/orders/order-item.ts';
import { idOf, Scenario } from '../../support/clearing-scenario.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { Crash, crashAt } from '../../support/faults.ts';

const engine = engineOfFile();

const ndpr = { product: 'ndpr' };
const bidX = keys.order(idOf('bid', 'X'));

/** What a change of an order does, with what it has read of the market before. */
const change = (
  scenario: Scenario,
  ended: number,
  version: number,
  changes: Record<string, string | number>,
) =>
  scenario.table.update(bidX, assign({ ...changes, version: version + 1 }), [
    isOpen,
    freeOfRuns(ended),
    versionIs(version),
  ]);

/** A run that has locked the whole book and then lost its worker: take, open, seven locks. */
async function lockedBook(): Promise<Scenario> {
  const scenario = await Scenario.start(engine.endpoint);
  const worker = scenario.worker({ meddler: crashAt(9, 'after') });
  await expect(runDueClearings(worker, ndpr)).rejects.toThrow(Crash);
  return scenario;
}

describe('an order that a run has locked', () => {
  it('cannot be changed, and a reader of the market sees why', async () => {
    const scenario = await lockedBook();
    expect(await marketState(scenario.table, 'ndpr')).toEqual({
      ended: 0,
      gateClosure: '2026-11-22T12:00:00.000Z',
    });
    expect(await change(scenario, 0, 1, { status: 'withdrawn' })).toMatchObject({
      done: false,
      item: { lock: 1n, status: 'open' },
    });
  });

  it('is free again when the run has ended, without a write', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    const failing = scenario.worker({
      clear: () => {
        throw new Error('cannot');
      },
    });
    await runDueClearings(failing, ndpr);
    expect(await scenario.table.get(bidX)).toMatchObject({ lock: 1n, version: 1n });
    expect(await change(scenario, await endedRun(scenario.table, 'ndpr'), 1, { note: 'x' })).toMatchObject({
      done: true,
    });
  });

  it('is not changed by one who read the market before the run opened', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    const ended = await endedRun(scenario.table, 'ndpr');
    await runDueClearings(scenario.worker(), ndpr);
    expect((await change(scenario, ended, 1, { note: 'x' })).done).toBe(false);
    // Nor by one who read the market since, but the order before.
    expect((await change(scenario, await endedRun(scenario.table, 'ndpr'), 1, { note: 'x' })).done).toBe(
      false,
    );
  });
});

describe('an order that is changed before the run locks it', () => {
  it('clears as changed', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    // Between the gate's closing and the lock: the change had read the market before.
    const ended = await endedRun(scenario.table, 'ndpr');
    await expect(runDueClearings(scenario.worker({ meddler: crashAt(2, 'after') }), ndpr)).rejects.toThrow(
      Crash,
    );
    expect((await change(scenario, ended, 1, { note: 'cheaper' })).done).toBe(true);
    await scenario.finish();
    expect(await scenario.table.get(bidX)).toMatchObject({ note: 'cheaper', status: 'filled' });
    await scenario.checkInvariants();
  });

  it('is left out when it was withdrawn', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    expect((await change(scenario, 0, 1, { status: 'withdrawn' })).done).toBe(true);
    await scenario.finish();
    expect((await scenario.contracts()).filter(({ bid }) => bid === idOf('bid', 'X'))).toEqual([]);
    expect(await scenario.table.get(bidX)).toMatchObject({ status: 'withdrawn', version: 2n });
  });
});

describe('gate closure', () => {
  const closure = '2026-11-22T12:00:00.000Z';
  const later = '2026-11-22T12:00:00.001Z';
  const eager = { owner: 'maker-w', price: '130.00', kg: '50' };
  const contracted = async (scenario: Scenario, name: string) =>
    (await scenario.contracts()).some(({ bid }) => bid === idOf('bid', name));

  it('lets in what was posted by then, and nothing later', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    await scenario.bid({ ...eager, name: 'INTIME', postedAt: closure });
    const late = await scenario.bid({ ...eager, name: 'LATE', postedAt: later });
    await runDueClearings(scenario.worker(), ndpr);
    expect(await contracted(scenario, 'INTIME')).toBe(true);
    expect(await contracted(scenario, 'LATE')).toBe(false);
    // It was not even locked, and waits for the next run.
    expect(await scenario.table.get(keys.order(late))).not.toHaveProperty('lock');
    expect(await scenario.table.get(keys.bookEntry('ndpr', late))).toBeDefined();
  });

  it('is never before the request, by whatever clock the worker goes', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    await scenario.bid({ ...eager, name: 'INTIME', postedAt: closure });
    await runDueClearings(scenario.worker({ clock: () => '2026-11-22T11:58:30.000Z' }), ndpr);
    expect(await contracted(scenario, 'INTIME')).toBe(true);
  });

  it('leaves out what is no longer valid, and takes it off the book', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    const expired = await scenario.bid({ ...eager, name: 'EXPIRED', validUntil: closure });
    await scenario.bid({ ...eager, name: 'VALID', validUntil: later });
    await runDueClearings(scenario.worker(), ndpr);
    expect(await contracted(scenario, 'EXPIRED')).toBe(false);
    expect(await contracted(scenario, 'VALID')).toBe(true);
    expect(await scenario.table.get(keys.bookEntry('ndpr', expired))).toBeUndefined();
    expect(await scenario.table.get(keys.order(expired))).toMatchObject({ status: 'open', version: 1n });
  });
});
