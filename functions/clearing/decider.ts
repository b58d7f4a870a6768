import * as z from 'zod';
import { disclosedJson, nothingDisclosed, readDisclosed } from '../../shared/clearing/documents/disclosed.ts';
import type { MarketFigures } from '../../shared/clearing/documents/record.ts';
import type { Snapshot } from '../../shared/clearing/snapshot.ts';
import { snapshotSchema } from '../../shared/clearing/snapshot.ts';
import type { Finding } from '../../shared/store/clearing/clearings.ts';
import type { ChunkText } from '../../shared/store/clearing/plan.ts';
import type { Measured } from '../lambda/metrics.ts';
import { metricsInto } from '../lambda/metrics.ts';
import { decisionOn } from './decision.ts';
import type { Clear, Cleared, ClearingSettings } from './dependencies.ts';
import { documentBytes, parsedDocument } from './documents.ts';
import { measureDecision } from './measure.ts';
import { partiesSchema } from './tokens.ts';
import { compute } from './unclearable.ts';

/** What a run decides on: its documents as they were stored, and what bounds those that it makes. */
export interface Undecided {
  readonly run: number;
  readonly snapshot: Uint8Array;
  readonly parties: Uint8Array;
  /** What the market's earlier runs have shown, if they have left anything: by it this one is judged. */
  readonly disclosed: Uint8Array | undefined;
  readonly settings: Pick<ClearingSettings, 'chunks' | 'documentBytes'>;
}

/** What it has decided. Documents are made when they are asked for: all at once would outgrow the memory. */
export interface DecidedRun {
  readonly chunks: readonly ChunkText[];
  readonly finding: Omit<Finding, 'documents'>;
  readonly measured: readonly Measured[];
  proof(): Promise<Uint8Array>;
  /** What the market will have shown once this run is. */
  disclosed(): Promise<Uint8Array>;
  /** The next shards of explanations, at most so many; none when there are no more. */
  nextShards(most: number): Promise<readonly Uint8Array[]>;
  /** Nothing more will be asked for. */
  end(): void;
}

/**
 * Decides a run, wherever there is a processor for it. The same documents give the same decision, whoever takes it.
 * Throws `Unclearable` from each of its calls where the market cannot be cleared as it stands.
 */
export type Decider = (undecided: Undecided) => Promise<DecidedRun>;

/** In the caller's own thread, which does nothing else until it is done. */
export const deciderHere =
  (clear: Clear): Decider =>
  ({ run, settings, ...documents }) =>
    inTurn(() => {
      const snapshot = z.decode(
        snapshotSchema,
        parsedDocument(documents.snapshot) as z.input<typeof snapshotSchema>,
      );
      const parties = partiesSchema.parse(parsedDocument(documents.parties));
      const { product } = snapshot;
      const before =
        documents.disclosed === undefined
          ? nothingDisclosed
          : readDisclosed(product.id, parsedDocument(documents.disclosed));
      const { cleared, chunks, finding, explanations, judged } = decisionOn({ clear, settings }, run, {
        ...{ snapshot, parties, before },
      });
      const encoded = (value: unknown): Uint8Array => documentBytes(value, settings.documentBytes);
      const shards = explanations[Symbol.iterator]();
      return {
        ...{ chunks, finding, measured: measuredOf(snapshot, cleared, finding.figures) },
        proof: () => inTurn(() => encoded(cleared.proof)),
        disclosed: () => inTurn(() => encoded(disclosedJson(product.id, run, judged.disclosed))),
        nextShards: (most) => inTurn(() => take(shards, most).map(encoded)),
        end: () => undefined,
      };
    });

/** A market is not worth less for what could not be measured. */
function measuredOf(snapshot: Snapshot, cleared: Cleared, figures: MarketFigures): Measured[] {
  const measured: Measured[] = [];
  const metrics = metricsInto((each) => measured.push(each));
  try {
    measureDecision(metrics, snapshot, cleared, figures);
  } catch {
    return [];
  }
  return measured;
}

/** As a promise, and what is thrown told apart by whether it would be thrown again. */
const inTurn = <T>(computation: () => T): Promise<T> =>
  new Promise((resolve) => {
    resolve(compute(computation));
  });

/** The next few, fewer at the end. */
function take<T>(source: Iterator<T>, most: number): T[] {
  const taken: T[] = [];
  while (taken.length < most) {
    const next = source.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
