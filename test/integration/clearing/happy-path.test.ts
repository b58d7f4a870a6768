import { describe, expect, it } from 'vitest';
import type { Clear, Cleared } from '../../../functions/clearing/dependencies.ts';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import { fail, ok } from '../../../shared/kernel/result.ts';
import { problem } from '../../../shared/kernel/problem.ts';
import {
  latestRuns,
  listClearings,
  pendingClearings,
  readClearing,
  readClearingDocuments,
} from '../../../shared/store/clearing/clearings.ts';
import { marketState, readControl } from '../../../shared/store/clearing/control.ts';
import { keys } from '../../../shared/store/table/keys.ts';
import { objectKeys } from '../../../shared/store/service/object-store.ts';
import { idOf, Scenario } from '../../support/clearing-scenario.ts';
import { engineOfFile } from '../../support/engine-of-file.ts';
import type { Meddler } from '../../support/faults.ts';
import { meddledObjects } from '../../support/faults.ts';
import { greedyEngine } from '../../support/greedy-engine.ts';
import { omit } from '../../support/omit.ts';

const engine = engineOfFile();

const present = <T>(each: T | undefined): each is T => each !== undefined;
const first = idOf('clr', 'FIRST');
const ndpr = { product: 'ndpr' };
const run = (scenario: Scenario) => runDueClearings(scenario.worker(), ndpr);

describe('a clearing that nothing disturbs', () => {
  it('takes the request, records its contracts and ends', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    expect(await readClearing(scenario.table, first)).toMatchObject({ status: 'queued', gateClosure: null });
    expect(await run(scenario)).toBe('none');
    await scenario.checkInvariants();
    expect(await readClearing(scenario.table, first)).toMatchObject({
      status: 'completed',
      contracts: 6,
      gateClosure: '2026-11-22T12:00:00.000Z',
      levyTotal: { currency: 'USD' },
    });
    expect(await pendingClearings(scenario.table)).toEqual([]);
    expect(await marketState(scenario.table, 'ndpr')).toEqual({ ended: 1, gateClosure: undefined });
    const contracts = await scenario.contracts();
    const ofAX = contracts.find(({ offer, bid }) => offer === idOf('off', 'A') && bid === idOf('bid', 'X'));
    expect(ofAX).toMatchObject({
      ...{ seller: 'mine-a', buyer: 'maker-x', origin: 'AU', destination: 'DE', status: 'concluded' },
      concludedAt: '2026-11-22T12:00:00.000Z',
      // 100 kg at 90.00 in each of two quarters
      totals: { landed: { amount: { units: 1_800_000n, scale: 2 }, currency: 'USD' } },
    });
  });

  it('stores its plan to expire and the guards to stay, and reads none of the plan back', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    const { pk } = keys.planChunk(first, 1, 0);
    let queries = 0;
    const watch: Meddler = (send, { write, input }) => {
      if (!write && JSON.stringify(input).includes(pk)) queries += 1;
      return send();
    };
    await runDueClearings(scenario.worker({ meddler: watch }), ndpr);
    expect(queries).toBe(0);
    const plan = await scenario.table.query(pk);
    const chunks = plan.filter(({ sk }) => String(sk).startsWith('CHUNK#'));
    const guards = plan.filter(({ sk }) => String(sk).startsWith('GUARD#'));
    expect(chunks.length).toBeGreaterThan(1);
    expect(guards).toHaveLength(chunks.length);
    for (const chunk of chunks)
      expect(chunk['expiresAt']).toBeGreaterThan(Date.parse(scenario.clock()) / 1000);
    for (const guard of guards) expect(guard).not.toHaveProperty('expiresAt');
  });

  it('leaves figures for the public view that name nobody', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    await run(scenario);
    const [latest] = await latestRuns(scenario.table, 'ndpr', 5);
    expect(latest).toMatchObject({ run: 1, status: 'completed', contracts: 6 });
    expect(latest?.total).toEqual({
      lots: 10n + 10n + 6n + 6n + 12n + 12n + 2n + 5n + 5n,
      sellers: { parties: 3, topLots: 6n + 6n + 12n + 12n + 2n },
      buyers: { parties: 3, topLots: 10n + 10n + 6n + 6n },
      // In the first quarter two sold, in the third one.
      told: false,
    });
    const text = JSON.stringify(await scenario.table.get(keys.marketRun('ndpr', 1)), (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    expect(text).not.toMatch(/mine-|maker-/);
  });

  it('stores documents whose digests the table keeps, the snapshot without any name', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    await run(scenario);
    const documents = await readClearingDocuments(scenario.table, first);
    if (documents === undefined) throw new Error('no documents');
    const { explanations, ...single } = documents;
    expect(Object.keys(single).sort()).toEqual(['disclosed', 'parties', 'proof', 'snapshot']);
    const shards = explanations.sha256.map((digest, shard) => ({
      key: objectKeys.explanations(first, explanations.fence, shard),
      sha256: digest,
    }));
    expect(shards).toHaveLength(3);
    for (const { key, sha256: digest } of [...Object.values(single), ...shards].filter(present))
      expect(sha256((await scenario.objects.get(key)) ?? ''), key).toBe(digest);
    const snapshot = new TextDecoder().decode(await scenario.objects.get(single.snapshot.key));
    expect(snapshot).not.toMatch(/mine-|maker-/);
    const parties = new TextDecoder().decode(await scenario.objects.get(single.parties.key));
    expect(parties).toMatch(/mine-a/);
  });

  it('makes no contract where nothing matches, and one run for each request', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    const second = await scenario.request('SECOND');
    const third = await scenario.request('THIRD');
    await run(scenario);
    for (const id of [second, third])
      expect(await readClearing(scenario.table, id)).toMatchObject({ status: 'completed', contracts: 0 });
    expect((await latestRuns(scenario.table, 'ndpr', 2)).map((entry) => entry.run)).toEqual([3, 2]);
    expect(await listClearings(scenario.table, { limit: 10 })).toHaveLength(3);
  });

  it('clears an empty book', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    await run(scenario);
    for (const item of await scenario.items())
      if (item['type'] === 'book entry')
        await scenario.table.transact([
          { name: 'remove', remove: { pk: item['pk'] as string, sk: item['sk'] as string } },
        ]);
    const id = await scenario.request('EMPTY');
    await run(scenario);
    expect(await readClearing(scenario.table, id)).toMatchObject({ status: 'completed', contracts: 0 });
  });
});

