import * as z from 'zod';
import type { Clearing, ClearingOutcome, MarketFigures, MarketRun } from '../../clearing/documents/record.ts';
import {
  clearingOutcomeSchema,
  clearingSchema,
  marketFiguresSchema,
  marketRunSchema,
  noOutcome,
} from '../../clearing/documents/record.ts';
import { sha256Schema } from '../../kernel/digest.ts';
import { generatedIdSchema, nameIdSchema } from '../../kernel/ids.ts';
import type { Instant } from '../../kernel/time.ts';
import { instantSchema } from '../../kernel/time.ts';
import { assign } from '../table/assign.ts';
import type { Clause } from '../table/condition.ts';
import { doesNotExist, exists } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import { listedAs, listPartition } from '../table/keys/indexes.ts';
import { shards } from '../table/keys/shards.ts';
import { plain, readBody } from '../table/item-body.ts';
import type { Action } from '../table/action.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';

const storedDocumentSchema = z.strictObject({ key: z.string(), sha256: sha256Schema });

/** What a clearing leaves in the object store: where each document lies, and its SHA-256. */
export const clearingDocumentsSchema = z.strictObject({
  snapshot: storedDocumentSchema,
  parties: storedDocumentSchema,
  proof: storedDocumentSchema,
  /** What the market has shown, this run's included. Left out by releases that judged each run for itself. */
  disclosed: storedDocumentSchema.optional(),
  /**
   * Under whose fence the shards of explanations lie, and the SHA-256 of each in its order: there are as many shards as
   * there are hashes. At most 4,000 of them, 270 KB, leave room in what an item may hold.
   */
  explanations: z.strictObject({ fence: z.int().positive(), sha256: z.array(sha256Schema).min(1) }),
});
export type ClearingDocuments = z.output<typeof clearingDocumentsSchema>;

export interface ClearingRequest {
  readonly id: string;
  readonly product: string;
  /** Subject of the administrator, or `schedule`. */
  readonly requestedBy: string;
  readonly at: Instant;
  /** The instant of the product's schedule that asks for it. */
  readonly scheduledFor?: Instant;
  /** Of the HTTP request that asks for it. */
  readonly requestId?: string;
}

/** Asks for a clearing, once: a run of its own will take it, now or when the present one has ended. */
export const requestClearingActions = (request: ClearingRequest): Action[] => [
  {
    name: 'clearing',
    put: {
      ...keys.clearing(request.id),
      ...listedAs('clearing', request.id),
      type: 'clearing',
      id: request.id,
      product: request.product,
      requestedBy: request.requestedBy,
      requestedAt: request.at,
      scheduledFor: request.scheduledFor,
      requestId: request.requestId,
      status: 'queued',
    },
    conditions: [doesNotExist],
  },
  {
    name: 'pending clearing',
    put: {
      ...keys.pendingClearing(request.product, request.id),
      product: request.product,
      clearing: request.id,
      requestedAt: request.at,
      requestId: request.requestId,
    },
  },
];

export const pendingClearingSchema = z.object({
  product: nameIdSchema,
  clearing: generatedIdSchema('clearing'),
  requestedAt: instantSchema,
  requestId: z.string().optional(),
});
export type PendingClearing = Readonly<z.output<typeof pendingClearingSchema>>;

/**
 * Requests that no run has taken yet, of one product or of all; the oldest first. Those that cannot be read are told of
 * by product, if anybody wants to hear, and thrown otherwise.
 */
export async function pendingClearings(
  table: Table,
  product?: string,
  broken?: (product: string, error: unknown) => void,
): Promise<PendingClearing[]> {
  const items = await table.query(
    keys.pendingClearing('', '').pk,
    product === undefined ? {} : { prefix: keys.pendingClearing(product, '').sk },
  );
  return items
    .flatMap((item) => {
      const read = pendingClearingSchema.safeParse(item);
      if (read.success) return [read.data];
      if (broken === undefined) throw read.error;
      broken(String(item['sk']).split('#')[0] ?? '', read.error);
      return [];
    })
    .sort((a, b) =>
      a.requestedAt < b.requestedAt || (a.requestedAt === b.requestedAt && a.clearing < b.clearing) ? -1 : 1,
    );
}

const statusIs = (status: Clearing['status']): Clause => ({
  name: 'statusIs',
  expression: '#status = :expectedStatus',
  names: { '#status': 'status' },
  values: { ':expectedStatus': status },
});

