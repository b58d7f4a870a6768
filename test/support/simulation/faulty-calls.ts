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
export type FaultCounts = Record<FaultKind, number>;

export const noFaults = (): FaultCounts =>
  Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as FaultCounts;

const failed = (name: string): Error => Object.assign(new Error(`injected: ${name}`), { name });

/**
 * A share of all calls goes wrong, each in one of these ways. A process that has crashed has no effect any more: every
 * later call of it throws, until `revived`.
 */
export class FaultyCalls {
  readonly counts: FaultCounts;
  readonly #random: () => number;
  readonly #share: number;
  readonly #kinds: readonly FaultKind[];
  #sent = 0;

  constructor(
    random: () => number,
    share: number,
    counts: FaultCounts,
    kinds: readonly FaultKind[] = faultKinds,
  ) {
    this.#random = random;
    this.#share = share;
    this.counts = counts;
    this.#kinds = kinds;
  }

  /** For one life of one process: from its start to its end or crash. */
  life(): Meddler {
    let hasCrashed = false;
    return async (send, call) => {
      if (hasCrashed) throw new Crash();
      if (this.#kinds.length === 0 || this.#random() >= this.#share) return send();
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
          throw new Crash();
        case 'crash after':
          hasCrashed = true;
          await send().catch(() => undefined);
          throw new Crash();
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
          throw new TransactionCanceledException({
            message: 'injected',
            $metadata: {},
            CancellationReasons: [{ Code: 'TransactionConflict' }],
          });
        case 'throttled':
          throw failed('ThrottlingException');
        case 'server error':
          throw failed('InternalServerError');
      }
    };
  }
}
