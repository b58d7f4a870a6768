import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { Crash, type Meddler } from '../faults.ts';

/** What can go wrong with one call of a process, or with the process at it. */
export const faultKinds = [
  'request lost',
  'answer lost',
  'sent twice',
  'conflict',
  'throttled',
  'server error',
  'crash before',
  'crash after',
] as const;
export type FaultKind = (typeof faultKinds)[number];
export type FaultCounts = Record<FaultKind | 'time up', number>;

export const noFaults = (): FaultCounts =>
  Object.fromEntries([...faultKinds, 'time up'].map((kind) => [kind, 0])) as FaultCounts;

/** Made once: where an injected error was thrown is of no interest, and to find out takes longer than the call. */
const made = new Map<string, Error>();
const failed = (name: string): Error => {
  const known = made.get(name) ?? withoutStack(Object.assign(new Error(`injected: ${name}`), { name }));
  made.set(name, known);
  return known;
};
const withoutStack = <E extends Error>(error: E): E => Object.assign(error, { stack: error.message });
const crash = withoutStack(new Crash());
const conflict = withoutStack(
  new TransactionCanceledException({
    message: 'injected',
    $metadata: {},
    CancellationReasons: [{ Code: 'TransactionConflict' }],
  }),
);

/** One process, from its start to its end or crash. */
export interface Life {
  /** Stands between the process and all that it calls. */
  readonly meddler: Meddler;
  readonly isOver: () => boolean;
}

/** The write, of all, at which a process ends: just before it is done, or just after. */
export interface CrashAt {
  readonly write: number;
  readonly when: 'before' | 'after';
}

/** Some lives are quieter than others: without, nobody would ever come to the end of anything long. */
const moods = [0, 0.25, 1, 2];

/**
 * A share of all calls goes wrong, each in one of these ways. A process that has crashed, or that its host has ended since
 * its time was up, has no effect any more: every later call of it throws.
 */
export class FaultyCalls {
  readonly counts: FaultCounts;
  readonly #random: () => number;
  readonly #share: number;
  readonly #kinds: readonly FaultKind[];
  readonly #crashAt: CrashAt | undefined;
  #sent = 0;
  #writes = 0;

  constructor(
    random: () => number,
    share: number,
    counts: FaultCounts,
    {
      kinds = faultKinds,
      crashAt,
    }: { kinds?: readonly FaultKind[] | undefined; crashAt?: CrashAt | undefined },
  ) {
    this.#random = random;
    this.#share = share;
    this.counts = counts;
    this.#kinds = kinds;
    this.#crashAt = crashAt;
  }

  /** Writes so far, of all processes that things may happen to. */
  get writes(): number {
    return this.#writes;
  }

  /** A new process; `isTimeUp` says when its host ends it. */
  life(isTimeUp: () => boolean): Life {
    let hasCrashed = false;
    const share = this.#share * moods[Math.floor(this.#random() * moods.length)]!;
    const meddler: Meddler = async (send, call) => {
      if (!hasCrashed && isTimeUp()) {
        hasCrashed = true;
        this.counts['time up'] += 1;
      }
      if (hasCrashed) throw crash;
      if (call.write) {
        this.#writes += 1;
        if (this.#writes === this.#crashAt?.write) {
          hasCrashed = true;
          if (this.#crashAt.when === 'after') await send().catch(() => undefined);
          throw crash;
        }
      }
      if (this.#kinds.length === 0 || this.#random() >= share) return send();
      const kind = this.#kinds[Math.floor(this.#random() * this.#kinds.length)]!;
      const isTransaction = call.name === 'TransactWriteItemsCommand';
      if (kind === 'sent twice' && isTransaction) {
        // The SDK sends a transaction again under the same token, and so it is done once.
        this.#sent += 1;
        call.input = { ...call.input, ClientRequestToken: `sent-${this.#sent}` };
      }
      this.counts[kind] += 1;
      switch (kind) {
        case 'crash before':
          hasCrashed = true;
          throw crash;
        case 'crash after':
          hasCrashed = true;
          await send().catch(() => undefined);
          throw crash;
        case 'request lost':
          throw failed('TimeoutError');
        case 'answer lost':
          await send().catch(() => undefined);
          throw failed('TimeoutError');
        case 'sent twice':
          await send().catch(() => undefined);
          return send();
        case 'conflict':
          if (!isTransaction) return send();
          throw conflict;
        case 'throttled':
          throw failed('ThrottlingException');
        case 'server error':
          throw failed('InternalServerError');
      }
    };
    return { meddler, isOver: () => hasCrashed };
  }
}
