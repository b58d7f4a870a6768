import { describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { scheduledClearingId } from '../../../functions/tick/schedule.ts';
import type { TickDependencies } from '../../../functions/tick/tick.ts';
import { tick } from '../../../functions/tick/tick.ts';
import type { Product } from '../../../shared/reference/product.ts';
import { pendingClearings, readClearing } from '../../../shared/store/clearing/clearings.ts';
import { Scenario, scenarioProduct } from '../../support/clearing-scenario.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import { Crash, crashAt } from '../../support/faults.ts';
import { tableAs } from '../../support/table-guard.ts';

const engine = engineOfFile();

const ndpr = { product: 'ndpr' };
/** Every day at noon, which is when the scenario begins. */
const daily: Product = { ...scenarioProduct, clearingSchedule: '0 12 * * *' };
const slot = '2026-11-22T12:00:00.000Z';
const scheduled = scheduledClearingId('ndpr', slot);

const ticker = (scenario: Scenario, product: Product, before?: Product): TickDependencies => ({
  table: tableAs('tick', scenario.table),
  clock: scenario.clock,
  products: () => Promise.resolve([product]),
  productAt: () => Promise.resolve(before),
  wake: () => Promise.resolve(),
  logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
});

describe('the tick', () => {
  it('wakes somebody for a request that no run has taken, until one has', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    expect(await tick(ticker(scenario, scenarioProduct))).toEqual(['ndpr']);
    await runDueClearings(scenario.worker(), ndpr);
    expect(await tick(ticker(scenario, scenarioProduct))).toEqual([]);
  });

  it('resumes a run whose worker is gone, once its lease has run out', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    const worker = scenario.worker({ meddler: crashAt(6, 'after') });
    await expect(runDueClearings(worker, ndpr)).rejects.toThrow(Crash);
    expect(await tick(ticker(scenario, scenarioProduct))).toEqual([]);
    scenario.advance(60_001);
    expect(await tick(ticker(scenario, scenarioProduct))).toEqual(['ndpr']);
  });

  it('asks once for what a schedule asks for, however often it ticks', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    await runDueClearings(scenario.worker(), ndpr);
    scenario.advance(20_000);
    await Promise.all([tick(ticker(scenario, daily)), tick(ticker(scenario, daily))]);
    expect(await readClearing(scenario.table, scheduled)).toMatchObject({
      status: 'queued',
      scheduledFor: slot,
    });
    await runDueClearings(scenario.worker(), ndpr);
    scenario.advance(60_000);
    expect(await tick(ticker(scenario, daily))).toEqual([]);
    expect(await pendingClearings(scenario.table)).toEqual([]);
    expect(await readClearing(scenario.table, scheduled)).toMatchObject({ status: 'completed' });
  });

  it('asks for no slot before the schedule was set, but for one that only another change came after', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    scenario.advance(20_000);
    const changed = { ...daily, version: 2, recordedAt: '2026-11-22T12:00:10.000Z' };
    await tick(ticker(scenario, changed, scenarioProduct));
    expect(await readClearing(scenario.table, scheduled)).toBeUndefined();
    await tick(ticker(scenario, changed, daily));
    expect(await readClearing(scenario.table, scheduled)).toMatchObject({ status: 'queued' });
  });
});