/** The run that takes a request: the request is off the list, its clearing under way. */
export const takeRequest = (pending: PendingClearing, run: number, gateClosure: Instant): Action[] => [
  {
    name: 'pending clearing',
    remove: keys.pendingClearing(pending.product, pending.clearing),
    conditions: [exists],
  },
  {
    name: 'clearing',
    update: keys.clearing(pending.clearing),
    set: assign({ status: 'clearing', run, gateClosure }),
    conditions: [statusIs('queued')],
  },
];

/** What a clearing found: for its record, for the market's public view, and where its documents lie. */
export interface Finding {
  readonly outcome: ClearingOutcome;
  readonly figures: MarketFigures;
  readonly documents: ClearingDocuments;
}

/** The outcome is certain; what remains is to write its contracts down. */
export const commitClearing = (id: string, { outcome, figures, documents }: Finding): Action => ({
  name: 'clearing',
  update: keys.clearing(id),
  set: assign({
    status: 'committing',
    outcome: z.encode(clearingOutcomeSchema, outcome),
    figures: z.encode(marketFiguresSchema, figures),
    documents,
  }),
  conditions: [statusIs('clearing')],
});

export const completeClearing = (id: string, endedAt: Instant): Action => ({
  name: 'clearing',
  update: keys.clearing(id),
  set: assign({ status: 'completed', endedAt }),
  conditions: [statusIs('committing')],
});

export const failClearing = (id: string, reason: string, endedAt: Instant): Action => ({
  name: 'clearing',
  update: keys.clearing(id),
  set: assign({ status: 'failed', reason, endedAt }),
  conditions: [statusIs('clearing')],
});

/** What a run whose outcome is certain found, and when it was asked for. */
export async function readFinding(
  table: Table,
  id: string,
): Promise<Finding & { readonly requestedAt: Instant }> {
  const item = await table.get(keys.clearing(id));
  return {
    outcome: clearingOutcomeSchema.parse(plain(item?.['outcome'])),
    figures: marketFiguresSchema.parse(plain(item?.['figures'])),
    documents: clearingDocumentsSchema.parse(plain(item?.['documents'])),
    requestedAt: instantSchema.parse(item?.['requestedAt']),
  };
}

/** A clearing as clients read it. */
export async function readClearing(table: Table, id: string): Promise<Clearing | undefined> {
  const item = await table.get(keys.clearing(id));
  return item && clearingOf(item);
}

/** Where a clearing's documents lie; nothing before its outcome is certain. */
export async function readClearingDocuments(
  table: Table,
  id: string,
): Promise<ClearingDocuments | undefined> {
  const item = await table.get(keys.clearing(id));
  return item?.['documents'] === undefined
    ? undefined
    : clearingDocumentsSchema.parse(plain(item['documents']));
}

function clearingOf(item: Item): Clearing {
  const { id, product, status, reason, requestedAt, scheduledFor, requestId } = item;
  return clearingSchema.parse({
    ...{ id, product, status, requestedAt },
    ...(reason === undefined ? {} : { reason }),
    ...(scheduledFor === undefined ? {} : { scheduledFor }),
    ...(requestId === undefined ? {} : { requestId }),
    gateClosure: item['gateClosure'] ?? null,
    endedAt: item['endedAt'] ?? null,
    ...(plain(item['outcome']) ?? z.encode(clearingOutcomeSchema, noOutcome)),
  });
}

/** Clearings of all markets by id, so by the time of their request, newest first, behind a cursor. */
export async function listClearings(
  table: Table,
  options: { readonly before?: string; readonly limit: number },
): Promise<Clearing[]> {
  const range = {
    limit: options.limit,
    reverse: true,
    ...(options.before === undefined ? {} : { after: options.before }),
  };
  const found = await Promise.all(
    shards.map((shard) => table.queryIndex('gsi2', listPartition('clearing', shard), range)),
  );
  const newest = found
    .flat()
    .sort((a, b) => (a.position < b.position ? 1 : -1))
    .slice(0, options.limit);
  const items = await table.getMany(newest);
  return items.map(clearingOf).sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Puts what a run became on record, when it ends. */
export const recordRun = (product: string, run: MarketRun): Action => ({
  name: 'run',
  put: {
    ...keys.marketRun(product, run.run),
    status: run.status,
    body: z.encode(marketRunSchema, run),
  },
  conditions: [doesNotExist],
});

/** The last runs of a market that have ended, newest first. */
export async function latestRuns(table: Table, product: string, limit: number): Promise<MarketRun[]> {
  const { pk, sk } = keys.marketRun(product, 0);
  const items = await table.query(pk, { after: sk.replace(/\d+$/, '~'), limit, reverse: true });
  return items
    .filter((item) => (item['sk'] as string).startsWith('RUN#'))
    .map((item) => readBody(marketRunSchema, item));
}
