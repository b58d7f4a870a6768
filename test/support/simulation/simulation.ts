import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { ClearingDependencies } from '../../../functions/clearing/dependencies.ts';
import { clearingSettings } from '../../../functions/clearing/dependencies.ts';
import { referenceReader } from '../../../functions/clearing/reference-reader.ts';
import { runDueClearings } from '../../../functions/clearing/run-due-clearings.ts';
import { settlementSettings } from '../../../functions/settlement/dependencies.ts';
import { settlementReader } from '../../../functions/settlement/reader.ts';
import { settleWhatIsDue } from '../../../functions/settlement/settle-what-is-due.ts';
import { domainEventOf } from '../../../functions/stream/domain-event.ts';
import { follow, sweep } from '../../../functions/stream/follow.ts';
import { tick } from '../../../functions/tick/tick.ts';
import { audit } from '../../../infra/audit/audit.ts';
import { clearAndDocument } from '../../../shared/clearing/documents/documents.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import type { IdKind } from '../../../shared/kernel/ids.ts';
import { idPrefixes } from '../../../shared/kernel/ids.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { instantOf } from '../../../shared/kernel/time.ts';
import type { Caller } from '../../../shared/reference/caller.ts';
import { tableDefinition } from '../../../shared/store/definition.ts';
import { readItem } from '../../../shared/store/item.ts';
import { readSound, versionAt } from '../../../shared/store/reference.ts';
import { Table } from '../../../shared/store/table.ts';
import type { Answer } from '../api.ts';
import { both, Crash, meddledObjects, seeded, type Meddler } from '../faults.ts';
import { memoryClient } from '../memory-dynamo/client.ts';
import { MemoryDynamo } from '../memory-dynamo/engine.ts';
import { MemoryObjects } from '../memory-objects.ts';
import { FaultyCalls, noFaults, type FaultCounts, type FaultKind } from './faulty-calls.ts';
import { handle, type Handling } from './shared-api.ts';
import { Turns } from './turns.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Of all calls, the part that goes wrong; none in a history without faults. */
  readonly faultShare: number;
  readonly faults?: readonly FaultKind[];
  /** Between any call and the store, for all processes: what a negative control takes away. */
  readonly meddler?: Meddler;
  /** Ids are made anew each time a request is handled, as they are outside of simulations. */
  readonly freshIds?: boolean;
}

/** After how many calls, of all, the clock leaps ahead: long enough for a lease to run out. */
const LEAPS = 0.04;
/** So often a client sends a request that was not answered, before it gives up: no fault lasts for ever. */
const MOST_SENDS = 60;
const begin = Date.parse('2026-11-22T12:00:00.000Z');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * The whole system in one process, under a seed: clients of the API, workers that clear, settle and tick, a store
 * and a network that fail, a clock that goes by with each call and sometimes leaps. The same seed is the same history.
 */
export class Simulation {
  readonly engine: MemoryDynamo;
  readonly objects = new MemoryObjects();
  readonly faults: FaultCounts = noFaults();
  readonly #options: SimulationOptions;
  readonly #turns: Turns;
  readonly #calls: FaultyCalls;
  #now = begin;
  #lives = 0;
  #followed = 0;
  #ids = 0;
  #isCalm = false;

