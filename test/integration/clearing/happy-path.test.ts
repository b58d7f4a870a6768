import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import type { Engine } from '../../../infra/local/engine.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { latestRuns, pendingClearings, readClearing } from '../../../shared/store/clearings.ts';
import { marketState } from '../../../shared/store/control.ts';
import { idOf, Scenario } from '../../support/clearing-scenario.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => {
  await engine.stop();
});

const first = idOf('clr', 'FIRST');
const run = (scenario: Scenario) => runDueClearings(scenario.worker(), { product: 'ndpr' });

describe('a clearing that nothing disturbs', () => {
  it('takes the request, records its contracts and ends', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    expect(await run(scenario)).toBe('none');
    await scenario.checkInvariants();
    expect(await readClearing(scenario.table, first)).toMatchObject({
      status: 'completed',
      contracts: 6,
      gateClosure: '2026-11-22T12:00:00.000Z',
    });
    expect(await pendingClearings(scenario.table)).toEqual([]);
    expect(await marketState(scenario.table, 'ndpr')).toEqual({ ended: 1, open: false });
    const contracts = await scenario.contracts();
    expect(contracts).toHaveLength(6);
  });
});
