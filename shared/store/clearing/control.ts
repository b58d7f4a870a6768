import * as z from 'zod';
import { generatedIdSchema } from '../../kernel/ids.ts';
import type { Instant } from '../../kernel/time.ts';
import { instantOf, instantSchema, millisecondsOf } from '../../kernel/time.ts';
import { assign } from '../table/assign.ts';
import type { Attribute, Clause } from '../table/condition.ts';
import { doesNotExist } from '../table/condition.ts';
import { keys } from '../table/keys.ts';
import type { Action } from '../table/action.ts';
import type { Item } from '../table/item.ts';
import type { Table } from '../table/table.ts';

/**
 * The control item of a market: who works on it, and how far its present run has come. A run goes
 *
 *     idle ──open──▶ locking ──snapshot──▶ locked ──point of no return──▶ applying ──close──▶ idle
 *                       └──────────fail───────┴─────────────────────────────────────────────▶ idle
 *
 * each arrow one conditional write under the worker's fence, and each fixing one thing for good: the gate closure,
 * the snapshot, the plan. Whoever takes the market later goes on from there. The lease only keeps workers from
 * doing the same work twice; when two believe they hold it, the fence lets one of them through.
 */
const count = z.bigint().transform(Number);

const heldShape = {
  /** Raised by each worker that takes the market; every write to this item names it. */
  fence: count,
  holder: z.string(),
  leaseUntil: instantSchema,
  /** The last run opened, and the last run ended; equal while none is open. */
  run: count,
  ended: count,
  /** What the market has shown of all runs that are past their point of no return: by it the next one is judged. */
  disclosed: z.object({ key: z.string(), sha256: z.string() }).optional(),
};

const snapshotReference = z.object({ fence: count, sha256: z.string(), partiesSha256: z.string() });
const planReference = z.object({ fence: count, chunks: count, digest: z.string() });

const openShape = {
  ...heldShape,
  clearing: generatedIdSchema('clearing'),
  /** Of the HTTP request that asked for the run, where one did: on every line that its workers log. */
  requestId: z.string().optional(),
  gateClosure: instantSchema,
  /** Key of the tokens that stand for organisations in this run's snapshot. */
  salt: z.string(),
  /** How often a worker has taken this run up: a run that keeps killing its workers must end. */
  takes: count,
};

export const controlSchema = z.discriminatedUnion('phase', [
  z.object({ ...heldShape, phase: z.literal('idle') }),
  z.object({ ...openShape, phase: z.literal('locking') }),
  z.object({ ...openShape, phase: z.literal('locked'), snapshot: snapshotReference }),
  z.object({ ...openShape, phase: z.literal('applying'), snapshot: snapshotReference, plan: planReference }),
]);
export type Control = z.output<typeof controlSchema>;
export type Phase = Control['phase'];
export type ControlIn<P extends Phase> = Extract<Control, { phase: P }>;
export type PlanReference = z.output<typeof planReference>;

export const readControlItem = (item: Item): Control => controlSchema.parse(item);

/** The control item of a market; `undefined` where no clearing has ever been worked on. */
export async function readControl(table: Table, product: string): Promise<Control | undefined> {
  const item = await table.get(keys.marketControl(product));
  return item && readControlItem(item);
}

/** Those of many markets, by product. One that cannot be read is told of, if anybody wants to hear, and thrown otherwise. */
export async function readControls(
  table: Table,
  products: readonly string[],
  broken?: (product: string, error: unknown) => void,
): Promise<Map<string, Control>> {
  const items = await table.getMany(products.map((product) => keys.marketControl(product)));
  const controls = new Map<string, Control>();
  for (const item of items) {
    const product = item['product'] as string;
    try {
      controls.set(product, readControlItem(item));
    } catch (error) {
      if (broken === undefined) throw error;
      broken(product, error);
    }
  }
  return controls;
}

/** What a writer of orders must know of the market, read consistently before it writes. */
export interface MarketState {
  /** For `freeOfRuns`: locks of runs up to this one bind no longer. */
  readonly ended: number;
  /** While a run is open: orders posted by then are firm, whether or not it has come to lock them yet. */
  readonly gateClosure: Instant | undefined;
}

