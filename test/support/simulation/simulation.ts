import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { TableUser } from '../../../infra/aws/table-access.ts';
import { audit } from '../../../infra/audit/audit.ts';
import { sha256 } from '../../../shared/kernel/digest.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { instantOf } from '../../../shared/kernel/time.ts';
import { tableDefinition } from '../../../shared/store/table/definition.ts';
import type { ObjectStore } from '../../../shared/store/service/object-store.ts';
import { Table } from '../../../shared/store/table/table.ts';
import type { Answer } from '../api.ts';
import { both, Crash, meddledObjects, seeded, type Meddler } from '../faults.ts';
import { memoryClient } from '../memory-dynamo/client.ts';
import { MemoryDynamo } from '../memory-dynamo/engine.ts';
import { MemoryObjects } from '../memory-objects.ts';
import { Claims } from './claims.ts';
import { SimulatedClient, type Request } from './client.ts';
import { UnguardedTable, type Guard } from './controls.ts';
import { FaultyCalls, noFaults, type CrashAt, type FaultCounts, type FaultKind } from './faulty-calls.ts';
import { idOf } from './ids.ts';
import { handle } from './shared-api.ts';
import { clientAs, type Policies } from '../table-guard.ts';
import { Subscribers } from './subscribers.ts';
import { TableStream } from './table-stream.ts';
import { Turns } from './turns.ts';
import { WakeQueue } from './wake-queue.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Of all calls, the part that goes wrong; none in a history without faults. */
  readonly faultShare: number;
  readonly faults?: readonly FaultKind[];
  /** In place of random faults: one process ends at just this write. */
  readonly crashAt?: CrashAt;
  /** Guards that a negative control takes away from everybody. Also hears of every guard that is used. */
  readonly isTaken?: (guard: Guard) => boolean;
  /** What functions may do, in place of what they may. */
  readonly policies?: Policies;
  /** Ids are made anew each time a request is handled, as they are outside of simulations. */
  readonly freshIds?: boolean;
}

/** One life of one worker, and what it stands on. */
export interface Process {
  readonly meddler: Meddler;
  readonly table: Table;
  readonly objects: ObjectStore;
  /** Its own computer's, which may be ahead of others' or behind. */
  readonly clock: () => Instant;
  readonly remainingMilliseconds: () => number;
  /** Unique to this life. */
  readonly name: string;
  readonly wake: (product: string) => Promise<void>;
  readonly isOver: () => boolean;
}

