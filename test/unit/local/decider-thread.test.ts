import * as z from 'zod';
import { afterAll, describe, expect, it } from 'vitest';
import type { Decider, Undecided } from '../../../functions/clearing/decider.ts';
import { deciderHere } from '../../../functions/clearing/decider.ts';
import { clearingSettings } from '../../../functions/clearing/dependencies.ts';
import { Unclearable } from '../../../functions/clearing/unclearable.ts';
import { deciderThread } from '../../../infra/local/decider-thread.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { snapshotSchema } from '../../../shared/clearing/snapshot.ts';
import { largeBook } from '../../bench/large-book.ts';

const thread = deciderThread();
afterAll(() => thread.stop());

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function undecided(changes: Partial<Undecided> = {}): Undecided {
  const snapshot = largeBook(400, 1);
  const { clearing, offers, bids } = snapshot;
  const parties = Object.fromEntries([...offers, ...bids].map(({ party }) => [party, party]));
  return {
    run: 7,
    snapshot: bytesOf(z.encode(snapshotSchema, snapshot)),
    disclosed: undefined,
    parties: bytesOf({ format: 'lodestone-parties-1', clearing, salt: '', parties }),
    settings: clearingSettings,
    ...changes,
  };
}

/** Everything that a decision comes to. */
async function all(decide: Decider) {
  const run = await decide(undecided());
  const shards: Uint8Array[] = [];
  const proof = await run.proof();
  const disclosed = await run.disclosed();
  for (;;) {
    const some = await run.nextShards(3);
    if (some.length === 0) break;
    shards.push(...some);
  }
  run.end();
  const { chunks, finding, measured } = run;
  const texts = [proof, disclosed, ...shards].map((bytes) => Buffer.from(bytes).toString());
  return { chunks, finding, measured, texts };
}

// A thread of its own is not beside others at its full speed.
describe('the thread that clears', { timeout: 60_000 }, () => {
  it('comes to what would have been decided here, and lets everything else go on meanwhile', async () => {
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    turn();
    const decided = await all(thread.decide);
    isDone = true;
    expect(decided).toEqual(await all(deciderHere(clearAndDocument)));
    expect(decided.chunks.length).toBeGreaterThan(1);
    expect(decided.texts.length).toBeGreaterThan(1);
    // Here nothing would have had its turn before the decision was there.
    expect(turns).toBeGreaterThan(20);
  });

  it('says what no worker could clear, so that the run ends, apart from what another may', async () => {
    const broken = thread.decide(undecided({ parties: bytesOf({}) }));
    await expect(broken).rejects.toMatchObject({ name: 'Unclearable', reason: 'internal' });
    const small = await thread.decide(undecided({ settings: { ...clearingSettings, documentBytes: 1000 } }));
    await expect(small.proof()).rejects.toMatchObject({ reason: 'market_too_large' });
    small.end();
    await expect(small.nextShards(1)).rejects.not.toBeInstanceOf(Unclearable);
  });

  it('that ends fails what it was asked, and another is begun for what comes next', async () => {
    const ending = deciderThread(
      new URL(
        `data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.once('message', () => process.exit(3));`,
      ),
    );
    for (let life = 0; life < 2; life += 1) {
      const failed = ending.decide(undecided());
      await expect(failed).rejects.toThrow('the thread that clears has ended: code 3');
      await expect(failed).rejects.not.toBeInstanceOf(Unclearable);
    }
    await ending.stop();
  });
});