export async function marketState(table: Table, product: string): Promise<MarketState> {
  const control = await readControl(table, product);
  return {
    ended: control?.ended ?? 0,
    gateClosure: control === undefined || control.phase === 'idle' ? undefined : control.gateClosure,
  };
}

/** The last run of the market that has ended; 0 before the first. */
export const endedRun = async (table: Table, product: string): Promise<number> =>
  (await marketState(table, product)).ended;

const fenceIs = (fence: number): Clause => ({
  name: 'fenceIs',
  expression: '#fence = :expectedFence',
  names: { '#fence': 'fence' },
  values: { ':expectedFence': fence },
});

const phaseIs = (phase: Phase): Clause => ({
  name: 'phaseIs',
  expression: '#phase = :expectedPhase',
  names: { '#phase': 'phase' },
  values: { ':expectedPhase': phase },
});

/** Nobody else works on the market, or its worker has not been heard of since its lease ran out. */
const leaseIsFree = (holder: string, now: Instant): Clause => ({
  name: 'leaseIsFree',
  expression: '#leaseUntil <= :now OR #holder = :me',
  names: { '#leaseUntil': 'leaseUntil', '#holder': 'holder' },
  values: { ':now': now, ':me': holder },
});

export interface Lease {
  /** Unique to the worker. */
  readonly holder: string;
  readonly now: Instant;
  readonly milliseconds: number;
}

const leaseEnd = ({ now, milliseconds }: Lease): Instant => instantOf(millisecondsOf(now) + milliseconds);

/** Takes the market under a new fence; `undefined` where another worker holds it. */
export async function takeMarket(table: Table, product: string, lease: Lease): Promise<Control | undefined> {
  const before = await readControl(table, product);
  const key = keys.marketControl(product);
  const held = { fence: (before?.fence ?? 0) + 1, holder: lease.holder, leaseUntil: leaseEnd(lease) };
  const conditions =
    before === undefined ? [doesNotExist] : [fenceIs(before.fence), leaseIsFree(lease.holder, lease.now)];
  const changes =
    before === undefined
      ? { ...held, product, run: 0, ended: 0, phase: 'idle' }
      : { ...held, ...(before.phase === 'idle' ? {} : { takes: before.takes + 1 }) };
  const updated = await table.update(key, assign(changes), conditions);
  if (updated.done) return readControlItem(updated.item);
  // The answer to a write that was done may be lost: then the repetition finds its own mark.
  const found = updated.item && readControlItem(updated.item);
  return found?.fence === held.fence && found.holder === lease.holder ? found : undefined;
}

/** Moves the end of the lease; false when another worker has taken the market meanwhile. */
export async function renewLease(
  table: Table,
  product: string,
  fence: number,
  lease: Lease,
): Promise<boolean> {
  const { done } = await table.update(keys.marketControl(product), assign({ leaseUntil: leaseEnd(lease) }), [
    fenceIs(fence),
  ]);
  return done;
}

/** One arrow of the drawing above, as part of a transaction; `undefined` removes an attribute. */
export const moveControl = (
  product: string,
  from: Pick<Control, 'fence' | 'phase'>,
  changes: Readonly<Record<string, Attribute | undefined>> & { readonly phase: Phase },
): Action => ({
  name: 'control',
  update: keys.marketControl(product),
  set: assign(changes),
  conditions: [fenceIs(from.fence), phaseIs(from.phase)],
});

/** What ending a run takes off the control item, beside marking it ended. */
export const endOfRun = (run: number, now: Instant) => ({
  phase: 'idle' as const,
  ended: run,
  leaseUntil: now,
  clearing: undefined,
  requestId: undefined,
  gateClosure: undefined,
  salt: undefined,
  takes: undefined,
  snapshot: undefined,
  plan: undefined,
});

/**
 * No run holds the order. A lock of a run that has ended binds no longer, without any write; `endedRun` is the
 * market's last ended run, read consistently before.
 */
export const freeOfRuns = (endedRun: number): Clause => ({
  name: 'freeOfRuns',
  expression: 'attribute_not_exists(#lock) OR #lock <= :endedRun',
  names: { '#lock': 'lock' },
  values: { ':endedRun': endedRun },
});
