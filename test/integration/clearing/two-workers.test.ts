import { beforeAll, describe, expect, it } from 'vitest';
import { HeldMarket } from '../../../functions/clearing/held-market.ts';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { readClearing } from '../../../shared/store/clearing/clearings.ts';
import { readControl } from '../../../shared/store/clearing/control.ts';
import { idOf, Scenario, usualOffers } from '../../support/clearing-scenario.ts';
import type { Meddler } from '../../support/faults.ts';
import {
  both,
  Crash,
  crashAt,
  Interleaving,
  meddledObjects,
  pausedAt,
  seeded,
  withoutConditions,
} from '../../support/faults.ts';
import { dearRuns } from '../../support/runs.ts';

let undisturbed: unknown;
let writes: number;
/** Which of them passes the point of no return. */
let decision = 0;

beforeAll(async () => {
  const scenario = await Scenario.start();
  const counter = crashAt(Infinity, 'before');
  const watcher: Meddler = async (send) => {
    const answer = await send();
    const control = decision === 0 ? await readControl(scenario.table, 'ndpr') : undefined;
    if (control?.phase === 'applying') decision = counter.writes;
    return answer;
  };
  await run(scenario, both(watcher, counter));
  undisturbed = await scenario.picture();
  writes = counter.writes;
  expect(decision).toBeGreaterThan(writes / 2);
});

const run = (scenario: Scenario, meddler: Meddler) =>
  runDueClearings(scenario.worker({ meddler, objects: meddledObjects(scenario.objects, meddler) }), {
    product: 'ndpr',
  });

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
      const scenario = await Scenario.start();
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
      const scenario = await Scenario.start();
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

describe('a worker whose market another has taken, and done nothing with yet', () => {
  it('cannot move the run on from where it stands, at any of its writes', async () => {
    const phases = new Set<string | undefined>();
    // The first write takes the market, the second opens the run.
    for (let at = 2; at < writes; at += 1) {
      const scenario = await Scenario.start();
      const { meddler, paused, letGo } = pausedAt(at);
      const zombie = run(scenario, meddler);
      await paused;
      scenario.advance(3_600_000);
      expect(await HeldMarket.take(scenario.worker(), 'ndpr')).toBeDefined();
      const taken = await readControl(scenario.table, 'ndpr');
      letGo();
      expect(await zombie).toBe('none');
      expect(await readControl(scenario.table, 'ndpr'), `write ${at}`).toEqual(taken);
      phases.add(taken?.phase);
      await scenario.finish();
      expect(await scenario.contracts()).toHaveLength(6);
      await scenario.checkInvariants();
    }
    expect(phases).toEqual(new Set(['idle', 'locking', 'locked', 'applying']));
  });
});

/** A market whose worker has died just behind the point of no return. */
async function decided(): Promise<Scenario> {
  const scenario = await Scenario.start();
  let passed = false;
  const meddler: Meddler = async (send, { write }) => {
    if (passed) throw new Crash();
    const answer = await send();
    passed = write && (await readControl(scenario.table, 'ndpr'))?.phase === 'applying';
    return answer;
  };
  await expect(run(scenario, meddler)).rejects.toThrow(Crash);
  scenario.advance(3_600_000);
  return scenario;
}

/** Two workers with their calls interleaved, while leases run out all the time. */
function race(scenario: Scenario, seed: number, all: Meddler = (send) => send()) {
  const random = seeded(seed);
  const interleaving = new Interleaving(random, () => {
    scenario.advance(random() < 0.25 ? 1_000_000 : 10);
  });
  const stubborn = async (meddler: Meddler) => {
    const settings = { ...scenario.worker().settings, maximumTakes: 100 };
    for (let attempt = 0; attempt < 6; attempt += 1)
      await runDueClearings(
        scenario.worker({
          meddler: both(all, meddler),
          objects: meddledObjects(scenario.objects, meddler),
          settings,
        }),
        { product: 'ndpr' },
      );
  };
  return interleaving.run([stubborn, stubborn]);
}

describe('two workers that both believe they hold the market', () => {
  const starts = [
    ['from the beginning', () => Scenario.start()],
    ['from the point of no return', decided],
  ] as const;
  it.for(starts)('with their calls interleaved %s make one result', async ([, start]) => {
    for (let seed = 0; seed < dearRuns(25, 8); seed += 1) {
      const scenario = await start();
      for (const ending of await race(scenario, seed))
        expect(ending.status, `seed ${seed}`).toBe('fulfilled');
      await scenario.finish();
      await scenario.checkInvariants();
      expect(await readClearing(scenario.table, idOf('clr', 'FIRST'))).toMatchObject({
        status: 'completed',
        contracts: 6,
      });
      expect(await scenario.contracts()).toHaveLength(6);
    }
  });
});

describe('negative control: without the conditions these tests would notice', () => {
  const isDamaged = (scenario: Scenario): Promise<boolean> =>
    scenario.checkInvariants().then(
      () => false,
      () => true,
    );

  /** Whether the check of a frozen worker finds something wrong, at any of the writes that apply the plan. */
  async function isViolated(all: Meddler): Promise<boolean> {
    for (let at = writes - 1; at > decision; at -= 1) {
      const scenario = await Scenario.start();
      const ending = await frozen(scenario, at, { all });
      if (ending.status === 'rejected' || (await isDamaged(scenario))) return true;
    }
    return false;
  }

  it('a plan without any condition takes its tonnes twice', async () => {
    expect(await isViolated(withoutConditions('everything'))).toBe(true);
  });

  it('a plan without its guard is still held by the conditions on contracts and orders', async () => {
    expect(await isViolated(withoutConditions('the guard'))).toBe(false);
  });

  it('racing workers take tonnes twice too', async () => {
    let found = false;
    for (let seed = 0; seed < 25 && !found; seed += 1) {
      const scenario = await decided();
      await race(scenario, seed, withoutConditions('everything'));
      found = await isDamaged(scenario);
    }
    expect(found).toBe(true);
  });
});
