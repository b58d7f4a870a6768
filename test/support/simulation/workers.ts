import { consume } from '../../../functions/clearing/consume.ts';
import type { ClearingDependencies } from '../../../functions/clearing/dependencies.ts';
import { clearingSettings } from '../../../functions/clearing/dependencies.ts';
import { referenceReader } from '../../../functions/clearing/reference-reader.ts';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { notifySettings, type NotifyDependencies } from '../../../functions/notify/dependencies.ts';
import { sendNotices, sendWhatIsDue } from '../../../functions/notify/send-what-is-due.ts';
import { settlementSettings } from '../../../functions/settlement/dependencies.ts';
import { settlementReader } from '../../../functions/settlement/reader.ts';
import { settleWhatIsDue } from '../../../functions/settlement/settle-what-is-due.ts';
import { domainEventOf } from '../../../functions/stream/domain-event.ts';
import { ContractMemory } from '../../../functions/stream/contract-memory.ts';
import { follow, sweep } from '../../../functions/stream/follow.ts';
import { tick } from '../../../functions/tick/tick.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import type { Item } from '../../../shared/store/table/item.ts';
// Loaded when it is first wanted: by the first history only, which would be another under the same seed.
import '../../../shared/store/stockpiles/ask-rules.ts';
import { readSound, versionAt } from '../../../shared/store/reference/reference.ts';
import type { Meddler } from '../faults.ts';
import type { Process, Simulation } from './simulation.ts';
import type { TableStream } from './table-stream.ts';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What each host calls, called as Lambda calls it: any number at once, each in one life that may end at any call. */
export type Worker = (simulation: Simulation, turn: Meddler) => Promise<void>;

const clearing = ({ table, objects, clock, name, remainingMilliseconds }: Process): ClearingDependencies => ({
  ...{ table, objects, clock, logger, holder: name, remainingMilliseconds },
  reference: referenceReader(table),
  clear: clearAndDocument,
  newSalt: () => sha256('salt'),
  // Small chunks, so that orders are touched by several of them.
  settings: { ...clearingSettings, concurrency: 2, chunks: { bytes: 250_000, actions: 8 } },
});

/** Clears whatever is due of a market, without having been woken by a message. */
export const clear = (simulation: Simulation, turn: Meddler, product: string): Promise<void> =>
  simulation.worker('clearing', turn, async (process) => {
    await runDueClearings(clearing(process), { product });
  });

/** Takes messages off the queue that wakes workers, a few times. */
export const consumeQueue: Worker = async (simulation, turn) => {
  for (let poll = 0; poll < 4; poll += 1)
    await simulation.worker('clearing', turn, async (process) => {
      const { meddler, wake, isOver } = process;
      const receive = () => Promise.resolve(simulation.queue.receive(Date.parse(simulation.clock()), 2));
      const call = { write: false, name: 'ReceiveMessage', input: {} };
      const batch = (await meddler(receive, call)) as ReturnType<typeof simulation.queue.receive>;
      const run = (product: string) => runDueClearings(clearing(process), { product });
      const { batchItemFailures } = await consume(batch, { run, wake, logger });
      // Whoever has crashed answers nothing: the messages come again when their time is up.
      if (!isOver())
        simulation.queue.answer(
          batch,
          new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
        );
    });
};

export const settle: Worker = (simulation, turn) =>
  simulation.worker('settlement', turn, async ({ table, clock, remainingMilliseconds }) => {
    await settleWhatIsDue({
      ...{ table, clock, logger, remainingMilliseconds, reader: settlementReader(table) },
      settings: { ...settlementSettings, concurrency: 1 },
    });
  });

/** The minute's tick, which wakes workers for what waits. */
export const tickOnce: Worker = (simulation, turn) =>
  simulation.worker('tick', turn, async ({ table, clock, wake }) => {
    await tick({
      ...{ table, clock, logger, wake },
      products: (broken) => readSound(table, 'product', broken),
      productAt: (id, at) => versionAt(table, 'product', id, at),
    });
  });

/** What two followers remember from one batch to the next. */
const memories = new WeakMap<Simulation, ContractMemory[]>();

/** Keeps alerts up to date by the table's stream: two followers in turns, and who dies has forgotten everything. */
export const followStream: Worker = (simulation, turn) =>
  ofStream('stream', simulation, turn, simulation.events, async ({ table, clock }, items) => {
    const [memory = new ContractMemory(), other = new ContractMemory()] = memories.get(simulation) ?? [];
    memories.set(simulation, [other]);
    await follow(
      { table, clock, logger, memory },
      items.flatMap((item) => domainEventOf(item) ?? []),
    );
    memories.set(simulation, [other, memory]);
  });

/** Tells subscribers what the stream tells of. */
export const tellSubscribers: Worker = (simulation, turn) =>
  ofStream('notify', simulation, turn, simulation.notices, async (process, items) => {
    const found = items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    await sendNotices(sender(simulation, process), found);
  });

/** The minute's look at what is left to be told. */
export const sendAgain: Worker = (simulation, turn) =>
  simulation.worker('notify', turn, async (process) => {
    await sendWhatIsDue(sender(simulation, process));
  });

/** The day's look at everything, for what dates bring and for what nobody told of. */
export const lookAtEverything: Worker = (simulation, turn) =>
  simulation.worker('stream', turn, async ({ table, clock }) => {
    await sweep({ table, clock, logger }, true);
  });

const sender = (
  { subscribers, random }: Simulation,
  { table, clock, meddler, remainingMilliseconds }: Process,
): NotifyDependencies => ({
  ...{ table, clock, logger, random, remainingMilliseconds },
  call: subscribers.caller(meddler),
  settings: { ...notifySettings, concurrency: 2 },
});

async function ofStream(
  user: 'stream' | 'notify',
  simulation: Simulation,
  turn: Meddler,
  stream: TableStream,
  work: (process: Process, items: readonly Item[]) => Promise<void>,
): Promise<void> {
  for (let poll = 0; poll < 6; poll += 1)
    await simulation.worker(user, turn, async (process) => {
      const call = { write: false, name: 'GetRecords', input: {} };
      const batch = (await process.meddler(() => Promise.resolve(stream.next()), call)) as ReturnType<
        typeof stream.next
      >;
      if (batch === undefined) return;
      try {
        await work(process, batch.items);
        if (process.isOver()) batch.failed();
        else batch.handled();
      } catch (error) {
        batch.failed();
        throw error;
      }
    });
}

/** Ends every run, settlement and message that is left, with workers that nothing disturbs. */
export async function finish(simulation: Simulation): Promise<void> {
  await simulation.calmly(async () => {
    const each = (worker: Worker) => simulation.atOnce([(turn) => worker(simulation, turn)]);
    for (let round = 0; round < 2; round += 1) {
      simulation.pass(3_600_000);
      await each(tickOnce);
      await each(consumeQueue);
      await each(settle);
    }
  });
}

/** Ends what is to be told, too: subscribers that did not answer are called again after hours. */
export async function finishTelling(simulation: Simulation): Promise<void> {
  await simulation.calmly(async () => {
    const each = (worker: Worker) => simulation.atOnce([(turn) => worker(simulation, turn)]);
    await each(lookAtEverything);
    for (let round = 0; round < 3; round += 1) {
      await each(sendAgain);
      simulation.pass(24 * 3_600_000);
    }
  });
}