describe('a clearing that fails before its point of no return', () => {
  const failing: [string, Clear][] = [
    ['market_too_large', () => fail(problem('market_too_large', 'too many'))],
    [
      'internal',
      () => {
        throw new Error('the inside of the system');
      },
    ],
  ];

  it.for(failing)(
    'closes as failed (%s), frees its orders and changes nothing else',
    async ([reason, clear]) => {
      const scenario = await Scenario.start(engine.endpoint);
      const logged: unknown[] = [];
      const logger = { info: () => 0, warn: () => 0, error: (...line: unknown[]) => logged.push(line) };
      const before = await scenario.picture();
      await runDueClearings(scenario.worker({ clear, logger }), ndpr);
      const failed = await readClearing(scenario.table, first);
      expect(failed).toMatchObject({ status: 'failed', reason, contracts: 0, inputDigest: null });
      expect(JSON.stringify(failed, (_, value: unknown) => value)).not.toContain('inside');
      expect(logged).toHaveLength(1);
      const withoutLocks = (picture: unknown) =>
        (picture as { orders: object[] }).orders.map((order) => omit(order, 'lock'));
      expect(withoutLocks(await scenario.picture())).toEqual(withoutLocks(before));
      expect(await marketState(scenario.table, 'ndpr')).toEqual({ ended: 1, gateClosure: undefined });

      const next = await scenario.request('NEXT');
      await run(scenario);
      expect(await readClearing(scenario.table, next)).toMatchObject({ status: 'completed', contracts: 6 });
      await scenario.checkInvariants();
    },
  );
});

describe('a clearing whose documents nobody could read whole', () => {
  const long = 'x'.repeat(60_000);
  it.for<readonly [string, number, Partial<Cleared>]>([
    ['snapshot', 500, {}],
    ['proof', 50_000, { proof: { long } }],
    ['last shard of explanations', 50_000, { explanations: () => [{}, { long }] }],
  ])('fails as too large before anything is changed: the %s', async ([, documentBytes, documents]) => {
    const scenario = await Scenario.start(engine.endpoint);
    const logged: string[] = [];
    const logger = {
      ...{ info: () => 0, warn: () => 0 },
      error: (_: string, { cause }: Record<string, unknown>) => logged.push(String(cause)),
    };
    const clear: Clear = (snapshot) => {
      const cleared = greedyEngine(snapshot);
      return cleared.ok ? ok({ ...cleared.value, ...documents }) : cleared;
    };
    const worker = scenario.worker({ logger, clear });
    await runDueClearings({ ...worker, settings: { ...worker.settings, documentBytes } }, ndpr);
    const failed = await readClearing(scenario.table, first);
    expect(failed).toMatchObject({ status: 'failed', reason: 'market_too_large', contracts: 0 });
    expect(logged).toEqual([expect.stringContaining(`more than ${documentBytes} bytes`)]);
    expect((await scenario.items()).filter(({ type }) => type === 'contract')).toEqual([]);

    const next = await scenario.request('NEXT');
    await run(scenario);
    expect(await readClearing(scenario.table, next)).toMatchObject({ status: 'completed', contracts: 6 });
    await scenario.checkInvariants();
  });
});

