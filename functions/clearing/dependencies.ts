import type { Told } from '../../shared/clearing/documents/judge-run.ts';
import type { Decided } from '../../shared/clearing/documents/summary.ts';
import type { OriginUse, Snapshot, SnapshotReference } from '../../shared/clearing/snapshot.ts';
import type { Result } from '../../shared/kernel/result.ts';
import type { Clock, Instant } from '../../shared/kernel/time.ts';
import type { Money } from '../../shared/kernel/money.ts';
import type { Programme } from '../../shared/support/programme.ts';
import type { Product } from '../../shared/reference/product.ts';
import type { ObjectStore } from '../../shared/store/service/object-store.ts';
import type { ChunkLimits } from '../../shared/store/clearing/packing.ts';
import { chunkLimits } from '../../shared/store/clearing/packing.ts';
import type { Table } from '../../shared/store/table/table.ts';
import type { Log } from '../lambda/log.ts';
import type { Metrics } from '../lambda/metrics.ts';
import type { Decider } from './decider.ts';

export type { Log };

/** What a clearing decided, and the documents by which others check and read it (JSON values). */
export interface Cleared extends Decided {
  readonly proof: unknown;
  /**
   * What is said of each order, by shard; at least one. Each is stored and dropped before more are asked for. It names no
   * depth that the market's public view does not.
   */
  readonly explanations: (told: Told) => Iterable<unknown>;
}

/** The engine. Errors: market_too_large and whatever else it refuses to clear; the same snapshot, the same answer. */
export type Clear = (snapshot: Snapshot) => Result<Cleared>;

/** What a snapshot takes from reference data, as it stood at an instant. */
export interface ReferenceReader {
  readonly configuration: (
    product: string,
    at: Instant,
  ) => Promise<
    { readonly product: Product; readonly programmes: readonly Programme[] } & Pick<
      Snapshot,
      'zones' | 'consumption' | 'floors' | 'standards' | 'schemes' | 'standardTerms'
    >
  >;
  /** What is left of a programme's budget; held for the run that asks, if one does. Throws where a later run holds it. */
  readonly budgetLeft: (
    programme: Programme,
    holder?: { readonly run: number; readonly ended: number },
  ) => Promise<Money>;
  /** What earlier contracts of a market deliver, whatever the zones. */
  readonly originUse: (product: Product) => Promise<readonly OriginUse[]>;
  /** The reference price of the day of an instant; frozen where a clearing rests on it. */
  readonly referencePrice: (id: string, product: Product, at: Instant) => Promise<SnapshotReference>;
  readonly site: (
    id: string,
    at: Instant,
  ) => Promise<Pick<Snapshot, 'certificates'> & { readonly site: Snapshot['sites'][number] }>;
  /** The group of related parties that an organisation belongs to. */
  readonly group: (organisation: string, at: Instant) => Promise<string>;
}

export interface ClearingSettings {
  /** How long a market stays with a worker that is not heard of. */
  readonly leaseMilliseconds: number;
  /** The same, at most, while the engine computes and cannot renew; never longer than the worker lives. */
  readonly computingLeaseMilliseconds: number;
  /** With less time than this left, a worker hands its run on. */
  readonly handOnMilliseconds: number;
  /** Orders locked, or sites read, at the same time. */
  readonly concurrency: number;
  /** A run that this many workers took up without reaching its point of no return is given up. */
  readonly maximumTakes: number;
  readonly chunks: ChunkLimits;
  /**
   * Most bytes of a snapshot, a proof or a shard of explanations; above it the clearing fails as too large. Whoever reads
   * one needs it as a string, and V8's end at 2²⁹ − 24 characters.
   */
  readonly documentBytes: number;
}

export const clearingSettings: ClearingSettings = {
  leaseMilliseconds: 60_000,
  computingLeaseMilliseconds: 900_000,
  handOnMilliseconds: 20_000,
  concurrency: 16,
  maximumTakes: 5,
  chunks: chunkLimits,
  documentBytes: 500_000_000,
};

/** What a clearing run stands on; each host (Lambda, one machine, tests) brings its own. */
export interface ClearingDependencies {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly reference: ReferenceReader;
  readonly clear: Clear;
  /** Default: here, by `clear`. */
  readonly decider?: Decider;
  readonly clock: Clock;
  /** Unique to this worker. A host that can only ever be one worker at a time may keep its name over restarts. */
  readonly holder: string;
  /** Secret and random: 32 bytes in hexadecimal. */
  readonly newSalt: () => string;
  readonly remainingMilliseconds: () => number;
  readonly logger: Log;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
  readonly settings: ClearingSettings;
}