/** After how many calls, of all, the clock leaps ahead: long enough for a lease to run out. */
const LEAPS = 0.04;
const LEAP_MILLISECONDS = 120_000;
/** Half of all computers have the time to a millisecond, the others are off by up to so much. */
const SKEW_MILLISECONDS = 90_000;
/** As long as AWS lets a worker run. */
const LIFE_MILLISECONDS = 900_000;
/** So often a client sends a request that was not answered, before it gives up: no fault lasts for ever. */
const MOST_SENDS = 60;
const begin = Date.parse('2026-11-22T12:00:00.000Z');
const notices = { most: 5, wanted: (_: string, sk: string) => sk === 'NOTICE' };
const events = { most: 100, wanted: (_: string, sk: string) => /^(EVENT|RUN|MOVEMENT|V)#/.test(sk) };

/**
 * The whole system in one process, under a seed: clients of the API, workers that clear, settle, tick, follow and tell, a
 * store, a queue, a stream and a network that fail, clocks that go by with each call, sometimes leap and do not agree.
 * The same seed is the same history.
 */
export class Simulation {
  readonly engine: MemoryDynamo;
  readonly objects = new MemoryObjects();
  readonly faults: FaultCounts = noFaults();
  readonly queue: WakeQueue;
  readonly events: TableStream;
  readonly notices: TableStream;
  readonly subscribers = new Subscribers();
  readonly claims = new Claims();
  /** What functions tried and their policies do not let them. */
  readonly refusals = new Set<string>();
  readonly random: () => number;
  readonly #options: SimulationOptions;
  readonly #turns: Turns;
  readonly #calls: FaultyCalls;
  #now = begin;
  #lives = 0;
  #ids = 0;
  #isCalm = false;

  private constructor(options: SimulationOptions) {
    this.#options = options;
    this.random = seeded(options.seed);
    this.engine = new MemoryDynamo(() => this.#now);
    this.engine.pageItems = 7;
    this.queue = new WakeQueue(this.random);
    this.events = new TableStream(this.engine.stream, this.random, events);
    this.notices = new TableStream(this.engine.stream, this.random, notices);
    this.#turns = new Turns(this.random, () => {
      // Mostly milliseconds; now and then so long that leases run out.
      const leaps = !this.#isQuiet && this.random() < LEAPS;
      this.#now += leaps ? LEAP_MILLISECONDS : Math.ceil(this.random() * 20);
    });
    const { faults: kinds, crashAt } = options;
    this.#calls = new FaultyCalls(this.random, options.faultShare, this.faults, { kinds, crashAt });
  }

  static async open(options: SimulationOptions): Promise<Simulation> {
    const simulation = new Simulation(options);
    await memoryClient(simulation.engine).send(new CreateTableCommand(tableDefinition('lodestone')));
    return simulation;
  }

  /** The true time. */
  readonly clock = (): Instant => instantOf(this.#now);

  /** Moves the clock ahead. */
  until(instant: string): void {
    this.#now = Math.max(this.#now, Date.parse(instant));
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** What is looked at when all is over goes past every fault. */
  get table(): Table {
    return this.#tableThrough((send) => send());
  }

  /** Writes so far, of all processes that things may happen to. */
  get writes(): number {
    return this.#calls.writes;
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

  /** The same client once, or twice at once, from two computers: each step under the same Idempotency-Key. */
  doubled = <T>(process: T): T[] => {
    const { faultShare, isTaken } = this.#options;
    // Where a guard is missing, everybody gives it as many chances to be missed as there are.
    const chance = isTaken === undefined ? 0.5 : 1;
    return faultShare > 0 && this.random() < chance ? [process, process] : [process];
  };

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
      const process = this.#process('api', turn, Infinity);
      let ids = 0;
      const answer = await handle(
        {
          ...process,
          // Of the step, not of the attempt: both histories, with faults and without, name the same things alike.
          newId: (kind) =>
            idOf(kind, kind === 'request' ? '' : `${step} ${String((ids += 1))} ${this.#fresh()}`),
        },
        ...([who, method, path, body, { ...headers, ...more }] as const),
      ).catch((error: unknown) => {
        if (error instanceof Crash) return undefined;
        throw error;
      });
      if (process.isOver() || answer === undefined) continue;
      if (answer.status < 500 && answer.status !== 429) return answer;
    }
    return undefined;
  }

  /** One life of a worker of a function, which may do with the table what its policy lets it; a fault may end it. */
  async worker(user: TableUser, turn: Meddler, work: (process: Process) => Promise<void>): Promise<void> {
    try {
      await work(this.#process(user, turn, LIFE_MILLISECONDS));
    } catch (error) {
      // A worker that fails is what queues and ticks are for; what it left behind is judged at the end.
      if (!isInjected(error)) throw error;
    }
  }

  async findings(): Promise<readonly unknown[]> {
    return (await audit(this.table, { at: this.clock() })).findings;
  }

  #process(user: TableUser, turn: Meddler, milliseconds: number): Process {
    const end = this.#now + milliseconds;
    const skew = this.#isQuiet || this.random() < 0.5 ? 0 : (this.random() * 2 - 1) * SKEW_MILLISECONDS;
    const life = this.#calls.life(() => !this.#isQuiet && this.#now > end);
    const meddler = this.#isCalm ? turn : both(turn, life.meddler);
    this.#lives += 1;
    return {
      ...{ meddler, isOver: life.isOver, name: `worker-${this.#lives}` },
      table: this.#tableThrough(meddler, user),
      objects: meddledObjects(this.objects, meddler),
      clock: () => instantOf(this.#now + Math.round(skew)),
      remainingMilliseconds: () => (this.#isQuiet ? Infinity : end - this.#now),
      wake: async (product) => {
        const sent = (): Promise<void> => {
          this.queue.send(product);
          return Promise.resolve();
        };
        await meddler(sent, { write: true, name: 'SendMessage', input: {} });
      },
    };
  }

  /** Clocks agree and go by evenly, and nobody's time is up. */
  get #isQuiet(): boolean {
    return this.#isCalm || this.#options.faultShare === 0;
  }

  #fresh(): string {
    return this.#options.freshIds === true ? String((this.#ids += 1)) : '';
  }

  #tableThrough(life: Meddler, user?: TableUser): Table {
    const { isTaken, policies } = this.#options;
    const whole = memoryClient(this.engine, retried(life));
    const client =
      user === undefined
        ? whole
        : clientAs(user, whole, { policies, tell: (refusal) => this.refusals.add(refusal) });
    const options = { client, name: 'lodestone', pause: () => Promise.resolve(), random: () => 0 };
    return isTaken === undefined ? new Table(options) : new UnguardedTable(options, isTaken);
  }
}

/** As the SDK does, and to reads alone: a write that is sent again is a fault of its own. */
const retried =
  (meddler: Meddler): Meddler =>
  async (send, call) => {
    for (let tries = 1; ; tries += 1)
      try {
        return await meddler(send, call);
      } catch (error) {
        if (call.write || tries === 3 || !isInjected(error) || error instanceof Crash) throw error;
      }
  };

const isInjected = (error: unknown): boolean =>
  error instanceof Crash ||
  (error instanceof Error && (error.message.startsWith('injected') || isInjected(error.cause)));
