import type { Instant } from '../../kernel/instant.ts';
import type { Item } from '../table/item.ts';
import { keys } from '../table/keys.ts';
import type { Table } from '../table/table.ts';

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

/**
 * An instant of an item. Checked by hand, for this is what a check of health reads: schemas take longer to build than all
 * else that it does. Throws for what is none.
 */
function instantOf(item: Item, name: string): Instant {
  const value = item[name];
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value))
    throw new Error(`a beat whose ${name} is no instant`);
  return value;
}

/** Replaces the last one, so that the stream tells of a change: a beat is followed as every event is. */
export async function writeBeat(table: Table, { at, waitingSince }: Beat): Promise<void> {
  await table.put({ ...keys.beat(), at, ...(waitingSince === undefined ? {} : { waitingSince }) });
}

/** The beat that an item is, if it is one. */
export function beatOf(item: Item): Beat | undefined {
  const { pk, sk } = keys.beat();
  if (item['pk'] !== pk || item['sk'] !== sk) return undefined;
  const at = instantOf(item, 'at');
  return item['waitingSince'] === undefined ? { at } : { at, waitingSince: instantOf(item, 'waitingSince') };
}

export async function noteFollowed(table: Table, at: Instant): Promise<void> {
  await table.put({ ...keys.beatFollowed(), at });
}

/** One consistent read of one partition of two small items. */
export async function readPulse(table: Table): Promise<Pulse> {
  const items = await table.query(keys.beat().pk);
  const followed = items.find(({ sk }) => sk === keys.beatFollowed().sk);
  return {
    beat: items.map(beatOf).find((beat) => beat !== undefined),
    followed: followed && instantOf(followed, 'at'),
  };
}
