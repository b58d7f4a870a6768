import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dearRuns, seenIn } from '../../support/runs.ts';
import { unguarded } from '../../support/simulation/controls.ts';
import { crowd } from '../../support/simulation/crowd.ts';
import { faultKinds, noFaults } from '../../support/simulation/faulty-calls.ts';
import { pictureOf } from '../../support/simulation/picture.ts';
import { Simulation } from '../../support/simulation/simulation.ts';
import { liveThrough } from '../../support/simulation/year.ts';

/** No shrinking: a smaller seed is no simpler history. What fails names its seed, and the seed is the history. */
const seeds = fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 }));
const scripts = fc.noShrink(fc.integer({ min: 1, max: 8 }));
const faultShare = 0.12;

const undisturbed = new Map<number, Promise<Record<string, unknown>>>();
const undisturbedPicture = (script: number): Promise<Record<string, unknown>> => {
  const known = undisturbed.get(script) ?? livedThrough(script);
  undisturbed.set(script, known);
  return known;
};
async function livedThrough(script: number): Promise<Record<string, unknown>> {
  const simulation = await Simulation.open({ seed: script, faultShare: 0 });
  await liveThrough(simulation, script);
  expect(await simulation.findings()).toEqual([]);
  return pictureOf(simulation.table);
}

describe('a market whose store, network and processes fail', () => {
  it('comes to what it would have come to without, from orders to money and alerts, and passes the audit', async () => {
    const faults = noFaults();
    await fc.assert(
      fc.asyncProperty(seeds, scripts, async (seed, script) => {
        const simulation = await Simulation.open({ seed, faultShare });
        await liveThrough(simulation, script);
        expect(await simulation.findings()).toEqual([]);
        expect(await pictureOf(simulation.table)).toEqual(await undisturbedPicture(script));
        for (const kind of faultKinds) faults[kind] += simulation.faults[kind];
      }),
      { numRuns: dearRuns(300, 50) },
    );
    for (const kind of faultKinds) expect(faults[kind], kind).toBeGreaterThanOrEqual(seenIn(100, 30));
    const records = Object.entries(await undisturbedPicture(1));
    expect(records.some(([key]) => key.startsWith('SETTLEMENT#'))).toBe(true);
    // Nothing would be proved of deliveries and their money if there were none.
    expect(JSON.stringify(records)).toContain('delivery_accepted');
  }, 240_000);

  it('passes the audit whoever is first, where orders are changed while several workers clear', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const simulation = await Simulation.open({ seed, faultShare, freshIds: true });
        await crowd(simulation, seed);
        expect(await simulation.findings()).toEqual([]);
      }),
      { numRuns: dearRuns(150, 30) },
    );
  }, 240_000);

  it('lives the same history again under the same seed, to the last write', async () => {
    const history = async (seed: number): Promise<string> => {
      const simulation = await Simulation.open({ seed, faultShare, freshIds: true });
      await crowd(simulation, 3);
      return JSON.stringify(simulation.engine.stream);
    };
    expect(await history(17)).toBe(await history(17));
    expect(await history(17)).not.toBe(await history(18));
  });
});

/** What stands in the way of each loss, taken away: with what else would have caught it, where there is anything. */
const controls = [
  ['the lock and version of an order', /^ORDER#/],
  ['the place of an event in its chain', /^CONTRACT#\S+ EVENT/],
  ['the fence and phase of a market', /^MARKET#\S+ CONTROL/],
  ['that a request is done once', /^IDEMPOTENCY#/],
  ['the guard of a chunk, and that a contract is recorded once', /^(PLAN|CONTRACT)#/],
  ['that a settlement is posted once', /^(LEDGER|ACCOUNT|SETTLEMENT|CONTRACT)#/],
] as const;
const MOST_TRIES = 60;

describe('without a guard', () => {
  it.each(controls)(
    '%s: it is found out',
    async (_, place) => {
      const isFoundOut = async (seed: number): Promise<boolean> => {
        const options = { seed, faultShare, meddler: unguarded(place) };
        try {
          const busy = await Simulation.open({ ...options, freshIds: true });
          await crowd(busy, seed);
          if ((await busy.findings()).length > 0) return true;
          const script = 1 + (seed % 8);
          const simulation = await Simulation.open(options);
          await liveThrough(simulation, script);
          expect(await simulation.findings()).toEqual([]);
          expect(await pictureOf(simulation.table)).toEqual(await undisturbedPicture(script));
          return false;
        } catch {
          return true;
        }
      };
      for (let seed = 1; seed <= MOST_TRIES; seed += 1) if (await isFoundOut(seed)) return;
      expect.fail(`${MOST_TRIES} histories passed without it`);
    },
    240_000,
  );
});
