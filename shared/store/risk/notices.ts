import * as z from 'zod';
import type { Instant } from '../../kernel/time.ts';
import { millisecondsOf } from '../../kernel/time.ts';
import type { Notice } from '../../risk/notice.ts';
import { noticeSchema } from '../../risk/notice.ts';
import type { Action } from '../table/action.ts';
import { doesNotExist } from '../table/condition.ts';
import type { Item } from '../table/item.ts';
import type { Key } from '../table/keys/key.ts';
import { keys } from '../table/keys.ts';
import { sendFrom, sendPartition } from '../table/keys/indexes.ts';
import { shards } from '../table/keys/shards.ts';
import { readBody } from '../table/item-body.ts';
import type { Table } from '../table/table.ts';

/** What is kept for so long can be sent again for so long. */
export const keptDays = 30;

export const expiresAfter = (at: Instant, days: number): number =>
  Math.ceil(millisecondsOf(at) / 1000) + days * 86_400;

/** A notice, to be sent from now on: written with what it tells of. */
export const putNotice = (notice: Notice): Action => ({
  name: 'notice',
  put: {
    ...keys.notice(notice.id),
    ...sendFrom(notice.at, notice.id),
    body: z.encode(noticeSchema, notice),
    expiresAt: expiresAfter(notice.at, keptDays),
  },
  conditions: [doesNotExist],
});

const schema: z.ZodType<Notice> = noticeSchema;
export const readNoticeItem = (item: Item): Notice => readBody(schema, item);

/** Something to be sent, as the index has it: it is read again before anything is done. */
export interface ToSend {
  readonly key: Key;
  readonly from: string;
}

/** What is to be sent by now: notices, deliveries and replays, the longest waiting first within each shard. */
export async function whatIsToBeSent(table: Table, now: Instant, limit: number): Promise<ToSend[]> {
  const found = await Promise.all(
    shards.map((shard) => table.queryIndex('gsi3', sendPartition(shard), { until: `${now}#~`, limit })),
  );
  return found
    .flat()
    .map(({ pk, sk, position }) => ({ key: { pk, sk }, from: position }))
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .slice(0, limit);
}