  private constructor(options: SimulationOptions) {
    this.#options = options;
    const random = seeded(options.seed);
    this.engine = new MemoryDynamo(() => this.#now);
    this.engine.pageItems = 7;
    this.#turns = new Turns(random, () => {
      // Mostly milliseconds; now and then so long that leases run out.
      this.#now += !this.#isCalm && random() < LEAPS ? 120_000 : Math.ceil(random() * 20);
    });
    this.#calls = new FaultyCalls(random, options.faultShare, this.faults, options.faults);
  }

  static async open(options: SimulationOptions): Promise<Simulation> {
    const simulation = new Simulation(options);
    await memoryClient(simulation.engine).send(new CreateTableCommand(tableDefinition('lodestone')));
    return simulation;
  }

  readonly clock = (): Instant => instantOf(this.#now);

  /** Moves the clock ahead. */
  until(instant: string): void {
    this.#now = Math.max(this.#now, Date.parse(instant));
  }

  /** What is looked at when all is over goes past every fault. */
  get table(): Table {
    return this.#tableThrough((send) => send());
  }

  /** Does all of this at once, in an order that the seed decides. */
  atOnce<T>(processes: readonly ((turn: Meddler) => Promise<T>)[]): Promise<T[]> {
    return this.#turns.all(processes);
  }

  /** From now on nothing goes wrong: whatever is left half done is to be finished. */
  async calmly<T>(step: () => Promise<T>): Promise<T> {
    this.#isCalm = true;
    try {
      return await step();
    } finally {
      this.#isCalm = false;
    }
  }

  /** A client of the API: sends a request until it is answered, under one Idempotency-Key, as careful clients do. */
  client(name: string, turn: Meddler): SimulatedClient {
    return new SimulatedClient(name, (step, ...request) => this.#request(turn, step, request));
  }

  async #request(
    turn: Meddler,
    step: string,
    [who, method, path, body, more]: Request,
  ): Promise<Answer | undefined> {
    const headers = method === 'POST' ? { 'Idempotency-Key': sha256(step).slice(0, 32) } : {};
    for (let sends = 0; sends < MOST_SENDS; sends += 1) {
      const life = this.#life(turn);
      let ids = 0;
      const of: Handling = {
        table: this.#tableThrough(life),
        objects: meddledObjects(this.objects, life),
        clock: this.clock,
        // Of the step, not of the attempt: both histories, with faults and without, name the same things alike.
        newId: (kind) => idOf(kind, `${step} ${String((ids += 1))} ${this.#fresh()}`),
      };
      const answer = await handle(of, who, method, path, body, { ...headers, ...more }).catch(
        (error: unknown) => {
          if (error instanceof Crash) return undefined;
          throw error;
        },
      );
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer;
    }
    return undefined;
  }

  /** Clears whatever is due of a market, as one worker in one life; a crash ends it. */
  async clear(turn: Meddler, product: string): Promise<void> {
    await this.#worker(turn, async (table, life, holder) => {
      await runDueClearings(this.#clearing(table, life, holder), { product });
    });
  }

  async settle(turn: Meddler): Promise<void> {
    await this.#worker(turn, async (table) => {
      await settleWhatIsDue({
        ...{ table, clock: this.clock, logger: silent, reader: settlementReader(table) },
        remainingMilliseconds: () => Infinity,
        settings: { ...settlementSettings, concurrency: 1 },
      });
    });
  }

  /** The minute's tick, which wakes workers for what waits. */
  async tick(turn: Meddler): Promise<void> {
    await this.#worker(turn, async (table, life, holder) => {
      const due = await tick({
        ...{ table, clock: this.clock, logger: silent },
        products: (broken) => readSound(table, 'product', broken),
        productAt: (id, at) => versionAt(table, 'product', id, at),
        wake: () => Promise.resolve(),
      });
      for (const product of due) await runDueClearings(this.#clearing(table, life, holder), { product });
    });
  }

  /**
   * Follows what has been written so far and not yet been told: out of order, some of it twice, as streams may; what a
   * crash keeps from being followed is told again.
   */
  async follow(turn: Meddler): Promise<void> {
    const told = this.engine.stream.slice(this.#followed);
    const events = told.flatMap(({ after }) =>
      after === undefined ? [] : (domainEventOf(readItem(after)) ?? []),
    );
    const random = seeded(told.length);
    const shuffled = [...events, ...events.slice(0, 3)].sort(() => random() - 0.5);
    await this.#worker(turn, async (table) => {
      await follow({ table, clock: this.clock, logger: silent }, shuffled);
      this.#followed += told.length;
    });
  }

  /** Ends every run and settlement that is left, with workers that nothing disturbs. */
  async finish(): Promise<void> {
    await this.calmly(async () => {
      for (let round = 0; round < 3; round += 1) {
        this.#now += 3_600_000;
        await this.atOnce([(turn) => this.tick(turn)]);
        await this.atOnce([(turn) => this.settle(turn)]);
      }
      await sweep({ table: this.table, clock: this.clock, logger: silent }, true);
    });
  }

  async findings(): Promise<readonly unknown[]> {
    return (await audit(this.table, { at: this.clock() })).findings;
  }

  async #worker(
    turn: Meddler,
    work: (table: Table, life: Meddler, holder: string) => Promise<void>,
  ): Promise<void> {
    const life = this.#life(turn);
    this.#lives += 1;
    try {
      await work(this.#tableThrough(life), life, `worker-${this.#lives}`);
    } catch (error) {
      // A worker that fails is what queues and ticks are for; what it left behind is judged at the end.
      if (!isInjected(error)) throw error;
    }
  }

  #clearing(table: Table, life: Meddler, holder: string): ClearingDependencies {
    return {
      ...{ table, holder, clock: this.clock, logger: silent },
      objects: meddledObjects(this.objects, life),
      reference: referenceReader(table),
      clear: clearAndDocument,
      newSalt: () => sha256('salt'),
      remainingMilliseconds: () => Infinity,
      // Small chunks, so that orders are touched by several of them.
      settings: { ...clearingSettings, concurrency: 2, chunks: { bytes: 250_000, actions: 8 } },
    };
  }

  #fresh(): string {
    return this.#options.freshIds === true ? String((this.#ids += 1)) : '';
  }

  #life(turn: Meddler): Meddler {
    return this.#isCalm ? turn : both(turn, this.#calls.life());
  }

  #tableThrough(life: Meddler): Table {
    const { meddler } = this.#options;
    const client = memoryClient(this.engine, meddler === undefined ? life : both(life, meddler));
    return new Table({ client, name: 'lodestone', pause: () => Promise.resolve(), random: () => 0 });
  }
}

type Request = readonly [
  who: Caller,
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
];
type Send = (step: string, ...request: Request) => Promise<Answer | undefined>;

/** Numbers its steps: a step has one Idempotency-Key and makes the same ids, whenever it is sent. */
export class SimulatedClient {
  readonly #name: string;
  readonly #send: Send;
  #steps = 0;

  constructor(name: string, send: Send) {
    this.#name = name;
    this.#send = send;
  }

  /** The answer at last. @throws where it never came. */
  async call(...request: Request): Promise<Answer> {
    this.#steps += 1;
    const step = `${this.#name} ${this.#steps}`;
    const answer = await this.#send(step, ...request);
    if (answer === undefined) throw new Error(`${step}: ${request[1]} ${request[2]} was never answered`);
    return answer;
  }

  /** An answer that must be a success. */
  async done(...request: Request): Promise<Answer> {
    const answer = await this.call(...request);
    if (answer.status >= 300)
      throw new Error(`${request[1]} ${request[2]}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

const isInjected = (error: unknown): boolean =>
  error instanceof Crash ||
  (error instanceof Error && (error.message.startsWith('injected') || isInjected(error.cause)));

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id as a ULID looks, made of what it is for. */
const idOf = (kind: IdKind, of: string): string => {
  const digits = Array.from(sha256(`${kind} ${of}`).slice(0, 52).matchAll(/../g), ([byte]) =>
    Number.parseInt(byte, 16),
  );
  return `${idPrefixes[kind]}_0${digits
    .map((byte) => alphabet[byte & 31])
    .join('')
    .slice(0, 25)}`;
};