describe('a clearing that goes wrong after its point of no return', () => {
  it('is never given up: it stops loudly, stays open and goes on once the cause is gone', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    // Somebody ignores the lock and withdraws an order while the plan is being carried out.
    const order = keys.order(idOf('bid', 'Y'));
    const setStatus = (status: string) =>
      scenario.table.update(
        order,
        { expression: 'SET #s = :s', names: { '#s': 'status' }, values: { ':s': status } },
        [],
      );
    const meddler: Meddler = async (send, { write }) => {
      const answer = await send();
      const control = write ? await readControl(scenario.table, 'ndpr') : undefined;
      if (control?.phase === 'applying') await setStatus('withdrawn');
      return answer;
    };
    const worker = scenario.worker({ meddler });
    await expect(runDueClearings(worker, ndpr)).rejects.toThrow(/cannot be applied: order bid_/);
    expect(await readClearing(scenario.table, first)).toMatchObject({ status: 'committing' });
    scenario.advance(3_600_000);
    await expect(run(scenario)).rejects.toThrow(/cannot be applied/);
    await setStatus('open');
    await scenario.finish();
    expect(await readClearing(scenario.table, first)).toMatchObject({ status: 'completed', contracts: 6 });
    await scenario.checkInvariants();
  });

  it('refuses a plan that is not the one that was decided', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    let applying = false;
    const meddler = async (send: () => Promise<unknown>, call: { write: boolean }) => {
      if (applying) throw new Error('stopped');
      const answer = await send();
      applying = call.write && (await readControl(scenario.table, 'ndpr'))?.phase === 'applying';
      return answer;
    };
    const stopped = scenario.worker({ meddler });
    await expect(runDueClearings(stopped, ndpr)).rejects.toThrow('stopped');
    await scenario.table.transact([{ name: 'lose a chunk', remove: keys.planChunk(first, 1, 1) }]);
    scenario.advance(3_600_000);
    await expect(run(scenario)).rejects.toThrow(/not the one that was decided/);
    expect(await scenario.contracts()).toEqual([]);
  });
});

describe('a worker whose time or lease is short', () => {
  it('hands the run on near its time limit, and another goes on at once to the same result', async () => {
    const undisturbed = await Scenario.start(engine.endpoint);
    await run(undisturbed);
    const scenario = await Scenario.start(engine.endpoint);
    let hands = 0;
    let outcome: string;
    do {
      // Enough for a few pieces of work each.
      let left = 150_000;
      const remainingMilliseconds = () => (left -= 16_000);
      outcome = await runDueClearings(scenario.worker({ remainingMilliseconds }), ndpr);
      hands += 1;
    } while (outcome === 'more' && hands < 50);
    expect(hands).toBeGreaterThan(2);
    expect(await scenario.picture()).toEqual(await undisturbed.picture());
  });

  it('renews a lease shorter than its work, so that nobody takes the market from it', async () => {
    const scenario = await Scenario.start(engine.endpoint);
    const rival = scenario.worker();
    const seen = new Set<string>();
    const slow: Meddler = async (send, { write }) => {
      scenario.advance(4_000);
      const answer = await send();
      const control = await readControl(scenario.table, 'ndpr');
      if (write && control?.holder !== rival.holder && control?.phase !== 'idle') {
        await runDueClearings(rival, ndpr);
        seen.add((await readControl(scenario.table, 'ndpr'))?.holder ?? '?');
      }
      return answer;
    };
    const worker = scenario.worker({
      meddler: slow,
      objects: meddledObjects(scenario.objects, slow),
    });
    const short = { ...worker.settings, leaseMilliseconds: 60_000, concurrency: 1 };
    await runDueClearings({ ...worker, settings: short }, ndpr);
    expect([...seen]).toEqual([worker.holder]);
    expect(await readClearing(scenario.table, first)).toMatchObject({ status: 'completed', contracts: 6 });
  });
});
