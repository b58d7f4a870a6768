import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { instantSchema } from '../kernel/time.ts';
import type { Item } from './item.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

/** What the last whole tick found, and wrote down for whoever asks how the market is. */
export interface Beat {
  readonly at: Instant;
  /** Since when the oldest thing waits that a tick wakes somebody for; nothing if nothing does. */
  readonly waitingSince?: Instant | undefined;
}

export interface Pulse {
  readonly beat: Beat | undefined;
  /** When the last beat was written that came through the stream to its follower. */
  readonly followed: Instant | undefined;
}

const beatSchema = z.object({ at: instantSchema, waitingSince: instantSchema.optional() });

/** Replaces the last one, so that the stream tells of a change: a beat is followed as every event is. */
export async function writeBeat(table: Table, { at, waitingSince }: Beat): Promise<void> {
  await table.put({ ...keys.beat(), at, ...(waitingSince === undefined ? {} : { waitingSince }) });
}

/** The beat that an item is, if it is one. */
export const beatOf = (item: Item): Beat | undefined =>
  item['pk'] === keys.beat().pk && item['sk'] === keys.beat().sk ? beatSchema.parse(item) : undefined;

export async function noteFollowed(table: Table, at: Instant): Promise<void> {
  await table.put({ ...keys.beatFollowed(), at });
}

/** One consistent read of one partition of two small items. */
export async function readPulse(table: Table): Promise<Pulse> {
  const items = await table.query(keys.beat().pk);
  const followed = items.find(({ sk }) => sk === keys.beatFollowed().sk);
  return {
    beat: items.map(beatOf).find((beat) => beat !== undefined),
    followed: followed && beatSchema.parse(followed).at,
  };
}
