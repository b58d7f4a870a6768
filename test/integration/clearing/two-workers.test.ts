import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import type { Engine } from '../../../infra/local/engine.ts';
import { startEngine } from '../../../infra/local/engine.ts';
import { readClearing } from '../../../shared/store/clearings.ts';
import { idOf, Scenario, usualOffers } from '../../support/clearing-scenario.ts';
import type { Meddler } from '../../support/faults.ts';
import {
  both,
  crashAt,
  Interleaving,
  meddledObjects,
  meddleWith,
  pausedAt,
  seeded,
  withoutConditions,
} from '../../support/faults.ts';

let engine: Engine;
let undisturbed: unknown;
let writes: number;

beforeAll(async () => {
  engine = await startEngine();
  const scenario = await Scenario.start(engine.endpoint);
  const counter = crashAt(Infinity, 'before');
  await run(scenario, counter);
  undisturbed = await scenario.picture();
  writes = counter.writes;
});
afterAll(async () => {
  await engine.stop();
});

const run = (scenario: Scenario, meddler: Meddler) =>
  runDueClearings(
    scenario.worker({ meddle: meddleWith(meddler), objects: meddledObjects(scenario.objects, meddler) }),
    { product: 'ndpr' },
  );

/**
 * A worker frozen just before its write number `at`, while another, sure that it is gone, completes the run; then the
 * frozen one goes on as if nothing had happened. Answers how the frozen one ended.
 */
async function frozen(
  scenario: Scenario,
  at: number,
  options: { readonly meanwhile?: () => Promise<void>; readonly all?: Meddler } = {},
): Promise<PromiseSettledResult<unknown>> {
  const all = options.all ?? ((send) => send());
  const { meddler, paused, letGo } = pausedAt(at);
  const zombie = Promise.allSettled([run(scenario, both(all, meddler))]);
  await paused;
  scenario.advance(3_600_000);
  await run(scenario, all);
  await options.meanwhile?.();
  letGo();
  const [ending] = await zombie;
  return ending;
}

describe('a worker that was frozen and comes back', () => {
  it('at any of its writes, after another has completed the run, changes nothing', async () => {
    for (let at = 1; at < writes; at += 1) {
      const scenario = await Scenario.start(engine.endpoint);
      const ending = await frozen(scenario, at);
      expect(ending.status, `write ${at}`).toBe('fulfilled');
      await scenario.checkInvariants();
      // Frozen before the gate closed, it is the other whose gate closure counts.
      if (at > 2) expect(await scenario.picture(), `write ${at}`).toEqual(undisturbed);
      else expect(await scenario.contracts()).toHaveLength(6);
    }
  });

  it('at any of its writes, in the middle of the next run, changes neither run', async () => {
    for (let at = 1; at < writes; at += 1) {
      const scenario = await Scenario.start(engine.endpoint);
      let second = '';
      const next = pausedAt(14);
      let successor: Promise<unknown> = Promise.resolve();
      await frozen(scenario, at, {
        meanwhile: async () => {
          await scenario.offer({ ...usualOffers[0]!, name: 'E', postedAt: scenario.clock() });
          await scenario.bid({
            name: 'W',
            owner: 'maker-w',
            price: '105.00',
            kg: '80',
            postedAt: scenario.clock(),
          });
          second = await scenario.request('SECOND');
          successor = run(scenario, next.meddler);
          await next.paused;
        },
      });
      next.letGo();
      await successor;
      await scenario.finish();
      await scenario.checkInvariants();
      expect(await readClearing(scenario.table, idOf('clr', 'FIRST'))).toMatchObject({ contracts: 6 });
      expect(await readClearing(scenario.table, second), `write ${at}`).toMatchObject({
        status: 'completed',
        contracts: 2,
      });
    }
  });
});

describe('two workers that both believe they hold the market', () => {
  it.for(Array.from({ length: 25 }, (_, seed) => seed))(
    'with their calls interleaved make one result (seed %i)',
    async (seed) => {
      const scenario = await Scenario.start(engine.endpoint);
      const random = seeded(seed);
      // Leases run out all the time, and both take the market again and again.
      const interleaving = new Interleaving(random, () => {
        scenario.advance(random() < 0.15 ? 1_000_000 : 10);
      });
      const stubborn = async (meddler: Meddler) => {
        for (let attempt = 0; attempt < 4; attempt += 1) await run(scenario, meddler);
      };
      const endings = await interleaving.run([stubborn, stubborn]);
      for (const ending of endings) expect(ending.status).toBe('fulfilled');
      await scenario.finish();
      await scenario.checkInvariants();
      expect(await readClearing(scenario.table, idOf('clr', 'FIRST'))).toMatchObject({
        status: 'completed',
        contracts: 6,
      });
      expect(await scenario.contracts()).toHaveLength(6);
    },
  );
});

describe('negative control: without the conditions these tests would notice', () => {
  /** What the check of a frozen worker finds wrong, over the writes that apply the plan. */
  async function violations(all: Meddler): Promise<number> {
    let found = 0;
    for (let at = 1; at < writes; at += 1) {
      const scenario = await Scenario.start(engine.endpoint);
      const ending = await frozen(scenario, at, { all });
      const violated = await scenario.checkInvariants().then(
        () => false,
        () => true,
      );
      if (ending.status === 'rejected' || violated) found += 1;
    }
    return found;
  }

  it('a plan without any condition takes its tonnes twice', async () => {
    expect(await violations(withoutConditions('everything'))).toBeGreaterThan(0);
  });

  it('a plan without its guard is still held by the conditions on contracts and orders', async () => {
    expect(await violations(withoutConditions('the guard'))).toBe(0);
  });
});
