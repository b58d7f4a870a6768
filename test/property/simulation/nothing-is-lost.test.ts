import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/kernel/digest.ts';
import { tableAccess } from '../../../infra/aws/table-access.ts';
import { dearRuns, seenIn } from '../../support/runs.ts';
import { faultKinds, noFaults } from '../../support/simulation/faulty-calls.ts';
import {
  histories,
  historyNames,
  lived,
  seeds,
  type HistoryName,
} from '../../support/simulation/histories.ts';

/** Of each kind that comes to one end: so many histories in `npm run soak`, so many in `npm test`, with so many faults each. */
const trials = [
  ['year', 300, 80],
  ['watch', 150, 16],
] as const;

describe('a market whose store, network, queue, stream, clocks and processes fail', () => {
  it.each(trials)(
    'comes to what it would have come to without: %s',
    async (name, many, usually) => {
      const faults = noFaults();
      await fc.assert(
        fc.asyncProperty(seeds, async (seed) => {
          const simulation = await lived(name, { seed });
          for (const kind of faultKinds) faults[kind] += simulation.faults[kind];
        }),
        { numRuns: dearRuns(many, usually) },
      );
      for (const kind of faultKinds) expect(faults[kind], kind).toBeGreaterThanOrEqual(seenIn(100, 15));
    },
    240_000,
  );

  it('passes the audit whoever is first, where orders are changed while several workers clear', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        await lived('crowd', { seed });
      }),
      { numRuns: dearRuns(200, 100) },
    );
  }, 240_000);

  it('passes it where a stockpile buys, sells, cuts and loses stock, and ends with books that its contracts agree with', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { engine } = await lived('reserve', { seed });
        for (const { keys, after } of engine.stream)
          if (keys['sk']!.S!.startsWith('MOVEMENT#')) {
            const kind = after!['body']!.M!['kind']!.S!;
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
          }
      }),
      { numRuns: dearRuns(60, 8) },
    );
    const kinds = ['ENCUMBER', 'RELEASE_ENCUMBRANCE', 'PURCHASE', 'RECEIPT', 'SALE', 'WRITE_OFF'];
    for (const kind of kinds) expect(seen.get(kind) ?? 0, kind).toBeGreaterThanOrEqual(seenIn(20, 1));
  }, 240_000);

  it.each(['year', 'watch'] as const)(
    'loses nothing where a process ends just before or just after a write, whichever it is: %s',
    async (name) => {
      const { writes } = await histories[name].undisturbed(1);
      const all = Array.from({ length: 2 * writes }, (_, at) => at);
      // Of a hundred and more writes each run tries some; `npm run soak` tries all.
      const stride = seenIn(1, name === 'year' ? 12 : 30);
      const begin = Math.floor(Math.random() * stride);
      for (const at of all.filter((each) => each % stride === begin))
        await lived(name, {
          seed: 1,
          crashAt: { write: 1 + (at >> 1), when: at % 2 === 0 ? 'before' : 'after' },
        });
    },
    240_000,
  );

  it.each([
    ['clearing', 'PLAN#*', 'year'],
    ['settlement', 'LEDGER#*', 'year'],
    ['tick', 'CLEARING#*', 'watch'],
    ['stream', 'ALERT#*', 'watch'],
    ['notify', 'NOTICE#*', 'watch'],
    ['api', 'BOOK#*', 'watch'],
  ] as const)('is found out where the policy of %s forgets %s', async (user, partition, name) => {
    const of = tableAccess[user];
    const forgetful = { ...of, neverWrites: [...(of.neverWrites ?? []), partition] };
    const policies = { ...tableAccess, [user]: forgetful };
    const failure = (await lived(name, { seed: 1, policies }).catch((error: unknown) => error)) as Error;
    expect(String(failure.cause)).toContain('not authorized');
  });

  it('lives the same history again under the same seed, to the last write, whatever was lived before', async () => {
    const streamOf = async (name: HistoryName, seed: number) =>
      sha256(JSON.stringify((await lived(name, { seed })).engine.stream));
    const inTurn = async (names: readonly HistoryName[]) => {
      const streams: [HistoryName, string][] = [];
      for (const name of names) streams.push([name, await streamOf(name, 17)]);
      return streams.sort();
    };
    // A process of its own, in which nothing has been lived or loaded.
    const first = spawnSync(process.execPath, ['test/support/simulation/streams.ts', '17'], {
      encoding: 'utf8',
    });
    const again = await inTurn(historyNames.toReversed());
    expect(first.stdout.trim().split('\n').sort()).toEqual(again.map((each) => each.join(' ')));
    expect(await streamOf('crowd', 18)).not.toBe(again.find(([name]) => name === 'crowd')?.[1]);
  });

  it('is about what it says: deliveries and their money, alerts, stock that is drawn and released, messages', async () => {
    const told = JSON.stringify([
      (await histories.year.undisturbed(1)).picture,
      (await histories.watch.undisturbed(1)).picture,
    ]);
    for (const word of [
      'SETTLEMENT#',
      'delivery_accepted',
      'ALERT ',
      'BALANCE#',
      'LEDGER#',
      'REF#disruption#',
    ])
      expect(told).toContain(word);
  });
});
