import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../infra/audit/audit.ts';
import { dearRuns, seenIn } from '../../support/runs.ts';
import { unguarded } from '../../support/simulation/controls.ts';
import { reserve } from '../../support/simulation/reserve.ts';
import { Simulation } from '../../support/simulation/simulation.ts';
import { scan } from '../../../infra/audit/scan.ts';

const seeds = fc.noShrink(fc.integer({ min: 1, max: 2 ** 31 - 1 }));
const faultShare = 0.08;

describe('a stockpile whose market, store and processes fail', () => {
  it('loses and makes no gram, whoever is first, and ends with books that its contracts agree with', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const simulation = await Simulation.open({ seed, faultShare, freshIds: true });
        await reserve(simulation, seed);
        const { findings } = await audit(simulation.table, { at: simulation.clock() });
        expect(findings).toEqual([]);
        for await (const page of scan(simulation.table))
          for (const { sk, body } of page as { sk: string; body?: { kind: string } }[])
            if (sk.startsWith('MOVEMENT#')) seen.set(body!.kind, (seen.get(body!.kind) ?? 0) + 1);
      }),
      { numRuns: dearRuns(30, 3) },
    );
    const kinds = ['ENCUMBER', 'RELEASE_ENCUMBRANCE', 'PURCHASE', 'RECEIPT', 'SALE', 'WRITE_OFF'];
    for (const kind of kinds) expect(seen.get(kind) ?? 0, kind).toBeGreaterThanOrEqual(seenIn(20, 1));
  }, 240_000);

  it.each([
    ['the versions of a lot', /^LOT#\S+ (LOT|V#)/],
    ['what makes a contract be booked once', /^(LOT|STOCKPILE)#\S+ (CONTRACT|MOVEMENT|LOT|V)/],
  ] as const)(
    'is found out without %s',
    async (_, place) => {
      const isFoundOut = async (seed: number): Promise<boolean> => {
        try {
          const options = { seed, faultShare, meddler: unguarded(place), freshIds: true };
          const simulation = await Simulation.open(options);
          await reserve(simulation, seed);
          return (await simulation.findings()).length > 0;
        } catch {
          return true;
        }
      };
      for (let seed = 1; seed <= 40; seed += 1) if (await isFoundOut(seed)) return;
      expect.fail('40 histories passed without it');
    },
    240_000,
  );
});
