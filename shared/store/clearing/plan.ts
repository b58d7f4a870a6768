import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { contractTermsSchema } from '../../contracts/chain.ts';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import type { Instant } from '../../kernel/time.ts';
import { millisecondsOf } from '../../kernel/time.ts';
import type { Agreement } from '../../support/agreement.ts';
import { agreementSchema } from '../../support/agreement.ts';
import { minorUnitsIn } from '../../support/settlement.ts';
import type { Action } from '../table/action.ts';
import { concludeAgreement } from '../support/agreements.ts';
import { takeFromOrder } from '../orders/book.ts';
import { doesNotExist } from '../table/condition.ts';
import { concludeContract } from '../contracts/contracts.ts';
import type { PlanReference } from './control.ts';
import type { Item } from '../table/item.ts';
import type { Key } from '../table/keys/key.ts';
import { keys } from '../table/keys.ts';
import { reserveExposure } from '../support/programme-budget.ts';
import type { Table } from '../table/table.ts';
import { maximumActions } from '../table/table.ts';

/**
 * The plan of a run: what it will write, in chunks of one transaction each, stored before it is certain that it will
 * be carried out. Chunks are applied in order, each once.
 */
const lots = z.codec(z.string().regex(/^\d+$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

const chunkSchema = z.strictObject({
  contracts: z.array(contractTermsSchema),
  takes: z.array(
    z.strictObject({
      order: z.string(),
      version: z.int(),
      lots: z.record(z.string(), lots),
      byOrigin: z.record(z.string(), lots).optional(),
      members: z
        .record(z.string(), z.strictObject({ version: z.int(), remaining: z.record(z.string(), lots) }))
        .optional(),
    }),
  ),
  /** Of contracts that programmes support; left out where there are none. */
  agreements: z.array(agreementSchema).optional(),
  /** Orders that the run leaves with nothing once this chunk is applied, and their version then. */
  filled: z.array(z.strictObject({ id: z.string(), version: z.int() })),
});
export type Chunk = z.output<typeof chunkSchema>;

/** A chunk as stored: text of a known size, and its SHA-256. */
export interface ChunkText {
  readonly text: string;
  readonly sha256: string;
}

/** Actions of the transaction that applies a chunk: its guard, contracts with their events, orders; agreements, budgets. */
export const actionsOf = (
  contracts: number,
  orders: number,
  agreements: readonly Pick<Agreement, 'programme'>[] = [],
): number =>
  1 + 2 * contracts + orders + agreements.length + new Set(agreements.map(({ programme }) => programme)).size;

export function chunkText(chunk: Chunk): ChunkText {
  if (actionsOf(chunk.contracts.length, chunk.takes.length, chunk.agreements) > maximumActions)
    throw new Error('a chunk outgrows its transaction');
  const text = canonicalJson(z.encode(chunkSchema, chunk));
  return { text, sha256: sha256(text) };
}

/** One digest for a plan: that of the digests of its chunks, in order. */
export const planDigest = (chunks: readonly Pick<ChunkText, 'sha256'>[]): string =>
  sha256(canonicalJson(chunks.map((chunk) => chunk.sha256)));

/** A plan that loses is never read again; one that wins is applied long before. */
const daysKept = 30;

/**
 * Stores one chunk under its writer's fence, which nobody else writes under: so it needs no condition, and whoever puts it
 * again puts the same. It is never changed: that it has been applied is for its guard to say, so that the run's
 * transactions do not pay for its content.
 */
export async function writeChunk(
  table: Table,
  at: { readonly clearing: string; readonly fence: number; readonly index: number; readonly now: Instant },
  chunk: ChunkText,
): Promise<void> {
  await table.put({
    ...keys.planChunk(at.clearing, at.fence, at.index),
    type: 'plan chunk',
    sha256: chunk.sha256,
    // A third of a unit for each contract in place of three.
    packed: gzipSync(chunk.text).toString('base64'),
    expiresAt: Math.floor(millisecondsOf(at.now) / 1000) + daysKept * 86_400,
  });
}

export interface StoredChunk extends Chunk {
  readonly index: number;
  /** Known to have been applied; if not, its guard decides. */
  readonly done: boolean;
}

/** The plan that a market's control item names, whole and unchanged, or an error that nothing must swallow. */
export async function readPlan(table: Table, clearing: string, plan: PlanReference): Promise<StoredChunk[]> {
  const [first, guard] = [keys.planChunk(clearing, plan.fence, 0), keys.planGuard(clearing, plan.fence, 0)];
  const [items, guards] = await Promise.all([
    table.query(first.pk, { prefix: prefixOf(first) }),
    table.query(guard.pk, { prefix: prefixOf(guard) }),
  ]);
  const texts = items.map(textOf);
  const done = new Set(guards.map((item) => item['sk']));
  return decodePlan(clearing, plan, texts).map((chunk) => ({
    ...chunk,
    done: done.has(keys.planGuard(clearing, plan.fence, chunk.index).sk),
  }));
}

/** Chunks stored before texts were packed have theirs as it is. */
const textOf = ({ packed, content }: Item): string =>
  packed === undefined ? (content as string) : gunzipSync(Buffer.from(packed as string, 'base64')).toString();

/** The same plan in the hands of the worker that has just stored it, before anything of it can be known to be done. */
export const planInHand = (
  clearing: string,
  plan: PlanReference,
  chunks: readonly ChunkText[],
): StoredChunk[] =>
  decodePlan(
    clearing,
    plan,
    chunks.map(({ text }) => text),
  );

function decodePlan(clearing: string, plan: PlanReference, texts: readonly string[]): StoredChunk[] {
  const digest = planDigest(texts.map((text) => ({ sha256: sha256(text) })));
  if (texts.length !== plan.chunks || digest !== plan.digest)
    throw new Error(`the plan of ${clearing} is not the one that was decided`);
  return texts.map((text, index) => ({
    ...chunkSchema.parse(JSON.parse(text)),
    index,
    done: false,
  }));
}

const prefixOf = ({ sk }: Key): string => sk.slice(0, sk.indexOf('#') + 1);

/**
 * Applies a chunk in one transaction, or finds that somebody has. Any other refusal means that an order is not as it
 * was locked, which no right sequence of events can bring about: it is thrown, and the run stays where it is.
 */
export async function applyChunk(
  table: Table,
  at: {
    readonly clearing: string;
    readonly fence: number;
    readonly run: number;
    readonly now: Instant;
  },
  chunk: StoredChunk,
): Promise<'applied' | 'done already'> {
  const guard = {
    name: 'guard',
    // Kept for good, unlike the content: whoever comes late, however late, must find it.
    put: { ...keys.planGuard(at.clearing, at.fence, chunk.index), type: 'plan guard', appliedAt: at.now },
    conditions: [doesNotExist],
  };
  const filled = new Set(chunk.filled.map(({ id }) => id));
  const outcome = await table.transact([
    guard,
    ...chunk.contracts.flatMap(concludeContract),
    ...chunk.takes.map((take) => takeFromOrder(take, at.run, at.now, filled.has(take.order))),
    ...supportActions(chunk.agreements ?? [], at.run),
  ]);
  if (outcome.done) return 'applied';
  if ((await table.get(guard.put)) !== undefined) return 'done already';
  const refused = outcome.refusals.map((refusal) => refusal.action).join(', ');
  throw new Error(`chunk ${chunk.index} of ${at.clearing} cannot be applied: ${refused}`);
}

/** The agreements, and what they reserve of each budget: the run has held those since its snapshot. */
function supportActions(agreements: readonly Agreement[], run: number): Action[] {
  const byProgramme = Map.groupBy(agreements, ({ programme }) => programme);
  return [
    ...agreements.map((agreement) => concludeAgreement(agreement)),
    ...[...byProgramme].map(([programme, group]) =>
      reserveExposure(
        programme,
        group.reduce((sum, { reserved }) => sum + minorUnitsIn(reserved, reserved.currency), 0n),
        { run },
      ),
    ),
  ];
}
